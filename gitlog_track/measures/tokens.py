"""What a task used in tokens: counter readings, declared totals, agents' records. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.value import (
    MISSING,
    Value,
    computed,
    declared,
    difference,
    from_events,
)
from gitlog_track.model.records import UsageRecorded
from gitlog_track.model.task import Attempt, TaskState

GUESSED = frozenset({"estimated", "partial"})
"""Qualities of usage records that are no measurement."""


def tokens(state: TaskState) -> dict[str, Value]:
    """Return the counter's two readings and the tokens used, by their ids."""
    started, ended = state.started, state.ended
    start = end = MISSING
    if started is not None and started.start_tokens is not None:
        start = declared(state, started, Decimal(started.start_tokens))
    if ended is not None and ended.end_tokens is not None:
        end = declared(state, ended, Decimal(ended.end_tokens))
    return {
        "start_tokens": start,
        "end_tokens": end,
        "token_count_used": _used(state, start, end),
    }


def _used(state: TaskState, start: Value, end: Value) -> Value:
    """Return usage as agents recorded it, else what was declared, else the counters."""
    counted = [e for e in state.of(UsageRecorded) if _parts(e)]
    if counted:
        return _counted(state, counted)
    if len(state.attempts) > 1 and _is_by_attempt(state):
        return _by_attempt(state)
    ended = state.ended
    if ended is not None and ended.tokens_used is not None:
        return declared(state, ended, Decimal(ended.tokens_used))
    used = difference(end, start)
    if used.number is not None and used.number < 0:
        return MISSING
    return used


def _is_by_attempt(state: TaskState) -> bool:
    """Has an attempt an amount of its own, rather than one counter running through?"""
    return any(a.ended and a.ended.tokens_used is not None for a in state.attempts) or (
        any(a.begun and a.begun.start_tokens is not None for a in state.attempts[1:])
    )


def _by_attempt(state: TaskState) -> Value:
    """Return the sum over attempts, each as declared, else by its own counter.

    All have to be known: the sum of some is not what the task used.
    """
    amounts = [_of_attempt(state, attempt) for attempt in state.attempts]
    numbers = [a.number for a in amounts if a.number is not None]
    if len(numbers) < len(amounts):
        return MISSING
    return computed(sum(numbers, Decimal(0)), amounts, basis="sum of attempts")


def _of_attempt(state: TaskState, attempt: Attempt) -> Value:
    begun, ended = attempt.begun, attempt.ended
    if ended is None:
        return MISSING
    if ended.tokens_used is not None:
        return declared(state, ended, Decimal(ended.tokens_used))
    if begun is None or begun.start_tokens is None or ended.end_tokens is None:
        return MISSING
    if ended.end_tokens < begun.start_tokens:
        return MISSING
    start = declared(state, begun, Decimal(begun.start_tokens))
    return difference(declared(state, ended, Decimal(ended.end_tokens)), start)


def _counted(state: TaskState, events: Sequence[UsageRecorded]) -> Value:
    amount = Decimal(sum(part for event in events for part in _parts(event)))
    basis = "usage records"
    found = from_events(state, events, amount, Evidence.MEASURED, basis=basis)
    if any(event.quality in GUESSED for event in events):
        return replace(found, evidence=Evidence.ESTIMATED, source="")
    return found


def _parts(event: UsageRecorded) -> list[int]:
    parts = (event.uncached_input, event.cache_read, event.cache_write, event.output)
    return [part for part in parts if part is not None]
