"""``audit``: was anything taken out of the log, or changed in it?"""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.log.audit import audit_log
from gitlog_track.renderers.safe import safe_line


@click.command()
@click.pass_obj
def audit(surroundings: Surroundings) -> int:
    """Check the whole history of the log; name the first commit that breaks a rule."""
    workspace = surroundings.workspace()
    found = audit_log(workspace.log())
    for finding in found.findings:
        where = f"{finding.commit[:12]}: " if finding.commit else ""
        surroundings.answer(f"{where}{safe_line(finding.text)}\n")
    surroundings.say(
        f"{found.commits} log commits and {found.events} events audited, "
        f"{len(found.findings)} findings",
    )
    return 1 if found.findings else 0
