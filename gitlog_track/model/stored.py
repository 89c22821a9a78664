"""Lines of the log as events: decoded fast, kept whole, judged but never dropped."""

from __future__ import annotations

import functools
from contextlib import suppress
from hashlib import sha256
from itertools import pairwise
from typing import cast

import msgspec
from msgspec import Struct

from gitlog_track.model.event import Event
from gitlog_track.model.events import (
    AnyEvent,
    CommitRecorded,
    CommitsRewritten,
    KnownEvent,
    UnknownEvent,
    event_types,
)
from gitlog_track.model.ids import (
    BACKFILLED,
    FORMAT,
    KEYED_BY_THEMSELVES,
    natural_key,
)

_KNOWN: msgspec.json.Decoder[KnownEvent] = msgspec.json.Decoder(KnownEvent)
_UNKNOWN = msgspec.json.Decoder(UnknownEvent)
_RAW: msgspec.json.Decoder[dict[str, object]] = msgspec.json.Decoder(dict[str, object])
_encode = msgspec.json.Encoder().encode
_canonical = msgspec.json.Encoder(order="sorted").encode
PLACE_FIELDS = frozenset({"seq", "writer", "recorded_at"})
"""What may differ between two lines of one event: where it was seen, not what it is."""
IMPORT_FIELDS = PLACE_FIELDS | {
    *("source", "phase", "scrubbed", "trace_id", "span_id", "retry_of"),
}
"""The same for what was imported: the file may have been renamed, and the clone may have
been shallow or configured otherwise."""


class StoredEvent(Struct, frozen=True):
    """One line of the log.

    Attributes:
        line: the bytes, without the newline; unknown fields live here.
        event: what this version reads in them.
    """

    line: bytes
    event: AnyEvent

    @property
    def order(self) -> tuple[int, float, str]:
        """The order of a task's events: time is only the second word."""
        return (self.event.seq, self.event.at.timestamp(), self.event.id)

    def fields(self) -> dict[str, object]:
        """Return the event as stored, with whatever fields it has."""
        return _RAW.decode(self.line)


class BrokenLine(Struct, frozen=True):
    """A line that is no event at all.

    Attributes:
        line: its bytes.
        problem: why, for people.
    """

    line: bytes
    problem: str


def read_line(line: bytes) -> StoredEvent | BrokenLine:
    """Return what a line of a segment holds.

    A kind or a field that is not of this version gives an :class:`UnknownEvent`;
    what is no event gives a :class:`BrokenLine`.
    """
    try:
        if not line.isascii():
            line.decode()  # the decoder passes over fields it does not know, unread
        return StoredEvent(line, _KNOWN.decode(line))
    except msgspec.ValidationError as err:
        problem = str(err)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as err:
        return BrokenLine(line, f"no JSON: {err}")
    try:
        unknown = _UNKNOWN.decode(line)
    except msgspec.DecodeError as err:
        return BrokenLine(line, f"no event: {err}")
    if not problem.startswith("Invalid value") or "$.kind" not in problem:
        unknown = msgspec.structs.replace(unknown, problem=problem)
    return StoredEvent(line, unknown)


def write_line(event: dict[str, object]) -> bytes:
    """Return an event's line, as ``log.codec.encode`` gives it, in a tenth of the time.

    Raises:
        msgspec.EncodeError, OverflowError, TypeError, UnicodeEncodeError: it holds what
            JSON or msgspec cannot.
    """
    return _canonical(event)


def has_own_id(stored: StoredEvent) -> bool:
    """Does the id follow from the event's natural key? If not, somebody made it up.

    What else a line says is not in its id: that it was changed later only the log's
    history tells; see ``log.audit``.

    The digest is that of :func:`gitlog_track.model.ids.event_id`, which the fold can
    afford and a replay of a million events cannot.
    """
    event = stored.event
    kind = type(event)
    if kind not in _TAGS:
        return True
    if kind is CommitRecorded or kind is CommitsRewritten:
        of_commits = cast("CommitRecorded | CommitsRewritten", event)
        said = _encode((FORMAT, _TAGS[kind], *_commit_key(of_commits)))
    else:
        known = cast("Event", event)
        if known.provenance == BACKFILLED:
            key = (FORMAT, _TAGS[kind], BACKFILLED, known.task, known.entry)
            return sha256(_encode(key)).hexdigest()[:32] == event.id
        said = _beginning(kind, known.writer) + _encode(known.entry) + b"]"
    return sha256(said).hexdigest()[:32] == event.id


def _commit_key(event: CommitRecorded | CommitsRewritten) -> tuple[object, ...]:
    """Return the natural key of what tells of commits; see ``ids.natural_key``."""
    if isinstance(event, CommitRecorded):
        return (event.task, event.commit)
    return (event.task, event.pairs)


_TAGS: dict[type, str] = {kind: tag for tag, kind in event_types().items()}


@functools.lru_cache(maxsize=256)
def _beginning(kind: type, writer: str) -> bytes:
    """Return what an id is taken of, up to the entry: the same for many events."""
    return _encode((FORMAT, _TAGS[kind], writer)).removesuffix(b"]") + b","


def merge_lines(stored: list[StoredEvent]) -> tuple[list[StoredEvent], list[str]]:
    """Return each event once, in order, and the ids that two lines tell differently.

    Lines of one id that differ only in place are one event, and the smallest of
    (seq, at, bytes) counts; any other difference is tampering.
    """
    by_id = {one.event.id: one for one in stored}
    contradicted: dict[str, None] = {}
    if len(by_id) < len(stored):
        by_id, contradicted = _merged(stored)
    kept = list(by_id.values())
    # One writer's lines are in order already, and most tasks have one writer.
    if not all(one.event.seq < other.event.seq for one, other in pairwise(kept)):
        kept.sort(key=lambda s: s.order)
    return kept, sorted(contradicted)


def _merged(
    stored: list[StoredEvent],
) -> tuple[dict[str, StoredEvent], dict[str, None]]:
    by_id: dict[str, StoredEvent] = {}
    contradicted: dict[str, None] = {}
    for one in stored:
        other = by_id.get(one.event.id)
        if other is None:
            by_id[one.event.id] = one
        elif other.line != one.line:
            if _told(other) != _told(one):
                contradicted[one.event.id] = None
            by_id[one.event.id] = min(one, other, key=_rank)
    return by_id, contradicted


def _rank(stored: StoredEvent) -> tuple[int, float, bytes]:
    return (stored.event.seq, stored.event.at.timestamp(), stored.line)


def _told(stored: StoredEvent) -> dict[str, object]:
    """Return what a line says of the thing itself.

    A commit or a rewrite is itself whoever saw it: two clones, or the framework and a
    native hook, may tell the hour and the way differently without anybody having lied.
    """
    fields = stored.fields()
    if fields.get("kind") in KEYED_BY_THEMSELVES:
        # Without its key another program wrote it; then all that it says counts.
        with suppress(KeyError):
            return {"kind": fields["kind"], "key": natural_key(fields)}
    is_imported = fields.get("provenance") == BACKFILLED
    place = IMPORT_FIELDS if is_imported else PLACE_FIELDS
    return {k: v for k, v in fields.items() if k not in place}
