"""What a task has several of, as rows of the index: attempts, links, occurrences.

The fields of a row are the columns of its table, in order, behind the task's number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import astuple

from gitlog_track.failures.occurrences import Fix, occurrences
from gitlog_track.measures.summary import AttemptSummary
from gitlog_track.model.records import ExecutionRecorded
from gitlog_track.model.task import TaskState
from gitlog_track.model.trace_context import linked_ids, valid_traceparent

encode = msgspec.json.Encoder(decimal_format="string").encode


class AttemptRow(NamedTuple):
    """One row of ``attempt``."""

    number: int
    span_id: str
    retry_of: str
    status: str
    begun_us: int | None
    ended_us: int | None
    error_type: str
    message: str
    stack_hash: str
    provenance: str
    source: str
    files_written: int | None
    retrieved: int | None
    retrieved_from: str


class LinkRow(NamedTuple):
    """One row of ``link``."""

    number: int
    trace_id: str
    span_id: str


class OccurrenceRow(NamedTuple):
    """One row of ``occurrence``."""

    place: int
    kind: str
    event: str
    at_us: int | None
    attempt: int
    text: str
    error_type: str
    stack_hash: str
    severity: str
    env: str
    provenance: str
    source: str
    fixes: str


class ExecutionRow(NamedTuple):
    """One row of ``execution``."""

    event: str
    at_us: int | None
    attempt: int
    trigger: str
    description: str
    outcome: str
    env: str
    risk: str
    state_from: str
    state_to: str
    provenance: str
    source: str


Row = AttemptRow | LinkRow | OccurrenceRow | ExecutionRow
TABLES: Mapping[str, type[Row]] = {
    "attempt": AttemptRow,
    "link": LinkRow,
    "occurrence": OccurrenceRow,
    "execution": ExecutionRow,
}
Details = Mapping[str, list[tuple[object, ...]]]
"""Rows by table; tables without any are left out. Plain tuples travel between processes
in half the time."""


def details(state: TaskState, attempts: tuple[AttemptSummary, ...]) -> Details:
    """Return the rows of a task, or of what belongs to no task.

    Args:
        state: replayed.
        attempts: of its summary.
    """
    rows: dict[str, list[Row]] = {
        "attempt": [_attempt(attempt) for attempt in attempts],
        "link": list(_links(attempts)),
        "occurrence": list(_occurrences(state)),
        "execution": [_execution(event) for event in state.of(ExecutionRecorded)],
    }
    return {table: list(map(tuple, found)) for table, found in rows.items() if found}


def _attempt(attempt: AttemptSummary) -> AttemptRow:
    return AttemptRow(
        number=attempt.number,
        span_id=attempt.span_id,
        retry_of=attempt.retry_of,
        status=attempt.status,
        begun_us=micros(attempt.begun_at),
        ended_us=micros(attempt.ended_at),
        error_type=attempt.error_type,
        message=attempt.message,
        stack_hash=attempt.stack_hash,
        provenance=attempt.provenance,
        source=attempt.source,
        files_written=attempt.files_written,
        retrieved=attempt.retrieved,
        retrieved_from=_json(attempt.retrieved_from),
    )


def _links(attempts: tuple[AttemptSummary, ...]) -> Iterator[LinkRow]:
    for attempt in attempts:
        for link in attempt.links:
            # Another program may have written the line.
            if valid_traceparent(link) == link:
                yield LinkRow(attempt.number, *linked_ids(link))


def _occurrences(state: TaskState) -> Iterator[OccurrenceRow]:
    said: dict[tuple[Fix, ...], str] = {}
    for place, found in enumerate(occurrences(state)):
        # The columns are the fields, in their order; this runs for each of very many.
        kind, event, at, *rest, fixes = astuple(found)
        if fixes not in said:
            said[fixes] = _json(fixes)
        yield OccurrenceRow._make((place, kind, event, micros(at), *rest, said[fixes]))


def _execution(event: ExecutionRecorded) -> ExecutionRow:
    return ExecutionRow(
        event=event.id,
        at_us=micros(event.at),
        attempt=event.attempt,
        trigger=event.trigger,
        description=event.description,
        outcome=event.outcome,
        env=event.env or "",
        risk=event.risk or "",
        state_from=event.state_from,
        state_to=event.state_to,
        provenance=event.provenance,
        source=event.source,
    )


def _json(rows: tuple[object, ...]) -> str:
    return encode(rows).decode() if rows else "[]"


def micros(at: datetime | None) -> int | None:
    """Return an instant in microseconds since 1970 UTC."""
    return None if at is None else round(at.timestamp() * 1_000_000)
