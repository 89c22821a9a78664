"""Bring the index up to the log: only what changed is read, and phases follow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

import msgspec

from gitlog_track.index.reading import (
    Blobs,
    Chunk,
    TaskRow,
    digest,
    encode,
    read_chunks,
)
from gitlog_track.log.layout import Segment, Subject
from gitlog_track.log.store import LogReader
from gitlog_track.measures.phase_events import measure_own_events
from gitlog_track.measures.report import OwnRecord, record
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.totals import PhaseTotals, total_of
from gitlog_track.model.phases import PhaseReviewed

_summary = msgspec.json.Decoder(TaskSummary)
_totals = msgspec.json.Decoder(PhaseTotals)
_own = msgspec.json.Decoder(OwnRecord)

Subjects = Mapping[Subject, list[Segment]]


def indexed_tip(connection: sqlite3.Connection) -> str:
    """Return the log commit that the index shows; empty for none yet."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'tip'").fetchone()
    return str(row[0])


def refresh(connection: sqlite3.Connection, reader: LogReader, workers: int) -> None:
    """Make the index show the log as *reader* sees it; all or nothing.

    Raises:
        LogError: the log cannot be read.
        sqlite3.Error: the index cannot be read or written.
    """
    if indexed_tip(connection) == (reader.tip or ""):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        _catch_up(connection, reader, workers)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _catch_up(connection: sqlite3.Connection, reader: LogReader, workers: int) -> None:
    # Asked again: another process may have been at it while this one waited.
    old = indexed_tip(connection)
    changed: Subjects | None = reader.changes_since(old) if old else None
    if changed is None:
        changed = _all_changes(connection, reader)
    tasks = {s.name: _blobs(found) for s, found in changed.items() if s.kind == "task"}
    stale = _forget(connection, tasks)
    is_new = not old
    totals: dict[str, PhaseTotals] = {}
    kept = {name: blobs for name, blobs in tasks.items() if blobs}
    for chunk in read_chunks(reader, kept, workers) if kept else ():
        stale |= _insert(connection, chunk)
        if is_new:
            _add(totals, chunk)
    phases = {s.name: found for s, found in changed.items() if s.kind == "phase"}
    stale |= _read_own(connection, reader, phases)
    for phase in stale:
        _settle(connection, phase, totals.get(phase) if is_new else None)
    connection.execute(
        "UPDATE meta SET value = ? WHERE key = 'tip'", (reader.tip or "",)
    )


def _blobs(segments: Iterable[Segment]) -> Blobs:
    return tuple(segment.oid for segment in segments)


def _all_changes(connection: sqlite3.Connection, reader: LogReader) -> Subjects:
    """Compare blob by blob, where the commit that was indexed is of no use."""
    now: dict[Subject, list[Segment]] = {}
    for segment in reader.segments():
        now.setdefault(segment.subject, []).append(segment)
    before: dict[Subject, str] = {}
    for name, blobs in connection.execute("SELECT name, blobs FROM task"):
        before[Subject("task", name)] = blobs
    for name, blobs in connection.execute(
        "SELECT name, blobs FROM phase WHERE name NOT NULL"
    ):
        before[Subject("phase", name)] = blobs
    changed = {
        subject: segments
        for subject, segments in now.items()
        if before.get(subject) != digest(_blobs(segments))
    }
    gone: Subjects = {subject: [] for subject in before.keys() - now.keys()}
    return {**gone, **changed}


def _forget(connection: sqlite3.Connection, names: Iterable[str]) -> set[str]:
    """Take tasks out; return the phases that they were of."""
    phases: set[str] = set()
    for name in names:
        found = connection.execute(
            "SELECT id, phase FROM task WHERE name = ?", (name,)
        ).fetchone()
        if found is not None:
            connection.execute("DELETE FROM task WHERE id = ?", (found[0],))
            connection.execute("DELETE FROM summary WHERE task = ?", (found[0],))
            phases.add(found[1])
    return phases


_COLUMNS = ", ".join(TaskRow._fields[:-1])
_PLACES = ", ".join("?" * (len(TaskRow._fields) - 1))


def _insert(connection: sqlite3.Connection, chunk: Chunk) -> set[str]:
    """Put tasks in; return the phases that they are of."""
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM task").fetchone()
    numbered = list(enumerate(chunk.rows, last + 1))
    connection.executemany(
        f"INSERT INTO task (id, {_COLUMNS}) VALUES (?, {_PLACES})",  # noqa: S608
        ((number, *row[:-1]) for number, row in numbered),
    )
    connection.executemany(
        "INSERT INTO summary VALUES (?, ?)",
        ((number, row.data) for number, row in numbered),
    )
    return {row.phase for row in chunk.rows}


def _add(totals: dict[str, PhaseTotals], chunk: Chunk) -> None:
    for phase, part in chunk.totals.items():
        totals.setdefault(phase, PhaseTotals()).merge(_totals.decode(part))


def _read_own(
    connection: sqlite3.Connection,
    reader: LogReader,
    phases: Mapping[str, list[Segment]],
) -> set[str]:
    """Read what phases' own events say; return the phases, in lower case."""
    for name, segments in phases.items():
        if not segments:
            connection.execute("DELETE FROM phase WHERE folded = ?", (name.lower(),))
            continue
        state = reader.state(Subject("phase", name))
        own = OwnRecord(
            name=state.name,
            measures=dict(measure_own_events(state)),
            is_reviewed=state.last(PhaseReviewed) is not None,
        )
        connection.execute(
            "INSERT OR REPLACE INTO phase (folded, name, own, blobs) VALUES (?, ?, ?, ?)",
            (name.lower(), name, encode(own).decode(), digest(_blobs(segments))),
        )
    return {name.lower() for name in phases}


def _settle(
    connection: sqlite3.Connection, phase: str, totals: PhaseTotals | None
) -> None:
    """Write what a phase comes to.

    Args:
        connection: of the index.
        phase: its name in lower case.
        totals: of its tasks, where they were all read just now.
    """
    found = connection.execute(
        "SELECT own FROM phase WHERE folded = ?", (phase,)
    ).fetchone()
    own = _own.decode(found[0]) if found and found[0] else None
    settled = totals.settle() if totals else total_of(_tasks_of(connection, phase))
    if not settled.names and own is None:
        connection.execute("DELETE FROM phase WHERE folded = ?", (phase,))
        return
    data = encode(record(settled, own)).decode()
    connection.execute(
        "INSERT INTO phase (folded, record) VALUES (?, ?)"
        " ON CONFLICT (folded) DO UPDATE SET record = excluded.record",
        (phase, data),
    )


def _tasks_of(connection: sqlite3.Connection, phase: str) -> Iterable[TaskSummary]:
    rows = connection.execute(
        "SELECT data FROM task JOIN summary ON summary.task = task.id WHERE phase = ?",
        (phase,),
    )
    return (_summary.decode(row[0]) for row in rows)
