"""``run``: run a command, pass everything through, record how it went."""

from __future__ import annotations

import os
from dataclasses import replace

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.stack import failure_fields
from gitlog_track.errors import GitlogTrackError
from gitlog_track.log.layout import UNASSIGNED, Subject
from gitlog_track.services.current import find_task
from gitlog_track.services.record import fold_quietly, record
from gitlog_track.services.run import Ran, run_command


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option("--label", default="", help="Name for it; by default the program's.")
@click.option("--task", metavar="TASK", help="Another task than the current.")
@click.option("--keep-command", is_flag=True, help="Record the whole command line.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
@click.pass_obj
def run(
    surroundings: Surroundings,
    label: str,
    task: str | None,
    keep_command: bool,
    command: tuple[str, ...],
) -> int:
    """Run COMMAND and record its instants, duration and exit status.

    If it fails with a stack trace on standard error, that is recorded too, unless
    standard error is a terminal. Its streams, signals and exit status are passed
    through. A failure to record never changes them.
    """
    # What was scrubbed is told in the event: standard error is the command's own.
    workspace = replace(surroundings.workspace(), tell=_nobody)
    ran = run_command(workspace, command, surroundings.environment)
    if ran.problem:
        surroundings.warn(f"{command[0]} cannot be started: {ran.problem}")
    try:
        workspace.require_tracked()
        name = find_task(workspace, task)
        subject = Subject("task", name) if name else UNASSIGNED
        fields = _fields(ran, label or os.path.basename(command[0]))
        fields.update(_failure(ran.stderr))
        if keep_command:
            fields["command"] = list(command)
        record(workspace, subject, fields, "run")
        if ran.exit_code != 0:
            from gitlog_track.services.automatic import after_run

            after_run(workspace, subject, ran.ended_at)
        fold_quietly(workspace)
    except GitlogTrackError as err:
        surroundings.warn(f"not recorded: {err}")
    return ran.exit_code


def _failure(stderr: bytes) -> dict[str, object]:
    if not stderr:
        return {}
    from gitlog_track.failures.failure import failure_in

    failure = failure_in(stderr.decode("utf-8", "replace"))
    return {} if failure is None else failure_fields(failure)


def _nobody(_: str) -> None:
    pass


def _fields(ran: Ran, label: str) -> dict[str, object]:
    return {
        "kind": "command_finished",
        "at": ran.ended_at,
        "label": label[:200],
        "exit_code": ran.exit_code,
        "started_at": ran.started_at,
        "duration_s": ran.duration_s,
    }
