"""``init`` and ``deinit``: begin and end tracking, every change listed."""

from __future__ import annotations

from dataclasses import replace

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.config import FILE_NAME
from gitlog_track.services.install import Change, install, stop_carrying, uninstall


@click.command()
@click.option(
    "--pre-commit",
    "framework",
    is_flag=True,
    help="Also write and install the pre-commit framework's hooks.",
)
@click.option(
    "--no-sync",
    is_flag=True,
    help="Let no ordinary push carry the log; of this clone, where a configuration is.",
)
@click.pass_obj
def init(surroundings: Surroundings, framework: bool, no_sync: bool) -> None:
    """Begin tracking in this repository.

    Installs the hooks, keeps and calls those that were there, and writes
    .gitlog-track.toml if there is no configuration. Run it again after an upgrade: it
    changes only what is out of date.
    """
    workspace = surroundings.workspace()
    stops_sync = no_sync and workspace.config.sync_on_push
    if stops_sync:
        config = replace(workspace.config, sync_on_push=False)
        workspace = replace(workspace, config=config)
    changes = install(workspace, surroundings.environment)
    if stops_sync and not any(change.path.endswith(FILE_NAME) for change in changes):
        changes.append(stop_carrying(workspace))
    top = workspace.repository.top
    if framework and top is not None:
        from gitlog_track.services.framework import install_framework

        changes += install_framework(top)
    _say_changes(surroundings, changes)


@click.command()
@click.pass_obj
def deinit(surroundings: Surroundings) -> None:
    """End tracking in this repository.

    Folds what waits, takes our hooks out and puts back those that were there. The log
    and the configuration stay.
    """
    workspace = surroundings.workspace(any_ref=True)
    _say_changes(surroundings, uninstall(workspace, surroundings.environment))


def _say_changes(surroundings: Surroundings, changes: list[Change]) -> None:
    for change in changes:
        surroundings.say(f"{change.path}: {change.text}")
    if not changes:
        surroundings.say("nothing to change")
