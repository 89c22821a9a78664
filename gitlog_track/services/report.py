"""The report: every phase's aggregates, from the log alone; and what to say without one."""

from __future__ import annotations

from dataclasses import dataclass

from gitlog_track.git.history import count_history
from gitlog_track.measures.phase import MeasuredTask, measure_phase
from gitlog_track.measures.task import Measures
from gitlog_track.services.workspace import Workspace

NO_PHASE = "(no phase)"


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """One phase: its name, its tasks in the order of names, and its aggregates."""

    phase: str
    tasks: tuple[MeasuredTask, ...]
    measures: Measures


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What ``report`` shows.

    Attributes:
        log: the log commit; None where there is no log.
        phases: in the order in which their first task began.
        overall: the aggregates of all tasks.
        commits: how many commits HEAD has.
        naming_tasks: how many of them name a task.
        claiming: how many of them look as if they claim a metric.
        is_partial: is the history cut off?
    """

    log: str | None
    phases: tuple[PhaseRow, ...]
    overall: Measures
    commits: int
    naming_tasks: int
    claiming: int
    is_partial: bool


def build_report(workspace: Workspace, *, phase: str | None = None) -> Report:
    """Return the report of all phases, or of one.

    Works in any repository: without a log it tells what the history says.

    Raises:
        LogError: the log cannot be read.
    """
    log = workspace.log()
    measured = [MeasuredTask.of(state) for state in log.states("task")]
    by_phase: dict[str, list[MeasuredTask]] = {}
    for task in measured:
        by_phase.setdefault(task.state.phase or NO_PHASE, []).append(task)
    rows = [
        PhaseRow(name, tuple(tasks), measure_phase(tasks))
        for name, tasks in sorted(by_phase.items(), key=lambda item: _first(item[1]))
        if phase is None or name.lower() == phase.lower()
    ]
    counts = count_history(workspace.repository, workspace.config.task_trailer)
    return Report(
        log=log.tip,
        phases=tuple(rows),
        overall=measure_phase([t for row in rows for t in row.tasks]),
        commits=counts.commits,
        naming_tasks=counts.naming_tasks,
        claiming=counts.claiming,
        is_partial=workspace.repository.is_shallow,
    )


def _first(tasks: list[MeasuredTask]) -> tuple[float, str]:
    begun = [t.state.started.at.timestamp() for t in tasks if t.state.started]
    return (min(begin for begin in begun) if begun else 0.0, tasks[0].state.name)
