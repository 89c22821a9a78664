"""Read git objects: loose files directly, everything else through one process.

Loose objects are read here because the fold runs right after a commit, when all it
needs is loose: a ``git cat-file`` process would double its cost. Objects that others
wrote are hostile until proved otherwise: sizes are checked before reading, trees are
parsed from raw bytes. Source: gitformat-pack(5); git-cat-file(1), "BATCH OUTPUT".
"""

from __future__ import annotations

import os
import zlib

from gitlog_track.errors import GitError, LogCorruptError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitlog_track.git.process import Child, Git

OID_BYTES = 20
ZERO_OID = "0" * (2 * OID_BYTES)
"""What git writes where there is no object."""
HEX_DIGITS = frozenset("0123456789abcdef")
HEADER_BYTES = 32
"""Kind, size and NUL of a loose object, with room to spare."""
LOOSE_CHUNK = 4 << 10
MAX_OBJECT_BYTES = 16 << 20
"""What is larger is refused by its size, before it is read: 64 events of 64 KiB are 4 MiB,
and the copies of a clone that all wrote to one segment can be merged into a few of it."""
REQUESTS_IN_PIPE = 1_000


def is_oid(text: str) -> bool:
    """Is *text* the full hex id of an object?"""
    return len(text) == 2 * OID_BYTES and HEX_DIGITS.issuperset(text)


class MissingObjectError(GitError):
    """An object that should be there is not: pruned, never fetched, cut off, or damaged."""


class TreeEntry:
    """One row of a tree, as raw as it is stored.

    Attributes:
        mode: octal digits.
        name: bytes of the file name.
        oid: hex.
    """

    __slots__ = ("mode", "name", "oid")

    def __init__(self, mode: bytes, name: bytes, oid: str) -> None:
        self.mode = mode
        self.name = name
        self.oid = oid


def parse_tree(data: bytes) -> list[TreeEntry]:
    """Parse a raw tree object.

    Raises:
        LogCorruptError: the bytes are no tree.
    """
    entries = []
    at = 0
    while at < len(data):
        space = data.find(b" ", at)
        end = data.find(b"\0", space)
        after = end + 1 + OID_BYTES
        if space < 0 or end < 0 or after > len(data):
            raise LogCorruptError("a tree object is cut short or malformed")
        oid = data[end + 1 : after].hex()
        entries.append(TreeEntry(data[at:space], data[space + 1 : end], oid))
        at = after
    return entries


def _checked(oid: str, found: tuple[str, bytes] | None, kind: str) -> bytes:
    if found is None:
        raise MissingObjectError(
            f"object {oid} is missing",
            hint="a shallow or partial clone, or a prune: gitlog-track fetch, then again",
        )
    if found[0] != kind:
        raise LogCorruptError(f"object {oid} is a {found[0]}, expected a {kind}")
    return found[1]


class Stream:
    """What ``git cat-file --batch`` answers: lines and counted bytes.

    Attributes:
        child: the process.
    """

    __slots__ = ("_at", "_buffer", "child")

    def __init__(self, child: Child) -> None:
        self.child = child
        self._buffer = b""
        self._at = 0

    def line(self) -> bytes:
        """Return the next line without its end; empty at the end of the stream."""
        while (end := self._buffer.find(b"\n", self._at)) < 0:
            if not self._fill():
                return b""
        line = self._buffer[self._at : end]
        self._at = end + 1
        return line

    def take(self, size: int) -> bytes:
        """Return so many bytes.

        Raises:
            GitError: the stream ends before.
        """
        parts = [self._buffer[self._at : self._at + size]]
        self._at += len(parts[0])
        missing = size - len(parts[0])
        while missing:
            # What is large is put together once, not with every chunk that arrives.
            if not self._fill():
                raise self.early_end()
            parts.append(self._buffer[:missing])
            self._at = len(parts[-1])
            missing -= len(parts[-1])
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def early_end(self) -> GitError:
        """Return the error that git ended before its answer did."""
        code, said = self.child.wait()
        if "promisor" in said:
            return MissingObjectError(
                "a partial clone left out what is asked for",
                hint="gitlog-track fetch brings the log whole",
            )
        return GitError(f"git cat-file ended early ({code}): {said}")

    def _fill(self) -> bool:
        chunk = os.read(self.child.stdout, 1 << 20)
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)


class ObjectReader:
    """Reads objects of one repository by id or by revision.

    Use as a context manager: it holds at most one ``git cat-file`` process.
    """

    def __init__(self, git: Git, common_dir: str) -> None:
        self._git = git.offline()
        self._objects = os.path.join(common_dir, "objects")
        self._stream: Stream | None = None

    def __enter__(self) -> ObjectReader:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.child.wait()
            self._stream = None

    def read(self, oid: str, kind: str) -> bytes:
        """Return the bytes of an object that has to be of one kind.

        Args:
            oid: full hex id.
            kind: ``blob``, ``tree`` or ``commit``.

        Raises:
            MissingObjectError: it is not there, or damaged on disk.
            LogCorruptError: it is of another kind, or over 16 MiB.
        """
        found = self._read_loose(oid) or self._read_batch(oid)
        if found is None and os.path.exists(path := self._loose_path(oid)):
            raise MissingObjectError(
                f"object {oid} is damaged on disk: {path}",
                hint=f"a remote may have it whole: rm -f {path}; git fetch --refetch "
                "REMOTE refs/gitlog-track/log (git 2.36)",
            )
        return _checked(oid, found, kind)

    def tree(self, oid: str) -> list[TreeEntry]:
        """Return the rows of a tree; see :meth:`read` for errors."""
        return parse_tree(self.read(oid, "tree"))

    def exists(self, oid: str) -> bool:
        """Is the object there, loose or packed?"""
        if os.path.exists(self._loose_path(oid)):
            return True
        return self._read_batch(oid) is not None

    def _loose_path(self, oid: str) -> str:
        return f"{self._objects}/{oid[:2]}/{oid[2:]}"

    def _read_loose(self, oid: str) -> tuple[str, bytes] | None:
        try:
            with open(self._loose_path(oid), "rb") as file:
                inflate = zlib.decompressobj()
                data = inflate.decompress(file.read(LOOSE_CHUNK), HEADER_BYTES)
                header, _, body = data.partition(b"\0")
                kind, _, size = header.partition(b" ")
                if not size.isdigit():
                    return None
                _check_size(oid, int(size))
                packed = inflate.unconsumed_tail + file.read(MAX_OBJECT_BYTES)
                body += inflate.decompress(packed, MAX_OBJECT_BYTES)
        except (OSError, zlib.error):
            return None
        return (
            (kind.decode("ascii", "replace"), body) if len(body) == int(size) else None
        )

    def read_packed(self, oids: list[str]) -> Iterator[bytes]:
        """Yield blobs asked for together; at most :data:`REQUESTS_IN_PIPE` of them."""
        stream = self._request(oids)
        for oid in oids:
            yield _checked(oid, _answer(stream, oid), "blob")

    def _read_batch(self, oid: str) -> tuple[str, bytes] | None:
        return _answer(self._request([oid]), oid)

    def _request(self, oids: list[str]) -> Stream:
        if self._stream is None or self._stream.child.has_ended:
            self._stream = Stream(self._git.start("cat-file", "--batch"))
        self._stream.child.write("".join(f"{oid}\n" for oid in oids).encode())
        return self._stream


def _check_size(oid: str, size: int) -> None:
    if size > MAX_OBJECT_BYTES:
        raise LogCorruptError(
            f"object {oid} has {size} bytes, more than {MAX_OBJECT_BYTES} allowed",
        )


def _answer(stream: Stream, oid: str) -> tuple[str, bytes] | None:
    line = stream.line()
    if not line:
        raise stream.early_end()
    header = line.split()
    if len(header) != 3:
        return None
    size = int(header[2])
    if size > MAX_OBJECT_BYTES:
        # Not even passed over: that would take as long as somebody wants.
        stream.child.wait()
    _check_size(oid, size)
    return header[1].decode("ascii", "replace"), stream.take(size + 1)[:-1]


def read_blobs(git: Git, common_dir: str, oids: list[str]) -> Iterator[bytes]:
    """Yield the bytes of many blobs, in order, through one process.

    Requests go out a pipe's buffer at a time, so that the process is never waited
    for object by object.

    Raises:
        MissingObjectError: one of them is not there.
        LogCorruptError: one of them is no blob, or over 16 MiB.
    """
    with ObjectReader(git, common_dir) as reader:
        for start in range(0, len(oids), REQUESTS_IN_PIPE):
            chunk = oids[start : start + REQUESTS_IN_PIPE]
            yield from reader.read_packed(chunk)
