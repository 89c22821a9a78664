"""Phase aggregates: over the tasks that have a figure, and saying how many those are."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.phase import measure_phase
from gitlog_track.measures.phase_events import measure_own_events
from gitlog_track.measures.report import Selection
from gitlog_track.measures.summary import summarise
from gitlog_track.measures.task import MeasuredTask, Measures
from gitlog_track.measures.totals import total_of
from gitlog_track.measures.value import MISSING, Value
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from tests.support.examples import line

BEGIN = datetime.fromisoformat("2025-10-04T22:00:00-05:00")


def at(second: int) -> str:
    return (BEGIN + timedelta(seconds=second)).isoformat()


def task(
    name: str,
    actual_s: int | None = None,
    start: dict[str, object] | None = None,
    **end: object,
) -> MeasuredTask:
    lines = [line("task_started", 1, task=name, at=at(0), **(start or {}))]
    if actual_s is not None:
        lines.append(line("task_completed", 2, task=name, at=at(actual_s), **end))
    return MeasuredTask.of(replay(name, lines))


def failed_then_done(name: str) -> MeasuredTask:
    kinds = ("task_started", "task_failed", "task_retried", "task_completed")
    lines = [
        line(kind, n, task=name, at=at(n * 60), attempt=1 if n < 3 else 2)
        for n, kind in enumerate(kinds, 1)
    ]
    return MeasuredTask.of(replay(name, lines))


def together(tasks: list[MeasuredTask], own: TaskState | None = None) -> Measures:
    totals = total_of(summarise(task) for task in tasks)
    return measure_phase(totals, measure_own_events(own) if own else {})


def figure(value: Value) -> tuple[object, object]:
    return value.number, value.n


def test_the_founding_phase() -> None:
    """42.5 h estimated, 38.2 h actual, 13 tasks, 15 iterations, 48,500 tokens."""
    estimates = [153_000 - 12 * 10_000, *[10_000] * 12]
    actuals = [137_520 - 12 * 9_000, *[9_000] * 12]
    tokens = [48_500 - 12 * 3_700, *[3_700] * 12]
    tasks = [
        task(
            f"P1-{n:03d}",
            actuals[n],
            {"estimated_duration_s": estimates[n]},
            iterations=3 if n == 0 else 1,
            tokens_used=tokens[n],
        )
        for n in range(13)
    ]
    found = together(tasks)
    assert found["estimated_total"].number == Decimal("42.5") * 3600
    assert found["actual_total"].number == Decimal("38.2") * 3600
    assert found["variance"].number == Decimal("-4.3") * 3600
    assert round(found["efficiency_ratio"].number or Decimal(0), 2) == Decimal("0.90")
    assert round(
        found["average_iterations_per_task"].number or Decimal(0), 2
    ) == Decimal("1.15")
    assert figure(found["total_tokens_used"]) == (48_500, 13)
    assert figure(found["tokens_per_task_avg"]) == (3_731, 13)
    assert figure(found["tasks_completed"]) == (13, 13)


def test_sums_and_means_say_over_how_many_tasks_they_are() -> None:
    tasks = [
        task("A-1", 100, {"estimated_duration_s": 50}, tokens_used=10, iterations=1),
        task("A-2", 300, tokens_used=21),
        task("A-3", None, {"estimated_duration_s": 900}),
    ]
    found = together(tasks)
    assert figure(found["estimated_total"]) == (950, 2)
    assert figure(found["actual_total"]) == (400, 2)
    assert figure(found["variance"]) == (50, 1)
    assert figure(found["efficiency_ratio"]) == (2, 1)
    assert figure(found["tokens_per_task_avg"]) == (16, 2)
    assert figure(found["average_iterations_per_task"]) == (1, 1)
    assert figure(found["tasks_total"]) == (3, 3)
    assert figure(found["tasks_completed"]) == (2, 3)


@pytest.mark.parametrize("tasks", [[], [MeasuredTask.of(replay("A-1", []))]])
def test_a_phase_without_begun_tasks_measures_nothing(
    tasks: list[MeasuredTask],
) -> None:
    assert {v.evidence for v in together(tasks).values()} == {Evidence.MISSING}


@pytest.mark.parametrize(
    "name",
    ["estimated_total", "variance", "efficiency_ratio", "total_tokens_used",
     "tokens_per_task_avg", "average_iterations_per_task"],
)  # fmt: skip
def test_what_no_task_has_is_missing_and_not_0(name: str) -> None:
    found = together([task("A-1", 60)])[name]
    assert (found.value, found.evidence) == (None, Evidence.MISSING)


def test_an_estimate_of_0_has_no_ratio_and_weakens_none() -> None:
    nothing = task("A-1", 60, {"estimated_duration_s": 0})
    bias = together([nothing, task("A-2", 60, {"estimated_duration_s": 30})])[
        "estimate_bias"
    ]
    assert figure(bias) == (2, 1)
    assert bias.evidence is Evidence.DECLARED


def test_declared_zeros_are_figures() -> None:
    found = together([task("A-1", 60, tokens_used=0)])
    assert figure(found["total_tokens_used"]) == (0, 1)


def test_tasks_that_failed_at_first_are_those_that_failed_or_were_tried_again() -> None:
    failed = MeasuredTask.of(
        replay(
            "A-2", [line("task_started", 1, at=at(0)), line("task_failed", 2, at=at(1))]
        )
    )
    found = together([task("A-1", 60), failed, failed_then_done("A-3")])
    assert found["tasks_failed_first_attempt"].number == 2
    assert found["tasks_completed"].number == 2


@pytest.mark.parametrize(
    ("start", "evidence"),
    [({}, Evidence.DERIVED), ({"provenance": "backfilled"}, Evidence.BACKFILLED)],
)
def test_a_phase_is_as_weak_as_its_weakest_task(
    start: dict[str, object], evidence: Evidence
) -> None:
    found = together([task("A-1", 60), task("A-2", 60, start)])
    assert found["actual_total"].evidence is evidence
    assert found["tasks_total"].evidence is evidence


def test_variance_over_no_common_task_is_missing() -> None:
    tasks = [task("A-1", 60), task("A-2", None, {"estimated_duration_s": 60})]
    assert together(tasks)["variance"] == MISSING


def with_targets(name: str, *goals: str, **reached: str) -> MeasuredTask:
    """A task with targets such as ``ipc<5``, and what was measured for them, in ms."""
    targets = [
        {"name": goal[:3], "comparator": goal[3], "value": goal[4:], "unit": "ms"}
        for goal in goals
    ]
    lines = [line("task_started", 1, at=at(0), performance_targets=targets)]
    for seq, (what, value) in enumerate(reached.items(), 2):
        fields = {"measure": "performance_actual", "name": what, "unit": "ms"}
        lines.append(
            line("measurement_recorded", seq, at=at(seq), value=value, **fields)
        )
    return MeasuredTask.of(replay(name, lines))


def test_a_performance_target_that_was_not_measured_is_not_missed() -> None:
    tasks = [
        with_targets("A-1", "ipc<5", "ipc>1", "cpu<9", ipc="2"),
        with_targets("A-2", "ipc<5", ipc="7"),
        with_targets("A-3", "ipc<5"),
    ]
    found = together(tasks)["performance_targets_met"]
    assert figure(found) == (2, 3)
    assert found.basis == "2 not measured"
    assert together(tasks[2:])["performance_targets_met"] == MISSING


def test_a_count_of_statuses_is_as_weak_as_a_status_which_is_typed() -> None:
    found = together([task("A-1", 60), failed_then_done("A-2")])
    assert found["tasks_total"].evidence is Evidence.DERIVED
    for name in ("tasks_completed", "tasks_failed_first_attempt"):
        assert found[name].evidence is Evidence.DECLARED, name


def test_how_often_tasks_were_begun_is_known_as_well_as_the_begins() -> None:
    found = together([task("A-1", 60), failed_then_done("A-2")])
    assert figure(found["retry_rate"]) == (50, 2)
    assert found["retry_rate"].evidence is Evidence.DERIVED


def test_a_task_whose_start_was_retracted_counts_nowhere() -> None:
    lines = [line("task_completed", 2, at=at(60), tokens_used=5)]
    found = together([task("A-1", 60), MeasuredTask.of(replay("A-2", lines))])
    assert figure(found["tasks_total"]) == (1, 1)
    assert figure(found["tasks_completed"]) == (1, 1)
    assert found["total_tokens_used"] == MISSING


def test_the_hallucination_rate_is_over_the_tasks_with_both_figures() -> None:
    tasks = [
        task("A-1", 60, interactions=50, hallucinations=1),
        task("A-2", 60, hallucinations=9),
        task("A-3", 60, interactions=50),
    ]
    assert figure(together(tasks)["hallucination_rate"]) == (2, 1)
    assert together(tasks[1:])["hallucination_rate"] == MISSING


def test_a_pending_projection_neither_held_nor_failed() -> None:
    start: dict[str, object] = {"projected_outcome": "it works"}
    tasks = [
        task(f"A-{n}", 60, start, success_criteria=criteria)
        for n, criteria in enumerate(("pass", "pending", "fail", "pass", None))
    ]
    totals = total_of(summarise(task) for task in tasks)
    assert (totals.held, totals.projected.n) == (2, 3)


def unsound(name: str) -> MeasuredTask:
    """A task whose log is no proof: work lies after its end."""
    lines = [
        line("task_started", 1, task=name, at=at(0)),
        line(
            "commit_recorded",
            2,
            task=name,
            at=at(1),
            commit="c" * 40,
            operation="commit",
        ),
        line("task_completed", 3, task=name, at=at(60)),
        line("bug_found", 4, task=name, at=at(90)),
    ]
    return MeasuredTask.of(replay(name, lines))


def test_a_log_that_is_no_proof_proves_no_figure() -> None:
    alone = unsound("A-2")
    assert not alone.state.is_valid
    classes = {v.evidence for v in alone.measures.values()}
    assert classes == {Evidence.DECLARED, Evidence.MISSING}
    found = together([task("A-1", 60), alone])
    for name in ("actual_total", "tasks_total", "phase_first_code"):
        assert found[name].evidence is Evidence.DECLARED, name
    assert found["actual_total"].number == 120


def test_a_task_of_which_the_beginning_is_known_too_little_counts_nowhere() -> None:
    imported: dict[str, object] = {"provenance": "backfilled", "source": "old.log"}
    tasks = [task("A-1", 60), task("A-2", 60, imported), task("A-3")]
    everything = [summarise(each) for each in tasks]
    strong = Selection(least=Evidence.DERIVED).select(everything)
    found = measure_phase(total_of(strong))
    assert figure(found["tasks_total"]) == (2, 2)
    assert figure(found["tasks_completed"]) == (0, 1)
    assert found["tasks_completed"].evidence is Evidence.DERIVED
    declared = Selection(least=Evidence.DECLARED).select(everything)
    assert figure(measure_phase(total_of(declared))["tasks_completed"]) == (1, 2)


def test_blockers_and_commits_known_too_little_are_left_out() -> None:
    imported: dict[str, object] = {"provenance": "backfilled", "source": "old.log"}
    lines = [
        line("task_started", 1, at=at(0)),
        line(
            "commit_recorded",
            2,
            at=at(1),
            commit="c" * 40,
            operation="commit",
            **imported,
        ),
        line("blocker_hit", 3, at=at(2), text="net", critical=True),
    ]
    whole = [summarise(MeasuredTask.of(replay("A-1", lines)))]
    for least, known in ((Evidence.MISSING, True), (Evidence.DERIVED, False)):
        found = measure_phase(total_of(Selection(least=least).select(whole)))
        for name in ("phase_first_code", "critical_blockers"):
            assert found[name].is_known is known, name


@pytest.mark.parametrize(
    ("promised", "delivered", "wanted", "extra"),
    [
        (["one"], ["one", "two", "three"], (1, 1), "2 not projected"),
        (["One ", "two"], ["one"], (1, 2), ""),
        (["one"], ["two"], (0, 1), "1 not projected"),
        ([], ["one", "two"], (2, None), ""),
    ],
)
def test_deliverables_are_those_that_were_projected(
    promised: list[str],
    delivered: list[str],
    wanted: tuple[int, int | None],
    extra: str,
) -> None:
    lines = [
        line("phase_started", 1, at=at(0), projected_deliverables=promised),
        line("phase_reviewed", 2, at=at(9), deliverables=delivered),
    ]
    found = measure_own_events(replay("P1", lines))["deliverables_completed"]
    assert (figure(found), found.basis) == (wanted, extra)
