"""Fetch a log that is wanted here: one that is absent, or behind a colleague's.

A claim may have been cherry-picked from somebody whose log has not come here yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from gitlog_track.errors import GitlogTrackError
from gitlog_track.gate.verdict import Verdict
from gitlog_track.git.transport import Budget, Transport
from gitlog_track.services.remotes import listed_remotes
from gitlog_track.services.sync import Exchange
from gitlog_track.services.verify import verify_range
from gitlog_track.services.workspace import Workspace

LATE_S = 5.0
"""How long the gate of a push waits for a log before it refuses for want of one."""
WANT_OF_LOG = frozenset({"GT002", "GT003", "GT004", "GT005", "GT007", "GT010"})
"""Rules that may refuse only because the log here is behind a colleague's."""


@dataclass(frozen=True, slots=True)
class Late:
    """What came of asking the listed remotes for a log that is wanted here.

    Attributes:
        moved: is the log another one now?
        problems: one sentence for each remote that gave none.
    """

    moved: bool
    problems: tuple[str, ...]


def fetch_late(workspace: Workspace, seconds: float | None = None) -> Late:
    """Fetch and merge the log of every listed remote; what fails is told, not raised.

    Args:
        workspace: this side.
        seconds: how long it may take in all; None for as long as it takes.
    """
    before = workspace.ref().read()
    problems = []
    budget = Budget(seconds)
    for remote in listed_remotes(workspace):
        transport = Transport(workspace.git, remote, budget)
        try:
            found = Exchange(workspace, transport, patience_s=1.0).fetch()
            if found.tip is None:
                problems.append(f"{remote} has no log")
        except GitlogTrackError as err:
            problems.append(f"the log was not fetched: {err}")
    return Late(workspace.ref().read() != before, tuple(problems))


def fetch_absent(workspace: Workspace) -> tuple[str, ...]:
    """Fetch the log where there is none; return why it is still not here, if so."""
    if workspace.ref().read() is not None:
        return ()
    late = fetch_late(workspace)
    return () if late.moved else late.problems


def verify_with_late_log(
    workspace: Workspace, revisions: str | None, log: str | None
) -> tuple[Verdict, tuple[str, ...]]:
    """Judge a range; fetch a log that is absent, or wanted before a claim is refused.

    Args:
        workspace: where.
        revisions: as for ``verify_range``.
        log: the log commit that counts, and nothing is fetched; by default the ref's.

    Returns:
        the verdict, and why the log was not fetched, if it was wanted.

    Raises:
        GitlogTrackError: as for ``verify_range``.
    """
    if log is not None:
        return verify_range(workspace, revisions, log=log), ()
    is_absent = workspace.ref().read() is None
    problems = fetch_absent(workspace)
    verdict = verify_range(workspace, revisions)
    if is_absent or not wants_log(verdict):
        return verdict, problems
    late = fetch_late(workspace)
    return verify_range(workspace, revisions) if late.moved else verdict, late.problems


def wants_log(verdict: Verdict) -> bool:
    """Is something refused that a newer log could back?"""
    return any(v.blocks and v.rule in WANT_OF_LOG for v in verdict.violations)
