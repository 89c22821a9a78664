"""Read the execution logging specification's files: executions and exceptions."""

from __future__ import annotations

import re

import msgspec

from gitlog_track.errors import UsageProblem
from gitlog_track.importers.decoding import decode
from gitlog_track.importers.instants import Instants
from gitlog_track.importers.record import BadRecordError, Fact, Record
from gitlog_track.model.event import Event
from gitlog_track.model.events import kind_of
from gitlog_track.model.timestamps import Timestamps, written
from gitlog_track.record_files.reader import read_record

SUFFIX = ".md"
_LINE = re.compile(r"line ([0-9]{1,9}): (.*)", re.DOTALL)


def read_record_file(data: bytes, instants: Instants) -> list[Record]:
    """Return the one record of a file.

    Args:
        data: the file.
        instants: bound its timestamp.

    Raises:
        BadRecordError: it is no such file, or says what cannot be.
    """
    try:
        event = read_record(decode(data), Timestamps(instants.zone, instants.now))
    except UsageProblem as err:
        if isinstance(err, BadRecordError):
            raise
        found = _LINE.fullmatch(str(err))
        line, text = (int(found[1]), found[2]) if found else (0, str(err))
        raise BadRecordError(text, line, hint=err.hint) from err
    fact = Fact(1, {"kind": kind_of(event), "at": written(event.at), **_own(event)})
    return [Record(event.task or "", None, (fact,))]


def _own(event: Event) -> dict[str, object]:
    """Return what an event says beyond what every event has."""
    told: dict[str, object] = msgspec.to_builtins(event)
    return {
        one.name: told[one.name]
        for one in msgspec.structs.fields(event)
        if one.name not in Event.__struct_fields__
        and (one.required or getattr(event, one.name) != one.default)
    }
