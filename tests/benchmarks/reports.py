"""Reports and queries over made-up logs: first, after one more event, unchanged."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gitlog_track.git.process import Git
from gitlog_track.index.attempts import find_attempts, find_traced
from gitlog_track.index.index import Index, Query, ask
from gitlog_track.log.layout import LOG_REF, Home
from gitlog_track.log.store import LogReader
from tests.benchmarks import folds, synthetic
from tests.benchmarks.turns import in_turn


@dataclass(frozen=True, slots=True)
class Run:
    """One report as a whole process: how long, and the peak of all its processes.

    Memory is what each process has of its own and its share of what several have (PSS),
    looked at twenty times a second.
    """

    wall_s: float
    peak_mb: float


def report(path: Path, env: dict[str, str]) -> Run:
    """Run ``report`` as a process of its own."""
    line = [sys.executable, "-m", "gitlog_track", "report"]
    begin = time.perf_counter()
    peak_kb = 0
    with subprocess.Popen(line, cwd=path, env=env, stdout=subprocess.DEVNULL) as child:
        while True:
            try:
                child.wait(0.05)
            except subprocess.TimeoutExpired:
                peak_kb = max(peak_kb, sum(map(_pss_kb, _family(child.pid))))
            else:
                break
    assert child.returncode == 0
    return Run(time.perf_counter() - begin, peak_kb / 1024)


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                found += _family(int(child))
    return found


def _pss_kb(pid: int) -> int:
    with suppress(OSError):
        for row in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if row.startswith("Pss:"):
                return int(row.split()[1])
    return 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What a log of some size costs: the first report, and seconds of others."""

    first: Run
    appended_s: list[float]
    unchanged_s: list[float]


def measure(path: Path, env: dict[str, str], tasks: int, events: int) -> Figures:
    """Make a log and report on it: without index, unchanged, after one more event."""
    synthetic.make_log(path, env, tasks=tasks, events=events)
    # As gc leaves it: fast-import's own delta chains are dear to read.
    repack = ["git", "-C", str(path), "repack", "-adfq"]
    subprocess.run(repack, env=env, check=True)
    first = report(path, env)
    unchanged = [report(path, env).wall_s for _ in range(5)]
    appended = []
    for number in range(5):
        folds.write_note(Home(str(path / ".git")), number, f"P1-{0:06d}")
        appended.append(report(path, env).wall_s)
    return Figures(first, appended, unchanged)


def queries(path: Path, env: dict[str, str]) -> dict[str, list[float]]:
    """Return seconds of questions to the warm index, in this process."""
    git = Git(str(path / ".git"), env)
    tip = git.run("rev-parse", LOG_REF).decode().strip()
    reader = LogReader(git, str(path / ".git"), tip)
    file = Home(str(path / ".git")).index
    [newest] = ask(file, reader, lambda index: list(index.tasks(Query(limit=1))))
    questions: dict[str, Callable[[Index], object]] = {
        "tasks --limit 20": lambda index: list(index.tasks(Query(limit=20))),
        "trace ID": lambda index: find_traced(index, newest.trace_id),
        "trace SPAN": lambda index: find_traced(index, newest.attempts[0].span_id),
        "tasks --attempts --limit 20": lambda index: list(
            find_attempts(index, Query(limit=20))
        ),
        "tasks --attempts --status failed": lambda index: list(
            find_attempts(index, Query(status="failed"))
        ),
        "tasks --status failed": lambda index: list(
            index.tasks(Query(status="failed"))
        ),
    }
    acts = {name: partial(ask, file, reader, each) for name, each in questions.items()}
    return in_turn(acts, 9)


def exponent(small: float, large: float, factor: float) -> float:
    """Return by which power of the size a cost grows."""
    return math.log(large / small) / math.log(factor)
