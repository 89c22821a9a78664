"""Judge by a fork's log too: joined with ours for one run, and no log is moved.

A pull request from a fork brings claims whose log is in the fork, where the base
repository's CI may only read.
"""

from __future__ import annotations

from gitlog_track.errors import LogError, UsageProblem
from gitlog_track.git.pushes import peel
from gitlog_track.git.transport import Budget, Transport
from gitlog_track.log.layout import tracking_ref
from gitlog_track.log.ref import LogRef
from gitlog_track.services.sync import judge_incoming, merger_into
from gitlog_track.services.workspace import Workspace


def joined_log(workspace: Workspace, source: str) -> str:
    """Return a log commit with what is here and what *source* has.

    Args:
        workspace: where the claims are judged.
        source: a ref or commit that is here, else a remote or URL to fetch from.

    Raises:
        RemoteError: it cannot be fetched.
        LogError: it is no log, or not one that can be merged.
        UsageProblem: it names nothing.
    """
    if not source or source.startswith("-"):
        raise UsageProblem(f"{source!r} is no ref and no URL")
    workspace.fold()
    ours = workspace.ref().read()
    theirs = peel(workspace.git, source) or _fetched(workspace, source)
    judge_incoming(workspace, theirs, ours, source)
    common = workspace.home.common_dir
    scratch = LogRef(workspace.git, common, _scratch_name(source))
    if (left := scratch.read()) is not None:
        scratch.remove(left)
    if ours is not None:
        scratch.move(None, ours, "join for one run")
    try:
        return merger_into(workspace, scratch).merge(theirs).tip
    finally:
        if (made := scratch.read()) is not None:
            scratch.remove(made)


def _fetched(workspace: Workspace, source: str) -> str:
    transport = Transport(workspace.git, source, Budget(None))
    target = LogRef(workspace.git, workspace.home.common_dir, tracking_ref(source))
    answer = transport.fetch(workspace.log_ref, target.name, force=True)
    theirs = target.read()
    if answer == "absent" or theirs is None:
        raise LogError(
            f"{source} has no log in {workspace.log_ref}",
            hint=f"push it there: gitlog-track push {source}",
        )
    return theirs


def _scratch_name(source: str) -> str:
    return tracking_ref(source).removesuffix("log") + "joined"
