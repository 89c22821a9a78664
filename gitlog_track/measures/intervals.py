"""How long work lasted when several tasks were worked on at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from gitlog_track.measures.value import Value, seconds

Interval = tuple[datetime, datetime]


def task_interval(measures: Mapping[str, Value]) -> Interval | None:
    """Return the interval of a task's actual duration: to its approval, else its end."""
    begin = _instant(measures, "begin_timestamp")
    end = _instant(measures, "final_approval_timestamp")
    end = end or _instant(measures, "end_timestamp")
    return (begin, end) if begin and end and begin <= end else None


def _instant(measures: Mapping[str, Value], name: str) -> datetime | None:
    value = measures.get(name)
    return value.instant if value else None


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the disjoint intervals that cover the same time, in order."""
    found: list[Interval] = []
    for begin, end in sorted(intervals):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def length_s(intervals: Iterable[Interval]) -> Decimal:
    """Return the length of disjoint intervals together, in seconds."""
    return sum((seconds(begin, end) for begin, end in intervals), Decimal(0))
