"""What a repository without a log has to prove: commits whose messages state metrics."""

from __future__ import annotations

import re

from gitlog_track.claims.trailers import find_tasks
from gitlog_track.git.history import head_messages
from gitlog_track.measures.prospect import Prospect
from gitlog_track.services.workspace import Workspace

_METRIC = re.compile(
    rb"(?im)^[ \t*-]*(duration|tokens?[-_ ]used|iterations|test[-_ ]coverage|"
    rb"hallucinations?|time[-_ ]spent|duration[-_]minutes|efficiency[-_ ]ratio)"
    rb"[ \t]*:[ \t]*[~\d]"
    rb"|\b(completed?|done|finished|took)\b[^\n]{0,30}\b\d[\d.,]*[ ]?"
    rb"(minutes?|mins?|hours?|hrs?|h|m)\b"
    rb"|\b\d[\d.,]*[ ]?k? tokens\b",
)
"""Rough on purpose: it only says how much there is to prove, and judges nothing."""


def count_claims(workspace: Workspace) -> Prospect:
    """Return how much of HEAD's history names tasks and states metrics.

    Raises:
        NotARepositoryError: libgit2 cannot open the repository.
    """
    commits = naming = claiming = 0
    for message in head_messages(workspace.repository):
        commits += 1
        naming += bool(find_tasks(message, workspace.config.task_trailer))
        claiming += _METRIC.search(message) is not None
    return Prospect(
        commits=commits,
        naming_tasks=naming,
        claiming=claiming,
        is_partial=workspace.repository.is_shallow,
    )
