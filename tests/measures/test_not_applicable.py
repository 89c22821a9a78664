"""What is said not to apply: no value, nothing computed from it, and no field to fill."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.phase import measure_phase
from gitlog_track.measures.summary import summarise
from gitlog_track.measures.task import FOUNDING_FIELDS, MeasuredTask
from gitlog_track.measures.totals import total_of
from gitlog_track.measures.value import MISSING
from gitlog_track.model.replay import replay
from tests.support import reports
from tests.support.stories import Story, begun, done, known


def without(story: Story, *measures: str, reason: str = "a spike") -> Story:
    for name in measures:
        said = {"measure": name, "not_applicable": True, "reason": reason}
        story.tell("measurement_recorded", 650, **said)
    return story


def approved(*without_measures: str) -> Story:
    """A task of 12 minutes that was approved after 10."""
    story = begun().tell("milestone_reached", 600, milestone="final_approval")
    return without(story, *without_measures).tell("task_completed", 720)


def test_no_duration_is_computed_from_an_instant_that_does_not_apply() -> None:
    found = approved("final_approval_timestamp")["actual_duration"]
    assert known(found) == (Decimal(720), Evidence.DERIVED)
    assert found.basis == "to the end"
    for story in (approved("begin_timestamp"), without(done(720), "end_timestamp")):
        assert story["duration"] == MISSING
    assert approved("begin_timestamp")["actual_duration"] == MISSING


def test_nothing_is_held_against_an_estimate_that_does_not_apply() -> None:
    known_story = begun(estimated_duration_s=600).tell("task_completed", 720)
    assert known(known_story["variance"])[0] == 120
    story = without(begun(estimated_duration_s=600), "estimated_duration")
    story.tell("task_completed", 720)
    assert story["variance"] == story["efficiency_ratio"] == MISSING


@pytest.mark.parametrize(
    ("measure", "saved"),
    [("final_approval_timestamp", 0), ("actual_duration", None), ("variance", 0)],
)
def test_a_task_alone_saves_nothing_by_being_done_in_parallel(
    measure: str, saved: int | None
) -> None:
    state = replay("P1-009", approved(measure).lines)
    assert state.is_valid
    found = measure_phase(total_of([summarise(MeasuredTask.of(state))]))
    assert found["parallel_efficiency"].number == saved


def test_a_task_without_a_duration_is_none_that_others_were_done_beside() -> None:
    untimed = replay("P1-009", approved("actual_duration").lines)
    tasks = [summarise(MeasuredTask.of(untimed)), reports.done("P1-001", day=1)]
    found = measure_phase(total_of(tasks))["parallel_efficiency"]
    assert found.number == 0
    assert found.n == 1


def test_what_is_no_measure_applies_to_nothing() -> None:
    story = without(begun(), "mood", "test_coverage_actual")
    said = {name: v.not_applicable for name, v in story.measures().items()}
    assert {name for name, why in said.items() if why} == {"test_coverage_actual"}


def test_a_reason_that_nobody_gave_is_said_to_be_none() -> None:
    story = without(begun(), "doc_completeness", reason="")
    assert story["doc_completeness"].not_applicable == "no reason given"


def test_where_no_field_applies_nothing_can_be_complete() -> None:
    *others, last = FOUNDING_FIELDS
    whole = without(begun(), *others)["tracking_completeness"]
    assert known(whole) == (Decimal(0), Evidence.DERIVED)
    assert whole.n == 1
    assert without(begun(), *others, last)["tracking_completeness"] == MISSING
