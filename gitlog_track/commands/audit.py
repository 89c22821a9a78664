"""``audit``: was anything taken out of the log, or changed in it?"""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.log.audit import Finding, audit_log
from gitlog_track.renderers.safe import safe_line
from gitlog_track.services.workspace import Workspace


@click.command()
@click.pass_obj
def audit(surroundings: Surroundings) -> int:
    """Check the whole history of the log; name the first commit that breaks a rule."""
    workspace = surroundings.workspace()
    log = workspace.log()
    found = audit_log(log)
    findings = [*found.findings, *_unsigned(workspace, log.tip)]
    for finding in findings:
        where = f"{finding.commit[:12]}: " if finding.commit else ""
        surroundings.answer(f"{where}{safe_line(finding.text)}\n")
    surroundings.say(
        f"{found.commits} log commits and {found.events} events audited, "
        f"{len(findings)} findings",
    )
    return 1 if findings else 0


def _unsigned(workspace: Workspace, tip: str | None) -> list[Finding]:
    """Return a finding for every commit without a good signature, where one is asked."""
    if tip is None or not workspace.config.sign:
        return []
    from gitlog_track.log.signing import badly_signed

    since = workspace.config.signed_since
    bad = badly_signed(workspace.git, tip, since)
    return [Finding(commit, "has no good signature (log.sign)") for commit in bad]
