"""One target under hypothesis, where atheris is not installed: in time, whatever happens."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, given, settings

from tests.fuzz.strategies import hostile
from tests.fuzz.target import Target


class TimeOverError(BaseException):
    """The time is over; hypothesis catches no such exception, be it that it shrinks."""


class HangError(BaseException):
    """One input takes too long; no target can catch it, and it is not shrunk: the same
    wait for each try would take hours."""


@dataclass(frozen=True)
class Find:
    """What was found, always with the very input that did it."""

    data: bytes
    error: BaseException


def by_hypothesis(
    one: Target, seconds: float, found: Path, hangs_after_s: float
) -> tuple[int, int]:
    """Let hypothesis make inputs up; return executions and finds.

    Args:
        one: what is fuzzed.
        seconds: how long; shrinking a find is part of it.
        found: where the input of a find is written.
        hangs_after_s: one input that takes longer is a find.
    """
    trial = _Trial(one, time.monotonic() + seconds, hangs_after_s)
    trial.run()
    if trial.find is None:
        return trial.tried, 0
    path = found / f"{one.name}-crash-{trial.tried}"
    path.write_bytes(trial.find.data)
    said = f"{one.name}: {trial.find.error!r} on {trial.find.data!r}, in {path}"
    print(said, file=sys.stderr)
    return trial.tried, 1


class _Trial:
    """Tries inputs until the time is over or one is found and shrunk.

    Attributes:
        tried: how many inputs.
        find: the shortest that failed so far.
    """

    def __init__(self, one: Target, until: float, hangs_after_s: float) -> None:
        self.tried = 0
        self.find: Find | None = None
        self._one = one
        self._until = until
        self._hangs_after_s = hangs_after_s

    def run(self) -> None:
        @settings(
            max_examples=1_000,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(hostile(self._one))
        def some(data: bytes) -> None:
            if time.monotonic() >= self._until:
                raise TimeOverError
            self._try(data)

        try:
            while self.find is None:
                some()
        except (TimeOverError, HangError):
            return
        except Exception:
            if self.find is None:
                raise

    def _try(self, data: bytes) -> None:
        self.tried += 1
        try:
            with _alarm(self._hangs_after_s):
                self._one.check(data)
        except (Exception, HangError) as err:
            if self.find is None or len(data) <= len(self.find.data):
                self.find = Find(data, err)
            raise


@contextmanager
def _alarm(after_s: float) -> Iterator[None]:
    """Raise :class:`HangError` in what runs longer; in regular expressions too."""

    def ring(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise HangError(f"not done after {after_s:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, after_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
