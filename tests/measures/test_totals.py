"""Totals: the same in whatever order, and parts, tasks are added up."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.phase import measure_phase
from gitlog_track.measures.report import group, merged
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.totals import PhaseTotals, total_of
from tests.support.reports import BEGIN, Told, done, told

IMPORTED: dict[str, object] = {"provenance": "backfilled", "source": "old.log"}
GOAL = {"name": "ipc", "comparator": "<", "value": "5", "unit": "ms"}
COMMIT: dict[str, object] = {"commit": "c" * 40, "operation": "commit"}
END: Told = ("task_completed", 30, {})
TASKS = (
    done("P1-1", day=1, tokens_used=100, iterations=1, success_criteria="pass"),
    done("P1-2", day=1.01, interactions=9, hallucinations=1, iterations=2),
    told("P1-3", ("task_started", 0, {"estimated_duration_s": 0}), END, day=1),
    told("P2-1", ("task_started", 0, IMPORTED), phase="P2", day=1),
    told(
        "P2-2",
        ("task_started", 0, {}),
        ("commit_recorded", 1, COMMIT),
        ("task_failed", 2, {}),
        ("task_retried", 3, {"attempt": 2}),
        ("blocker_hit", 4, {"text": "net", "critical": True, "attempt": 2}),
        phase="p2",
    ),
    told(
        "lone",
        ("task_started", 0, {"performance_targets": [GOAL], "projected_outcome": "x"}),
        ("commit_recorded", 1, COMMIT | IMPORTED),
        ("blocker_hit", 2, {"text": "disk", "critical": True}),
        ("measurement_recorded", 3,
         {"measure": "performance_actual", "name": "ipc", "value": "4", "unit": "ms"}),
        ("task_completed", 4, {"success_criteria": "fail"}),
        phase=None,
    ),
    told("never", ("note_recorded", 0, {"text": "x"}), phase=None),
)  # fmt: skip


@given(
    st.permutations(TASKS),
    st.lists(st.integers(0, 2), min_size=len(TASKS), max_size=len(TASKS)),
)
@example(list(reversed(TASKS)), [0, 1, 2, 0, 1, 2, 0])
def test_order_and_parts_are_no_matter(
    tasks: list[TaskSummary], places: list[int]
) -> None:
    whole = PhaseTotals()
    for part in range(3):
        mine = [t for t, place in zip(tasks, places, strict=True) if place == part]
        whole.merge(total_of(mine))
    assert whole.settle() == total_of(TASKS)


def test_the_phases_together_are_the_whole() -> None:
    records = group(TASKS, {})
    begun = [(record.name, record.totals.tasks) for record in records]
    assert begun == [("", 1), ("P1", 3), ("P2", 2)]
    found = merged(records)
    assert found == total_of(TASKS)
    assert found.names == ["P1-1", "P1-2", "P1-3", "P2-1", "P2-2", "lone", "never"]
    assert (found.tasks, found.ended, found.complete) == (6, 4, 4)
    assert (found.goals, found.judged, found.met, found.held) == (1, 1, 1, 0)
    assert found.critical_texts == ["disk", "net"]
    assert found.failed_first == ["P2-2"]
    assert merged([]) == PhaseTotals()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_several_that_began_at_once_the_weakest_says_how_well_that_is_known(
    order: tuple[int, ...],
) -> None:
    tasks = [
        told("a", ("task_started", 0, {})),
        told("b", ("task_started", 0, IMPORTED)),
        told("c", ("task_started", 1, {})),
    ]
    chosen = [tasks[place] for place in order]
    begin = measure_phase(total_of(chosen))["phase_begin"]
    assert (begin.instant, begin.evidence) == (BEGIN, Evidence.BACKFILLED)
    assert begin.source == "old.log"


def test_what_began_later_does_not_say_how_well_the_beginning_is_known() -> None:
    first, later = (
        told("a", ("task_started", 0, {})),
        told("b", ("task_started", 1, IMPORTED)),
    )
    for tasks in ([first, later], [later, first]):
        begin = measure_phase(total_of(tasks))["phase_begin"]
        assert (begin.instant, begin.evidence) == (BEGIN, Evidence.MEASURED)
