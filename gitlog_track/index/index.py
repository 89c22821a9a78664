"""The index as reports and queries ask it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from gitlog_track.index.database import (
    StaleIndexError,
    create,
    discard,
    open_file,
    put_in_place,
    writing,
)
from gitlog_track.index.details import micros
from gitlog_track.index.refresh import indexed_tip, refresh
from gitlog_track.log.store import LogReader
from gitlog_track.measures.listing import LISTS, Listing
from gitlog_track.measures.recorded import Recorded
from gitlog_track.measures.report import PhaseRecord
from gitlog_track.measures.summary import TaskSummary

T = TypeVar("T")
_summary = msgspec.json.Decoder(TaskSummary)
_recorded = msgspec.json.Decoder(Recorded)
_record = msgspec.json.Decoder(PhaseRecord)
_SUMMARIES = "SELECT data FROM task JOIN summary ON summary.task = task.id"
_NEWEST = "ORDER BY begun_us DESC, name"  # NULL comes last so
_LAST_FAILED = "ORDER BY failed_us DESC, name"


def ask(
    path: str, reader: LogReader, question: Callable[[Index], T], *, workers: int = 1
) -> T:
    """Answer a question from the index of a log, brought up to date.

    A file that is missing, broken or of another version is made anew, also where that
    shows only while the answer is read. Where another process keeps it, or it cannot be
    written, the index is made in memory.

    Args:
        path: of the file.
        reader: of the log.
        question: asked again where the index proved to be of no use.
        workers: processors that may be used.

    Raises:
        LogError: the log cannot be read.
    """
    for opened in (_as_it_is, _brought_up_to_date, _made_anew):
        try:
            with closing(opened(path, reader, workers)) as connection:
                # One transaction: what is read belongs together.
                connection.execute("BEGIN")
                index = Index(connection, reader.tip)
                answer = question(index)
        except (StaleIndexError, sqlite3.Error, msgspec.DecodeError):
            continue
        _remember(path, index)
        return answer
    with closing(create(":memory:")) as connection:
        refresh(connection, reader, workers)
        return question(Index(connection, reader.tip))


def _as_it_is(path: str, reader: LogReader, workers: int) -> sqlite3.Connection:
    """Open a file that shows the log already; nobody waits for anybody then."""
    del workers
    connection = open_file(path)
    try:
        is_current = indexed_tip(connection) == (reader.tip or "")
    except (sqlite3.Error, StaleIndexError):
        is_current = False
    if not is_current:
        connection.close()
        raise StaleIndexError
    return connection


def _brought_up_to_date(
    path: str, reader: LogReader, workers: int
) -> sqlite3.Connection:
    with writing(path):
        connection = open_file(path)
        try:
            refresh(connection, reader, workers)
        except BaseException:
            connection.close()
            raise
        return connection


def _made_anew(path: str, reader: LogReader, workers: int) -> sqlite3.Connection:
    with writing(path):
        made = f"{path}.new"
        discard(made)
        try:
            with closing(create(made)) as connection:
                refresh(connection, reader, workers)
            put_in_place(made, path)
        except OSError as err:
            raise StaleIndexError from err
        finally:
            discard(made)
        return open_file(path)


def _remember(path: str, index: Index) -> None:
    """Keep answers that were found anew, unless the log went on meanwhile."""
    if not index.found:
        return
    with (
        suppress(StaleIndexError, sqlite3.Error),
        writing(path),
        closing(open_file(path)) as connection,
    ):
        if indexed_tip(connection) == (index.tip or ""):
            connection.executemany(
                "INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", index.found
            )


@dataclass(frozen=True, slots=True)
class Place:
    """A task's place in a list, newest first: it stays when others are added.

    Attributes:
        at_us: instant by which the list is ordered; None comes last.
        name: of the task, for those of one instant.
    """

    at_us: int | None
    name: str

    @classmethod
    def by_start(cls, task: TaskSummary) -> Place:
        """Return a task's place among tasks by their start."""
        return cls(micros(task.begun_at), task.name)

    @classmethod
    def by_failure(cls, task: TaskSummary) -> Place:
        """Return a task's place among tasks by their latest failure."""
        return cls(micros(task.failed_at), task.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which tasks are asked for; empty fields leave out nothing.

    Attributes:
        task, phase: names, compared without case.
        status, provenance, label: exactly.
        search: a text in the name or description, in any case.
        since, until: started then, the end excluded.
        limit: at most so many, the newest; None is all.
        after: only those behind this place.
    """

    task: str = ""
    phase: str = ""
    status: str = ""
    provenance: str = ""
    label: str = ""
    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    after: Place | None = None

    @property
    def row_limit(self) -> int:
        """How many rows SQLite is to return."""
        return _row_limit(self.limit)


@dataclass(frozen=True, slots=True)
class Index:
    """What the log comes to, ready to be asked.

    Attributes:
        connection: to the database.
        tip: the log commit that it shows; None where there is no log.
        found: rows of ``answer`` that were not known.
    """

    connection: sqlite3.Connection
    tip: str | None
    found: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_kept(self) -> bool:
        """Is it in its file, not only in memory?"""
        rows = self.connection.execute("PRAGMA database_list").fetchall()
        return any(file for _, _, file in rows)

    def phases(self) -> list[PhaseRecord]:
        """Return every phase, in the order of names."""
        rows = self.connection.execute("SELECT record FROM phase ORDER BY folded")
        return [_record.decode(row[0]) for row in rows]

    def listing(self, name: str, limit: int | None) -> Listing:
        """Return a list of a report: its newest tasks, and how many there are."""
        bit = 1 << list(LISTS).index(name)
        (total,) = self.connection.execute(
            "SELECT count(*) FROM task WHERE lists & ?", (bit,)
        ).fetchone()
        tasks = self._summaries("lists & ?", [bit], _row_limit(limit)) if total else ()
        return Listing(name, tuple(tasks), total)

    def tasks(self, query: Query) -> Iterator[TaskSummary]:
        """Yield the tasks that are asked for, newest first."""
        clauses: list[str] = []
        values: list[object] = []
        for clause, value in _conditions(query):
            clauses.append(clause)
            values.append(value)
        for clause, own in _behind("begun_us", query.after):
            clauses.append(clause)
            values += own
        return self._summaries(" AND ".join(clauses) or "1", values, query.row_limit)

    def last_failed(self, limit: int, after: Place | None) -> Iterator[TaskSummary]:
        """Yield the tasks with a failed attempt, the latest failure first."""
        clauses, values = ["failed_us NOT NULL"], list[object]()
        for clause, own in _behind("failed_us", after):
            clauses.append(clause)
            values += own
        return self._summaries(
            " AND ".join(clauses), values, _row_limit(limit), _LAST_FAILED
        )

    def recorded(self) -> Recorded:
        """Return what the log says of commits."""
        rows = self.connection.execute("SELECT data FROM recorded ORDER BY task")
        return Recorded.together(_recorded.decode(row[0]) for row in rows)

    def answer(self, name: str, follows_from: str, find: Callable[[], str]) -> str:
        """Return an answer about commits, found anew only if it may be another one.

        Args:
            name: of the question.
            follows_from: what it depends on, beside what the log says of commits.
            find: called where it is not known.
        """
        sql = "SELECT value FROM meta WHERE key = 'recorded'"
        key = f"{follows_from} {(self.connection.execute(sql).fetchone() or [''])[0]}"
        kept = self.connection.execute(
            "SELECT value FROM answer WHERE name = ? AND follows_from = ?", (name, key)
        ).fetchone()
        if kept is not None:
            return str(kept[0])
        value = find()
        self.found.append((name, key, value))
        return value

    def rows(
        self, sql: str, values: Sequence[object] | Mapping[str, object] = ()
    ) -> sqlite3.Cursor:
        """Return the rows of a query; ``casefold`` is known beside SQLite's functions."""
        # SQLite's own lower() knows ASCII letters only.
        self.connection.create_function("casefold", 1, str.casefold, deterministic=True)
        return self.connection.execute(sql, values)

    def summaries_of(self, numbers: str) -> Iterator[tuple[int, TaskSummary]]:
        """Yield tasks by their numbers, a JSON list, newest first."""
        wanted = "task.id IN (SELECT value FROM json_each(?))"
        sql = _SUMMARIES.replace("data", "task.id, data", 1)
        for number, data in self.rows(f"{sql} WHERE {wanted} {_NEWEST}", [numbers]):
            yield number, _summary.decode(data)

    def _summaries(
        self,
        where: str,
        values: Sequence[object],
        limit: int,
        order: str = _NEWEST,
    ) -> Iterator[TaskSummary]:
        sql = f"{_SUMMARIES} WHERE {where} {order} LIMIT ?"
        rows = self.rows(sql, [*values, limit])
        return (_summary.decode(row[0]) for row in rows)


def _row_limit(limit: int | None) -> int:
    """Return a limit as SQLite knows it: -1 is none, and more than 64 bits is too much."""
    return -1 if limit is None else min(limit, 2**63 - 1)


def bindable(text: str) -> str:
    """Return a text that SQLite can compare: half a surrogate pair is no character."""
    return text.encode("utf-8", "replace").decode()


def _conditions(query: Query) -> Iterator[tuple[str, object]]:
    exact = {
        "folded": query.task.lower(),
        "phase": query.phase.lower(),
        "status": query.status,
        "provenance": query.provenance,
    }
    yield from ((f"{name} = ?", bindable(text)) for name, text in exact.items() if text)
    if query.label:
        yield "instr(labels, ?)", bindable(f"\n{query.label}\n")
    if query.search:
        said = "casefold(name || char(10) || description)"
        yield f"instr({said}, ?)", bindable(query.search.casefold())
    if query.since is not None:
        yield "begun_us >= ?", micros(query.since)
    if query.until is not None:
        yield "begun_us < ?", micros(query.until)


def _behind(
    column: str, place: Place | None
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield what leaves out a list's tasks up to a place, that one included."""
    if place is None:
        return
    if place.at_us is None:
        yield f"{column} IS NULL AND name > ?", (place.name,)
    else:
        yield (
            f"({column} < ? OR {column} IS NULL OR {column} = ? AND name > ?)",
            (place.at_us, place.at_us, place.name),
        )
