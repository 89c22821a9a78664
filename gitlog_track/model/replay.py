"""Replay: from the lines of a task to its state. Pure; the order of lines is no matter.

Corrections are applied here and nowhere else, and here it is judged whether a log can
be: what lies before the beginning or after the end, contradicts itself or runs against
the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import cast

import msgspec

from gitlog_track.model.event import Event
from gitlog_track.model.events import (
    BugFixed,
    BugFound,
    CommandFinished,
    EventCorrected,
    IterationRecorded,
    KnownEvent,
    MeasurementRecorded,
    MilestoneReached,
    TaskCompleted,
    TaskFailed,
    TaskPaused,
    TaskResumed,
    TaskRetried,
    TaskStarted,
    UnknownEvent,
    from_fields,
    kind_of,
)
from gitlog_track.model.records import UsageRecorded
from gitlog_track.model.stored import (
    BrokenLine,
    StoredEvent,
    has_own_id,
    merge_lines,
    read_line,
)
from gitlog_track.model.task import Attempt, Problem, TaskState

CLOCK_TOLERANCE = timedelta(seconds=2)
WORK: frozenset[type[Event]] = frozenset(
    (
        *(TaskPaused, TaskResumed, IterationRecorded, UsageRecorded),
        *(MeasurementRecorded, BugFound, BugFixed, CommandFinished),
    )
)
"""Kinds that belong between a task's beginning and its end."""
FRAME: frozenset[type[Event]] = frozenset(
    (TaskStarted, TaskRetried, TaskCompleted, TaskFailed)
)
"""Kinds that begin or end an attempt."""
NOT_BEFORE = WORK | FRAME | {MilestoneReached}
"""Kinds that never lie before the beginning; milestones may follow the end."""


def replay(name: str, lines: Iterable[bytes]) -> TaskState:
    """Return the state that the lines of one task, phase or heap come to.

    Args:
        name: of the task or phase; empty for the unassigned.
        lines: of all its segments, in any order, with repetitions.
    """
    read = [read_line(line) for line in lines]
    broken = {r.line: r for r in read if isinstance(r, BrokenLine)}
    stored, contradicted = merge_lines([r for r in read if isinstance(r, StoredEvent)])
    events, corrected = _apply_corrections(stored)
    attempts = _attempts(events)
    problems = [
        *_broken_problems(
            [broken[key] for key in sorted(broken)], contradicted, stored
        ),
        *_task_problems(events, attempts),
        *_clock_problems(stored),
    ]
    return TaskState(
        name=name,
        phase=next((e.phase for e in reversed(events) if e.phase), None),
        trace_id=next((e.trace_id for e in reversed(events) if e.trace_id), None),
        events=tuple(events),
        corrected=frozenset(corrected),
        attempts=attempts,
        problems=tuple(problems),
        stored=tuple(stored),
    )


def _apply_corrections(
    stored: list[StoredEvent],
) -> tuple[list[KnownEvent], set[str]]:
    """Return the events as they stand, and the ids of those a correction changed.

    Corrections of one event add up field by field, in order; a null one retracts it
    until the next that is not. One that names an event of another directory brings it
    along: that is how an unassigned event is bound to a task.
    """
    kinds = {type(one.event) for one in stored}
    known = stored
    if UnknownEvent in kinds:
        known = [one for one in stored if not isinstance(one.event, UnknownEvent)]
    if EventCorrected not in kinds:
        return [cast("KnownEvent", one.event) for one in known], set()
    corrections = _by_target(known)
    events: list[KnownEvent] = []
    corrected: set[str] = set()
    seen: set[str] = set()
    for one in known:
        event = cast("KnownEvent", one.event)
        seen.add(event.id)
        mine = corrections.get(event.id, [])
        if not mine:
            events.append(event)
        elif mine[-1].replacement is not None:
            corrected.add(event.id)
            events.append(_corrected(event, one.fields(), mine))
    for target, mine in corrections.items():
        brought = None if target in seen else _brought(target, mine)
        if brought is not None:
            events.append(brought)
            if "kind" not in (mine[-1].replacement or {}):
                corrected.add(target)
    events.sort(key=lambda e: (e.seq, e.at.timestamp(), e.id))
    return events, corrected


def _by_target(stored: Iterable[StoredEvent]) -> dict[str, list[EventCorrected]]:
    found: dict[str, list[EventCorrected]] = {}
    for one in stored:
        if isinstance(one.event, EventCorrected):
            found.setdefault(one.event.event, []).append(one.event)
    return found


def _corrected(
    event: KnownEvent,
    fields: dict[str, object],
    corrections: Iterable[EventCorrected],
) -> KnownEvent:
    """Return an event with its corrections; one that cannot be read is passed over."""
    for correction in corrections:
        changed = {**fields, **(correction.replacement or {})}
        found = _converted(changed)
        if found is not None:
            event, fields = found, changed
    return event


def _brought(target: str, corrections: list[EventCorrected]) -> KnownEvent | None:
    """Return the event that corrections carry whole, if one does and none retracts it."""
    if corrections[-1].replacement is None:
        return None
    for number, carrier in enumerate(corrections):
        if carrier.replacement and "kind" in carrier.replacement:
            place = {"id": target, "seq": carrier.seq, "task": carrier.task}
            fields = {**carrier.replacement, **place}
            found = _converted(fields)
            if found is not None:
                return _corrected(found, fields, corrections[number + 1 :])
    return None


def _converted(fields: dict[str, object]) -> KnownEvent | None:
    try:
        return from_fields(fields)
    except msgspec.ValidationError:
        return None


def _attempts(events: list[KnownEvent]) -> tuple[Attempt, ...]:
    frames = _by_attempt(e for e in events if type(e) in FRAME)
    attempts = []
    for number, mine in sorted(frames.items()):
        begun = [e for e in mine if isinstance(e, TaskStarted | TaskRetried)]
        ended = [e for e in mine if isinstance(e, TaskCompleted | TaskFailed)]
        attempts.append(
            Attempt(
                number,
                min(begun, key=lambda e: e.at, default=None),
                ended[-1] if ended else None,
            ),
        )
    return tuple(attempts)


def _by_attempt(events: Iterable[KnownEvent]) -> dict[int, list[KnownEvent]]:
    found: dict[int, list[KnownEvent]] = {}
    for event in events:
        found.setdefault(event.attempt, []).append(event)
    return found


def _broken_problems(
    broken: list[BrokenLine],
    contradicted: list[str],
    stored: list[StoredEvent],
) -> Iterator[Problem]:
    for line in broken:
        yield Problem("broken_line", f"a line cannot be read: {line.problem}", True)
    for event_id in contradicted:
        text = f"event {event_id} is told in two ways: one of them was changed"
        yield Problem("contradiction", text, True)
    for one in stored:
        if not has_own_id(one):
            text = f"event {one.event.id} does not carry the id of what it says"
            yield Problem("wrong_id", text, True)
        if isinstance(one.event, UnknownEvent) and one.event.problem:
            text = f"event {one.event.id} cannot be read: {one.event.problem}"
            yield Problem("unreadable_event", text, True)


def _task_problems(
    events: list[KnownEvent],
    attempts: tuple[Attempt, ...],
) -> Iterator[Problem]:
    bounded = [e for e in events if type(e) in NOT_BEFORE]
    if not bounded:
        return
    starts = [e for e in events if isinstance(e, TaskStarted)]
    if not starts:
        yield Problem("no_begin", "the task was never started", True)
        return
    if len(starts) > 1:
        text = f"the task was started {len(starts)} times; the earliest counts"
        yield Problem("started_twice", text, False)
    begin = min(e.at for e in starts)
    for event in bounded:
        if event.at < begin:
            yield Problem("before_begin", _outside(event, "before the start"), True)
    by_attempt = _by_attempt(bounded)
    for attempt in attempts:
        mine = by_attempt[attempt.number]
        yield from _end_problems(attempt, mine)
        yield from _pause_problems(attempt, mine)
    yield from _overlap_problems(attempts)
    yield from _token_problems(attempts)


def _token_problems(attempts: tuple[Attempt, ...]) -> Iterator[Problem]:
    """A counter does not run backwards; a retry may begin with a new one."""
    start: int | None = None
    for attempt in attempts:
        if attempt.begun is not None and attempt.begun.start_tokens is not None:
            start = attempt.begun.start_tokens
        end = attempt.ended.end_tokens if attempt.ended is not None else None
        if end is not None and start is not None and end < start:
            text = f"end tokens {end} are below {start} at the start"
            yield Problem("tokens_backwards", text, True)


def _overlap_problems(attempts: tuple[Attempt, ...]) -> Iterator[Problem]:
    """One attempt ends before the next begins."""
    for before, after in pairwise(attempts):
        if after.begun is None:
            continue
        if before.ended is None:
            text = (
                f"attempt {after.number} began but attempt {before.number} never ended"
            )
        elif after.begun.at < before.ended.at:
            text = (
                f"attempt {after.number} began at {after.begun.at.isoformat()}, before "
                f"attempt {before.number} ended at {before.ended.at.isoformat()}"
            )
        else:
            continue
        yield Problem("overlapping_attempts", text, True)


def _pause_problems(attempt: Attempt, mine: list[KnownEvent]) -> Iterator[Problem]:
    """A pause that was never resumed takes all that is left of its attempt."""
    if attempt.ended is None:
        return
    open_since: TaskPaused | None = None
    for event in mine:
        if isinstance(event, TaskPaused):
            open_since = open_since or event
        elif isinstance(event, TaskResumed):
            open_since = None
    if open_since is not None and open_since.at <= attempt.ended.at:
        text = (
            f"the pause since {open_since.at.isoformat()} was never resumed; it lasts to "
            f"the end of attempt {attempt.number}"
        )
        yield Problem("never_resumed", text, False)


def _end_problems(attempt: Attempt, mine: list[KnownEvent]) -> Iterator[Problem]:
    ends = [e for e in mine if isinstance(e, TaskCompleted | TaskFailed)]
    if len(ends) > 1:
        text = f"attempt {attempt.number} ended {len(ends)} times; the last counts"
        yield Problem("ended_twice", text, True)
    if attempt.ended is None:
        return
    if attempt.begun is not None and attempt.ended.at < attempt.begun.at:
        text = f"attempt {attempt.number} ended before it began"
        yield Problem("end_before_begin", text, True)
    for event in mine:
        if type(event) in WORK and event.at > attempt.ended.at:
            yield Problem("after_end", _outside(event, "after the end"), True)


def _outside(event: Event, where: str) -> str:
    return f"{kind_of(event)} {event.id} at {event.at.isoformat()} lies {where}"


def _is_imported(stored: StoredEvent) -> bool:
    return getattr(stored.event, "provenance", "") == "backfilled"


def _clock_problems(stored: list[StoredEvent]) -> Iterator[Problem]:
    """Where order and time disagree by more than a tolerance, a clock was off.

    What was imported was not read off a clock when it was recorded.
    """
    for before, after in pairwise(stored):
        if after.event.at >= before.event.at or before.event.seq == after.event.seq:
            continue
        if _is_imported(before) or _is_imported(after):
            continue
        if before.event.at - after.event.at > CLOCK_TOLERANCE:
            text = (
                f"event {after.event.id} follows {before.event.id} in order but is "
                f"dated {before.event.at - after.event.at} earlier"
            )
            yield Problem("clock_skew", text, False)
            return
