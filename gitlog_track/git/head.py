"""The commits of HEAD, streamed: dates, message, and what git patch-id says of them.

One ``git rev-list`` walks and prints, and we read while it does: with a second process
for the objects, as for a push, every commit would be unpacked twice. Messages are bytes
in whatever encoding, up to a NUL, behind which git shows nothing. Source:
git-rev-list(1), ``--header`` and "PRETTY FORMATS", ``raw``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitlog_track.errors import GitError
from gitlog_track.git.commits import DIFF
from gitlog_track.git.process import Git

MAX_MESSAGE_BYTES = 16 << 20
PIPE_BYTES = 1 << 16
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""Git knows this tree without storing it."""
COMMITS_IN_TURN = 500
"""Ids that fit a pipe's buffer, so that nobody waits for the other to read."""

_DATES = re.compile(
    # A line feed to look for, not "^": the search then jumps from line to line.
    rb"\nauthor [^\n]*> ([0-9]{1,14}) [^\n]*\ncommitter [^\n]*> ([0-9]{1,14}) "
)


class HeadCommit(NamedTuple):
    """One commit of HEAD's history.

    Attributes:
        oid: hex.
        committed_s, authored_s: seconds since 1970; 0 where its headers say nonsense.
        parents: how many it has; 0 also where a shallow history is cut off.
        indented: the message by four spaces, as git prints it; cut after 16 MiB.
    """

    oid: str
    committed_s: int
    authored_s: int
    parents: int
    indented: bytes

    @property
    def message(self) -> bytes:
        """The message itself: few of them are ever looked at."""
        return self.indented.removeprefix(b"    ").replace(b"\n    ", b"\n")


def head_commits(git: Git) -> Iterator[HeadCommit]:
    """Yield every commit of HEAD, newest first; none where HEAD is unborn.

    Raises:
        GitError: git cannot walk, for example because an object is missing.
    """
    code, out, _ = git.try_run("rev-parse", "-q", "--verify", "HEAD")
    if code != 0:
        return
    head = out.decode("ascii", "replace").strip()
    # Not git log, which heeds a user's configuration; and with --format a message would
    # be converted from whatever encoding its header declares.
    walk = git.start("rev-list", "--encoding=none", "--header", "--parents", head)
    try:
        for record in _records(walk.stdout):
            yield _parse(record)
        code, said = walk.wait()
        if code != 0:
            raise GitError(f"git rev-list failed: {said or code}")
    finally:
        walk.wait()


def _records(fd: int) -> Iterator[bytes]:
    """Yield what ends in NUL; one that is too long is cut, and what it held dropped."""
    held: list[bytes] = []
    size = 0
    while chunk := os.read(fd, PIPE_BYTES):
        first, *others = chunk.split(b"\0")
        if size < MAX_MESSAGE_BYTES:
            held.append(first)
            size += len(first)
        if others:
            yield b"".join(held)
            yield from others[:-1]
            held = others[-1:]
            size = len(others[-1])


def _parse(record: bytes) -> HeadCommit:
    """Parse a line of the commit and its parents, the headers, the indented message."""
    end = record.find(b"\n\n")
    end = end if end >= 0 else len(record)
    ids = record[: record.find(b"\n")].decode("ascii")
    dates = _DATES.search(record, 0, end)
    authored, committed = dates.groups() if dates else (b"0", b"0")
    parents = ids.count(" ")
    return HeadCommit(
        ids.partition(" ")[0], int(committed), int(authored), parents, record[end + 2 :]
    )


def is_partial_clone(git: Git) -> bool:
    """Were objects left out when this was cloned? Reading one would fetch it.

    Source: git-config(1), ``remote.<name>.promisor``, ``extensions.partialClone``.
    """
    keys = r"^(remote\..*\.promisor|extensions\.partialclone)$"
    return git.try_run("config", "--get-regexp", keys)[0] == 0


def left_out(git: Git, *revisions: str) -> list[str]:
    """Return the objects that commits lead to and a partial clone has not got.

    Nothing is fetched; what is below a tree that is missing is not known. Empty where
    git cannot walk at all. Source: git-rev-list(1), ``--missing=print``.
    """
    args = ("rev-list", "--objects", "--no-object-names", "--missing=print")
    code, out, _ = git.try_run(*args, *revisions)
    rows = out.decode("ascii", "replace").split("\n") if code == 0 else []
    return [row[1:] for row in rows if row.startswith("?")]


def patch_ids(git: Git, oids: Sequence[str]) -> dict[str, str]:
    """Return the patch id of each commit that has one, as it is when recorded.

    Merges and empty changes have none. What a partial clone lacks is fetched.

    Raises:
        GitError: a patch cannot be made, for example because an object is missing.
    """
    found: dict[str, str] = {}
    for start in range(0, len(oids), COMMITS_IN_TURN):
        found.update(_patch_ids(git, oids[start : start + COMMITS_IN_TURN]))
    return found


def combined_patch_id(git: Git, start: str | None, end: str) -> str | None:
    """Return the patch id of all that lies between two commits, as of a squash of it.

    Args:
        git: the repository.
        start: a commit, or None for nothing at all.
        end: a commit.

    Returns:
        None where nothing was changed, or where one of them is not there.
    """
    trees = (f"{start}^{{tree}}" if start else EMPTY_TREE, f"{end}^{{tree}}")
    code, out, _ = git.try_run("rev-parse", *trees)
    if code != 0:
        return None
    diff = git.start(*DIFF)
    patch_id = git.start_reading(diff, "patch-id", "--stable")
    try:
        diff.write(b" ".join(out.split()) + b"\n")
        diff.close(diff.stdin)
        found = patch_id.read_all()
    finally:
        patch_id.wait()
        code, _ = diff.wait()
    text = found.decode("ascii", "replace")
    return text.partition(" ")[0] or None if code == 0 else None


def _patch_ids(git: Git, oids: Sequence[str]) -> Iterator[tuple[str, str]]:
    diff = git.start(*DIFF)
    patch_id = git.start_reading(diff, "patch-id", "--stable")
    try:
        diff.write("".join(f"{oid}\n" for oid in oids).encode())
        diff.close(diff.stdin)
        out = patch_id.read_all()
    finally:
        patch_id.wait()
        code, said = diff.wait()
    if code != 0:
        raise GitError(f"git diff-tree failed: {said or code}")
    for line in out.decode("ascii", "replace").splitlines():
        found, _, oid = line.partition(" ")
        yield oid, found
