"""Differences between trees, through one ``git diff-tree`` for any number of pairs.

A process for every commit costs more than all that is compared. git-diff-tree(1),
``--stdin``: two trees on a line are compared; what is no object id is echoed at once,
which tells where an answer ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from gitlog_track.errors import GitError
from gitlog_track.git.process import Child, Git

END = b"end\n"


class Difference(NamedTuple):
    """One file that differs.

    Attributes:
        path: raw bytes.
        mode: octal digits in the second tree; ``000000`` where it is gone.
        old, new: hex ids of the blobs; all zeros for none.
    """

    path: bytes
    mode: str
    old: str
    new: str


class Differences:
    """Compares trees of one repository; use as a context manager."""

    def __init__(self, git: Git) -> None:
        self._git = git.offline()
        self._child: Child | None = None
        self._rest = b""

    def __enter__(self) -> Differences:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            self._child.wait()
            self._child = None
            self._rest = b""

    def between(self, first: str, second: str) -> Iterator[Difference]:
        """Yield the files that differ between two trees, by their ids.

        Who does not take all of them ends the process.

        Raises:
            GitError: git cannot read one of them.
        """
        if self._child is None:
            self._child = self._git.start(
                "diff-tree", "--stdin", "-r", "-z", "--no-renames", "--no-ext-diff"
            )
        self._child.write(b"%s %s\n%s" % (first.encode(), second.encode(), END))
        is_whole = False
        try:
            self._take_to(b"\n")
            while not self._at_end():
                meta = self._take_to(b"\0").decode("ascii", "replace")
                _, mode, old, new, _ = meta.split(" ")
                yield Difference(self._take_to(b"\0"), mode, old, new)
            is_whole = True
        finally:
            if not is_whole:
                self.__exit__()

    def _at_end(self) -> bool:
        """Has the whole answer been taken? A row begins with a colon."""
        while not self._rest.startswith((b":", END)):
            self._rest += self._more()
        if self._rest.startswith(b":"):
            return False
        self._rest = self._rest[len(END) :]
        return True

    def _take_to(self, mark: bytes) -> bytes:
        """Return what comes before a mark; the mark is dropped."""
        while mark not in self._rest:
            self._rest += self._more()
        taken, _, self._rest = self._rest.partition(mark)
        return taken

    def _more(self) -> bytes:
        if self._child is None:
            raise GitError("git diff-tree was not started")
        chunk = os.read(self._child.stdout, 1 << 20)
        if not chunk:
            code, said = self._child.wait()
            self._child = None
            raise GitError(f"git diff-tree ended early ({code}): {said}")
        return chunk
