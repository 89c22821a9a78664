"""Export: every task as a founding execution log, ``<TASK>_execution_log.txt``."""

from __future__ import annotations

from collections.abc import Iterator

from gitlog_track.errors import LogError
from gitlog_track.importers.founding_log import SUFFIX
from gitlog_track.log.layout import Subject
from gitlog_track.log.store import LogReader
from gitlog_track.measures.task import MeasuredTask
from gitlog_track.model.names import check_name
from gitlog_track.model.task import TaskState
from gitlog_track.renderers.founding_log import render_log
from gitlog_track.services.workspace import Workspace


def log_files(
    workspace: Workspace, log: LogReader, task: str | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of the log of every task that was started, or of one.

    Raises:
        UsageProblem: the name is none.
        LogError: the log cannot be read, or has not the task.
    """
    for state in log.states("task") if task is None else [_one(log, task)]:
        if state.started is not None:
            measures = MeasuredTask.of(state).measures
            text = render_log(state, measures, workspace.config.phase_pattern)
            yield f"{state.name}{SUFFIX}", text.encode()


def _one(log: LogReader, task: str) -> TaskState:
    state = log.state(Subject("task", check_name(task, "task")))
    if state.started is None:
        raise LogError(
            f"task {task} was never started: it has no execution log",
            hint="gitlog-track tasks",
        )
    return state
