"""Correct and assign: events that say what other events should have said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from gitlog_track.errors import UsageProblem
from gitlog_track.log.layout import UNASSIGNED, Subject
from gitlog_track.model.events import EventCorrected, KnownEvent, UnknownEvent
from gitlog_track.model.limits import checked_event
from gitlog_track.model.task import TaskState
from gitlog_track.services.record import find_event, record, task_state
from gitlog_track.services.values import check_possible
from gitlog_track.services.workspace import Workspace

FIXED = frozenset(
    {"kind", "id", "seq", "writer", "task", "entry", "source", "actor", "scrubbed"}
)
"""What no correction may change: it says which event this is and who made it."""


def correct(
    workspace: Workspace,
    task: str,
    event_id: str,
    reason: str,
    changes: Mapping[str, str],
) -> str:
    """Record that an event should have said something else, or nothing at all.

    Args:
        workspace: where.
        task: whose event it is.
        event_id: its id or the beginning of it.
        reason: why.
        changes: field to new value, JSON or plain text; empty retracts the event.

    Returns:
        the full id of the event that was corrected.

    Raises:
        UsageProblem: no such event or field, or a value it cannot have.
        LogError: the log cannot be read or the journal written.
    """
    workspace.require_tracked()
    state = task_state(workspace, task)
    target = find_event(state, event_id)
    if isinstance(target, UnknownEvent | EventCorrected):
        raise UsageProblem(f"event {target.id} cannot be corrected; record a new one")
    replacement = _replacement(state, target, changes) if changes else None
    fields = {
        "kind": "event_corrected",
        "event": target.id,
        "reason": reason,
        "replacement": replacement,
    }
    record(workspace, Subject("task", state.name), fields, "correct")
    return target.id


def _replacement(
    state: TaskState,
    target: KnownEvent,
    changes: Mapping[str, str],
) -> dict[str, object]:
    """Return the changed fields, checked on the event as it stands now."""
    standing = {event.id: event for event in state.events}
    if fixed := sorted(FIXED & set(changes)):
        raise UsageProblem(f"{fixed[0]} of an event cannot be corrected")
    replacement = {name: _value(text) for name, text in changes.items()}
    now: dict[str, object] = msgspec.to_builtins(standing.get(target.id, target))
    fields = {**now, **replacement}
    checked_event(fields)
    check_possible(fields)
    return replacement


def _value(text: str) -> object:
    """Read a value as JSON, so that numbers and lists can be given; else it is text."""
    try:
        value: object = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, RecursionError):
        return text
    return text if isinstance(value, float) else value


def unassigned_events(state: TaskState) -> list[str]:
    """Return the ids of events that no task was known for and none was given since."""
    bound = {e.event for e in state.of(EventCorrected)}
    return [
        e.id
        for e in state.events
        if e.id not in bound and not isinstance(e, EventCorrected)
    ]


def assign(workspace: Workspace, event_ids: Sequence[str], task: str) -> int:
    """Bind unassigned events to a task.

    Two events say so: one in the task, which brings a copy of the event along, and one
    among the unassigned, so that they are not counted any more.

    Returns:
        how many were bound.

    Raises:
        UsageProblem: an id names no unassigned event.
        LogError: the log cannot be read or the journal written.
    """
    workspace.require_tracked()
    name = task_state(workspace, task).name
    heap = workspace.log().unassigned()
    free = set(unassigned_events(heap))
    named = (find_event(heap, event_id).id for event_id in event_ids)
    targets = list(dict.fromkeys(named))
    for target in targets:
        if target not in free:
            raise UsageProblem(f"event {target} is assigned already")
    for target in targets:
        stored = next(s for s in heap.stored if s.event.id == target)
        kept = {"id", "seq", "writer", "task", "phase", "entry", "recorded_at"}
        copy = {k: v for k, v in stored.fields().items() if k not in kept}
        reason = f"assigned to {name}"
        fields = {
            "kind": "event_corrected",
            "event": target,
            "reason": reason,
        }
        record(
            workspace, Subject("task", name), {**fields, "replacement": copy}, "assign"
        )
        record(
            workspace, UNASSIGNED, {**fields, "replacement": {"task": name}}, "assign"
        )
    return len(targets)
