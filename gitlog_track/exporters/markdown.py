"""The execution logging specification's files: one a record, by day and id.

Source: the founding specification, "Log Location".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256

from gitlog_track.model.names import NAME_CHARACTERS, NAME_LENGTH, is_name
from gitlog_track.model.records import ExceptionRecorded, ExecutionRecorded
from gitlog_track.record_files.reader import Record

FOLDERS: dict[type[Record], str] = {
    ExecutionRecorded: "",
    ExceptionRecorded: "exceptions/",
}
UNASSIGNED = "unassigned"
_DIGEST_DIGITS = 8


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file and the record that it tells of.

    Attributes:
        path: below the directory that is exported to; safe on every file system.
        event: the record.
    """

    path: str
    event: Record


def name_files(records: Iterable[Record]) -> Iterator[RecordFile]:
    """Yield the file of every record, in the order of (instant, event id).

    The day is that of UTC. The second record of one day and id gets ``-2``, and so on;
    names that differ in case alone are one. So every clone with the same log names them
    alike.

    Args:
        records: all that the log has: a name depends on those before.
    """
    taken: dict[str, int] = {}  # to the highest number given behind it
    for event in sorted(records, key=lambda one: (one.at.timestamp(), one.id)):
        day = event.at.astimezone(UTC).date().isoformat()
        stem = f"{FOLDERS[type(event)]}{day}-{_file_id(event)}"
        name, number = stem, taken.get(stem.lower(), 0)
        while name.lower() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken[name.lower()] = 1
        taken[stem.lower()] = max(number, 1)
        yield RecordFile(f"{name}.md", event)


def _file_id(event: Record) -> str:
    if isinstance(event, ExceptionRecorded):
        return _safe(event.exception_id)
    return _safe(event.task or UNASSIGNED)


def _safe(text: str) -> str:
    """Return an id as part of a file's name; one that cannot be it has a digest behind.

    >>> _safe("EX-1"), _safe("../a b")
    ('EX-1', 'a-b-2c2c791a')
    """
    if is_name(text):
        return text
    plain = "".join(c if c in NAME_CHARACTERS else "-" for c in text)
    plain = plain.lstrip("-._")[: NAME_LENGTH - _DIGEST_DIGITS - 1].rstrip("-._")
    digest = sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGEST_DIGITS]
    return f"{plain}-{digest}" if plain else digest
