"""``backfill``: bring in what others kept: execution logs, task results, history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gitlog_track.commands.context import Surroundings

if TYPE_CHECKING:
    from gitlog_track.services.backfill import Imported

F = TypeVar("F", bound=Callable[..., Any])

dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Say what would be recorded, write nothing."
)


@click.group()
def backfill() -> None:
    """Bring in what was kept before, as BACKFILLED.

    Run twice, nothing changes. A file that cannot be imported is named, and the others
    go in; the exit code is 1 then.
    """


def _file_options(command: F) -> F:
    for option in reversed(
        (
            click.argument("paths", metavar="FILES|DIR...", nargs=-1, required=True),
            dry_run_option,
            click.option(
                "--timezone",
                metavar="ZONE",
                help="Of instants without an offset, such as Europe/Berlin.",
            ),
            click.option("--task", help="Of records that name none."),
            click.option("--phase", help="Of records that name none."),
        )
    ):
        command = option(command)
    return command


@backfill.command()
@_file_options
@click.pass_obj
def logs(surroundings: Surroundings, /, paths: tuple[str, ...], **options: Any) -> int:
    """Import founding execution logs: files, or all *_execution_log.txt of a DIR."""
    return _import(surroundings, "logs", paths, **options)


@backfill.command()
@_file_options
@click.pass_obj
def json(surroundings: Surroundings, /, paths: tuple[str, ...], **options: Any) -> int:
    """Import task result files: files, or all *.json and *.jsonl of a DIR."""
    return _import(surroundings, "json", paths, **options)


@backfill.command()
@_file_options
@click.pass_obj
def markdown(
    surroundings: Surroundings, /, paths: tuple[str, ...], **options: Any
) -> int:
    """Import execution and exception files: files, or all *.md of a DIR."""
    return _import(surroundings, "markdown", paths, **options)


def _import(  # noqa: PLR0913  # one argument an option
    surroundings: Surroundings,
    name: str,
    paths: tuple[str, ...],
    *,
    dry_run: bool,
    timezone: str | None,
    task: str | None,
    phase: str | None,
) -> int:
    from gitlog_track.commands.progress import progress_bar
    from gitlog_track.importers.formats import FORMATS
    from gitlog_track.model.timestamps import timezone_named
    from gitlog_track.services.backfill import backfill_files
    from gitlog_track.services.import_files import Options, find_files

    form = FORMATS[name]
    zone = None if timezone is None else timezone_named(timezone)
    files = find_files(paths, form)
    found = backfill_files(
        surroundings.workspace(),
        progress_bar(files, len(files), "files"),
        form,
        Options(zone=zone, task=task, phase=phase),
        named=paths,
        is_dry_run=dry_run,
    )
    return _tell(surroundings, found, dry_run=dry_run)


@backfill.command()
@click.argument("revisions", metavar="[RANGE]", required=False)
@dry_run_option
@click.pass_obj
def history(surroundings: Surroundings, revisions: str | None, dry_run: bool) -> None:
    """Record the commits of HEAD, or of RANGE, for the tasks that they name.

    Only what a commit itself proves is recorded: no times of work.
    """
    from gitlog_track.commands.progress import progress_bar
    from gitlog_track.services.backfill_history import backfill_history, commits_of

    workspace = surroundings.workspace()
    commits = commits_of(workspace, revisions)
    shown = progress_bar(commits, len(commits), "commits")
    found = backfill_history(workspace, shown, is_dry_run=dry_run)
    verb = "would be recorded" if dry_run else "recorded"
    surroundings.say(
        f"{_count(found.added, 'commit')} of {_count(len(found.tasks), 'task')} {verb}; "
        f"{found.known} known already, {found.copies} copies of such, "
        f"{len(commits) - found.naming} name no task"
    )


def _tell(
    surroundings: Surroundings, imported: Iterable[Imported], *, dry_run: bool
) -> int:
    """Say what became of each record, and of all; return the exit code."""
    tasks: set[str] = set()
    removed: dict[str, int] = {}
    added = unchanged = refused = 0
    for one in imported:
        _tell_one(surroundings, one, dry_run=dry_run)
        added += one.added
        refused += one.problem is not None
        unchanged += one.problem is None and not one.added
        tasks.update([one.task] if one.added and one.task else [])
        for rule, hits in one.scrubbed.items():
            removed[rule] = removed.get(rule, 0) + hits
    if removed:
        from gitlog_track.scrubbing.scrub import describe

        surroundings.say(f"{describe(removed)} removed from the texts")
    surroundings.say(
        f"{_count(added, 'event')} of {_count(len(tasks), 'task')} "
        f"{'would be recorded' if dry_run else 'recorded'}; "
        f"{unchanged} unchanged, {refused} refused"
    )
    return 1 if refused else 0


def _tell_one(surroundings: Surroundings, one: Imported, *, dry_run: bool) -> None:
    if one.problem is not None:
        surroundings.warn(f"{_place(one.path, one.problem.line)}: {one.problem}")
        if one.problem.hint:
            surroundings.hint(one.problem.hint)
        return
    if not one.added:
        return
    for remark in one.remarks:
        surroundings.warn(f"{_place(one.path, remark.line)}: {remark.text}")
    if dry_run:
        from gitlog_track.renderers.safe import safe_line

        about = f"{one.task}: " if one.task else ""
        line = f"{one.path}: {about}{_count(one.added, 'event')}"
        surroundings.answer(f"{safe_line(line)}\n")


def _place(path: str, line: int) -> str:
    return f"{path}:{line}" if line else path


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
