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
from gitlog_track.model.task import TaskState

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
    ended = state.ended
    if ended is not None and ended.tokens_used is not None:
        return declared(state, ended, Decimal(ended.tokens_used))
    if any(a.begun and a.begun.start_tokens is not None for a in state.attempts[1:]):
        return _by_attempt(state)
    used = difference(end, start)
    if used.number is not None and used.number < 0:
        return MISSING
    return used


def _by_attempt(state: TaskState) -> Value:
    """Return the sum over attempts, each by its own counter; all have to be known."""
    amounts = []
    for attempt in state.attempts:
        begun, ended = attempt.begun, attempt.ended
        start = begun.start_tokens if begun else None
        end = ended.end_tokens if ended else None
        if (
            begun is None
            or ended is None
            or start is None
            or end is None
            or end < start
        ):
            return MISSING
        begin = declared(state, begun, Decimal(start))
        amounts.append(difference(declared(state, ended, Decimal(end)), begin))
    amount = sum((a.number for a in amounts if a.number is not None), Decimal(0))
    return computed(amount, amounts, basis="sum of attempts")


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
