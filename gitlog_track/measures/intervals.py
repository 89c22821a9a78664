"""How long work lasted when several tasks were worked on at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from gitlog_track.measures.task import Measures

Interval = tuple[datetime, datetime]


def task_interval(measures: Measures) -> Interval | None:
    """Return the interval of a task's actual duration: to its approval, else its end."""
    begin = measures["begin_timestamp"].instant
    approval = measures["final_approval_timestamp"].instant
    end = approval or measures["end_timestamp"].instant
    return (begin, end) if begin and end and begin <= end else None


def covered_s(intervals: Sequence[Interval]) -> Decimal:
    """Return the length of the union of intervals, in seconds."""
    covered = Decimal(0)
    reached: datetime | None = None
    for begin, end in sorted(intervals):
        start = begin if reached is None or begin > reached else reached
        if end > start:
            covered += _seconds(start, end)
        reached = end if reached is None else max(reached, end)
    return covered


def _seconds(begin: datetime, end: datetime) -> Decimal:
    passed = end - begin
    micros = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    return Decimal(micros) / 1_000_000
