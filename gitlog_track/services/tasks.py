"""Which tasks there are, by what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gitlog_track.errors import UsageProblem
from gitlog_track.index.index import Index, Query, ask
from gitlog_track.measures.summary import TaskSummary
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


def trace_tasks(
    workspace: Workspace, trace_id: str, *, workers: int = 1
) -> list[TaskSummary]:
    """Return the tasks whose trace id begins so, newest first; none where none does.

    Args:
        workspace: where.
        trace_id: its hex digits in any case, or the first few.
        workers: processors that may be used.

    Raises:
        UsageProblem: it is no beginning of a trace id.
        LogError: there is no log, or it cannot be read.
    """
    prefix = trace_id.lower()
    if len(prefix) < LEAST_DIGITS or set(prefix) - set("0123456789abcdef"):
        raise UsageProblem(
            f"{trace_id!r} is no trace id: expected 32 hex digits, or the first few",
            hint="gitlog-track tasks --format json",
        )
    return _ask(workspace, lambda index: index.traced(prefix), workers)


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
