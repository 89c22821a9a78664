"""``fold``: move what waits in the journal into the log, now."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings


@click.command()
@click.pass_obj
def fold(surroundings: Surroundings) -> None:
    """Move waiting events into the log; every command that reads does so first."""
    workspace = surroundings.workspace()
    workspace.require_tracked()
    number = workspace.fold()
    surroundings.say(f"{number} event{'' if number == 1 else 's'} folded")
