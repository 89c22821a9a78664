"""Every phase-level measure, from the measures of its tasks and its own events. Pure.

A sum or mean is over the tasks that have the figure, and says how many those are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from msgspec.structs import replace

from gitlog_track.measures.intervals import covered_s, task_interval
from gitlog_track.measures.performance import performance_results
from gitlog_track.measures.task import Measures, measure_task
from gitlog_track.measures.value import (
    MISSING,
    Value,
    computed,
    declared,
    difference,
    mean,
    measured,
    quotient,
    total,
)
from gitlog_track.model.events import BlockerHit, CommitRecorded
from gitlog_track.model.phases import (
    PhaseMilestoneReached,
    PhaseReviewed,
    PhaseStarted,
)
from gitlog_track.model.task import TaskState

OWN_MILESTONES = {
    "phase_tests_passing": "tests_passing",
    "phase_integration_complete": "integration_complete",
    "phase_documentation_complete": "documentation_complete",
    "phase_final_approval": "final_approval",
}
REVIEWED_TEXTS = ("biggest_surprise", "biggest_win", "biggest_challenge")
REVIEWED_LISTS = {
    "patterns_extracted": "patterns_extracted",
    "technical_debt_incurred": "technical_debt",
    "theory_improvements": "improvements",
}


@dataclass(frozen=True, slots=True)
class MeasuredTask:
    """A replayed task and what it comes to."""

    state: TaskState
    measures: Measures

    @classmethod
    def of(cls, state: TaskState) -> MeasuredTask:
        """Measure a replayed task."""
        return cls(state, measure_task(state))


def measure_phase(
    tasks: Sequence[MeasuredTask],
    own: TaskState | None = None,
) -> Measures:
    """Return every phase-level measure by its id.

    Args:
        tasks: of the phase; none of them may be counted twice.
        own: the replayed events of the phase itself, if it has any.
    """
    begun = [task for task in tasks if task.state.attempts]
    return {
        **_instants(begun, own),
        **_time(begun),
        **_quality(begun, own),
        **_tokens(begun),
        **_outcome(begun, own),
    }


def _instants(tasks: Sequence[MeasuredTask], own: TaskState | None) -> dict[str, Value]:
    started = own.last(PhaseStarted) if own else None
    first_code = _milestone(own, "first_code")
    begin = (
        measured(own, started, started.at)
        if own and started
        else _earliest([task.measures["begin_timestamp"] for task in tasks])
    )
    return {
        "phase_begin": begin,
        "phase_first_code": first_code
        if first_code.value
        else _earliest([_first_commit(task) for task in tasks]),
        **{name: _milestone(own, kind) for name, kind in OWN_MILESTONES.items()},
    }


def _milestone(own: TaskState | None, kind: str) -> Value:
    if own is None:
        return MISSING
    found = [e for e in own.of(PhaseMilestoneReached) if e.milestone == kind]
    return measured(own, found[-1], found[-1].at) if found else MISSING


def _earliest(values: Sequence[Value]) -> Value:
    known = [(v.instant, v) for v in values if v.instant is not None]
    return min(known, key=lambda pair: pair[0])[1] if known else MISSING


def _first_commit(task: MeasuredTask) -> Value:
    event = next(iter(task.state.of(CommitRecorded)), None)
    return measured(task.state, event, event.at) if event else MISSING


def _time(tasks: Sequence[MeasuredTask]) -> dict[str, Value]:
    both = [task for task in tasks if _has_both(task)]
    actual = total(task.measures["actual_duration"] for task in both)
    estimated = total(task.measures["estimated_duration"] for task in both)
    n = len(both) or None
    return {
        "estimated_total": total(t.measures["estimated_duration"] for t in tasks),
        "actual_total": total(t.measures["actual_duration"] for t in tasks),
        "variance": replace(difference(actual, estimated), n=n),
        "efficiency_ratio": replace(quotient(actual, estimated), n=n),
        "parallel_efficiency": _parallel(tasks),
        "estimate_bias": _bias(both),
    }


def _has_both(task: MeasuredTask) -> bool:
    names = ("actual_duration", "estimated_duration")
    return all(task.measures[name].number is not None for name in names)


def _parallel(tasks: Sequence[MeasuredTask]) -> Value:
    """Seconds saved by working on tasks at the same time."""
    timed = [t for t in tasks if t.measures["actual_duration"].number is not None]
    spans = [span for task in timed if (span := task_interval(task.measures))]
    alone = total(task.measures["actual_duration"] for task in timed)
    if alone.number is None or len(spans) != len(timed):
        return MISSING
    return replace(alone, value=alone.number - covered_s(spans))


def _bias(tasks: Sequence[MeasuredTask]) -> Value:
    ratios = [task.measures["efficiency_ratio"] for task in tasks]
    known = [ratio for ratio in ratios if ratio.number is not None]
    if not known:
        return MISSING
    middle = median(r.number for r in known if r.number is not None)
    return replace(computed(middle, known), n=len(known))


def _quality(tasks: Sequence[MeasuredTask], own: TaskState | None) -> dict[str, Value]:
    ended = [task for task in tasks if task.state.ended is not None]
    complete = [task for task in tasks if task.state.status == "complete"]
    again = [task for task in ended if len(task.state.attempts) > 1]
    first_failed = [
        t for t in tasks if len(t.state.attempts) > 1 or t.state.status == "failed"
    ]
    return {
        "tasks_total": _counted(tasks, tasks),
        "tasks_completed": _counted(tasks, complete),
        "tasks_failed_first_attempt": _counted(tasks, first_failed),
        "retry_rate": _share(again, ended),
        "average_iterations_per_task": mean(
            task.measures["iterations_count"] for task in ended
        ),
        "test_coverage_overall": _coverage(tasks, own),
        "performance_targets_met": _targets_met(tasks),
    }


def _counted(of: Sequence[MeasuredTask], tasks: Sequence[MeasuredTask]) -> Value:
    """Return how many tasks there are; the log itself is the measurement."""
    if not of:
        return MISSING
    begins = [task.measures["begin_timestamp"] for task in of]
    names = ", ".join(task.state.name for task in tasks) if len(tasks) < len(of) else ""
    counted = computed(Decimal(len(tasks)), begins, basis=names)
    return replace(counted, events=(), n=len(of))


def _share(some: Sequence[MeasuredTask], of: Sequence[MeasuredTask]) -> Value:
    if not of:
        return MISSING
    share = Decimal(100 * len(some)) / len(of)
    return replace(_counted(of, some), value=share)


def _coverage(tasks: Sequence[MeasuredTask], own: TaskState | None) -> Value:
    review = own.last(PhaseReviewed) if own else None
    if own is not None and review is not None and review.test_coverage is not None:
        value = declared(own, review, Decimal(review.test_coverage))
        return replace(value, basis="of the phase")
    average = mean(task.measures["test_coverage_actual"] for task in tasks)
    return average if average.value is None else replace(average, basis="mean of tasks")


def _targets_met(tasks: Sequence[MeasuredTask]) -> Value:
    """Return N of M: how many performance targets were met, of those that were set."""
    set_ = [t for t in tasks if t.measures["performance_target"].value is not None]
    results = [r for task in set_ for r in performance_results(task.state)]
    goals = sum(_length(task.measures["performance_target"]) for task in set_)
    if not goals or not results:
        return MISSING
    inputs = [task.measures["performance_actual"] for task in set_]
    known = [value for value in inputs if value.value is not None]
    met = sum(result["met"] is True for result in results)
    return replace(computed(Decimal(met), known), n=goals)


def _length(value: Value) -> int:
    return len(value.value) if isinstance(value.value, tuple) else 0


def _tokens(tasks: Sequence[MeasuredTask]) -> dict[str, Value]:
    tokens = [task.measures["token_count_used"] for task in tasks]
    interactions = total(task.measures["ai_interactions"] for task in tasks)
    hallucinations = total(task.measures["hallucination_count"] for task in tasks)
    return {
        "total_tokens_used": total(tokens),
        "tokens_per_task_avg": mean(tokens, whole=True),
        "ai_interactions_total": interactions,
        "hallucination_count_total": hallucinations,
        "hallucination_rate": quotient(hallucinations, interactions, scale=100),
    }


def _outcome(tasks: Sequence[MeasuredTask], own: TaskState | None) -> dict[str, Value]:
    started = own.last(PhaseStarted) if own else None
    review = own.last(PhaseReviewed) if own else None
    values = dict.fromkeys(
        (
            "projected_deliverables",
            "deliverables_completed",
            "critical_blockers",
            "theory_accuracy",
            *REVIEWED_LISTS,
            *REVIEWED_TEXTS,
        ),
        MISSING,
    )
    values["critical_blockers"] = _critical_blockers(tasks)
    if own is not None and started is not None and started.projected_deliverables:
        projected = declared(own, started, started.projected_deliverables)
        values["projected_deliverables"] = projected
    if own is not None and review is not None:
        values.update(_reviewed(own, review, values["projected_deliverables"]))
    return values


def _reviewed(
    own: TaskState, review: PhaseReviewed, projected: Value
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name in REVIEWED_TEXTS:
        if text := getattr(review, name):
            found[name] = declared(own, review, text)
    for name, attribute in REVIEWED_LISTS.items():
        if rows := getattr(review, attribute):
            found[name] = declared(own, review, rows)
    if review.deliverables:
        delivered = declared(own, review, Decimal(len(review.deliverables)))
        goal = _length(projected)
        found["deliverables_completed"] = replace(delivered, n=goal or None)
    if review.projections and review.projections_held is not None:
        share = Decimal(100 * review.projections_held) / review.projections
        accuracy = declared(own, review, share)
        found["theory_accuracy"] = replace(accuracy, n=review.projections)
    return found


def _critical_blockers(tasks: Sequence[MeasuredTask]) -> Value:
    hits = [(t.state, e) for t in tasks for e in t.state.of(BlockerHit) if e.critical]
    if not hits:
        return MISSING
    inputs = [declared(state, event, event.text) for state, event in hits]
    return computed(tuple(event.text for _, event in hits), inputs)
