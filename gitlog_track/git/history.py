"""The history of HEAD, walked by libgit2."""

from __future__ import annotations

from collections.abc import Iterator

import pygit2
from pygit2.enums import SortMode

from gitlog_track.errors import NotARepositoryError
from gitlog_track.git.pushes import RawObject
from gitlog_track.git.repository import Repository


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


def head_objects(repository: Repository) -> Iterator[RawObject]:
    """Yield every commit of HEAD as it is stored; none where HEAD is unborn.

    Raw bytes: libgit2's own reading of encodings and trailers loses some and can crash
    on an unknown encoding header.

    Raises:
        NotARepositoryError: libgit2 cannot open the repository, or walk its history.
    """
    opened = open_repository(repository)
    if opened.head_is_unborn:
        return
    try:
        for commit in opened.walk(opened.head.target, SortMode.NONE):
            yield RawObject(str(commit.id), commit.read_raw())
    except (pygit2.GitError, KeyError) as err:
        raise NotARepositoryError(f"libgit2 cannot walk the history: {err}") from err
