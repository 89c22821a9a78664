"""Patterns: what goes wrong again and again, and what has been learnt of it."""

from __future__ import annotations

from gitlog_track.failures.patterns import Pattern, find_patterns
from gitlog_track.index.index import ask
from gitlog_track.index.occurrences import read_occurrences
from gitlog_track.services.validate import existing_log
from gitlog_track.services.workspace import Workspace


def patterns_of_log(
    workspace: Workspace, last: int | None, *, workers: int = 1
) -> list[Pattern]:
    """Return the patterns of a log, the most frequent first.

    Args:
        workspace: where.
        last: of the last so many executions; None is all. See
            :func:`gitlog_track.index.occurrences.read_occurrences`.
        workers: processors that may be used.

    Raises:
        LogError: there is no log, or it cannot be read.
    """
    return ask(
        workspace.home.index,
        existing_log(workspace),
        lambda index: find_patterns(read_occurrences(index, last)),
        workers=workers,
    )
