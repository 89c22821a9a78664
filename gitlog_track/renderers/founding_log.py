"""A task as the founding documents' execution log: ``<TASK>_execution_log.txt``.

Beyond the founding keys stands only what is known; ``importers.founding_log`` reads all
of it back, by the same tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from gitlog_track.importers.event_lines import INDENT, show_target, write_event
from gitlog_track.measures.task import Measures
from gitlog_track.measures.value import Value
from gitlog_track.model.events import (
    KnownEvent,
    TaskCompleted,
    TaskFailed,
    TaskStarted,
)
from gitlog_track.model.names import DEFAULT_PHASE_PATTERN, phase_of_task
from gitlog_track.model.task import TaskState
from gitlog_track.renderers.numbers import plain
from gitlog_track.renderers.safe import safe, safe_line

NOT_MEASURED = "NOT MEASURED"
STATUS_MARKS = {
    "complete": "\N{WHITE HEAVY CHECK MARK} COMPLETE",
    "partial": "\N{HOURGLASS WITH FLOWING SAND} PARTIAL",
    "failed": "\N{CROSS MARK} FAILED",
    "in_progress": "\N{HOURGLASS WITH FLOWING SAND} IN_PROGRESS",
}
COUNTS_OF_END = {
    "HALLUCINATION_COUNT": "hallucination_count",
    "AI_INTERACTIONS": "ai_interactions",
    "CONTEXT_SWITCHES": "context_switches",
}
"""Keys of the founding task template to the measures they show."""


def render_log(
    state: TaskState, measures: Measures, phase_pattern: str = DEFAULT_PHASE_PATTERN
) -> str:
    """Return the log's text, ending in a newline.

    Args:
        state: of a task.
        measures: what it comes to.
        phase_pattern: a phase that the task's name implies by it is not written.
    """
    started = state.started
    head = [
        f"TASK: {state.name}",
        *_text("DESCRIPTION", started.description if started else ""),
        f"START_TIMESTAMP: {_instant(measures['begin_timestamp'])}",
        f"START_TOKENS: {_number(measures['start_tokens'])}",
    ]
    if state.phase and state.phase != phase_of_task(state.name, phase_pattern):
        head.append(f"PHASE: {safe_line(state.phase)}")
    if started:
        head += _beginning(started)
    events = ["", "=== EVENTS ===", *_event_lines(state)]
    return "\n".join([*head, *events, *_completion(state, measures)]) + "\n"


def _beginning(started: TaskStarted) -> Iterator[str]:
    """Yield what a beginning says, where it says anything."""
    if started.estimated_duration_s is not None:
        yield f"ESTIMATED_DURATION: {started.estimated_duration_s} seconds"
    goal = started.test_coverage_target
    if goal is not None:
        target = f"{goal.comparator}{goal.value}{goal.unit}"
        yield f"TEST_COVERAGE_TARGET: {safe_line(target)}"
    if started.performance_targets:
        shown = "; ".join(map(show_target, started.performance_targets))
        yield f"PERFORMANCE_TARGET: {safe(shown)}"
    if started.projected_outcome:
        yield from _text("PROJECTED_OUTCOME", started.projected_outcome)
    if started.env:
        yield f"ENV: {started.env}"
    if started.risk:
        yield f"RISK: {started.risk}"
    if started.state:
        yield from _text("STATE", started.state)
    if started.labels:
        yield from _text("LABELS", ", ".join(started.labels))


def _completion(state: TaskState, measures: Measures) -> list[str]:
    ended = state.ended
    if ended is None:
        return []
    duration = measures["duration"].number
    seconds = NOT_MEASURED if duration is None else str(int(duration))
    minutes = NOT_MEASURED if duration is None else str(int(duration // 60))
    return [
        "",
        "=== COMPLETION ===",
        f"END_TIMESTAMP: {_instant(measures['end_timestamp'])}",
        f"END_TOKENS: {_number(measures['end_tokens'])}",
        f"ITERATIONS: {_number(measures['iterations_count'])}",
        f"BUGS_ENCOUNTERED: {_number(measures['bugs_encountered'])}",
        *_end(ended, measures),
        f"STATUS: {STATUS_MARKS[state.status]}",
        "",
        f"DURATION_SECONDS: {seconds}",
        f"DURATION_MINUTES: {minutes}",
        f"TOKENS_USED: {_number(measures['token_count_used'])}",
    ]


def _end(ended: TaskCompleted | TaskFailed, measures: Measures) -> Iterator[str]:
    """Yield what an end says, where it says anything."""
    for key, name in COUNTS_OF_END.items():
        if measures[name].number is not None:
            yield f"{key}: {_number(measures[name])}"
    if ended.files_written is not None:
        yield f"FILES_WRITTEN: {ended.files_written}"
    if ended.blockers is not None:
        yield from _list("BLOCKERS_ENCOUNTERED", ended.blockers)
    if ended.success_criteria:
        yield f"SUCCESS_CRITERIA: {ended.success_criteria.upper()}"
    if ended.actual_outcome:
        yield from _text("ACTUAL_OUTCOME", ended.actual_outcome)
    if isinstance(ended, TaskFailed) and ended.error_type:
        yield from _text("ERROR_TYPE", ended.error_type)
    if isinstance(ended, TaskFailed) and ended.message:
        yield from _text("ERROR_MESSAGE", ended.message)


def _text(key: str, text: str) -> list[str]:
    """Return a key with its text; lines behind the first are indented."""
    first, *more = safe(text).split("\n")
    return [f"{key}: {first}" if first else f"{key}:", *(INDENT + row for row in more)]


def _list(key: str, items: Sequence[str]) -> list[str]:
    """Return a key with a list below it, each item by a dash; or None."""
    if not items:
        return [f"{key}: None"]
    rows = [f"- {item}".replace("\n", "\n  ") for item in map(safe, items)]
    return [f"{key}:", *(INDENT + row for item in rows for row in item.split("\n"))]


def _instant(value: Value) -> str:
    return NOT_MEASURED if value.instant is None else _stamp(value.instant)


def _stamp(at: datetime) -> str:
    """Return an instant, to the second where that is all of it."""
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")


def _number(value: Value) -> str:
    return NOT_MEASURED if value.number is None else plain(value.number)


def _event_lines(state: TaskState) -> Iterator[str]:
    for event in state.events:
        if not _is_frame(event, state):
            for number, line in enumerate(
                safe("\n".join(write_event(event))).split("\n")
            ):
                yield f"{INDENT}{line}" if number else f"{_stamp(event.at)}: {line}"


def _is_frame(event: KnownEvent, state: TaskState) -> bool:
    """Does the log's frame show an event? The ends of several attempts it cannot."""
    is_end = isinstance(event, TaskCompleted | TaskFailed) and len(state.attempts) < 2
    return is_end or not write_event(event)
