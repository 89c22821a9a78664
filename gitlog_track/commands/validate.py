"""``validate``: are logs complete and sound? 0 yes, 1 no, each missing field named."""

from __future__ import annotations

from collections.abc import Sequence

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.output import format_option
from gitlog_track.commands.progress import counted
from gitlog_track.errors import UsageProblem
from gitlog_track.measures.validation import Validation
from gitlog_track.services.validate import existing_log, validate_all, validate_named


@click.command()
@click.argument("tasks", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every task and every phase.")
@format_option("text", "json")
@click.pass_obj
def validate(
    surroundings: Surroundings, tasks: tuple[str, ...], every: bool, form: str
) -> int:
    """Check that the logs of TASKS are complete and sound.

    With --all, open tasks and phases are checked for problems alone.
    """
    workspace = surroundings.workspace()
    if every == bool(tasks):
        raise UsageProblem(
            "name tasks, or say --all", hint="gitlog-track validate --all"
        )
    log = existing_log(workspace)
    judged = (
        validate_all(workspace, log) if every else validate_named(workspace, log, tasks)
    )
    found = list(counted(judged, "logs checked"))
    if form == "json":
        from gitlog_track.renderers.machine import envelope
        from gitlog_track.renderers.validation import validations_body

        body = validations_body(found)
        surroundings.answer(envelope(workspace.repository.common_dir, log.tip, body))
    else:
        _print(surroundings, found)
    return 0 if all(one.is_valid for one in found) else 1


def _print(surroundings: Surroundings, found: Sequence[Validation]) -> None:
    from gitlog_track.renderers.tables import print_validation

    console = surroundings.console()
    for one in found:
        if not (surroundings.quiet and one.is_valid):
            print_validation(console, one)
    bad = sum(not one.is_valid for one in found)
    surroundings.say(f"{len(found)} checked, {bad} not valid")
