"""``report``: every phase's figures, from the log and the history alone."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.measures.report import Selection
from gitlog_track.services.late_log import fetch_absent
from gitlog_track.services.report import build_report
from gitlog_track.services.workspace import Workspace

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
    if workspace.log().tip is None:
        _answer_start(surroundings, workspace, form)
        return
    found = build_report(
        workspace,
        Selection(phase=phase or ""),
        listed=10 if form == "text" else None,
        workers=surroundings.workers,
    )
    if form == "json":
        from gitlog_track.renderers.machine import envelope, report_body

        where = f"{workspace.config.ref} at {(found.log or '')[:12]}"
        body = report_body(found, where)
        surroundings.answer(envelope(workspace.repository.common_dir, found.log, body))
    else:
        from gitlog_track.renderers.tables import print_report

        print_report(surroundings.console(), found)


def _answer_start(surroundings: Surroundings, workspace: Workspace, form: str) -> None:
    """Say what there is to prove, where nothing was recorded yet."""
    from gitlog_track.services.prospect import count_claims

    found = count_claims(workspace)
    if form == "json":
        from gitlog_track.renderers.machine import envelope, prospect_body

        body = prospect_body(
            found.commits,
            found.naming_tasks,
            found.claiming,
            is_partial=found.is_partial,
        )
        surroundings.answer(envelope(workspace.repository.common_dir, None, body))
        return
    text = START.format(
        commits=found.commits, naming=found.naming_tasks, claiming=found.claiming
    )
    partial = "(shallow clone: partial)\n" if found.is_partial else ""
    surroundings.answer(text + partial)
