"""``tasks`` and ``trace``: which tasks there are, by what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.instants import check_order, instant
from gitlog_track.commands.output import format_option

if TYPE_CHECKING:
    from gitlog_track.measures.summary import TaskSummary
    from gitlog_track.services.workspace import Workspace

STATUSES = ("in_progress", "complete", "partial", "failed", "not_started")
form = format_option("text", "json")


@click.command()
@click.option("--task", metavar="TASK", help="This task.")
@click.option("--phase", metavar="PHASE", help="Of this phase.")
@click.option("--status", type=click.Choice(STATUSES), help="That stand so.")
@click.option("--label", metavar="LABEL", help="That have this label.")
@click.option("--since", callback=instant, help="Started then or later.")
@click.option("--until", callback=instant, help="Started before.")
@click.option(
    "--provenance",
    type=click.Choice(["live", "backfilled"]),
    help="Tracked as it happened, or imported.",
)
@click.option(
    "--search", metavar="TEXT", help="In name, description; error of attempts."
)
@click.option("--limit", type=click.IntRange(min=0), help="At most so many.")
@click.option(
    "--attempts", is_flag=True, help="One row an attempt; choose by attempts."
)
@form
@click.pass_obj
def tasks(
    surroundings: Surroundings, /, attempts: bool, form: str, **asked: Any
) -> None:
    """List tasks, the newest first.

    With --attempts a row is one attempt, and --status, --provenance, --since, --until
    and --limit are about attempts.
    """
    from gitlog_track.index.index import Query
    from gitlog_track.services.tasks import find_attempts, find_tasks

    check_order(asked["since"], asked["until"])
    workspace = surroundings.workspace()
    query = Query(**{name: value for name, value in asked.items() if value is not None})
    find = find_attempts if attempts else find_tasks
    found = find(workspace, query, workers=surroundings.workers)
    _answer(surroundings, workspace, found, form, attempts=attempts)


@click.command()
@click.argument("trace_id")
@form
@click.pass_obj
def trace(surroundings: Surroundings, trace_id: str, form: str) -> int:
    """List the attempts that TRACE_ID, or its beginning, stands for.

    Those of a task by its trace id, one by its span id, or those that were made within
    another trace, which TRACEPARENT named.
    """
    from gitlog_track.services.tasks import trace_tasks

    workspace = surroundings.workspace()
    found = trace_tasks(workspace, trace_id, workers=surroundings.workers)
    if not found:
        surroundings.say(f"no trace id and no span id begins with {trace_id.lower()}")
        return 1
    _answer(surroundings, workspace, found, form, attempts=True)
    return 0


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
