"""Our command line in this process, with a clock that the test sets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.main import run


@contextmanager
def inside(path: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(path)
    try:
        yield
    finally:
        os.chdir(before)


@dataclass
class Answer:
    """What one command line did."""

    code: int
    out: str
    err: str


@dataclass
class Cli:
    """Runs command lines in a directory, at instants the test says."""

    path: Path
    capsys: pytest.CaptureFixture[str]
    now: str = "2025-10-04T22:00:00-05:00"
    _ticks: int = field(default=0)

    def surroundings(self) -> Surroundings:
        at = datetime.fromisoformat(self.now)
        offset = at.utcoffset()
        assert offset is not None
        at_ns = int(at.timestamp() * 1000) * 1_000_000
        return Surroundings(
            now_ns=lambda: at_ns,
            offset_s=lambda _: int(offset.total_seconds()),
            environment=os.environ,
        )

    def try_run(self, *args: str, at: str | None = None) -> Answer:
        self.now = at or self.now
        self.capsys.readouterr()
        with inside(self.path):
            code = run(args, self.surroundings())
        captured = self.capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    def run(self, *args: str, at: str | None = None) -> str:
        """Run a command line that has to succeed; return its stdout."""
        answer = self.try_run(*args, at=at)
        assert answer.code == 0, f"{args}: {answer.code} {answer.out}{answer.err}"
        return answer.out
