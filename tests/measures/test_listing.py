"""Which tasks a report names one by one: why each is on a list, and in what order."""

from __future__ import annotations

import pytest

from gitlog_track.measures.listing import LISTS, list_tasks, newest_first
from gitlog_track.measures.summary import TaskSummary
from tests.support.reports import Told, told

START: Told = ("task_started", 0, {})
END: Told = ("task_completed", 30, {})
FAILED: Told = ("task_failed", 10, {})
AGAIN: Told = ("task_retried", 20, {"attempt": 2})
END_OF_SECOND: Told = ("task_completed", 30, {"attempt": 2})
COVERED = {"measure": "test_coverage_actual", "value": "0"}


def lists_of(*events: Told) -> set[str]:
    task = told("P1-001", *events)
    return {name for name in LISTS if list_tasks([task], name).total}


@pytest.mark.parametrize(
    ("events", "lists"),
    [
        pytest.param([], set(), id="no log"),
        pytest.param([START], {"open"}, id="open"),
        pytest.param([START, END], {"no_quality_measure"}, id="only timed"),
        pytest.param(
            [START, ("measurement_recorded", 9, COVERED), END], set(), id="0 % is known"
        ),
        pytest.param([START, ("task_completed", 30, {"bugs": 0})], set(), id="no bugs"),
        pytest.param(
            [("task_started", 0, {"estimated_duration_s": 60}),
             ("task_completed", 30, {"bugs": 0})],
            {"estimates"}, id="estimated"),
        pytest.param(
            [("task_started", 0, {"estimated_duration_s": 60})],
            {"open"}, id="an estimate without an end"),
        pytest.param(
            [START, ("blocker_hit", 5, {"text": "no network"})],
            {"open", "blockers"}, id="blocked"),
        pytest.param(
            [START, ("task_completed", 30, {"bugs": 0, "blockers": []})],
            set(), id="blocked by nothing"),
        pytest.param(
            [START, ("lesson_learned", 5, {"text": "measure first"})],
            {"open", "lessons"}, id="taught"),
        pytest.param(
            [START, FAILED], {"failed_first_attempt", "no_quality_measure"}, id="failed"),
        pytest.param(
            [START, FAILED, AGAIN], {"failed_first_attempt", "open"}, id="tried again"),
        pytest.param(
            [START, FAILED, AGAIN, END_OF_SECOND],
            {"failed_first_attempt", "no_quality_measure"}, id="done at last"),
        pytest.param(
            [START, ("task_completed", 30, {"bugs": 0}), ("bug_found", 40, {"text": "late"})],
            {"invalid"}, id="work after the end"),
        pytest.param(
            [("note_recorded", 0, {"text": "x"})], set(), id="never started"),
    ],
)  # fmt: skip
def test_a_task_is_on_the_lists_it_belongs_to(
    events: list[Told], lists: set[str]
) -> None:
    assert lists_of(*events) == lists


def started(name: str, day: float) -> TaskSummary:
    return told(name, START, day=day)


def test_the_newest_stands_first_and_what_was_never_started_last() -> None:
    tasks = [
        told("never", ("note_recorded", 0, {"text": "x"})),
        *(started("old", 1), started("b", 2), started("new", 3), started("a", 2)),
    ]
    names = [task.name for task in newest_first(tasks)]
    assert names == ["new", "a", "b", "old", "never"]


@pytest.mark.parametrize(
    ("limit", "named"), [(None, 3), (5, 3), (3, 3), (2, 2), (0, 0)]
)
def test_a_list_that_is_cut_says_how_many_there_are(
    limit: int | None, named: int
) -> None:
    tasks = [started("a", 1), started("b", 2), started("c", 3)]
    found = list_tasks(tasks, "open", limit)
    assert (found.name, found.total) == ("open", 3)
    assert [task.name for task in found.tasks] == ["c", "b", "a"][:named]
