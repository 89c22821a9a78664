"""Tasks and their attempts as a list: a table of text, or rows of JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gitlog_track.measures.catalogue import find
from gitlog_track.measures.measure import Level
from gitlog_track.measures.summary import AttemptSummary, TaskSummary
from gitlog_track.measures.value import Value
from gitlog_track.renderers.machine import measures_body
from gitlog_track.renderers.marks import MARKS
from gitlog_track.renderers.numbers import duration, show
from gitlog_track.renderers.safe import safe_line

SHOWN = ("estimated_duration", "actual_duration", "token_count_used")


def print_tasks(console: Console, tasks: Iterable[TaskSummary]) -> None:
    """Print one row a task."""
    table = _table("task", "status", "started", "estimate", "actual", "tokens", "tries")
    for task in tasks:
        table.add_row(
            safe_line(task.name),
            task.status,
            _at(task.begun_at),
            *(_cell(name, task.value(name)) for name in SHOWN),
            str(len(task.attempts)),
        )
    console.print(table)


def print_attempts(console: Console, tasks: Iterable[TaskSummary]) -> None:
    """Print one row an attempt."""
    table = _table("task", "try", "span", "status", "started", "lasted", "error")
    for task in tasks:
        for attempt in task.attempts:
            table.add_row(
                safe_line(task.name),
                str(attempt.number),
                safe_line(attempt.span_id),
                attempt.status,
                _at(attempt.begun_at),
                _lasted(attempt),
                safe_line(attempt.error_type or attempt.message),
            )
    console.print(table)


def _table(*titles: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for title in titles:
        is_number = title in {"estimate", "actual", "tokens", "tries", "try", "lasted"}
        table.add_column(
            title, overflow="fold", justify="right" if is_number else "left"
        )
    return table


def _at(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"


def _cell(name: str, value: Value) -> Text:
    known = find(name, Level.TASK)
    if known is None or not value.is_known:
        return Text("-")
    return Text(f"{show(value, known.unit)} {MARKS[value.evidence]}")


def _lasted(attempt: AttemptSummary) -> str:
    return "-" if attempt.duration_s is None else duration(attempt.duration_s)


def tasks_body(
    tasks: Iterable[TaskSummary], where: str, *, attempts: bool
) -> dict[str, object]:
    """Return what ``tasks`` and ``trace`` add to the envelope.

    Args:
        tasks: in the order in which they are shown.
        where: the log at its commit.
        attempts: one row an attempt instead of one a task.
    """
    rows = [row for task in tasks for row in _rows(task, where, attempts=attempts)]
    return {"tasks": rows}


def _rows(
    task: TaskSummary, where: str, *, attempts: bool
) -> Iterator[dict[str, object]]:
    row: dict[str, object] = {
        "task": task.name,
        "phase": task.phase or None,
        "trace_id": task.trace_id or None,
        "provenance": task.provenance,
        "labels": list(task.labels),
        "description": task.description,
    }
    if attempts:
        yield from ({**row, **_attempt(attempt)} for attempt in task.attempts)
        return
    yield {
        **row,
        "status": task.status,
        "attempts": [_attempt(attempt) for attempt in task.attempts],
        "measures": measures_body(task.measures, Level.TASK, where),
    }


def _attempt(attempt: AttemptSummary) -> dict[str, object]:
    return {
        "attempt": attempt.number,
        "span_id": attempt.span_id or None,
        "status": attempt.status,
        "started_at": attempt.begun_at,
        "ended_at": attempt.ended_at,
        "duration_s": attempt.duration_s,
        "error_type": attempt.error_type,
        "message": attempt.message,
        "stack_hash": attempt.stack_hash,
        "retry_of": attempt.retry_of or None,
        "provenance": attempt.provenance,
        "source": attempt.source,
        "links": list(attempt.links),
        "files_written": attempt.files_written,
        "retrieval": None
        if attempt.retrieved is None
        else {"count": attempt.retrieved, "sources": list(attempt.retrieved_from)},
    }
