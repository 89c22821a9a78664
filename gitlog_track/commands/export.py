"""``export``: the log in the files of others."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings


@click.group()
def export() -> None:
    """Write the log into files of other formats."""


@export.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--task", metavar="TASK", help="Of this task.")
@click.option("--force", is_flag=True, help="Overwrite what says something else.")
@click.pass_obj
def logs(
    surroundings: Surroundings, directory: str, task: str | None, force: bool
) -> None:
    """Write every task as a founding <TASK>_execution_log.txt below DIR.

    Imported again with backfill logs, they give the same measures. Run again, it changes
    nothing.
    """
    from gitlog_track.commands.progress import counted
    from gitlog_track.services.export_logs import export_logs, log_files
    from gitlog_track.services.validate import existing_log

    workspace = surroundings.workspace()
    files = counted(log_files(workspace, existing_log(workspace), task), "tasks")
    done = export_logs(directory, files, workspace.nonce(), force=force)
    surroundings.say(
        f"{directory}: {done.written} files written, {done.unchanged} were there already"
    )
