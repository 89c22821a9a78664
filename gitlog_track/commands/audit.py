"""``audit``: was anything taken out of the log, or changed in it?"""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.errors import GitlogTrackError
from gitlog_track.git.repository import is_cut_off
from gitlog_track.log.audit import Finding, audit_log
from gitlog_track.log.store import LogReader
from gitlog_track.renderers.safe import safe_line
from gitlog_track.scrubbing.scrub import describe
from gitlog_track.services.workspace import Workspace


@click.command()
@click.option(
    "--secrets",
    is_flag=True,
    help="Search its texts for secrets and addresses instead.",
)
@click.pass_obj
def audit(surroundings: Surroundings, secrets: bool) -> int:
    """Check the whole history of the log; name the first commit that breaks a rule.

    Exit code 4 where that history is cut off, and nothing is wrong with what is there.
    """
    workspace = surroundings.workspace()
    log = workspace.log()
    if secrets:
        return _audit_secrets(surroundings, log)
    found = audit_log(log)
    findings = [*found.findings, *_unsigned(workspace, log.tip)]
    for finding in findings:
        where = f"{finding.commit[:12]}: " if finding.commit else ""
        surroundings.answer(f"{where}{safe_line(finding.text)}\n")
    for commit in found.mended:
        text = "took lines out that are there again: a rewrite that was accepted"
        surroundings.say(f"{commit[:12]}: {text}")
    surroundings.say(
        f"{found.commits} log commits and {found.events} events audited, "
        f"{len(findings)} findings",
    )
    if findings:
        return 1
    return _warn_of_cut(surroundings, workspace, log)


def _warn_of_cut(
    surroundings: Surroundings, workspace: Workspace, log: LogReader
) -> int:
    """Warn where the log's history is cut off: nobody can tell what was taken out there."""
    common = workspace.home.common_dir
    if log.tip is None or not is_cut_off(workspace.git, common, log.tip):
        return 0
    surroundings.warn("the log's history is cut off: what is before was not audited")
    surroundings.hint("git fetch --unshallow, then gitlog-track audit")
    return GitlogTrackError.exit_code


def _audit_secrets(surroundings: Surroundings, log: LogReader) -> int:
    from gitlog_track.services.secrets import find_exposures

    found = 0
    for one in find_exposures(log):
        found += one.count
        where = f"{one.event or 'a broken line'} {one.subject or 'unassigned'}"
        what = describe({one.rule: one.count})
        surroundings.answer(safe_line(f"{where} {one.field}: {what}") + "\n")
    if found:
        surroundings.warn(f"{found} found; the log only grows, so they stay in it")
        surroundings.hint("make new passwords, tokens and keys in place of these")
    else:
        surroundings.say("no secrets or addresses found")
    return 1 if found else 0


def _unsigned(workspace: Workspace, tip: str | None) -> list[Finding]:
    """Return a finding for every commit without a good signature, where one is asked."""
    if tip is None or not workspace.config.sign:
        return []
    from gitlog_track.log.signing import badly_signed

    since = workspace.config.signed_since
    bad = badly_signed(workspace.git, tip, since)
    return [Finding(commit, "has no good signature (log.sign)") for commit in bad]
