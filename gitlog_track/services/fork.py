"""Judge by a fork's log too: joined with ours for one run, and no log is moved.

A pull request from a fork brings claims whose log is in the fork, where the base
repository's CI may only read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gitlog_track.errors import LogError, UsageProblem
from gitlog_track.git.objects import HEX_DIGITS
from gitlog_track.git.pushes import peel
from gitlog_track.git.remotes import without_password
from gitlog_track.git.transport import Budget, RemoteTooSlowError, Transport
from gitlog_track.log.layout import TRACKING
from gitlog_track.log.ref import LogRef
from gitlog_track.services.incoming import judge_incoming
from gitlog_track.services.partial import complete
from gitlog_track.services.sync import merger_into
from gitlog_track.services.time_limit import GRACE_S, OverdueError, time_limit
from gitlog_track.services.workspace import Workspace

FORK_S = 600.0
"""How long a fork's log may take: it was asked for by name."""
SHORTEST_ID = 7
"""Digits of an abbreviated id; shorter words are paths."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A log commit with what is here and what somebody else has.

    Attributes:
        tip: the log commit.
        notes: what a person should know.
    """

    tip: str
    notes: tuple[str, ...]


def joined_log(workspace: Workspace, source: str, seconds: float = FORK_S) -> Joined:
    """Return a log commit with what is here and what *source* has.

    Args:
        workspace: where the claims are judged.
        source: a configured remote; else a full ref or an id (seven digits or more)
            that is here; else a URL to fetch from.
        seconds: how long it may take.

    Raises:
        RemoteError: it cannot be fetched, or not in time.
        LogError: it is no log, or not one that can be merged.
        UsageProblem: it names nothing.
    """
    if not source or source.startswith("-"):
        raise UsageProblem(f"{source!r} is no ref and no URL")
    workspace.fold_if_signed()
    try:
        with time_limit(seconds + GRACE_S):
            return _join(workspace, source, seconds)
    except OverdueError as err:
        raise RemoteTooSlowError(
            f"{without_password(source)}: its log was not joined: {err}"
        ) from err


def _join(workspace: Workspace, source: str, seconds: float) -> Joined:
    ours = workspace.ref().read()
    run = f"{TRACKING}/run-{workspace.nonce()}"
    with _scratch(workspace, f"{run}/fetched") as fetched:
        theirs = _named_here(workspace, source)
        if theirs is None:
            theirs = _fetched(workspace, source, fetched, Budget(seconds))
        notes = judge_incoming(workspace, theirs, ours, without_password(source))
        with _scratch(workspace, f"{run}/joined") as joined:
            if ours is not None:
                joined.move(None, ours, "join for one run")
            return Joined(merger_into(workspace, joined).merge(theirs).tip, notes)


@contextmanager
def _scratch(workspace: Workspace, name: str) -> Iterator[LogRef]:
    """Lend a ref of this run, and remove it afterwards."""
    ref = LogRef(workspace.git, workspace.home.common_dir, name)
    try:
        yield ref
    finally:
        if (made := ref.read()) is not None:
            ref.remove(made)


def _named_here(workspace: Workspace, source: str) -> str | None:
    """Return the commit that a full ref or an id names; None for a remote or URL.

    A remote's name alone would be its HEAD to git, which is code and no log.
    """
    remotes = workspace.git.run("remote").decode("utf-8", "replace").split("\n")
    if source in remotes:
        return None
    if source.startswith("refs/"):
        commit = peel(workspace.git, source)
        if commit is None:
            raise UsageProblem(f"there is no ref {source} here that names a commit")
        return commit
    is_id = len(source) >= SHORTEST_ID and HEX_DIGITS.issuperset(source)
    return peel(workspace.git, source) if is_id else None


def _fetched(workspace: Workspace, source: str, target: LogRef, budget: Budget) -> str:
    """Fetch to a ref of this run: what a sync has accepted of the remote stays."""
    transport = Transport(workspace.git, source, budget, workspace.top)
    answer = transport.fetch(workspace.log_ref, target.name)
    theirs = target.read()
    if answer == "absent" or theirs is None:
        raise LogError(
            f"{transport.label} has no log in {workspace.log_ref}",
            hint=f"push it there: gitlog-track push {transport.name}",
        )
    complete(workspace.git, transport, theirs)
    return theirs
