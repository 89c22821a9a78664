"""Bring the index up to the log: only what changed is read, and phases follow."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import msgspec

from gitlog_track.index.database import StaleIndexError, add_indexes
from gitlog_track.index.details import TABLES, Details, details, encode
from gitlog_track.index.reading import (
    Blobs,
    Chunk,
    TaskRow,
    digest,
    read_chunks,
)
from gitlog_track.log.layout import Subject
from gitlog_track.log.store import Key, LogReader, Run
from gitlog_track.measures.recorded import Recorded
from gitlog_track.measures.report import OwnRecord, record
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.totals import PhaseTotals, total_of

_summary = msgspec.json.Decoder(TaskSummary)
_totals = msgspec.json.Decoder(PhaseTotals)
_own = msgspec.json.Decoder(OwnRecord)

Runs = dict[Key, Run]


def indexed_tip(connection: sqlite3.Connection) -> str:
    """Return the log commit that the index shows; empty for none yet.

    Raises:
        StaleIndexError: it does not say.
    """
    row = connection.execute("SELECT value FROM meta WHERE key = 'tip'").fetchone()
    if row is None:
        raise StaleIndexError
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
    old = indexed_tip(connection)
    changed: Runs | None = reader.changes_since(old) if old else None
    if changed is None:
        changed = _all_changes(connection, reader)
    tasks = {key[1]: run for key, run in changed.items() if key[0] == "task"}
    said = _Said()
    stale = _forget(connection, tasks, said)
    is_new = not old
    totals: dict[str, PhaseTotals] = {}
    kept = {run.subject.name: _blobs(run) for run in tasks.values() if run.segments}
    with _without_gc():
        for chunk in read_chunks(reader, kept, workers) if kept else ():
            stale |= _insert(connection, chunk, said)
            if is_new:
                _add(totals, chunk)
    if is_new or ("unassigned", "") in changed:
        _read_unassigned(connection, reader, said)
    phases = {key[1]: run for key, run in changed.items() if key[0] == "phase"}
    stale |= _read_own(connection, reader, phases)
    if is_new:
        add_indexes(connection)
    for phase in stale:
        _settle(connection, phase, totals.get(phase) if is_new else None)
    marks = {"tip": reader.tip or ""}
    if said.has_changed:
        marks["recorded"] = marks["tip"]
    connection.executemany(
        "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", marks.items()
    )


@contextmanager
def _without_gc() -> Iterator[None]:
    """Look for no cycles meanwhile: rows have none, and there are very many of them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Said:
    """What the log said of commits before, task by task, and whether it still does."""

    def __init__(self) -> None:
        self._before: dict[str, str] = {}

    def forget(self, name: str, recorded: str) -> None:
        self._before[name] = recorded

    def add(self, name: str, recorded: str) -> None:
        if self._before.get(name) == recorded:
            del self._before[name]
        else:
            self._before[name] = ""

    @property
    def has_changed(self) -> bool:
        return bool(self._before)


def _blobs(run: Run) -> Blobs:
    return tuple(segment.oid for segment in run.segments)


def _all_changes(connection: sqlite3.Connection, reader: LogReader) -> Runs:
    """Compare blob by blob, where the commit that was indexed is of no use."""
    now = reader.runs()
    before: dict[Key, str] = {}
    for kind, sql in _INDEXED.items():
        for folded, blobs in connection.execute(sql):
            before[kind, folded] = blobs
    changed = {
        key: run
        for key, run in now.items()
        if before.get(key) != digest(run.subject.name, _blobs(run))
    }
    gone = {key: Run(Subject(*key), []) for key in before.keys() - now.keys()}
    return {**gone, **changed}


_INDEXED = {
    "task": "SELECT folded, blobs FROM task",
    "phase": "SELECT folded, blobs FROM phase WHERE name NOT NULL",
}


def _forget(
    connection: sqlite3.Connection, names: Iterable[str], said: _Said
) -> set[str]:
    """Take tasks out; return the phases that they were of."""
    phases: set[str] = set()
    for name in names:
        found = connection.execute(
            "SELECT id, phase, recorded.data FROM task"
            " JOIN recorded ON recorded.task = task.id WHERE folded = ?",
            (name,),
        ).fetchone()
        if found is not None:
            for sql in _REMOVALS:
                connection.execute(sql, (found[0],))
            phases.add(found[1])
            said.forget(name, found[2])
    return phases


_REMOVALS = (
    "DELETE FROM task WHERE id = ?",
    "DELETE FROM summary WHERE task = ?",
    "DELETE FROM recorded WHERE task = ?",
    *(f"DELETE FROM {table} WHERE task = ?" for table in TABLES),  # noqa: S608
)
_ELSEWHERE = ("data", "recorded", "details")
"""What of a task's row stands in other tables."""
_TASK_FIELDS = TaskRow._fields[: -len(_ELSEWHERE)]
_COLUMNS = ", ".join(("id", *_TASK_FIELDS))
_PLACES = ", ".join("?" * (1 + len(_TASK_FIELDS)))


def _insert(connection: sqlite3.Connection, chunk: Chunk, said: _Said) -> set[str]:
    """Put tasks in; return the phases that they are of."""
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM task").fetchone()
    numbered = list(enumerate(chunk.rows, last + 1))
    connection.executemany(
        f"INSERT INTO task ({_COLUMNS}) VALUES ({_PLACES})",  # noqa: S608
        ((number, *row[: -len(_ELSEWHERE)]) for number, row in numbered),
    )
    connection.executemany(
        "INSERT INTO summary VALUES (?, ?)",
        ((number, row.data) for number, row in numbered),
    )
    connection.executemany(
        "INSERT INTO recorded VALUES (?, ?)",
        ((number, row.recorded) for number, row in numbered),
    )
    _insert_details(connection, ((number, row.details) for number, row in numbered))
    for row in chunk.rows:
        said.add(row.folded, row.recorded)
    return {row.phase for row in chunk.rows}


def _insert_details(
    connection: sqlite3.Connection, numbered: Iterable[tuple[int, Details]]
) -> None:
    rows: dict[str, list[tuple[object, ...]]] = {}
    for number, found in numbered:
        for table, mine in found.items():
            rows.setdefault(table, []).extend((number, *row) for row in mine)
    for table, these in rows.items():
        places = ", ".join("?" * (1 + len(TABLES[table]._fields)))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", these)  # noqa: S608


def _read_unassigned(
    connection: sqlite3.Connection, reader: LogReader, said: _Said
) -> None:
    """Read what is said of commits that no task was known for."""
    found = connection.execute("SELECT data FROM recorded WHERE task = 0").fetchone()
    heap = reader.unassigned()
    data = encode(Recorded.of([heap])).decode()
    if found is not None:
        said.forget("", found[0])
    said.add("", data)
    connection.execute("INSERT OR REPLACE INTO recorded VALUES (0, ?)", (data,))
    for table in TABLES:
        connection.execute(f"DELETE FROM {table} WHERE task = 0")  # noqa: S608
    # What was assigned since is told by its task, which has a copy.
    free = tuple(event for event in heap.events if event.task is None)
    _insert_details(connection, [(0, details(replace(heap, events=free), ()))])


def _add(totals: dict[str, PhaseTotals], chunk: Chunk) -> None:
    for phase, part in chunk.totals.items():
        totals.setdefault(phase, PhaseTotals()).merge(_totals.decode(part))


def _read_own(
    connection: sqlite3.Connection, reader: LogReader, phases: Mapping[str, Run]
) -> set[str]:
    """Read what phases' own events say; return the phases, in lower case."""
    for folded, (subject, segments) in phases.items():
        if not segments:
            connection.execute("DELETE FROM phase WHERE folded = ?", (folded,))
            continue
        own = OwnRecord.of(reader.state(subject))
        blobs = digest(subject.name, _blobs(phases[folded]))
        connection.execute(
            "INSERT OR REPLACE INTO phase (folded, name, own, blobs) VALUES (?, ?, ?, ?)",
            (folded, subject.name, encode(own).decode(), blobs),
        )
    return set(phases)


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
