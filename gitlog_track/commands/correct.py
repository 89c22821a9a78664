"""``correct`` and ``assign``: correction events; nothing is removed."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.lifecycle import finish, task_option
from gitlog_track.errors import UsageProblem
from gitlog_track.renderers.safe import safe_line
from gitlog_track.services import correct as service
from gitlog_track.services.current import task_or_last_ended


@click.command()
@click.argument("event")
@click.option("--reason", required=True, help="Why the event is wrong.")
@click.option(
    "--set",
    "changes",
    metavar="FIELD=VALUE",
    multiple=True,
    help="What it should have said.",
)
@task_option
@click.pass_obj
def correct(
    surroundings: Surroundings,
    event: str,
    reason: str,
    changes: tuple[str, ...],
    task: str | None,
) -> None:
    """Say what EVENT should have said; without --set, that it should not be.

    EVENT is an event's id, or the beginning of it, as show lists it; of the current
    task, or else of the one that ended last. The event stays in the log; its
    values are shown as CORRECTED.
    """
    workspace = surroundings.workspace()
    pairs = [text.partition("=") for text in changes]
    if bad := [name for name, equals, _ in pairs if not equals]:
        raise UsageProblem(f"{bad[0]!r} is no change; expected FIELD=VALUE")
    target = service.correct(
        workspace,
        task_or_last_ended(workspace, task),
        event,
        reason,
        {name: value for name, _, value in pairs},
    )
    finish(surroundings, workspace, f"event {target} corrected")


@click.command()
@click.argument("events", metavar="EVENT...", nargs=-1)
@click.option("--task", metavar="TASK", help="The task they belong to.")
@click.pass_obj
def assign(
    surroundings: Surroundings, events: tuple[str, ...], task: str | None
) -> None:
    """Bind events that no task was known for to a task; without EVENT, list them."""
    workspace = surroundings.workspace()
    if not events:
        heap = workspace.log().unassigned()
        free = set(service.unassigned_events(heap))
        for stored in heap.stored:
            if stored.event.id in free:
                fields = stored.fields()
                commit = str(fields.get("commit") or "")[:12]
                text = f"{stored.event.id} {fields['at']} {fields['kind']} {commit}"
                surroundings.answer(safe_line(text.rstrip()) + "\n")
        return
    if task is None:
        raise UsageProblem("no task to assign to", hint="assign EVENT... --task TASK")
    number = service.assign(workspace, events, task)
    noun = "event" if number == 1 else "events"
    finish(surroundings, workspace, f"{number} {noun} assigned to {task}")
