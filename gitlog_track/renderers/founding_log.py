"""A task as the founding documents' execution log: ``<TASK>_execution_log.txt``."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from gitlog_track.measures.task import Measures
from gitlog_track.measures.value import Value
from gitlog_track.model.events import (
    BlockerHit,
    BugFixed,
    BugFound,
    CommandFinished,
    CommitRecorded,
    IterationRecorded,
    KnownEvent,
    LessonLearned,
    MilestoneReached,
    NoteRecorded,
    TaskPaused,
    TaskResumed,
    TaskRetried,
)
from gitlog_track.model.task import TaskState
from gitlog_track.renderers.numbers import instant, plain
from gitlog_track.renderers.safe import safe_line

NOT_MEASURED = "NOT MEASURED"
STATUS_MARKS = {
    "complete": "\N{WHITE HEAVY CHECK MARK} COMPLETE",
    "partial": "\N{HOURGLASS WITH FLOWING SAND} PARTIAL",
    "failed": "\N{CROSS MARK} FAILED",
    "in_progress": "\N{HOURGLASS WITH FLOWING SAND} IN_PROGRESS",
}


def render_log(state: TaskState, measures: Measures) -> str:
    """Return the log's text, ending in a newline."""
    started = state.started
    head = [
        f"TASK: {state.name}",
        f"DESCRIPTION: {safe_line(started.description) if started else ''}".rstrip(),
        f"START_TIMESTAMP: {_instant(measures['begin_timestamp'])}",
        f"START_TOKENS: {_number(measures['start_tokens'])}",
        "",
        "=== EVENTS ===",
        *_event_lines(state),
    ]
    return "\n".join([*head, *_completion(state, measures)]) + "\n"


def _completion(state: TaskState, measures: Measures) -> list[str]:
    if state.ended is None:
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
        f"STATUS: {STATUS_MARKS[state.status]}",
        "",
        f"DURATION_SECONDS: {seconds}",
        f"DURATION_MINUTES: {minutes}",
        f"TOKENS_USED: {_number(measures['token_count_used'])}",
    ]


def _instant(value: Value) -> str:
    return NOT_MEASURED if value.instant is None else instant(value.instant)


def _number(value: Value) -> str:
    return NOT_MEASURED if value.number is None else plain(value.number)


def _event_lines(state: TaskState) -> Iterator[str]:
    for event in state.events:
        text = event_text(event)
        if text:
            yield f"{instant(event.at)}: {safe_line(text)}"


def event_text(event: KnownEvent) -> str:  # noqa: C901, PLR0911, PLR0912
    """Return what an event says in one line; empty for those the log's frame shows."""
    match event:
        case NoteRecorded(text=text):
            return text
        case BugFound(text=text):
            return f"BUG - {text}"
        case BugFixed(text=text):
            return f"BUG FIXED - {text}"
        case BlockerHit(text=text):
            return f"BLOCKER - {text}"
        case LessonLearned(text=text):
            return f"LESSON - {text}"
        case IterationRecorded(reason=reason):
            return f"ITERATION - {reason}".removesuffix(" - ")
        case MilestoneReached(milestone=milestone):
            return f"MILESTONE - {milestone}"
        case TaskPaused(reason=reason):
            return f"PAUSED - {reason}".removesuffix(" - ")
        case TaskResumed(reason=reason):
            return f"RESUMED - {reason}".removesuffix(" - ")
        case TaskRetried(attempt=attempt):
            return f"RETRY - attempt {attempt}"
        case CommandFinished(label=label, exit_code=code, duration_s=seconds):
            return f"RUN - {label} exit {code} after {plain(Decimal(seconds))}s"
        case CommitRecorded(commit=commit, operation=operation):
            return f"COMMIT - {commit[:12]} ({operation})"
        case _:
            return ""
