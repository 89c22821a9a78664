"""Measurements as they were recorded, and performance against its targets. Pure."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from gitlog_track.measures.catalogue import find
from gitlog_track.measures.measure import Level
from gitlog_track.measures.units import factors
from gitlog_track.measures.value import (
    MISSING,
    PerformanceResult,
    Value,
    computed,
    declared,
    measured,
)
from gitlog_track.model.event import Comparator, Target
from gitlog_track.model.events import MeasurementRecorded
from gitlog_track.model.task import TaskState


def performance_targets(state: TaskState) -> Value:
    """Return the performance targets of the start, as they were written."""
    started = state.started
    if started is None or not started.performance_targets:
        return MISSING
    shown = tuple(show_target(t) for t in started.performance_targets)
    return declared(state, started, shown)


def show_target(target: Target) -> str:
    """Return a target as written: ``ipc <5ms``."""
    return f"{target.name} {show_goal(target)}"


def show_goal(target: Target) -> str:
    """Return what a target asks for, without its name: ``<5ms``."""
    return f"{target.comparator}{target.value}{target.unit}"


def is_met(target: Target, value: Decimal, unit: str | None = None) -> bool | None:
    """Is a target met, strict as it was written?

    Args:
        target: to be met.
        value: what was reached.
        unit: of the value; None: the target's own.

    Returns:
        None where the units cannot be compared.
    """
    scales = factors(target.unit if unit is None else unit, target.unit)
    if scales is None:
        return None
    value, goal = value * scales[0], Decimal(target.value) * scales[1]
    return _COMPARISONS[target.comparator](value, goal)


_COMPARISONS: Mapping[Comparator, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


def performance_results(state: TaskState) -> tuple[PerformanceResult, ...]:
    """Return what was measured, the last of each name, against each of its targets."""
    started = state.started
    last: dict[str, MeasurementRecorded] = {}
    for event in measurements_of(state, "performance_actual"):
        if _is_number(event):
            last[event.name] = event
    results: list[PerformanceResult] = []
    for name, event in last.items():
        set_before = started.performance_targets if started else ()
        own = [event.target] if event.target is not None else []
        targets = own or [t for t in set_before if t.name == name]
        results += [_result(event, target) for target in targets]
        results += [] if targets else [_result(event, None)]
    return tuple(results)


def _result(event: MeasurementRecorded, target: Target | None) -> PerformanceResult:
    value = Decimal(event.value or "")
    return PerformanceResult(
        name=event.name,
        value=value,
        unit=event.unit,
        target=show_target(target) if target else None,
        met=is_met(target, value, event.unit) if target else None,
    )


def performance(state: TaskState) -> Value:
    """Return what was measured for performance, as one value."""
    results = performance_results(state)
    events = measurements_of(state, "performance_actual")
    values = [measurement_value(state, event) for event in events]
    inputs = [value for value in values if value.number is not None]
    return computed(results, inputs) if results else MISSING


def measurements_of(state: TaskState, name: str) -> list[MeasurementRecorded]:
    """Return the measurements of one measure of the catalogue, in order."""
    return [
        e
        for e in state.of(MeasurementRecorded)
        if (known := find(e.measure, Level.TASK)) is not None and known.id == name
    ]


def measurement_value(state: TaskState, event: MeasurementRecorded) -> Value:
    """A value read from a file or a command was measured; a typed one declared."""
    if not _is_number(event):
        return MISSING
    taken = declared if event.method == "typed" else measured
    return taken(state, event, Decimal(event.value or ""))


def _is_number(event: MeasurementRecorded) -> bool:
    return _NUMBER.fullmatch(event.value or "") is not None


_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?", re.ASCII)
