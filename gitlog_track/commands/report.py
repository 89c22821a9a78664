"""``report``: every phase's figures, from the log and the history alone."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.measures.report import Report
from gitlog_track.services.late_log import fetch_absent
from gitlog_track.services.report import build_report

START = """\
No log here yet: nothing of this history is measured.
{commits} commits on HEAD; {naming} name a task; {claiming} look as if they claim a metric.

To begin:
  gitlog-track init
  gitlog-track start P1-001 --estimate 1h --description 'what it is'
  git commit ...
  gitlog-track complete
"""


@click.command()
@click.option("--phase", metavar="PHASE", help="One phase only.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def report(surroundings: Surroundings, phase: str | None, form: str) -> None:
    """Show the figures of every phase, each with how well it is known.

    A log that is not here is fetched from a remote that is listed.
    """
    workspace = surroundings.workspace()
    for problem in fetch_absent(workspace):
        surroundings.warn(problem)
    found = build_report(workspace, phase=phase)
    if form == "json":
        from gitlog_track.renderers.machine import envelope, report_body

        where = f"{workspace.config.ref} at {(found.log or '')[:12]}"
        body = report_body(found, where)
        surroundings.answer(envelope(workspace.repository.common_dir, found.log, body))
    elif found.log is None:
        surroundings.answer(_start_text(found))
    else:
        from gitlog_track.renderers.tables import print_report

        print_report(surroundings.console(), found)


def _start_text(found: Report) -> str:
    text = START.format(
        commits=found.history.commits,
        naming=found.history.naming_tasks,
        claiming=found.history.claiming,
    )
    return text + "(shallow clone: partial)\n" if found.history.is_partial else text
