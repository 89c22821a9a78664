"""Measurements as they were recorded, and performance against its targets. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from gitlog_track.measures.catalogue import find
from gitlog_track.measures.measure import Level
from gitlog_track.measures.value import (
    MISSING,
    PerformanceResult,
    Value,
    computed,
    declared,
    measured,
)
from gitlog_track.model.event import Target
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


def is_met(target: Target, value: Decimal) -> bool:
    """Is a target met, strict as it was written?"""
    goal = Decimal(target.value)
    match target.comparator:
        case "<":
            return value < goal
        case "<=":
            return value <= goal
        case ">":
            return value > goal
        case ">=":
            return value >= goal
        case "=":
            return value == goal


def performance_results(state: TaskState) -> tuple[PerformanceResult, ...]:
    """Return what was measured, the last of each name, against its target."""
    started = state.started
    targets = {t.name: t for t in started.performance_targets} if started else {}
    found: dict[str, PerformanceResult] = {}
    for event in measurements_of(state, "performance_actual"):
        value = measurement_value(state, event).number
        target = event.target or targets.get(event.name)
        if value is not None:
            found[event.name] = PerformanceResult(
                name=event.name,
                value=value,
                unit=event.unit,
                target=show_target(target) if target else None,
                met=is_met(target, value) if target else None,
            )
    return tuple(found.values())


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
    if not _NUMBER.fullmatch(event.value or ""):
        return MISSING
    taken = declared if event.method == "typed" else measured
    return taken(state, event, Decimal(event.value or ""))


_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?", re.ASCII)
