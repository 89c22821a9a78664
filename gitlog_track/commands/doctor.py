"""``doctor``: is everything in place, and does it take effect?"""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.renderers.safe import safe_line
from gitlog_track.services.doctor import diagnose


@click.command()
@click.option(
    "--remote",
    metavar="REMOTE",
    help="Also push a probe there, read it back and remove it.",
)
@click.pass_obj
def doctor(surroundings: Surroundings, remote: str | None) -> int:
    """Check hooks, journal, locks, log and history; each problem with its remedy."""
    workspace = surroundings.workspace(any_ref=True)
    findings = diagnose(workspace, surroundings.environment)
    if remote is not None:
        from gitlog_track.services.remote_probe import probe_remote
        from gitlog_track.services.remotes import chosen_remotes, peers_of

        for name in chosen_remotes(workspace, remote):
            for peer in peers_of(workspace, name):
                findings += probe_remote(workspace, peer)
    for finding in findings:
        if surroundings.quiet and finding.level != "problem":
            continue
        surroundings.answer(f"{finding.level:8}{safe_line(finding.text)}\n")
        if finding.fix:
            surroundings.answer(f"{'':8}  {safe_line(finding.fix)}\n")
    return 1 if any(f.level == "problem" for f in findings) else 0
