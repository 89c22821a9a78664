"""Reports as values, built from events told in memory: no repository is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from gitlog_track.measures.listing import LISTS, list_tasks, newest_first
from gitlog_track.measures.phase import measure_phase
from gitlog_track.measures.recorded import Recorded
from gitlog_track.measures.report import (
    Coverage,
    OwnRecord,
    Report,
    Selection,
    compare,
    group,
    last_improvement,
    merged,
    phase_rows,
)
from gitlog_track.measures.resolution import resolve
from gitlog_track.measures.summary import TaskSummary, summarise
from gitlog_track.measures.task import MeasuredTask
from gitlog_track.measures.tracking import measure_tracking
from gitlog_track.measures.value import MISSING
from gitlog_track.model.replay import replay
from tests.support.examples import Fields, line

LOG = "0123456789abcdef0123456789abcdef01234567"
BEGIN = datetime.fromisoformat("2025-10-04T22:00:00+00:00")

Told = tuple[str, float, Fields]


def told(
    name: str, *events: Told, phase: str | None = "P1", day: float = 0
) -> TaskSummary:
    """Return a task from kinds, minutes and fields of its events, begun on a day."""
    lines = [
        line(kind, n, task=name, phase=phase, at=_at(day, minute), **fields)
        for n, (kind, minute, fields) in enumerate(events, 1)
    ]
    return summarise(MeasuredTask.of(replay(name, lines)))


def done(
    name: str, *, phase: str | None = "P1", day: float = 0, **fields: object
) -> TaskSummary:
    """Return a task of 30 minutes, estimated at 20, that is complete."""
    start: Fields = {"estimated_duration_s": 1200}
    return told(
        name,
        ("task_started", 0, start),
        ("task_completed", 30, fields),
        phase=phase,
        day=day,
    )


def _at(day: float, minute: float) -> str:
    return (BEGIN + timedelta(days=day, minutes=minute)).isoformat()


def report_of(
    tasks: Iterable[TaskSummary],
    *,
    own: Mapping[str, OwnRecord] | None = None,
    selection: Selection | None = None,
    label: str = "",
    listed: int | None = None,
) -> Report:
    """Return the report of some tasks, as the service builds it from an index."""
    asked = selection or Selection()
    chosen = newest_first(asked.select(tasks))
    records = group(chosen, own or {})
    rows = phase_rows(records)
    totals = merged(records)
    overall = measure_phase(totals)
    return Report(
        log=LOG,
        selection=asked,
        phases=rows,
        overall=overall,
        tracking=measure_tracking(totals, overall, last_improvement(rows), MISSING),
        lists={name: list_tasks(chosen, name, listed) for name in LISTS},
        recent=tuple(reversed(chosen[:30])),
        comparison=compare(chosen, label) if label else None,
        history=Coverage.of(resolve(Recorded(), [], lambda _: {})),
        tasks=tuple(chosen),
    )
