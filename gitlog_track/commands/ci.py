"""``ci init``: the workflow that runs the gate in CI."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings


@click.group()
def ci() -> None:
    """Write the workflow that runs the gate in CI."""


@ci.command()
@click.argument("forge", type=click.Choice(["github", "gitlab"]))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.pass_obj
def init(surroundings: Surroundings, forge: str, force: bool) -> None:
    """Write the workflow of FORGE into the work tree.

    It fetches the log, judges what a push or a pull request brings, validates the log,
    and keeps the report. It needs no more than to read the repository.
    """
    from gitlog_track.services.ci import init_ci

    for written in init_ci(surroundings.workspace(), forge, force=force):
        surroundings.say(f"{written.path}: {written.text}")
