"""Phase aggregates, from the measures of its tasks. Pure.

A first set: counts, time, iterations and tokens. A sum or mean is over the tasks that
have the figure, and says how many those are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.task import Measures, measure_task
from gitlog_track.measures.value import (
    MISSING,
    Value,
    difference,
    mean,
    quotient,
    total,
)
from gitlog_track.model.task import TaskState


@dataclass(frozen=True, slots=True)
class MeasuredTask:
    """A replayed task and what it comes to."""

    state: TaskState
    measures: Measures

    @classmethod
    def of(cls, state: TaskState) -> MeasuredTask:
        """Measure a replayed task."""
        return cls(state, measure_task(state))


def measure_phase(tasks: Sequence[MeasuredTask]) -> Measures:
    """Return the aggregates of the tasks of one phase, by measure id.

    Args:
        tasks: of the phase; none of them may be counted twice.
    """
    begun = [t for t in tasks if t.state.attempts]
    ended = [t for t in begun if t.state.ended is not None]
    both = [t for t in begun if _has_both(t)]
    actual = total(t.measures["actual_duration"] for t in both)
    estimated = total(t.measures["estimated_duration"] for t in both)
    return {
        "tasks_total": _counted(begun, begun),
        "tasks_completed": _counted(begun, _complete(begun)),
        "tasks_failed_first_attempt": _counted(begun, _failed_first(begun)),
        "estimated_total": total(t.measures["estimated_duration"] for t in begun),
        "actual_total": total(t.measures["actual_duration"] for t in begun),
        "variance": replace(difference(actual, estimated), n=len(both) or None),
        "efficiency_ratio": replace(quotient(actual, estimated), n=len(both) or None),
        "average_iterations_per_task": mean(
            t.measures["iterations_count"] for t in ended
        ),
        "total_tokens_used": total(t.measures["token_count_used"] for t in begun),
        "tokens_per_task_avg": mean(
            (t.measures["token_count_used"] for t in begun),
            whole=True,
        ),
    }


def _has_both(task: MeasuredTask) -> bool:
    names = ("actual_duration", "estimated_duration")
    return all(task.measures[name].number is not None for name in names)


def _complete(tasks: Sequence[MeasuredTask]) -> list[MeasuredTask]:
    return [t for t in tasks if t.state.status == "complete"]


def _failed_first(tasks: Sequence[MeasuredTask]) -> list[MeasuredTask]:
    return [t for t in tasks if len(t.state.attempts) > 1 or t.state.status == "failed"]


def _counted(of: Sequence[MeasuredTask], tasks: Sequence[MeasuredTask]) -> Value:
    """Return how many tasks there are; the log itself is the measurement."""
    if not of:
        return MISSING
    backfilled = any(
        t.measures["begin_timestamp"].evidence is Evidence.BACKFILLED for t in of
    )
    evidence = Evidence.BACKFILLED if backfilled else Evidence.DERIVED
    return Value(value=Decimal(len(tasks)), evidence=evidence, n=len(of))
