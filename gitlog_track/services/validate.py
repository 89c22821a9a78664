"""Are logs complete and sound: those of some tasks, or all that there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from gitlog_track.errors import LogError
from gitlog_track.log.layout import Subject
from gitlog_track.log.store import LogReader
from gitlog_track.measures.suspicion import suspicions
from gitlog_track.measures.validation import Validation, validate_task
from gitlog_track.model.names import check_name
from gitlog_track.model.task import TaskState
from gitlog_track.services.remotes import listed_remotes
from gitlog_track.services.workspace import Workspace


def existing_log(workspace: Workspace) -> LogReader:
    """Return the log, which has to be there: without it nothing can be said.

    Raises:
        LogError: there is none, or it cannot be read.
    """
    log = workspace.log()
    if log.tip is None:
        fetch = fetch_command(workspace)
        raise LogError(
            "there is no log: not fetched, or nothing tracked yet",
            hint=f"{fetch}, or gitlog-track start TASK"
            if fetch
            else "gitlog-track start TASK",
        )
    return log


def fetch_command(workspace: Workspace) -> str:
    """Return the command that brings a log from a remote; empty where there is none."""
    if listed_remotes(workspace):
        return "gitlog-track fetch"
    return "gitlog-track fetch REMOTE" if workspace.git.run("remote").strip() else ""


def validate_named(
    workspace: Workspace, log: LogReader, tasks: Iterable[str]
) -> Iterator[Validation]:
    """Judge some tasks by all that the configuration requires, ended or not.

    Raises:
        UsageProblem: a name is none.
        ConfigError: a required field is no measure.
        LogError: the log cannot be read.
    """
    for name in dict.fromkeys(tasks):
        state = log.state(Subject("task", check_name(name, "task")))
        yield validate_state(workspace, state)


def validate_all(workspace: Workspace, log: LogReader) -> Iterator[Validation]:
    """Judge every task, then every phase.

    What an open task lacks is not missing yet, and of a phase nothing is required:
    these are judged by their problems alone.

    Raises:
        ConfigError: a required field is no measure.
        LogError: the log cannot be read.
    """
    for state in log.states("task"):
        if state.ended is not None:
            yield validate_state(workspace, state)
        else:
            sound = Validation(state.name, (), state.problems, state.status)
            yield _warned(workspace, state, sound)
    for state in log.states("phase"):
        sound = Validation(state.name, (), state.problems)
        yield _warned(workspace, state, sound)


def validate_state(workspace: Workspace, state: TaskState) -> Validation:
    """Judge one task's log by the configuration and the clock of a workspace.

    Raises:
        ConfigError: a required field is no measure.
    """
    found = validate_task(state, workspace.config.required)
    return _warned(workspace, state, found)


def _warned(workspace: Workspace, state: TaskState, found: Validation) -> Validation:
    now = datetime.fromtimestamp(workspace.clock.now_ns() / 1e9, UTC)
    return replace(found, problems=(*found.problems, *suspicions(state, now)))
