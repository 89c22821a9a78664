"""Which imported records a task admits: what is new, and goes together with the rest.

What the log has already is left alone, and nothing that was recorded live is contradicted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gitlog_track.errors import UsageProblem
from gitlog_track.importers.formats import Format
from gitlog_track.log.codec import encode
from gitlog_track.model.event import Event
from gitlog_track.model.events import (
    AnyEvent,
    TaskRetried,
    TaskStarted,
    from_fields,
)
from gitlog_track.model.ids import event_id, natural_key
from gitlog_track.model.records import ExceptionRecorded, ExecutionRecorded
from gitlog_track.model.replay import NOT_BEFORE, replay
from gitlog_track.model.task import TaskState
from gitlog_track.services.import_files import Fields, Ready
from gitlog_track.services.record import refuse_other_spelling

OF_FIRST_START = frozenset(TaskStarted.__struct_fields__) - frozenset(
    TaskRetried.__struct_fields__
)
"""What only the first attempt's beginning says."""
_BOUNDED = frozenset(kind.__struct_config__.tag for kind in NOT_BEFORE)
_RECORDS = frozenset({"execution_recorded", "exception_recorded"})


@dataclass(frozen=True, slots=True)
class Admitted:
    """What a task takes of a record.

    Attributes:
        record: what was asked for.
        events: that are to be added: those that the log lacks.
        problem: why nothing of it is; None where it may be.
    """

    record: Ready
    events: tuple[Fields, ...] = ()
    problem: UsageProblem | None = None


@dataclass(slots=True)
class Standing:
    """A task as the log has it, and what is to be added to it.

    Attributes:
        state: as the log has it.
        is_rerun: is a second beginning the next attempt?
        known: keys of events that are there or are to be added.
        added: fields of those that are to be added.
    """

    state: TaskState
    is_rerun: bool
    known: set[object]
    added: list[Fields] = field(default_factory=list)

    @classmethod
    def of(cls, state: TaskState, form: Format) -> Standing:
        """Return where a task stands before anything is added."""
        events = [one.event for one in state.stored]
        known: set[object] = {event.id for event in events}
        known.update(e.entry for e in events if isinstance(e, Event) and e.entry)
        known.update(map(_same_record, state.of(ExecutionRecorded)))
        known.update(map(_same_record, state.of(ExceptionRecorded)))
        known.update(e.exception_id.lower() for e in state.of(ExceptionRecorded))
        return cls(state, form.is_rerun, known)

    def has(self, event: Fields) -> bool:
        """Has the task a record, or will it have it?"""
        return not self.known.isdisjoint(_keys(event, self.state.name))

    def admit(self, records: Sequence[Ready]) -> list[Admitted]:
        """Take what can be taken of some records, in their order.

        They are judged together, and in halves where that fails: one by one the runs of a
        task that ran ten thousand times would be replayed ten thousand times.
        """
        known = set(self.known)
        found: list[Admitted] = []
        is_begun = bool(self.state.started or self.added)
        for one in records:
            found.append(self._wanted(one, known, is_begun=is_begun))
            is_begun = is_begun or bool(found[-1].events)
        problem = self._unsound(found)
        if problem is None:
            self.known = known
            self.added += (event for one in found for event in one.events)
            return found
        if len(records) == 1:
            return [Admitted(records[0], problem=problem)]
        half = len(records) // 2
        return [*self.admit(records[:half]), *self.admit(records[half:])]

    def _wanted(self, one: Ready, known: set[object], *, is_begun: bool) -> Admitted:
        """Return what of a record is new; *known* is added to."""
        keyed = [(_keys(event, one.task), event) for event in one.events]
        new = [event for keys, event in keyed if known.isdisjoint(keys)]
        try:
            refuse_other_spelling(one.task, self.state)
            names = _exceptions(one.task, new, known)
            if any(event["kind"] in _BOUNDED for event in new):
                _refuse_tracked(one.task, self.state)
        except UsageProblem as err:
            return Admitted(one, problem=err)
        known.update(key for keys, _ in keyed for key in keys)
        known.update(names)
        if self.is_rerun and is_begun:
            new = [_as_retry(event) for event in new]
        return Admitted(one, tuple(new))

    def _unsound(self, found: Sequence[Admitted]) -> UsageProblem | None:
        """Return what a task would suffer from some records; None if it is no worse.

        What one record says of a task without a past its importer has judged.
        """
        task = found[0].record.task
        new = [event for one in found for event in one.events]
        is_alone = not self.state.stored and not self.added
        is_alone = is_alone and sum(bool(one.events) for one in found) < 2
        if is_alone and not any(e["kind"] == "task_retried" for e in new):
            return None
        before = self.state
        lines = [one.line for one in before.stored]
        attempt = max((a.number for a in before.attempts), default=1)
        last = max((one.event.seq for one in before.stored), default=0)
        for seq, event in enumerate((*self.added, *new), last + 1):
            attempt += event["kind"] == "task_retried"
            placed = _identified(event, task, seq=seq, attempt=attempt, writer="")
            lines.append(encode(placed))
        known = {problem.text for problem in before.problems}
        for problem in replay(task, lines).problems:
            is_bad = problem.invalid or problem.code == "started_twice"
            if is_bad and problem.text not in known:
                return UsageProblem(
                    f"{task}: {problem.text}",
                    hint=f"gitlog-track show {task} tells what was imported before",
                )
        return None


def _keys(event: Fields, task: str) -> tuple[object, ...]:
    """Return by what an event is known again; one of them is enough."""
    key = event["entry"] if "entry" in event else _identified(event, task)["id"]
    if event["kind"] in _RECORDS:
        return (key, _same_record(from_fields(event)))
    return (key,)


def _same_record(event: AnyEvent) -> tuple[object, ...]:
    """Return what makes a record the same one, as where the log was exported before.

    It is all that the specification's file tells of it, to the millisecond.
    """
    own = (f for f in event.__struct_fields__ if f not in Event.__struct_fields__)
    at_ms = round(event.at.timestamp() * 1000)
    return (type(event), at_ms, *(getattr(event, name) for name in own))


def _identified(event: Fields, task: str, **place: object) -> Fields:
    """Return an event with the id that it will have in a task's log."""
    whole = {**event, "task": task or None, **place}
    return {**whole, "id": event_id(str(event["kind"]), natural_key(whole))}


def _exceptions(task: str, new: Iterable[Fields], known: set[object]) -> set[str]:
    """Return the ids of exceptions, in lower case.

    Raises:
        UsageProblem: the task has another exception of one of them.
    """
    found: set[str] = set()
    for event in new:
        name = str(event.get("exception_id", "")).lower()
        if name in known or name in found:
            text = f"{task or 'no task'} has another exception {event['exception_id']}"
            raise UsageProblem(text)
        found.update([name] if name else [])
    return found


def _refuse_tracked(task: str, state: TaskState) -> None:
    """Check that a task was not tracked when it was worked on.

    Commits that hooks recorded, notes and lessons are no hindrance.
    """
    live = [
        event
        for event in (one.event for one in state.stored)
        if isinstance(event, Event)
        and type(event) in NOT_BEFORE
        and event.provenance == "live"
    ]
    if live:
        raise UsageProblem(
            f"{task} was tracked live since {live[0].at.isoformat()}: an import would "
            "contradict that",
            hint=f"gitlog-track show {task}; gitlog-track correct changes what is wrong",
        )


def _as_retry(event: Fields) -> Fields:
    """Return a second beginning as that of the next attempt."""
    if event["kind"] != "task_started":
        return event
    kept = {k: v for k, v in event.items() if k not in OF_FIRST_START}
    return {**kept, "kind": "task_retried"}
