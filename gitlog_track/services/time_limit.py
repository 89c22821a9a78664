"""Stop what takes too long, whatever it is doing: everything here may be killed anyway.

A budget ends what is waited for; this also ends what we do ourselves with what came.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

GRACE_S = 2.0
"""How much longer the whole may take than the waiting in it."""


class OverdueError(BaseException):
    """The time is over: nothing that tries again after an error may take it for one."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Stop what takes longer; there is no limit but in the main thread.

    Raises:
        OverdueError: it took longer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise OverdueError(f"it took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
