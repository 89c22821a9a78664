"""Read task result files: JSON with what became of one run of a task, or of several.

One object, a list of objects, or one object a line (JSON Lines). The fields are those that
the founding task execution tracker kept; README, "Bring in what you have", lists them.
What is not listed here is not read: responses and prompts have no place in the log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from gitlog_track.failures.failure import failure_of
from gitlog_track.importers import values
from gitlog_track.importers.decoding import decode
from gitlog_track.importers.instants import Instants
from gitlog_track.importers.record import (
    BadRecordError,
    Fact,
    Record,
    Remark,
    clean,
    placed,
)
from gitlog_track.model.limits import MAX_COUNT
from gitlog_track.model.timestamps import written
from gitlog_track.model.trace_context import valid_traceparent

SUFFIXES = (".json", ".jsonl")
TASK = ("task_id", "task")
STARTED = ("started_at", "started", "start_time")
ENDED = ("ended_at", "ended", "completed_at", "finished_at", "end_time")
STATUS = ("status",)
ERROR = ("error",)
ERROR_TYPE = ("type", "error_type", "name")
ERROR_MESSAGE = ("message", "error_message")
STACK = ("stack", "stack_trace", "traceback")
COUNTS = {
    "iterations": ("iterations",),
    "tokens_used": ("tokens_used", "total_tokens"),
    "start_tokens": ("start_tokens",),
    "end_tokens": ("end_tokens",),
}
"""Fields of our own to the names they may have; the first that is there counts."""
FILES = ("files_written",)
RETRIEVAL = ("retrieval", "retrieval_metadata")
RETRIEVED = ("count", "memory_count", "memories_retrieved")
SOURCES = ("sources", "memory_sources")
POINTERS = {"trace_id": "trace:", "span_id": "span:"}
"""Ids of the tracker's own, kept as pointers: ours follow from the repository. Where both
are ids as W3C has them, they are a link too, by which the task is found."""
PARENTS = ("parents", "input_memories")
DURATION_MS = ("duration_ms",)
TOLERANCE = timedelta(seconds=1)
Object = Mapping[str, object]


def read_task_results(
    data: bytes, instants: Instants
) -> Iterator[Record | BadRecordError]:
    """Yield what each result says, in the order of the file.

    Args:
        data: the file.
        instants: reads its instants.

    Yields:
        a record, or why that one is none.

    Raises:
        BadRecordError: the file as a whole cannot be read.
    """
    for line, place, found in _objects(decode(data)):
        try:
            yield replace(_record(found, line, instants), place=place)
        except BadRecordError as err:
            yield placed(err, err.line, place)


def _objects(text: str) -> Iterator[tuple[int, str, object]]:
    """Yield each result with its line, and with its number in a list, all of one line."""
    try:
        whole = _json(text)
    except ValueError as err:
        rows = [(n, row) for n, row in enumerate(text.split("\n"), 1) if row.strip()]
        if len(rows) < 2 or not all(row.lstrip().startswith("{") for _, row in rows):
            raise BadRecordError(f"this is no JSON: {err}") from err
        yield from _lines(rows)
        return
    if not isinstance(whole, list):
        yield 1, "", whole
        return
    for number, one in enumerate(whole, 1):
        yield 1, f"result {number}", one


def _lines(rows: list[tuple[int, str]]) -> Iterator[tuple[int, str, object]]:
    for number, row in rows:
        try:
            yield number, "", _json(row)
        except ValueError as err:
            yield number, "", err


def _json(text: str) -> object:
    """Return the value of a JSON text.

    What has a key twice, or holds such an object, is a :class:`_DoubledKeyError` instead:
    which of the two values counts nobody can tell (RFC 8259, section 4).

    Raises:
        ValueError: it is none, or nested too deeply.
    """
    try:
        found: object = msgspec.json.decode(text.encode("utf-8", "replace"))
        keys: object = json.loads(text, object_pairs_hook=_doubled_in)
        if isinstance(found, list) and isinstance(keys, list):
            return [_doubled(k) or one for k, one in zip(keys, found, strict=True)]
        return _doubled(keys) or found
    except (msgspec.DecodeError, RecursionError) as err:
        raise ValueError(str(err)) from err


class _DoubledKeyError(ValueError):
    """An object has a key twice."""


def _doubled_in(pairs: list[tuple[str, object]]) -> _DoubledKeyError | None:
    keys = set[str]()
    for key, value in pairs:
        if key in keys:
            return _DoubledKeyError(f"the key {key[:60]!r} is there twice")
        keys.add(key)
        found = _doubled(value)
        if found is not None:
            return found
    return None


def _doubled(value: object) -> _DoubledKeyError | None:
    if isinstance(value, list):
        return next(filter(None, map(_doubled, value)), None)
    return value if isinstance(value, _DoubledKeyError) else None


def _record(found: object, line: int, instants: Instants) -> Record:
    if isinstance(found, _DoubledKeyError):
        raise BadRecordError(str(found), line, hint="leave the right one only")
    if isinstance(found, ValueError):
        raise BadRecordError(f"this is no JSON: {found}", line)
    if not isinstance(found, dict):
        raise BadRecordError("expected an object with task_id, started_at, ...", line)
    started = _instant(found, STARTED, line, instants)
    if started is None:
        raise BadRecordError(f"there is no {STARTED[0]}", line)
    ended = _instant(found, ENDED, line, instants)
    if ended is not None and ended < started:
        raise BadRecordError("it ends before it starts", line)
    start = _started(found, started, line)
    facts = [Fact(line, start)]
    end = _ended(found, ended, line)
    if end is not None:
        facts.append(Fact(line, end))
    remarks = _remarks(found, started, ended, line)
    task = _words(found, TASK, line)
    phase = _words(found, ("phase",), line) or None
    return Record(task, phase, tuple(facts), tuple(remarks), line)


def _first(found: Object, names: tuple[str, ...]) -> tuple[str, object]:
    """Return the first of some names that has a value, and the value."""
    for name in names:
        if found.get(name) is not None:
            return name, found[name]
    return names[0], None


def _words(found: Object, names: tuple[str, ...], line: int) -> str:
    name, value = _first(found, names)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRecordError(f"{name} is no text", line)
    return clean(value)


def _instant(
    found: Object, names: tuple[str, ...], line: int, instants: Instants
) -> datetime | None:
    """Return an instant: a text, or seconds since 1970."""
    name, value = _first(found, names)
    if value is None:
        return None
    if isinstance(value, str):
        return instants.read(value, line)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRecordError(f"{name} is no instant", line)
    try:
        at = datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as err:
        raise BadRecordError(f"{name} {value} is no instant: {err}", line) from err
    return instants.read(written(at), line)


def _count(found: Object, names: tuple[str, ...], line: int) -> int | None:
    name, value = _first(found, names)
    if isinstance(value, str):
        try:
            return values.count(value)
        except ValueError as err:
            raise BadRecordError(f"{name}: {err}", line) from err
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRecordError(f"{name} is no whole number", line)
    if not 0 <= value <= MAX_COUNT:
        raise BadRecordError(f"{name} {value} cannot be", line)
    return value


def _texts(found: Object, names: tuple[str, ...], line: int) -> list[str]:
    name, value = _first(found, names)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadRecordError(f"{name} is no list of texts", line)
    return [clean(str(one)) for one in value]


def _started(found: Object, at: datetime, line: int) -> dict[str, object]:
    described = _words(found, ("description",), line)
    tokens = _count(found, COUNTS["start_tokens"], line)
    fields: dict[str, object] = {"kind": "task_started", "at": written(at)}
    if described:
        fields["description"] = described
    if tokens is not None:
        fields["start_tokens"] = tokens
    return {**fields, **_pointers(found, line)}


def _pointers(found: Object, line: int) -> dict[str, object]:
    ids = [
        f"{prefix}{value}"
        for name, prefix in POINTERS.items()
        if (value := _words(found, (name,), line))
    ]
    parents = _texts(found, PARENTS, line)
    fields: dict[str, object] = {"evidence": ids} if ids else {}
    trace, span = (_words(found, (name,), line).lower() for name in POINTERS)
    link = valid_traceparent(f"00-{trace}-{span}-01")
    if link is not None:
        fields["link"] = link
    return {**fields, "inputs": parents} if parents else fields


def _ended(found: Object, at: datetime | None, line: int) -> dict[str, object] | None:
    word = _words(found, STATUS, line)
    try:
        status = values.status(word) if word else None
    except ValueError as err:
        raise BadRecordError(f"status: {err}", line) from err
    error = _error(found, line)
    status = status or ("failed" if error else None)
    if at is None and status in (None, "in_progress"):
        return None
    if at is None or status in (None, "in_progress"):
        text = "it has ended, but no status says how"
        if at is None:
            text = f"status says {status}, but there is no {ENDED[0]}"
        raise BadRecordError(text, line)
    fields = {"at": written(at), **_totals(found, line)}
    if status == "failed":
        return {"kind": "task_failed", **fields, **error}
    return {"kind": "task_completed", "status": status, **fields}


def _error(found: Object, line: int) -> dict[str, object]:
    """Return type, message and stack of an error: a text, or an object."""
    _, error = _first(found, ERROR)
    if not isinstance(error, dict):
        message = "" if error is None else _words(found, ERROR, line)
        error = {**found, "message": message or found.get("error_message")}
        error["type"] = found.get("error_type")
        error.pop("name", None)
    named = {
        "error_type": _words(error, ERROR_TYPE, line),
        "message": _words(error, ERROR_MESSAGE, line),
        "stack": _words(error, STACK, line),
    }
    if named["stack"]:
        failure = failure_of(named["stack"])
        named["error_type"] = named["error_type"] or failure.error_type
        named["message"] = named["message"] or failure.message
        named |= {"stack": failure.stack, "stack_hash": failure.stack_hash}
    return {name: text for name, text in named.items() if text}


def _totals(found: Object, line: int) -> dict[str, object]:
    names = ("iterations", "tokens_used", "end_tokens")
    fields: dict[str, object] = {
        name: number
        for name in names
        if (number := _count(found, COUNTS[name], line)) is not None
    }
    name, files = _first(found, FILES)
    if isinstance(files, list):
        fields["files_written"] = len(files)
    elif files is not None:
        fields["files_written"] = _count(found, FILES, line)
    name, retrieval = _first(found, RETRIEVAL)
    if retrieval is None:
        return fields
    if not isinstance(retrieval, dict):
        raise BadRecordError(f"{name} is no object", line)
    sources = _texts(retrieval, SOURCES, line)
    number = _count(retrieval, RETRIEVED, line)
    count = len(sources) if number is None else number
    return {**fields, "retrieval": {"count": count, "sources": sources}}


def _remarks(
    found: Object, started: datetime, ended: datetime | None, line: int
) -> Iterator[Remark]:
    name, ms = _first(found, DURATION_MS)
    if ended is None or isinstance(ms, bool) or not isinstance(ms, int | float):
        return
    took = ended - started
    if not 0 <= ms <= MAX_COUNT or abs(took - timedelta(milliseconds=ms)) > TOLERANCE:
        taken_ms = round(took.total_seconds() * 1000)
        text = f"{name} is {taken_ms} by the two instants, which count"
        yield Remark(line, text)
