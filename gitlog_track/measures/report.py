"""The report as a value: every phase's aggregates, and what the history says. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gitlog_track.measures.phase import MeasuredTask, measure_phase
from gitlog_track.measures.task import Measures
from gitlog_track.model.task import TaskState

NO_PHASE = "(no phase)"


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """One phase: its name, its tasks in the order of names, and its aggregates."""

    phase: str
    tasks: tuple[MeasuredTask, ...]
    measures: Measures


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryCounts:
    """What the messages of HEAD's history say.

    Attributes:
        commits: how many there are.
        naming_tasks: how many of them name a task.
        claiming: how many of them look as if they claim a metric.
        is_partial: is the history cut off?
    """

    commits: int
    naming_tasks: int
    claiming: int
    is_partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What ``report`` shows.

    Attributes:
        log: the log commit; None where there is no log.
        phases: in the order in which their first task began.
        overall: the aggregates of all tasks.
        history: of HEAD.
    """

    log: str | None
    phases: tuple[PhaseRow, ...]
    overall: Measures
    history: HistoryCounts


def phase_rows(
    tasks: Iterable[MeasuredTask],
    own: Mapping[str, TaskState],
) -> tuple[PhaseRow, ...]:
    """Group tasks by phase, in the order in which the phases' first tasks began.

    Args:
        tasks: of all phases.
        own: the replayed events of the phases themselves, by phase.
    """
    by_phase: dict[str, list[MeasuredTask]] = {}
    for task in tasks:
        by_phase.setdefault(task.state.phase or NO_PHASE, []).append(task)
    ordered = sorted(by_phase.items(), key=lambda item: _first(item[1]))
    return tuple(
        PhaseRow(name, tuple(mine), measure_phase(mine, own.get(name)))
        for name, mine in ordered
    )


def _first(tasks: list[MeasuredTask]) -> tuple[float, str]:
    begun = [t.state.started.at.timestamp() for t in tasks if t.state.started]
    return (min(begun, default=0.0), tasks[0].state.name)
