"""``baseline add``: commits up to a revision are not judged."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings


@click.group()
def baseline() -> None:
    """Say from which commits on claims are judged."""


@baseline.command()
@click.argument("revision")
@click.pass_obj
def add(surroundings: Surroundings, revision: str) -> None:
    """Leave REVISION and all before it unjudged: what nobody can reword any more."""
    from gitlog_track.services.baseline import add_baseline

    path, commit = add_baseline(surroundings.workspace(), revision)
    surroundings.say(f"{path}: commits up to {commit} are not judged; commit the file")
