"""How long a task took, was thought to take, and was away from its work. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from gitlog_track.measures.value import (
    MISSING,
    Value,
    computed,
    declared,
    difference,
    measured,
    quotient,
    seconds_between,
)
from gitlog_track.model.events import TaskPaused, TaskResumed
from gitlog_track.model.task import TaskState


def durations(state: TaskState, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return every measure of time.

    Args:
        state: of the task.
        values: its instants and its estimate, by their ids.
    """
    begin, end = values["begin_timestamp"], values["end_timestamp"]
    approval = values["final_approval_timestamp"]
    duration = seconds_between(begin, end)
    actual = seconds_between(begin, end, basis="to the end")
    if approval.instant is not None:
        actual = seconds_between(begin, approval, basis="to final approval")
    estimate = values["estimated_duration"]
    return {
        "duration": duration,
        "actual_duration": actual,
        "time_to_initial_completion": _until(values, "initial_completion_timestamp"),
        "time_to_tests": _until(values, "tests_completion_timestamp"),
        "time_to_validation": _until(values, "validation_timestamp"),
        "active_duration": _active(state, begin, duration),
        "attempt_durations": _attempt_durations(state),
        "variance": difference(actual, estimate),
        "efficiency_ratio": quotient(actual, estimate),
    }


def _until(values: Mapping[str, Value], milestone: str) -> Value:
    return seconds_between(values["begin_timestamp"], values[milestone])


def estimated_duration(state: TaskState) -> Value:
    """Return the estimate with which the task was started, in seconds."""
    started = state.started
    if started is None or started.estimated_duration_s is None:
        return MISSING
    return declared(state, started, Decimal(started.estimated_duration_s))


def _active(state: TaskState, begin: Value, duration: Value) -> Value:
    """Duration less the pauses; one never resumed lasts to the end of its attempt.

    Missing where a clock that jumped put a pause before the task, or pauses one over
    another: then nobody knows how long they were.
    """
    end = state.ended
    if begin.instant is None or duration.number is None or end is None:
        return MISSING
    if not state.of(TaskPaused):
        return computed(duration.number, (duration,))
    ends = {a.ended.id for a in state.attempts if a.ended is not None}
    since: TaskPaused | None = None
    rest: list[Value] = []
    for event in (*(e for e in state.events if e.at <= end.at), end):
        if isinstance(event, TaskPaused) and since is None:
            since = event
        elif since is not None and (isinstance(event, TaskResumed) or event.id in ends):
            if since.at < begin.instant:
                return MISSING
            left = measured(state, since, since.at)
            rest.append(seconds_between(left, measured(state, event, event.at)))
            since = None
    if any(v.number is None for v in rest):
        return MISSING
    away = sum((v.number for v in rest if v.number is not None), Decimal(0))
    if away > duration.number:
        return MISSING
    return computed(duration.number - away, (duration, *rest))


def _attempt_durations(state: TaskState) -> Value:
    spans = [
        seconds_between(
            measured(state, attempt.begun, attempt.begun.at),
            measured(state, attempt.ended, attempt.ended.at),
        )
        for attempt in state.attempts
        if attempt.begun is not None and attempt.ended is not None
    ]
    known = [span for span in spans if span.number is not None]
    durations = tuple(span.number for span in known if span.number is not None)
    return computed(durations, known) if known else MISSING
