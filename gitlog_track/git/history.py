"""The history of HEAD: how many commits it has, and what their messages name."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pygit2
from pygit2.enums import SortMode

from gitlog_track.claims.trailers import find_tasks
from gitlog_track.errors import NotARepositoryError
from gitlog_track.git.repository import Repository

_METRIC = re.compile(
    rb"(?im)^[ \t*-]*(duration|tokens?[-_ ]used|iterations|test[-_ ]coverage|"
    rb"hallucinations?|time[-_ ]spent|duration[-_]minutes|efficiency[-_ ]ratio)"
    rb"[ \t]*:[ \t]*[~\d]"
    rb"|\b(completed?|done|finished|took)\b[^\n]{0,30}\b\d[\d.,]*[ ]?"
    rb"(minutes?|mins?|hours?|hrs?|h|m)\b"
    rb"|\b\d[\d.,]*[ ]?k? tokens\b",
)


@dataclass(frozen=True, slots=True)
class HistoryCounts:
    """How many commits there are, name a task, and look as if they claim a metric."""

    commits: int
    naming_tasks: int
    claiming: int


def open_repository(repository: Repository) -> pygit2.Repository:
    """Open a repository with libgit2.

    Raises:
        NotARepositoryError: libgit2 cannot; its own words follow.
    """
    try:
        return pygit2.Repository(repository.git_dir)
    except pygit2.GitError as err:
        raise NotARepositoryError(
            f"libgit2 cannot open {repository.git_dir}: {err}",
        ) from err


def count_history(repository: Repository, trailer: str) -> HistoryCounts:
    """Count the commits of HEAD; an unborn HEAD has none.

    Messages are read as raw bytes: libgit2's own reading of encodings and trailers
    loses some and can crash on an unknown encoding header.
    """
    opened = open_repository(repository)
    if opened.head_is_unborn:
        return HistoryCounts(0, 0, 0)
    commits = naming = claiming = 0
    for commit in opened.walk(opened.head.target, SortMode.NONE):
        message = commit.raw_message
        commits += 1
        naming += bool(find_tasks(message, trailer))
        claiming += _METRIC.search(message) is not None
    return HistoryCounts(commits, naming, claiming)
