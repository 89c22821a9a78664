"""The report as a value: what does not depend on which tasks are asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.report import OwnRecord, group, last_improvement, phase_rows
from gitlog_track.measures.summary import TaskSummary, summarise
from gitlog_track.measures.task import MeasuredTask
from gitlog_track.measures.tracking import TrackingRow
from gitlog_track.measures.value import MISSING
from gitlog_track.model.replay import replay
from tests.support.examples import line

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)


def task(name: str, hour: int, tokens: int | None, phase: str = "") -> TaskSummary:
    begin, end = (BEGIN + timedelta(hours=h) for h in (hour, hour + 1))
    lines = [line("task_started", 1, at=begin.isoformat(), task=name, phase=phase)]
    if tokens is not None:
        own = {"tokens_used": tokens, "task": name, "phase": phase}
        lines.append(line("task_completed", 2, at=end.isoformat(), **own))
    return summarise(MeasuredTask.of(replay(name, lines)))


def change(rows: tuple[TrackingRow, ...]) -> object:
    found = {row.measure: row.value for row in rows}
    value = found["token_efficiency_improvement"]
    return value.number, value.basis


def test_a_phase_is_compared_with_the_phase_before_whatever_is_asked_for() -> None:
    tasks = [
        task("P1-1", 0, 1000, "P1"),
        task("x", 2, 100),
        task("P2-1", 4, 800, "P2"),
    ]
    whole = group(tasks, {})
    rows = phase_rows(whole)
    assert [row.phase for row in rows] == ["P1", "(no phase)", "P2"]
    assert change(rows[2].tracking) == (-20, "against P1")
    assert change(rows[1].tracking) == (None, "")
    assert last_improvement(rows).number == -20
    (only,) = phase_rows(group(tasks[2:], {}), whole)
    assert change(only.tracking) == (-20, "against P1")


def test_a_phase_is_over_and_reviewed_whatever_is_asked_for() -> None:
    tasks = [task("P1-1", 0, 10, "P1"), task("P1-2", 2, None, "P1")]
    whole = group(tasks, {"p1": OwnRecord("P1", {}, is_reviewed=True)})
    (some,) = phase_rows(group(tasks[:1], {}), whole)
    assert (some.tasks, some.is_over, some.is_reviewed) == (("P1-1",), False, True)
    assert phase_rows(group(tasks[:1], {}))[0].is_over


def test_what_is_known_less_well_than_asked_is_missing() -> None:
    (row,) = phase_rows(group([task("P1-1", 0, 10, "P1")], {}), least=Evidence.MEASURED)
    assert row.measures["actual_total"] == MISSING
    (row,) = phase_rows(group([task("P1-1", 0, 10, "P1")], {}), least=Evidence.DERIVED)
    assert row.measures["actual_total"].number == 3600
    assert row.measures["total_tokens_used"] == MISSING
