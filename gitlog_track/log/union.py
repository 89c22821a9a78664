"""The union of two trees of the log: what one of them lacks of the other.

Pure but for the reads: it walks only where the two differ, and what is alike is taken
as it is, however much it holds. Everything that only the second has was perhaps written
by somebody else: every row of it is judged before it is taken. Two versions of one
segment become the set of their whole lines, in the order of (``seq``, bytes); so the
operation is commutative, associative and idempotent, whatever the lines are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from gitlog_track.errors import LogCorruptError
from gitlog_track.git.objects import MAX_OBJECT_BYTES, TreeEntry
from gitlog_track.log.codec import Place
from gitlog_track.log.layout import (
    BLOB_MODE,
    FORMAT_PATH,
    TREE_MODE,
    Segment,
    is_directory,
)


class Objects(Protocol):
    """What the union reads from: git's objects, or a test's."""

    def tree(self, oid: str) -> list[TreeEntry]:
        """Return the rows of a tree."""
        ...

    def read(self, oid: str, kind: str) -> bytes:
        """Return the bytes of an object of one kind."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the log's tree, by its whole path.

    Attributes:
        path: in the tree.
        mode: ``40000`` or ``100644``.
        oid: of the tree or blob.
    """

    path: str
    mode: bytes
    oid: str


@dataclass(slots=True)
class Union:
    """What makes the first tree the union of both.

    Attributes:
        taken: rows that only the second has, or has the whole of.
        merged: segments that are whole in neither, with all their lines.
        is_second_whole: does the second lack nothing of the first?
        grown: segments of which the second has lines that the first has not.
    """

    taken: list[Row] = field(default_factory=list)
    merged: dict[str, bytes] = field(default_factory=dict)
    is_second_whole: bool = True
    grown: list[str] = field(default_factory=list)


def unite(objects: Objects, first: str, second: str) -> Union:
    """Return what makes the first tree the union of both.

    Args:
        objects: where trees and blobs are.
        first: oid of a tree that is trusted.
        second: oid of a tree that is not.

    Raises:
        LogCorruptError: the second holds what no version writes.
        MissingObjectError: it is not all there.
    """
    found = Union()
    _Walk(objects, found).walk("", first, second)
    return found


@dataclass(frozen=True, slots=True)
class _Walk:
    objects: Objects
    found: Union

    def walk(self, path: str, first: str, second: str) -> None:
        """Compare two trees that differ."""
        if first == second:
            return
        mine = {row.name: row for row in self.objects.tree(first)}
        theirs = list(checked_rows(self.objects, path, second))
        names = {row.path.rpartition("/")[2].encode() for row in theirs}
        if not names.issuperset(mine):
            self.found.is_second_whole = False
        for row in theirs:
            own = mine.get(row.path.rpartition("/")[2].encode())
            if own is None:
                self._take(row)
            elif own.oid != row.oid:
                self._unite(row, own)

    def _unite(self, row: Row, own: TreeEntry) -> None:
        if own.mode != row.mode:
            raise LogCorruptError(f"{row.path!r} is a directory here and a file there")
        if row.mode == TREE_MODE:
            self.walk(row.path, own.oid, row.oid)
        elif row.path == FORMAT_PATH:
            raise LogCorruptError(f"{FORMAT_PATH} differs: it is never merged")
        else:
            self._unite_segments(row, own)

    def _unite_segments(self, row: Row, own: TreeEntry) -> None:
        mine = self.objects.read(own.oid, "blob")
        theirs = self.objects.read(row.oid, "blob")
        whole = unite_lines(mine, theirs)
        if len(whole) > MAX_OBJECT_BYTES:
            raise LogCorruptError(
                f"{row.path!r} would be no segment: {len(whole)} bytes"
            )
        if whole != theirs:
            self.found.is_second_whole = False
        if whole == mine:
            return
        self.found.grown.append(row.path)
        if whole == theirs:
            self.found.taken.append(row)
        else:
            self.found.merged[row.path] = whole

    def _take(self, row: Row) -> None:
        """Take what only the second has, once all below it has been judged."""
        for segment in self._below(row):
            self.found.grown.append(segment.path)
        self.found.taken.append(row)

    def _below(self, row: Row) -> Iterator[Row]:
        if row.mode == BLOB_MODE:
            yield row
            return
        for inner in checked_rows(self.objects, row.path, row.oid):
            yield from self._below(inner)


def checked_rows(objects: Objects, path: str, oid: str) -> Iterator[Row]:
    """Yield the rows of one directory of the log, each judged by its raw bytes.

    Raises:
        LogCorruptError: a row that no version writes, or rows in no order of git's.
    """
    before = b""
    for entry in objects.tree(oid):
        name = entry.name.decode("ascii", "backslashreplace")
        inner = f"{path}/{name}" if path else name
        key = entry.name + (b"/" if entry.mode == TREE_MODE else b"")
        if key <= before or before == entry.name + b"/":
            raise LogCorruptError(f"{inner!r} stands twice, or not in its place")
        before = key
        yield _checked(Row(inner, entry.mode, entry.oid))
    if not before:
        raise LogCorruptError(f"{path or 'the root'!r} is an empty directory")


def _checked(row: Row) -> Row:
    if row.mode == TREE_MODE and is_directory(row.path):
        return row
    if row.mode != BLOB_MODE:
        mode = row.mode.decode("ascii", "replace")
        raise LogCorruptError(f"the log holds {row.path!r} as mode {mode}")
    if row.path != FORMAT_PATH:
        Segment(row.path, row.oid)
    return row


def unite_lines(first: bytes, second: bytes) -> bytes:
    r"""Return a segment with the lines of both, each once, in order.

    What ends without a newline was cut; it is kept as a line, for ``audit`` to name.

    >>> unite_lines(b'{"seq":2}\n', b'{"seq":1}\n{"seq":2}\n')
    b'{"seq":1}\n{"seq":2}\n'
    """
    if first == second:
        return first
    lines = {line for blob in (first, second) for line in blob.split(b"\n") if line}
    return b"".join(line + b"\n" for line in sorted(lines, key=_order))


def _order(line: bytes) -> tuple[bool, int, bytes]:
    """Return where a line stands; what has no ``seq`` comes last, by its bytes.

    A writer's own lines stand so already: each has a higher ``seq`` than the one before.
    """
    try:
        return False, Place(line).seq, line
    except LogCorruptError:
        return True, 0, line
