"""Megabytes a second: scrubbing, templates and stack traces, kind and hostile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from gitlog_track.failures.stack_hash import stack_hash
from gitlog_track.failures.template import template_of
from gitlog_track.scrubbing.scrub import scrub

TRACES = Path(__file__).parent.parent / "failures" / "traces"
LINE = (
    "2026-11-21 16:04:11,123 INFO worker-3 handled /api/v1/items?id=42 in 12.5 ms "
    "(status 200), user said: 'it works well'\n"
)
HITS = (
    "mail of joe@example.org from 198.51.100.7, request "
    "123e4567-e89b-12d3-a456-426614174000\n"
)


def texts() -> dict[str, str]:
    """Return texts of about a megabyte, by what they are."""
    traces = "\n".join(path.read_text() for path in sorted(TRACES.glob("*.txt")))
    return {
        "a program's log": LINE * 8_000,
        "a log, a hit in every second line": (LINE + HITS) * 5_000,
        "stack traces": traces * (1_000_000 // len(traces)),
        "hostile: addresses only": "a@a.aa 1.1.1.1 fe80::1 " * 40_000,
    }


@dataclass(frozen=True, slots=True)
class Work:
    """Processor seconds of some work on a text, and the text's megabytes."""

    cpu_s: list[float]
    megabytes: float

    @property
    def mb_per_s(self) -> float:
        return self.megabytes / median(self.cpu_s)


def _measure(work: Callable[[str], object], text: str, rounds: int = 5) -> Work:
    """Do some work on a text; by processor time, as machines are shared."""
    taken = []
    for _ in range(rounds):
        begin = time.process_time()
        work(text)
        taken.append(time.process_time() - begin)
    return Work(taken, len(text.encode()) / 1e6)


def works() -> dict[str, Work]:
    """Return what scrubbing each text takes, and two more works on one."""
    found = {
        f"scrubbing, {name}": _measure(scrub, text) for name, text in texts().items()
    }
    traces = texts()["stack traces"]
    found["templates, stack traces"] = _measure(template_of, traces)
    found["stack hash, stack traces"] = _measure(stack_hash, traces)
    return found


if __name__ == "__main__":
    for name, work in works().items():
        print(f"{name}: {work.mb_per_s:.1f} MB/s")
