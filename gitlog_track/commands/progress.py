"""What is shown on stderr where a terminal has waited for more than a second."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

from gitlog_track.renderers.safe import safe_line

T = TypeVar("T")
PATIENCE_S = 1.0
STEP_S = 0.1
CLEAR_LINE = "\r\x1b[K"
"""ECMA-48, EL: erase to the end of the line."""


def counted(
    items: Iterable[T],
    what: str,
    stream: TextIO | None = None,
    seconds: Callable[[], float] = time.monotonic,
) -> Iterator[T]:
    """Yield items; after a second, show how many there were, and clear that at the end.

    Args:
        items: whose number is not known before.
        what: the plural of what is counted.
        stream: shown there if it is a terminal; stderr by default.
        seconds: a clock that only runs forward.
    """
    stream = stream or sys.stderr
    if not (stream and stream.isatty()):
        yield from items
        return
    due, is_shown = seconds() + PATIENCE_S, False
    try:
        for number, item in enumerate(items, 1):
            yield item
            if (now := seconds()) >= due:
                due, is_shown = now + STEP_S, True
                stream.write(f"{CLEAR_LINE}{number:,} {what}")
                stream.flush()
    finally:
        if is_shown:
            stream.write(CLEAR_LINE)
            stream.flush()


@contextmanager
def waiting_for(
    what: str, stream: TextIO | None = None, patience_s: float = PATIENCE_S
) -> Iterator[None]:
    """After a second, say what is waited for.

    Args:
        what: a remote's name or URL.
        stream: told there if it is a terminal; stderr by default.
        patience_s: how long nothing is said.
    """
    stream = stream or sys.stderr
    if not (stream and stream.isatty()):
        yield
        return

    def tell() -> None:
        # A line of its own: whoever is asked for a password writes there too.
        stream.write(f"waiting for {safe_line(what)} ...\n")
        stream.flush()

    timer = threading.Timer(patience_s, tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def progress_bar(
    items: Iterable[T],
    total: int,
    what: str,
    stream: TextIO | None = None,
    seconds: Callable[[], float] = time.monotonic,
) -> Iterator[T]:
    """Yield items; after a second, show a bar of how many of them are done.

    Args:
        items: at most one for each that is counted.
        total: how many there will be.
        what: the plural of what is counted.
        stream: shown there if it is a terminal; stderr by default.
        seconds: a clock that only runs forward.
    """
    stream = stream or sys.stderr
    if not (stream and stream.isatty()):
        yield from items
        return
    begun, bar = seconds(), None
    try:
        for number, item in enumerate(items, 1):
            if bar is None and seconds() - begun >= PATIENCE_S:
                bar = _started_bar(stream, total, what)
            if bar is not None:
                bar.update(bar.task_ids[0], completed=number)
            yield item
    finally:
        if bar is not None:
            bar.stop()


def _started_bar(stream: TextIO, total: int, what: str) -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(file=stream), transient=True)
    bar.add_task(what, total=total)
    bar.start()
    return bar
