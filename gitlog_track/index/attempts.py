"""Attempts as the index finds them: one by one, or all that a trace stands for."""

from __future__ import annotations

import json
from collections.abc import Iterator

from msgspec.structs import replace

from gitlog_track.index.details import micros
from gitlog_track.index.index import Index, Query, bindable
from gitlog_track.measures.summary import TaskSummary

_ATTEMPTS = (
    "SELECT data, number FROM attempt"
    " JOIN task ON task.id = attempt.task JOIN summary ON summary.task = attempt.task"
)
_NEWEST = "ORDER BY attempt.begun_us DESC, name, number"
_SAID = (
    "name || char(10) || description || char(10) || error_type || char(10) || message"
)
_OF_A_SPAN = """
SELECT task, number FROM attempt WHERE span_id >= :first AND span_id < :last
UNION SELECT task, number FROM link WHERE trace_id >= :first AND trace_id < :last
UNION SELECT task, number FROM link WHERE span_id >= :first AND span_id < :last
"""


def find_attempts(index: Index, query: Query) -> Iterator[TaskSummary]:
    """Yield the attempts that are asked for, newest first, each as its task with only it.

    Args:
        index: asked.
        query: ``status``, ``provenance``, ``since``, ``until`` and ``limit`` are of
            attempts; ``search`` looks into error type and message too; ``after`` is of
            no use here.
    """
    clauses: list[str] = []
    values: list[object] = []
    for clause, value in _conditions(query):
        clauses.append(clause)
        values.append(value)
    sql = f"{_ATTEMPTS} WHERE {' AND '.join(clauses) or '1'} {_NEWEST} LIMIT ?"
    for data, number in index.rows(sql, [*values, query.row_limit]):
        task = index.summary(data)
        yield _with_only(task, {number})


def _conditions(query: Query) -> Iterator[tuple[str, object]]:
    exact = {
        "folded": query.task.lower(),
        "task.phase": query.phase.lower(),
        "attempt.status": query.status,
        "attempt.provenance": query.provenance,
    }
    yield from ((f"{name} = ?", bindable(text)) for name, text in exact.items() if text)
    if query.label:
        yield "instr(labels, ?)", bindable(f"\n{query.label}\n")
    if query.search:
        yield f"instr(casefold({_SAID}), ?)", bindable(query.search.casefold())
    if query.since is not None:
        yield "attempt.begun_us >= ?", micros(query.since)
    if query.until is not None:
        yield "attempt.begun_us < ?", micros(query.until)


def find_traced(index: Index, prefix: str) -> list[TaskSummary]:
    """Return the tasks that an id stands for, newest first, with the attempts it means.

    All attempts of a task whose trace id begins so; else those whose span id does, or
    that were made within a trace or span whose id does.

    Args:
        index: asked.
        prefix: hex digits in lower case.
    """
    digits = {"first": prefix, "last": f"{prefix}g"}  # behind every hex digit
    sql = "SELECT id FROM task WHERE trace_id >= :first AND trace_id < :last"
    whole = {number for (number,) in index.rows(sql, digits)}
    some: dict[int, set[int]] = {}
    for task, number in index.rows(_OF_A_SPAN, digits):
        some.setdefault(task, set()).add(number)
    found = index.summaries_of(json.dumps(sorted(whole | some.keys())))
    return [
        task if number in whole else _with_only(task, some[number])
        for number, task in found
    ]


def _with_only(task: TaskSummary, numbers: set[int]) -> TaskSummary:
    kept = tuple(attempt for attempt in task.attempts if attempt.number in numbers)
    return replace(task, attempts=kept)
