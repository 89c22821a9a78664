"""Commands that record one event of the current task, or of ``--task TASK``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.lifecycle import cause_option, finish, task_option
from gitlog_track.errors import UsageProblem
from gitlog_track.log.layout import Subject
from gitlog_track.model.event import Milestone
from gitlog_track.model.events import BlockerHit, BugFound
from gitlog_track.model.task import TaskState
from gitlog_track.services.causes import resolve_causes
from gitlog_track.services.current import require_task
from gitlog_track.services.lifecycle import require_open
from gitlog_track.services.record import find_event, record, task_state
from gitlog_track.services.values import criteria, measurements
from gitlog_track.services.workspace import Workspace

count_option = click.option(
    "--count", type=click.IntRange(min=0), default=1, help="How many at once."
)


def _workspace(
    surroundings: Surroundings,
    task: str | None,
) -> tuple[Workspace, TaskState]:
    """Return the workspace and the state of the task that an event is about."""
    workspace = surroundings.workspace()
    workspace.require_tracked()
    return workspace, task_state(workspace, require_task(workspace, task))


def _record(
    surroundings: Surroundings,
    workspace: Workspace,
    state: TaskState,
    fields: Mapping[str, object],
    causes: Sequence[str] = (),
) -> None:
    """Record an event of a task and tell so."""
    command = click.get_current_context().info_name or ""
    fields = {**fields, "causes": resolve_causes(workspace, state, causes)}
    record(workspace, Subject("task", state.name), fields, command)
    finish(surroundings, workspace, f"{command} recorded for {state.name}")


def _while_open(
    surroundings: Surroundings,
    task: str | None,
) -> tuple[Workspace, TaskState]:
    """Return the same for an event that belongs between start and end."""
    workspace = surroundings.workspace()
    command = click.get_current_context().info_name or ""
    return workspace, require_open(workspace, require_task(workspace, task), command)


@click.command()
@click.argument("text")
@cause_option
@task_option
@click.pass_obj
def note(
    surroundings: Surroundings, text: str, task: str | None, cause: tuple[str, ...]
) -> None:
    """Record a line of text."""
    workspace, state = _workspace(surroundings, task)
    fields = {"kind": "note_recorded", "text": text}
    _record(surroundings, workspace, state, fields, cause)


@click.command()
@click.argument("name", type=click.Choice(get_args(Milestone)))
@click.option("--check", metavar="NAME=RESULT", multiple=True, help="A check's result.")
@task_option
@click.pass_obj
def milestone(
    surroundings: Surroundings,
    name: str,
    check: tuple[str, ...],
    task: str | None,
) -> None:
    """Record that a milestone was reached. The last one of a name counts."""
    workspace, state = _workspace(surroundings, task)
    results = [_checked(text) for text in check]
    fields = {
        "kind": "milestone_reached",
        "milestone": name,
        "validation_results": results or None,
    }
    _record(surroundings, workspace, state, fields)


def _checked(text: str) -> dict[str, str]:
    what, _, result = text.rpartition("=")
    if not what.strip():
        raise UsageProblem(
            f"--check {text!r} names no check",
            hint="write NAME=RESULT, such as --check lint=pass",
        )
    return {"check": what, "result": criteria(result)}


@click.command()
@click.argument("reason", default="")
@cause_option
@task_option
@click.pass_obj
def iteration(
    surroundings: Surroundings, reason: str, task: str | None, cause: tuple[str, ...]
) -> None:
    """Record one more round of work."""
    workspace, state = _while_open(surroundings, task)
    fields = {"kind": "iteration_recorded", "reason": reason}
    _record(surroundings, workspace, state, fields, cause)


@click.command()
@click.argument("text")
@cause_option
@task_option
@click.pass_obj
def bug(
    surroundings: Surroundings, text: str, task: str | None, cause: tuple[str, ...]
) -> None:
    """Record that a bug was found."""
    workspace, state = _while_open(surroundings, task)
    _record(surroundings, workspace, state, {"kind": "bug_found", "text": text}, cause)


@click.command()
@click.argument("text")
@click.option("--bug", "found", metavar="EVENT", help="The event that found it.")
@cause_option
@task_option
@click.pass_obj
def fix(
    surroundings: Surroundings,
    text: str,
    found: str | None,
    task: str | None,
    cause: tuple[str, ...],
) -> None:
    """Record that a bug was fixed."""
    workspace, state = _while_open(surroundings, task)
    bug_id = _event_of(state, found, BugFound) if found else None
    fields = {"kind": "bug_fixed", "text": text, "bug": bug_id}
    _record(surroundings, workspace, state, fields, cause)


def _event_of(
    state: TaskState,
    event_id: str,
    kind: type[BugFound | BlockerHit],
) -> str:
    event = find_event(state, event_id)
    if not isinstance(event, kind):
        tag = kind.__struct_config__.tag
        raise UsageProblem(f"event {event.id} is no {tag}")
    return event.id


@click.command()
@click.argument("text")
@click.option("--critical", is_flag=True, help="Nothing goes on until it is resolved.")
@cause_option
@task_option
@click.pass_obj
def blocker(
    surroundings: Surroundings,
    text: str,
    critical: bool,
    task: str | None,
    cause: tuple[str, ...],
) -> None:
    """Record what stops the work."""
    workspace, state = _workspace(surroundings, task)
    fields = {"kind": "blocker_hit", "text": text, "critical": critical}
    _record(surroundings, workspace, state, fields, cause)


@click.command()
@click.argument("event")
@click.argument("text", default="")
@task_option
@click.pass_obj
def unblock(
    surroundings: Surroundings,
    event: str,
    text: str,
    task: str | None,
) -> None:
    """Record that the blocker of event EVENT is gone."""
    workspace, state = _workspace(surroundings, task)
    hit = _event_of(state, event, BlockerHit)
    fields = {"kind": "blocker_resolved", "blocker": hit, "text": text}
    _record(surroundings, workspace, state, fields)


@click.command()
@click.argument("text")
@cause_option
@task_option
@click.pass_obj
def lesson(
    surroundings: Surroundings, text: str, task: str | None, cause: tuple[str, ...]
) -> None:
    """Record what to do differently."""
    workspace, state = _workspace(surroundings, task)
    _record(
        surroundings, workspace, state, {"kind": "lesson_learned", "text": text}, cause
    )


@click.command()
@click.argument("text", default="")
@count_option
@task_option
@click.pass_obj
def hallucination(
    surroundings: Surroundings,
    text: str,
    count: int,
    task: str | None,
) -> None:
    """Record that an agent stated what was not so."""
    workspace, state = _workspace(surroundings, task)
    fields = {"kind": "hallucination_recorded", "count": count, "text": text}
    _record(surroundings, workspace, state, fields)


@click.command()
@click.argument("text", default="")
@count_option
@task_option
@click.pass_obj
def interaction(
    surroundings: Surroundings,
    text: str,
    count: int,
    task: str | None,
) -> None:
    """Record exchanges with an agent."""
    workspace, state = _workspace(surroundings, task)
    fields = {"kind": "interaction_recorded", "count": count, "text": text}
    _record(surroundings, workspace, state, fields)


@click.command("context-switch")
@click.argument("text", default="")
@task_option
@click.pass_obj
def context_switch(surroundings: Surroundings, text: str, task: str | None) -> None:
    """Record that the work was left for something else."""
    workspace, state = _workspace(surroundings, task)
    _record(surroundings, workspace, state, {"kind": "context_switched", "text": text})


@click.command()
@click.argument("values", metavar="NAME=VALUE...", nargs=-1, required=True)
@click.option("--reason", default="", help="Why a measure does not apply (NAME=n/a).")
@task_option
@click.pass_obj
def measure(
    surroundings: Surroundings,
    values: tuple[str, ...],
    reason: str,
    task: str | None,
) -> None:
    """Record measured values: test_coverage_actual=87%, or NAME=n/a --reason WHY."""
    workspace, state = _while_open(surroundings, task)
    for fields in measurements(values, reason, state):
        whole = {"kind": "measurement_recorded", **fields}
        _record(surroundings, workspace, state, whole)
