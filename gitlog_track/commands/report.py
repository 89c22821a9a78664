"""``report``: every phase's figures, from the log and the history alone."""

from __future__ import annotations

from typing import Any

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.instants import check_order, instant
from gitlog_track.commands.output import deliver, format_option
from gitlog_track.errors import GitlogTrackError
from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.report import Report, Selection
from gitlog_track.services.report import Wanted, build_report
from gitlog_track.services.workspace import Workspace

CLASSES = [each.value for each in reversed(Evidence) if each is not Evidence.MISSING]

LISTED = {"text": 10, "md": 500, "json": None, "csv": 0}
"""So many tasks of each list go into a format; None is all. Markdown cuts further."""


@click.command()
@click.option("--task", default="", metavar="TASK", help="One task only.")
@click.option("--phase", default="", metavar="PHASE", help="One phase only, in full.")
@click.option(
    "--since",
    callback=instant,
    metavar="WHEN",
    help="Only tasks started at WHEN or later.",
)
@click.option(
    "--until", callback=instant, metavar="WHEN", help="Only tasks started before WHEN."
)
@click.option(
    "--compare", default="", metavar="LABEL", help="Tasks with LABEL beside the others."
)
@click.option(
    "--min-evidence",
    type=click.Choice(CLASSES),
    help="What is known less well counts as NOT MEASURED.",
)
@format_option("text", "md", "json", "csv")
@click.option(
    "-o", "--output", metavar="FILE", help="Write to FILE, whole or not at all."
)
@click.pass_obj
def report(
    surroundings: Surroundings, /, form: str, output: str | None, **asked: Any
) -> int:
    """Show the figures of every phase, each with how well it is known.

    WHEN is a date (its local midnight) or an instant, in the form of ISO 8601. A log
    that is not here is fetched from a remote that is listed; exit code 4 if one does
    not answer within 30 seconds.
    """
    selection = _selection(asked)
    workspace = surroundings.workspace()
    # Where there is a log, the question of the report folds.
    is_absent = workspace.ref().read() is None and workspace.log().tip is None
    if not _fetch(surroundings, workspace):
        return GitlogTrackError.exit_code
    if is_absent and workspace.ref().read() is None:
        _check_needs_no_log(workspace, selection, asked["compare"])
        deliver(surroundings, _start(workspace, selection, form), output)
        return 0
    wanted = Wanted(
        selection=selection,
        label=asked["compare"],
        listed=LISTED[form],
        with_tasks=form == "csv",
    )
    found = build_report(workspace, wanted, workers=surroundings.workers)
    if form == "text" and output is None:
        from gitlog_track.renderers.report_text import print_report

        print_report(surroundings.console(), found)
    else:
        deliver(surroundings, _rendered(workspace, found, form), output)
    return 0


def _fetch(surroundings: Surroundings, workspace: Workspace) -> bool:
    """Fetch the log; return whether every remote has answered, be it that it has none."""
    from gitlog_track.commands.progress import waiting_for
    from gitlog_track.services.late_log import fetch_absent

    late = fetch_absent(workspace, waiting_for)
    for text in (*late.problems, *late.notes):
        surroundings.warn(text)
    if late.is_cut_short and not late.moved:
        surroundings.hint("gitlog-track fetch waits ten minutes; --timeout SECONDS")
        return False
    return True


def _selection(asked: dict[str, Any]) -> Selection:
    since, until = asked["since"], asked["until"]
    check_order(since, until)
    return Selection(
        phase=asked["phase"],
        task=asked["task"],
        since=since,
        until=until,
        least=Evidence(asked["min_evidence"] or "missing"),
    )


def _rendered(workspace: Workspace, found: Report, form: str) -> str:
    where = f"{workspace.log_ref} at {(found.log or '')[:12]}"
    match form:
        case "json":
            from gitlog_track.renderers.machine import envelope
            from gitlog_track.renderers.report_json import report_body

            body = report_body(found, where)
            return envelope(workspace.repository.common_dir, found.log, body)
        case "csv":
            from gitlog_track.renderers.report_csv import report_csv

            return report_csv(found, where)
        case "md":
            from gitlog_track.renderers.report_markdown import report_markdown

            return report_markdown(found)
        case _:
            from gitlog_track.renderers.report_text import report_text

            return report_text(found)


def _check_needs_no_log(workspace: Workspace, selection: Selection, label: str) -> None:
    """Check that what is asked can be answered without a log: by dates alone.

    Raises:
        LogError: it is about tasks or figures, and there is no log that has any.
    """
    times = Selection(since=selection.since, until=selection.until)
    if label or selection != times:
        from gitlog_track.services.validate import existing_log

        existing_log(workspace)


def _start(workspace: Workspace, selection: Selection, form: str) -> str:
    """Say what there is to prove, where nothing was recorded yet."""
    from gitlog_track.renderers import no_log
    from gitlog_track.services.prospect import count_claims
    from gitlog_track.services.validate import fetch_command

    found = count_claims(workspace, since=selection.since, until=selection.until)
    match form:
        case "json":
            from gitlog_track.renderers.machine import envelope

            body = no_log.start_body(found)
            return envelope(workspace.repository.common_dir, None, body)
        case "csv":
            from gitlog_track.renderers.report_csv import start_csv

            return start_csv()
        case "md":
            return no_log.start_markdown(found, selection, fetch_command(workspace))
        case _:
            return no_log.start_text(found, selection, fetch_command(workspace))
