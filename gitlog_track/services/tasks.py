"""Which tasks there are, by what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gitlog_track.errors import UnknownNameError, UsageProblem
from gitlog_track.index import attempts
from gitlog_track.index.index import Index, Place, Query, ask
from gitlog_track.log.layout import Subject
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.task import MeasuredTask
from gitlog_track.model.names import check_name
from gitlog_track.services.validate import existing_log
from gitlog_track.services.workspace import Workspace

LEAST_DIGITS = 4
"""Digits of a trace id that are enough to ask for it."""


def find_tasks(
    workspace: Workspace, query: Query, *, workers: int = 1
) -> list[TaskSummary]:
    """Return the tasks that are asked for, newest first.

    Args:
        workspace: where.
        query: which tasks.
        workers: processors that may be used.

    Raises:
        LogError: there is no log, or it cannot be read.
    """
    return _ask(workspace, lambda index: index.tasks(query), workers)


def find_attempts(
    workspace: Workspace, query: Query, *, workers: int = 1
) -> list[TaskSummary]:
    """Return the attempts that are asked for, newest first, each as its task with only it.

    Args:
        workspace: where.
        query: which attempts; see :func:`gitlog_track.index.attempts.find_attempts`.
        workers: processors that may be used.

    Raises:
        LogError: there is no log, or it cannot be read.
    """
    return _ask(workspace, lambda index: attempts.find_attempts(index, query), workers)


def trace_tasks(
    workspace: Workspace, trace_id: str, *, workers: int = 1
) -> list[TaskSummary]:
    """Return the tasks that an id stands for, newest first; none where it stands for none.

    Args:
        workspace: where.
        trace_id: of a task, of an attempt (its span id), or of the trace or span in
            which attempts were made; its hex digits in any case, or the first few.
        workers: processors that may be used.

    Returns:
        tasks with the attempts that are meant: all of a task, or those of the span or
        of the other trace.

    Raises:
        UsageProblem: it is no beginning of such an id.
        LogError: there is no log, or it cannot be read.
    """
    prefix = trace_id.lower()
    if len(prefix) < LEAST_DIGITS or set(prefix) - set("0123456789abcdef"):
        raise UsageProblem(
            f"{trace_id[:80]!r} is no trace id and no span id: expected 32 or 16 hex "
            "digits, or the first few",
            hint="gitlog-track tasks --format json",
        )
    return _ask(workspace, lambda index: attempts.find_traced(index, prefix), workers)


def last_failed(
    workspace: Workspace, limit: int, after: Place | None = None, *, workers: int = 1
) -> list[TaskSummary]:
    """Return the tasks with a failed attempt, the latest failure first.

    What became of a task since then does not matter.

    Args:
        workspace: where.
        limit: at most so many.
        after: only those behind this place.
        workers: processors that may be used.

    Raises:
        LogError: there is no log, or it cannot be read.
    """
    return _ask(workspace, lambda index: index.last_failed(limit, after), workers)


def measured_task(workspace: Workspace, name: str) -> MeasuredTask:
    """Return a task with its events.

    Raises:
        UsageProblem: the name is none.
        UnknownNameError: the log does not know it.
        LogError: there is no log, or it cannot be read.
    """
    wanted = check_name(name, "task")
    state = existing_log(workspace).state(Subject("task", wanted))
    if not state.stored:
        raise UnknownNameError(
            f"task {wanted} has no log: NOT MEASURED", hint="gitlog-track tasks"
        )
    return MeasuredTask.of(state)


def _ask(
    workspace: Workspace,
    question: Callable[[Index], Iterable[TaskSummary]],
    workers: int,
) -> list[TaskSummary]:
    return ask(
        workspace.home.index,
        existing_log(workspace),
        lambda index: list(question(index)),
        workers=workers,
    )
