"""``tasks`` and ``trace``: which tasks there are, by what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.instants import instant
from gitlog_track.errors import UsageProblem

if TYPE_CHECKING:
    from gitlog_track.index.index import Index
    from gitlog_track.measures.summary import TaskSummary
    from gitlog_track.services.workspace import Workspace

STATUSES = ("in_progress", "complete", "partial", "failed", "not_started")
LEAST_DIGITS = 4
"""Digits of a trace id that are enough to ask for it."""

form = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text"
)


@click.command()
@click.option("--task", metavar="TASK", help="This task.")
@click.option("--phase", metavar="PHASE", help="Of this phase.")
@click.option("--status", type=click.Choice(STATUSES), help="That stand so.")
@click.option("--label", metavar="LABEL", help="That have this label.")
@click.option("--since", callback=instant, help="Started then or later.")
@click.option("--until", callback=instant, help="Started before.")
@click.option("--provenance", type=click.Choice(["live", "backfilled"]))
@click.option("--search", metavar="TEXT", help="In name or description.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many.")
@click.option("--attempts", is_flag=True, help="One row an attempt.")
@form
@click.pass_obj
def tasks(
    surroundings: Surroundings, /, attempts: bool, form: str, **asked: Any
) -> None:
    """List tasks, the newest first."""
    from gitlog_track.index.index import Query

    check_order(asked["since"], asked["until"])
    workspace = surroundings.workspace()
    query = Query(**{name: value for name, value in asked.items() if value is not None})
    found = _ask(surroundings, workspace, lambda index: index.tasks(query))
    _answer(surroundings, workspace, found, form, attempts=attempts)


@click.command()
@click.argument("trace_id")
@form
@click.pass_obj
def trace(surroundings: Surroundings, trace_id: str, form: str) -> int:
    """List the attempts of the task that TRACE_ID, or its beginning, stands for."""
    prefix = trace_id.lower()
    if len(prefix) < LEAST_DIGITS or set(prefix) - set("0123456789abcdef"):
        raise UsageProblem(
            f"{trace_id!r} is no trace id: expected 32 hex digits, or the first few",
            hint="gitlog-track tasks --format json",
        )
    workspace = surroundings.workspace()
    found = _ask(surroundings, workspace, lambda index: index.traced(prefix))
    if not found:
        surroundings.say(f"no task has a trace id that begins with {prefix}")
        return 1
    _answer(surroundings, workspace, found, form, attempts=True)
    return 0


def check_order(since: datetime | None, until: datetime | None) -> None:
    """Check that a span has a beginning before its end.

    Raises:
        UsageProblem: it has not.
    """
    if since is not None and until is not None and since >= until:
        raise UsageProblem(
            f"--since {since.isoformat()} is not before --until {until.isoformat()}: "
            "no task can have started between them"
        )


def _ask(
    surroundings: Surroundings,
    workspace: Workspace,
    question: Callable[[Index], Iterable[TaskSummary]],
) -> list[TaskSummary]:
    """Return the tasks that the index names.

    Raises:
        LogError: there is no log, or it cannot be read.
    """
    from gitlog_track.index.index import ask
    from gitlog_track.services.validate import existing_log

    return ask(
        workspace.home.index,
        existing_log(workspace),
        lambda index: list(question(index)),
        workers=surroundings.workers,
    )


def _answer(
    surroundings: Surroundings,
    workspace: Workspace,
    found: Sequence[TaskSummary],
    form: str,
    *,
    attempts: bool,
) -> None:
    if form == "json":
        from gitlog_track.renderers.machine import envelope
        from gitlog_track.renderers.tasks import tasks_body

        log = workspace.ref().read()
        where = f"{workspace.log_ref} at {(log or '')[:12]}"
        body = tasks_body(found, where, attempts=attempts)
        surroundings.answer(envelope(workspace.repository.common_dir, log, body))
        return
    from gitlog_track.renderers.tasks import print_attempts, print_tasks

    if not found:
        surroundings.say("no such tasks")
        return
    show = print_attempts if attempts else print_tasks
    show(surroundings.console(), found)
