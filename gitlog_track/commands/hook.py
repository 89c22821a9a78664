"""``hook``: entry point of the pre-commit framework's hooks."""

from __future__ import annotations

import click

from gitlog_track.commands.framework_hooks import main
from gitlog_track.services.hook_scripts import HOOK_NAMES


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", type=click.Choice(HOOK_NAMES))
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def hook(name: str, args: tuple[str, ...]) -> int:
    """Run hook NAME as the pre-commit framework does; not for people."""
    return main([name, *args])
