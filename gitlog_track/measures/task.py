"""Every task-level measure, from a replayed task. Pure; design: catalogue's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from msgspec.structs import replace

from gitlog_track.measures.catalogue import find
from gitlog_track.measures.counts import counts
from gitlog_track.measures.durations import durations, estimated_duration
from gitlog_track.measures.evidence import Evidence, of_computed, weakest
from gitlog_track.measures.measure import Level
from gitlog_track.measures.performance import (
    measurement_value,
    measurements_of,
    performance,
    performance_targets,
)
from gitlog_track.measures.task_table import TASK_MEASURES
from gitlog_track.measures.tokens import tokens
from gitlog_track.measures.value import (
    MISSING,
    Value,
    computed,
    declared,
    from_events,
    measured,
    no_proof,
)
from gitlog_track.measures.work_commits import work_commits
from gitlog_track.model.event import Milestone
from gitlog_track.model.events import (
    BlockerHit,
    LessonLearned,
    MeasurementRecorded,
    MilestoneReached,
    TaskCompleted,
    TaskFailed,
    TaskStarted,
)
from gitlog_track.model.task import TaskState

Measures = Mapping[str, Value]
FOUNDING_FIELDS = (
    "begin_timestamp",
    *(f"{name}_timestamp" for name in get_args(Milestone)),
    *("estimated_duration", "actual_duration", "variance", "efficiency_ratio"),
    *("iterations_count", "test_coverage_target", "test_coverage_actual"),
    *("performance_target", "performance_actual", "doc_completeness"),
    *("token_count_used", "ai_interactions", "hallucination_count"),
    *("context_switches", "projected_outcome", "actual_outcome"),
    *("success_criteria", "blockers_encountered", "lessons_learned"),
)
"""The fields of the founding task template, of which completeness is the share filled."""


@dataclass(frozen=True, slots=True)
class MeasuredTask:
    """A replayed task and what it comes to."""

    state: TaskState
    measures: Measures

    @classmethod
    def of(cls, state: TaskState) -> MeasuredTask:
        """Measure a replayed task."""
        return cls(state, measure_task(state))


def measure_task(state: TaskState) -> Measures:
    """Return every task-level measure by its id, in the catalogue's order.

    Of a log that is no proof all of them are declared at best.
    """
    values = {
        **_instants(state),
        **_recorded(state),
        **counts(state),
        **tokens(state),
        **_outcome(state),
        "estimated_duration": estimated_duration(state),
    }
    does_not_apply = _not_applicable(state, values)
    values |= does_not_apply
    values |= durations(state, values) | does_not_apply
    values["tracking_completeness"] = _completeness(values)
    found = {measure.id: values[measure.id] for measure in TASK_MEASURES}
    if state.is_valid:
        return found
    return {name: no_proof(value) for name, value in found.items()}


def _instants(state: TaskState) -> dict[str, Value]:
    started, ended = state.started, state.ended
    values = {
        "begin_timestamp": measured(state, started, started.at) if started else MISSING,
        "end_timestamp": measured(state, ended, ended.at) if ended else MISSING,
    }
    for name in get_args(Milestone):
        found = [e for e in state.of(MilestoneReached) if e.milestone == name]
        last = found[-1] if found else None
        key = f"{name}_timestamp"
        values[key] = measured(state, last, last.at) if last else MISSING
    return values


def _recorded(state: TaskState) -> dict[str, Value]:
    """Return the measures that ``measure`` records, the last of each counting."""
    values = {
        "test_coverage_target": _coverage_target(state),
        "performance_target": performance_targets(state),
        "performance_actual": performance(state),
        "validation_results": _validation(state),
    }
    for name in (
        "test_coverage_actual",
        "tests_passed",
        "tests_total",
        "doc_completeness",
    ):
        values[name] = _last_measurement(state, name)
    return values


def _last_measurement(state: TaskState, name: str) -> Value:
    found = [e for e in measurements_of(state, name) if not e.not_applicable]
    if not found or found[-1].value is None:
        return MISSING
    return measurement_value(state, found[-1])


def _coverage_target(state: TaskState) -> Value:
    started = state.started
    if started is None or started.test_coverage_target is None:
        return MISSING
    target = started.test_coverage_target
    value = declared(state, started, Decimal(target.value))
    return replace(value, basis=target.comparator)


def _validation(state: TaskState) -> Value:
    events = [e for e in state.of(MilestoneReached) if e.validation_results]
    if not events:
        return MISSING
    rows = tuple(check for e in events for check in e.validation_results)
    return computed(rows, [declared(state, e, "") for e in events])


def _outcome(state: TaskState) -> dict[str, Value]:
    started, ended = state.started, state.ended
    values = {
        "projected_outcome": MISSING,
        "actual_outcome": MISSING,
        "success_criteria": MISSING,
        "blockers_encountered": _texts(state, BlockerHit),
        "lessons_learned": _texts(state, LessonLearned),
        "status": _status(state),
        "commits": work_commits(state),
    }
    if started is not None and is_filled(started.projected_outcome):
        outcome = declared(state, started, started.projected_outcome)
        values["projected_outcome"] = outcome
    if ended is not None:
        if is_filled(ended.actual_outcome):
            outcome = declared(state, ended, ended.actual_outcome)
            values["actual_outcome"] = outcome
        if ended.success_criteria:
            criteria = declared(state, ended, ended.success_criteria)
            values["success_criteria"] = criteria
        if ended.blockers is not None and values["blockers_encountered"] is MISSING:
            values["blockers_encountered"] = declared(state, ended, ended.blockers)
    return values


def is_filled(text: str) -> bool:
    """Does a text say something, other than a founding template's placeholder?

    >>> [is_filled(t) for t in ("it works", "TBD", "_____", "<COUNT ATTEMPTS>", " ")]
    [True, False, False, False, False]
    """
    said = text.strip()
    is_mark = said.startswith("<") and said.endswith(">")
    return bool(said.strip("_")) and said.upper() != "TBD" and not is_mark


def _texts(state: TaskState, kind: type[BlockerHit | LessonLearned]) -> Value:
    events = state.of(kind)
    if not events:
        return MISSING
    texts = tuple(event.text for event in events)
    return from_events(state, events, texts, Evidence.DECLARED)


def _status(state: TaskState) -> Value:
    last = state.ended or state.last(TaskStarted)
    if last is None:
        return MISSING
    if isinstance(last, TaskCompleted | TaskFailed):
        return declared(state, last, state.status)
    return measured(state, last, state.status)


def _not_applicable(state: TaskState, recorded: Measures) -> dict[str, Value]:
    """Return the measures whose last word is that they do not apply.

    Args:
        state: of the task.
        recorded: values that somebody or a program gave; what was given later counts.
            What is only computed, as durations are, does not take that word back, and
            is not computed from what does not apply.
    """
    last: dict[str, MeasurementRecorded] = {}
    for event in state.of(MeasurementRecorded):
        known = find(event.measure, Level.TASK)
        if known is not None:
            last[known.id] = event
    if not any(event.not_applicable for event in last.values()):
        return {}
    order = {event.id: place for place, event in enumerate(state.events)}
    return {
        name: replace(
            declared(state, event, ""),
            text=None,
            not_applicable=event.reason or "no reason given",
        )
        for name, event in last.items()
        if event.not_applicable
        and all(
            order[one] <= order[event.id] for one in recorded.get(name, MISSING).events
        )
    }


def _completeness(values: Measures) -> Value:
    """Return the share of fields filled, known as well as the weakest of them."""
    apply = [n for n in FOUNDING_FIELDS if not values[n].not_applicable]
    filled = [n for n in apply if values[n].is_known]
    if not apply:
        return MISSING
    # Cut off, so that sums over many tasks are exact in any order.
    share = (Decimal(100 * len(filled)) / len(apply)).quantize(Decimal("0.0001"))
    known = [values[name] for name in filled]
    weak = weakest(v.evidence for v in known) if known else Evidence.MEASURED
    said = [v.logged_at for v in known if v.logged_at is not None]
    return Value(
        number=share,
        evidence=of_computed([weak]),
        logged_at=max(said, default=None),
        source=next((v.source for v in known if v.source and v.evidence is weak), ""),
        n=len(apply),
        basis=f"{len(filled)} of {len(apply)} fields",
    )
