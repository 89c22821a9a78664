"""``export``: the log in the files of others."""

from __future__ import annotations

from datetime import datetime

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.instants import check_order, instant


@click.group()
def export() -> None:
    """Write the log into files of other formats."""


@export.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--task", metavar="TASK", help="Of this task.")
@click.option("--since", callback=instant, help="From then on.")
@click.option("--until", callback=instant, help="Before then.")
@click.option("--force", is_flag=True, help="Overwrite what says something else.")
@click.pass_obj
def markdown(
    surroundings: Surroundings,
    directory: str,
    task: str | None,
    since: datetime | None,
    until: datetime | None,
    force: bool,
) -> None:
    """Write executions and exceptions as the specification's files below DIR.

    YYYY-MM-DD-TASK.md and exceptions/YYYY-MM-DD-ID.md, by the day in UTC; the second of
    a day ends in -2. Tasks that ended without a record get one where the specification
    wants one. Run again, it changes nothing.
    """
    from gitlog_track.commands.progress import counted
    from gitlog_track.services.export import Choice, export_markdown, record_files
    from gitlog_track.services.validate import existing_log

    check_order(since, until)
    choice = Choice(task=task, since=since, until=until)
    workspace = surroundings.workspace()
    found = counted(record_files(workspace, existing_log(workspace)), "records")
    chosen = [one for one in found if choice.has(one.event)]
    done = export_markdown(directory, chosen, workspace.nonce(), force=force)
    surroundings.say(
        f"{directory}: {len(done.written)} files written, "
        f"{done.unchanged} were there already"
    )


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
    from gitlog_track.services.export import export_files
    from gitlog_track.services.export_logs import log_files
    from gitlog_track.services.validate import existing_log

    workspace = surroundings.workspace()
    files = counted(log_files(workspace, existing_log(workspace), task), "tasks")
    done = export_files(directory, dict(files), workspace.nonce(), force=force)
    surroundings.say(
        f"{directory}: {len(done.written)} files written, "
        f"{done.unchanged} were there already"
    )
