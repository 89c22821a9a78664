"""The current task of a worktree: one line in its own git directory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitlog_track.errors import UsageProblem
from gitlog_track.log.settings import SharedUmask, load_settings
from gitlog_track.model.names import is_name
from gitlog_track.model.subject import resolve_tasks
from gitlog_track.services.workspace import Workspace

if TYPE_CHECKING:
    from gitlog_track.log.store import LogReader


def _path(workspace: Workspace) -> str:
    return f"{workspace.repository.git_dir}/gitlog-track/current"


def current_task(workspace: Workspace) -> str | None:
    """Return the worktree's current task, or None."""
    try:
        with open(_path(workspace), encoding="utf-8") as file:
            name = file.readline().strip()
    except (OSError, UnicodeDecodeError):
        return None
    return name if is_name(name) else None


def set_current_task(workspace: Workspace, task: str | None) -> None:
    """Make a task current, or none.

    Raises:
        OSError: the git directory cannot be written.
    """
    path = _path(workspace)
    if task is None:
        if os.path.exists(path):
            os.unlink(path)
        return
    temporary = f"{path}.{os.getpid()}"
    with SharedUmask(load_settings(workspace.home)):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(f"{task}\n")
        os.replace(temporary, path)


def find_task(workspace: Workspace, explicit: str | None) -> str | None:
    """Return the task that a command is about: ``--task``, current, or the branch's."""
    tasks = resolve_tasks(
        explicit=explicit,
        current=current_task(workspace),
        branch=workspace.branch,
        branch_pattern=workspace.config.branch_pattern,
    )
    return tasks[0] if tasks else None


def task_or_last_ended(workspace: Workspace, explicit: str | None) -> str:
    """Return the task that a command is about; if none is, the one that ended last.

    To end a task leaves none current, and what was wrong with it shows only then.

    Raises:
        UsageProblem: nothing says which, and no task has ended.
        LogError: the log cannot be read.
    """
    task = find_task(workspace, explicit)
    if task is not None:
        return task
    return last_ended(workspace.log()) or require_task(workspace, None)


def last_ended(log: LogReader) -> str | None:
    """Return the task that ended last; None where none has."""
    states = log.states("task")
    ended = [(s.ended.at, s.name) for s in states if s.ended is not None]
    return max(ended)[1] if ended else None


def require_task(workspace: Workspace, explicit: str | None) -> str:
    """Return the task that a command is about.

    Raises:
        UsageProblem: nothing says which.
    """
    task = find_task(workspace, explicit)
    if task is None:
        raise UsageProblem(
            "no task is current, and the branch names none",
            hint="gitlog-track start TASK, or name one with --task",
        )
    return task
