"""What a repository without a log has to prove: commits whose messages state metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from gitlog_track.claims.grammar import read_claims
from gitlog_track.claims.message import read_commit
from gitlog_track.claims.trailers import find_tasks
from gitlog_track.gate.policy import policy_of
from gitlog_track.gate.verify import OBJECTS_IN_BATCH, sieve, words
from gitlog_track.git.commits import Commit
from gitlog_track.git.history import head_objects
from gitlog_track.git.pushes import RawObject
from gitlog_track.measures.prospect import Prospect
from gitlog_track.model.names import is_name
from gitlog_track.services.workspace import Workspace


def count_claims(
    workspace: Workspace,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Prospect:
    """Return how much of HEAD's history names tasks and states metrics.

    A message claims what the gate reads in it, by the same sieve, grammar and options.

    Args:
        workspace: where.
        since: only what was committed then or later.
        until: only what was committed before.

    Raises:
        NotARepositoryError: libgit2 cannot read the history.
        ConfigError: the gate's configuration names a measure that does not exist.
    """
    key = workspace.config.task_trailer
    options = policy_of(workspace.config).options
    commits = naming = claiming = 0
    found = _committed(head_objects(workspace.repository), since, until)
    while batch := list(islice(found, OBJECTS_IN_BATCH)):
        marks = sieve()([one.raw for one in batch])
        commits += len(batch)
        naming += sum(_names_task(one.raw, key) for one in batch)
        suspects = (one for one, marked in zip(batch, marks, strict=True) if marked)
        claiming += sum(
            bool(read_claims(read_commit(one.raw), words(), options).claims)
            for one in suspects
        )
    return Prospect(
        commits=commits,
        naming_tasks=naming,
        claiming=claiming,
        is_partial=workspace.is_history_cut_off,
    )


def _committed(
    commits: Iterable[RawObject], since: datetime | None, until: datetime | None
) -> Iterator[RawObject]:
    """Yield what was committed in a span; git's own ``--since`` stops at the first older.

    Source: git-rev-list(1), ``--since-as-filter``.
    """
    if since is None and until is None:
        yield from commits
        return
    begin_s = since.timestamp() if since is not None else float("-inf")
    end_s = until.timestamp() if until is not None else float("inf")
    for one in commits:
        if begin_s <= Commit(one.oid, one.raw).committer[1] < end_s:
            yield one


def _names_task(raw: bytes, key: str) -> bool:
    message = raw.partition(b"\n\n")[2]
    return any(map(is_name, find_tasks(message, key)))
