"""What tools answer: tasks as rows of bounded size, with a schema.

Every row stays under :data:`ROW_BYTES`, whatever others wrote into the log: texts are
cut, lists end. Their characters are made safe too: an escape sequence or a bidi mark
does to an agent's screen what it does to any other. The rows have no slots, since
pydantic, which makes the schema, takes those for default values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from gitlog_track.measures.catalogue import find
from gitlog_track.measures.measure import Level, Unit
from gitlog_track.measures.summary import AttemptSummary, TaskSummary
from gitlog_track.measures.value import Value
from gitlog_track.renderers.numbers import show
from gitlog_track.renderers.safe import safe

ROW_BYTES = 40_000
"""No row of JSON is longer; a test writes the worst there is."""
TEXT_BYTES = 300
"""So much of a text goes into a row, as JSON has it."""
WORD_BYTES = 100
"""So much of what is a word or an id, such as the type of an error."""
ATTEMPTS, LABELS, TEXTS = 10, 10, 5
"""So many of each go into a row: the last attempts, the first of the others."""
MAIN = (
    *("estimated_duration", "actual_duration", "variance", "token_count_used"),
    *("iterations_count", "bugs_encountered", "hallucination_count"),
    *("test_coverage_actual", "success_criteria", "actual_outcome"),
    *("blockers_encountered", "lessons_learned", "tracking_completeness"),
)
"""Measures that a list shows; a question about one task is answered with all."""


@dataclass(frozen=True)
class MeasureRow:
    """One measure: what the log says, and how well it is known."""

    value: int | float | str | list[str]
    unit: str
    evidence: str


@dataclass(frozen=True)
class FailureRow:
    """Why an attempt failed; what was not said is empty."""

    error_type: str
    message: str
    stack_hash: str


@dataclass(frozen=True)
class AttemptRow:
    """One try of a task; failure is null unless it failed."""

    attempt: int
    span_id: str
    status: str
    started_at: datetime | None
    ended_at: datetime | None
    failure: FailureRow | None


@dataclass(frozen=True)
class TaskRow:
    """A task as it stands; measures that are not known are not there."""

    task: str
    phase: str
    status: str
    trace_id: str
    provenance: str
    labels: list[str]
    description: str
    started_at: datetime | None
    attempts_total: int
    attempts: list[AttemptRow]
    measures: dict[str, MeasureRow]
    problems: list[str]


@dataclass(frozen=True)
class Page:
    """Tasks; next_cursor gets those behind them, and is null where there are none."""

    log: str
    tasks: list[TaskRow]
    next_cursor: str | None
    notes: list[str]


def row_of(task: TaskSummary, *, in_full: bool) -> TaskRow:
    """Return the row of a task, with all known measures or with the main ones."""
    names = tuple(task.measures) if in_full else MAIN
    return TaskRow(
        task=task.name,
        phase=task.phase,
        status=task.status,
        trace_id=task.trace_id,
        provenance=task.provenance,
        labels=_texts(task.labels, LABELS),
        description=cut(task.description),
        started_at=task.begun_at,
        attempts_total=len(task.attempts),
        attempts=[_attempt(each) for each in task.attempts[-ATTEMPTS:]],
        measures={
            name: _measure(name, task.value(name))
            for name in names
            if task.value(name).is_known
        },
        problems=_texts(task.problems, TEXTS),
    )


def cut(text: str, limit: int = TEXT_BYTES) -> str:
    r"""Return a text, safe, and at most *limit* bytes long as JSON has it.

    >>> cut("a \x1b[31m red"), cut("x" * 99, 9)
    ('a \\x1b[31m red', 'xxxxxx...')
    """
    # No character gets shorter, so that what is behind the limit cannot matter.
    harmless = safe(text[: limit + 1])
    if len(text) <= limit and _size(harmless) <= limit:
        return harmless
    while _size(harmless) > limit - 3:
        over = _size(harmless) - (limit - 3)
        # A character has at most six bytes, or the loop would cut too much at once.
        harmless = harmless[: len(harmless) - max(over // 6, 1)]
    return f"{harmless}..."


def _size(text: str) -> int:
    """Return how many bytes a text has in JSON, without its quotes."""
    return len(msgspec.json.encode(text)) - 2


def _texts(texts: Iterable[str], limit: int) -> list[str]:
    every = list(texts)
    shown = [cut(text) for text in every[:limit]]
    more = len(every) - len(shown)
    return [*shown, f"... and {more:,} more"] if more else shown


def _attempt(attempt: AttemptSummary) -> AttemptRow:
    return AttemptRow(
        attempt=attempt.number,
        span_id=cut(attempt.span_id, WORD_BYTES),
        status=attempt.status,
        started_at=attempt.begun_at,
        ended_at=attempt.ended_at,
        failure=_failure(attempt) if attempt.status == "failed" else None,
    )


def _failure(attempt: AttemptSummary) -> FailureRow:
    return FailureRow(
        error_type=cut(attempt.error_type, WORD_BYTES),
        message=cut(attempt.message),
        stack_hash=cut(attempt.stack_hash, WORD_BYTES),
    )


def _measure(name: str, value: Value) -> MeasureRow:
    known = find(name, Level.TASK)
    unit: Unit = known.unit if known else "text"
    return MeasureRow(_plain(value, unit), unit, value.evidence.value)


def _plain(value: Value, unit: Unit) -> int | float | str | list[str]:
    if value.texts is not None:
        return _texts(value.texts, TEXTS)
    number = value.value
    if not isinstance(number, Decimal):
        return cut(show(value, unit))
    is_whole = number == number.to_integral_value()
    return int(number) if is_whole else float(number)
