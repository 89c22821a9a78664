"""What was recorded one by one, or declared in all, summed over attempts. Pure."""

from __future__ import annotations

from decimal import Decimal

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.value import (
    MISSING,
    Value,
    computed,
    declared,
    from_events,
    measured,
)
from gitlog_track.model.event import Event
from gitlog_track.model.events import (
    BugFixed,
    BugFound,
    ContextSwitched,
    HallucinationRecorded,
    InteractionRecorded,
    IterationRecorded,
    TaskCompleted,
    TaskFailed,
)
from gitlog_track.model.task import TaskState


def counts(state: TaskState) -> dict[str, Value]:
    """Return every measure that counts."""
    return {
        "iterations_count": _iterations(state),
        "bugs_encountered": _count(state, BugFound, "bugs"),
        "bugs_fixed": _count(state, BugFixed),
        "ai_interactions": _count(state, InteractionRecorded, "interactions"),
        "hallucination_count": _count(state, HallucinationRecorded, "hallucinations"),
        "context_switches": _count(state, ContextSwitched, "context_switches"),
    }


def _count(state: TaskState, kind: type[Event], declared_as: str = "") -> Value:
    """Return the sum over attempts of what was recorded or declared in each.

    Of one attempt it is what was recorded one by one or declared in all, whichever is
    more. No event and no declared total is missing; a declared 0 is 0.
    """
    events: list[Event] = list(state.of(kind))
    each: dict[int, int] = {}
    for event in events:
        each[event.attempt] = each.get(event.attempt, 0) + getattr(event, "count", 1)
    for end in _ends(state) if declared_as else ():
        total = getattr(end, declared_as)
        if total is not None:
            events.append(end)
            each[end.attempt] = max(each.get(end.attempt, 0), total)
    if not events:
        return MISSING
    return from_events(state, events, Decimal(sum(each.values())), Evidence.DECLARED)


def _ends(state: TaskState) -> list[TaskCompleted | TaskFailed]:
    return [a.ended for a in state.attempts if a.ended is not None]


def _iterations(state: TaskState) -> Value:
    """Return the sum over attempts: the declared total, else 1 + those recorded."""
    recorded = state.of(IterationRecorded)
    attempts = state.attempts
    ends = [e for e in _ends(state) if e.iterations is not None]
    if not recorded and not ends and len(attempts) <= 1:
        return MISSING
    each = dict.fromkeys((a.number for a in attempts), 1)
    for event in recorded:
        each[event.attempt] = each.get(event.attempt, 1) + 1
    each |= {e.attempt: e.iterations or 0 for e in ends}
    told = {e.attempt for e in ends}
    left = [e for e in recorded if e.attempt not in told]
    inputs = [declared(state, event, "") for event in (*ends, *left)]
    begun = [a.begun for a in attempts[1:] if a.begun and a.number not in told]
    inputs += [measured(state, event, event.at) for event in begun]
    return computed(Decimal(max(sum(each.values()), len(attempts))), inputs)
