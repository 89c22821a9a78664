"""What an importer gives back: a task's events, and why a file is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from gitlog_track.errors import UsageProblem

_encode = msgspec.json.Encoder(order="sorted").encode
"""Canonical JSON: sorted keys, no spaces; the same bytes as ``model.canonical`` gives."""
_NOT_OF_IT = frozenset({"scrubbed", "link"})
"""What follows from the rest of a record; imports before it was read are known again."""
BEGINNINGS = {"task_retried": "task_started"}
"""Which of the two a beginning is depends on what else was imported: the record is one."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class BadRecordError(UsageProblem):
    """A file, or a record of it, that cannot be imported; the only error of importers.

    Attributes:
        line: where, from 1; 0 where it is the whole file.
    """

    def __init__(self, message: str, line: int = 0, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.line = line


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a record that was imported all the same.

    Attributes:
        line: where, from 1.
        text: one sentence.
    """

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One event that a record tells of.

    Attributes:
        line: where it stands, from 1.
        fields: ``kind``, ``at`` and the kind's own.
    """

    line: int
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Record:
    """What one record says of one task.

    Attributes:
        task: its name; empty where the record names none.
        phase: as the record names it, or None.
        facts: in order.
        remarks: what a person should know.
        line: where the task is named, or the record begins.
        place: which of the records of that line it is, in words; empty for the only one.
    """

    task: str
    phase: str | None
    facts: tuple[Fact, ...]
    remarks: tuple[Remark, ...] = ()
    line: int = 1
    place: str = ""


def placed(err: UsageProblem, line: int, place: str) -> BadRecordError:
    """Return why a record cannot be imported, its place named beside the line."""
    text = f"{place}: {err}" if place else str(err)
    return BadRecordError(text, line, hint=err.hint)


def record_entry(importer: str, fields: Mapping[str, object]) -> str:
    """Return what makes an imported event that event: see FORMAT.md, "Natural keys".

    It depends on what the record says, not on where its file lies, how it is called,
    how it is encoded, or when it is read: what was imported once is known again.

    Args:
        importer: that read it.
        fields: ``kind``, ``at`` and the kind's own, as they go into the log.
    """
    kind = str(fields["kind"])
    said = {k: v for k, v in fields.items() if k not in _NOT_OF_IT}
    said["kind"] = BEGINNINGS.get(kind, kind)
    return f"{importer}:{sha256(_encode(said)).hexdigest()[:32]}"


def clean(text: str) -> str:
    """Return text that UTF-8 can hold: JSON may name half a surrogate pair."""
    return _LONE_SURROGATE.sub("\ufffd", text)
