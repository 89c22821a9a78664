"""Records as the log would hold them, without a repository."""

from __future__ import annotations

from collections.abc import Iterable

from gitlog_track.importers.record import Record, record_entry
from gitlog_track.log.codec import encode
from gitlog_track.model.ids import BACKFILLED, KEYED_BY_THEMSELVES
from gitlog_track.model.limits import checked_event
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from tests.support.strategies import renewed


def imported_state(record: Record, importer: str = "logs") -> TaskState:
    """Return the state that a record comes to as the only one of its task."""
    return replay(record.task, _lines(record, importer))


def _lines(record: Record, importer: str) -> Iterable[bytes]:
    attempt = 1
    repeated: dict[str, int] = {}
    for seq, fact in enumerate(record.facts, 1):
        checked_event(dict(fact.fields))
        attempt += fact.fields["kind"] == "task_retried"
        entry = record_entry(importer, fact.fields)
        repeated[entry] = repeated.get(entry, 0) + 1
        key = {"entry": f"{entry}:{repeated[entry]}"}
        place = {} if fact.fields["kind"] in KEYED_BY_THEMSELVES else key
        event = {
            **fact.fields,
            **place,
            "task": record.task,
            "phase": record.phase,
            "seq": seq,
            "attempt": attempt,
            "writer": "",
            "provenance": BACKFILLED,
        }
        yield encode(renewed(event))
