"""The log's tree at one commit, read row by row and believed only when it is well formed.

Everything here may have been written by somebody else: names are judged as raw bytes,
modes and kinds checked, duplicates refused. Standard library only: the fold runs this.
"""

from __future__ import annotations

from gitlog_track.errors import LogCorruptError, LogFormatError
from gitlog_track.log.layout import (
    BLOB_MODE,
    FORMAT_BLOB,
    FORMAT_PATH,
    TREE_MODE,
    Segment,
    Subject,
    directory,
    parent_directory,
)
from gitlog_track.model.ids import FORMAT
from gitlog_track.model.names import is_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitlog_track.git.objects import ObjectReader, TreeEntry


class LogTree:
    """The tree of the log at one commit, or the empty tree before the first.

    Attributes:
        tip: the log commit; None before the first.
    """

    def __init__(self, reader: ObjectReader, tip: str | None) -> None:
        """Read the root and check the format.

        Raises:
            LogFormatError: a newer format, or none at all.
            LogCorruptError: the tip is no log commit.
        """
        self.tip = tip
        self._reader = reader
        self._trees: dict[str, dict[str, TreeEntry]] = {}
        if tip is not None:
            self._trees[""] = self._read_rows(_tree_of(reader, tip), "the log's root")
            self._check_format()

    def find(self, subject: Subject) -> tuple[Subject, list[Segment]]:
        """Return a subject as the log spells it, and its segments by writer and number.

        Two clones can have begun it in two spellings: then the first in git's order is
        the name, and the segments of both are its.

        Raises:
            LogCorruptError: the directory holds what no version writes.
        """
        spellings = self._spellings(subject)
        segments = [one for spelled in spellings for one in self._segments(spelled)]
        segments.sort(key=lambda s: (s.writer, s.number))
        return spellings[0], segments

    def _segments(self, spelled: Subject) -> Iterator[Segment]:
        path = directory(spelled)
        for name, row in self._rows(path).items():
            if row.mode != BLOB_MODE:
                raise LogCorruptError(
                    f"{path}/{name!r} has mode {row.mode.decode('ascii', 'replace')}, "
                    "expected a plain file",
                )
            yield Segment(f"{path}/{name}", row.oid)

    def _spellings(self, subject: Subject) -> list[Subject]:
        """Names are compared without case; a subject that is not there is as asked."""
        if subject.kind == "unassigned":
            return [subject]
        found = [
            Subject(subject.kind, name)
            for name in self._rows(parent_directory(subject))
            if name.lower() == subject.name.lower() and is_name(name)
        ]
        return found or [subject]

    def _rows(self, path: str) -> dict[str, TreeEntry]:
        known = self._trees.get(path)
        if known is not None:
            return known
        if self.tip is None:
            return {}
        parent, _, name = path.rpartition("/")
        row = self._rows(parent).get(name)
        if row is None:
            rows: dict[str, TreeEntry] = {}
        elif row.mode != TREE_MODE:
            raise LogCorruptError(f"the log's {path!r} is no directory")
        else:
            rows = self._read_rows(row.oid, path)
        self._trees[path] = rows
        return rows

    def _read_rows(self, oid: str, path: str) -> dict[str, TreeEntry]:
        rows: dict[str, TreeEntry] = {}
        for row in self._reader.tree(oid):
            name = row.name.decode("ascii", "backslashreplace")
            if name in rows:
                raise LogCorruptError(f"{path} holds {name!r} twice")
            rows[name] = row
        return rows

    def _check_format(self) -> None:
        row = self._trees[""].get(FORMAT_PATH)
        if row is None:
            raise LogFormatError(
                f"the log at {self.tip} has no {FORMAT_PATH}; expected format {FORMAT}",
            )
        check_format(self._reader.read(row.oid, "blob"))


def _tree_of(reader: ObjectReader, commit: str) -> str:
    header = reader.read(commit, "commit").partition(b"\n")[0]
    return header.removeprefix(b"tree ").decode("ascii", "replace")


def check_format(blob: bytes) -> None:
    """Check the log's format file.

    Raises:
        LogFormatError: it is newer than this version knows, or unreadable.
    """
    if blob == FORMAT_BLOB:
        return
    import json

    try:
        found = json.loads(blob)["format"]
    except (ValueError, TypeError, KeyError, RecursionError) as err:
        raise LogFormatError(f"the log's {FORMAT_PATH} cannot be read") from err
    if found != FORMAT:
        raise LogFormatError(
            f"the log is of format {found!r}; this version reads format {FORMAT}",
            hint="upgrade gitlog-track",
        )
