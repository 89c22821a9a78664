"""Resolve HEAD's history: which commits belong to which tasks, and what is gone."""

from __future__ import annotations

from collections.abc import Iterator

from gitlog_track.claims.trailers import find_tasks
from gitlog_track.git.head import HeadCommit, head_commits, is_partial_clone, patch_ids
from gitlog_track.measures.recorded import Recorded
from gitlog_track.measures.resolution import (
    MAX_SEARCHED,
    CommitOnHead,
    Resolution,
    resolve,
)
from gitlog_track.model.names import is_name
from gitlog_track.services.workspace import Workspace


def resolve_history(workspace: Workspace, recorded: Recorded) -> Resolution:
    """Return which commits of HEAD belong to which tasks.

    In a partial clone no patch ids are computed: to report contacts no network.

    Args:
        workspace: of which repository; bare, detached or without a commit are fine.
        recorded: what its log says of commits, of replayed states or of an index.

    Raises:
        GitError: the history cannot be read.
    """
    return resolve(
        recorded,
        _commits(workspace),
        lambda oids: patch_ids(workspace.git, oids),
        is_partial=workspace.is_history_cut_off,
        limit=0 if is_partial_clone(workspace.git) else MAX_SEARCHED,
    )


def named_tasks(key: str, commit: HeadCommit) -> tuple[str, ...]:
    """Return the tasks that a commit's message names, wherever in the body.

    Args:
        key: of the trailer.
        commit: of HEAD.
    """
    if key.lower().encode() not in commit.indented.lower():
        return ()
    return tuple(filter(is_name, find_tasks(commit.message, key)))


def _commits(workspace: Workspace) -> Iterator[CommitOnHead]:
    # Where history is cut off a commit looks as if all its files were its work.
    fewest = 1 if workspace.is_history_cut_off else 0
    for commit in head_commits(workspace.git):
        yield CommitOnHead(
            commit.oid,
            commit.committed_s,
            (commit.authored_s, commit.indented.partition(b"\n")[0]),
            fewest <= commit.parents <= 1,
            named_tasks(workspace.config.task_trailer, commit),
        )
