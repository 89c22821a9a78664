"""The state of a task or phase: its events in order, as they stand after corrections."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar, cast

from gitlog_track.model.event import Event
from gitlog_track.model.events import (
    KnownEvent,
    TaskCompleted,
    TaskFailed,
    TaskRetried,
    TaskStarted,
)
from gitlog_track.model.stored import StoredEvent

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a log that a reader should know.

    Attributes:
        code: stable name, such as ``clock_skew``.
        text: one sentence for people.
        invalid: does it make the log no proof?
    """

    code: str
    text: str
    invalid: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a task.

    Attributes:
        number: from 1.
        begun: the event that began it, if recorded.
        ended: the event that ended it, if it has ended.
    """

    number: int
    begun: TaskStarted | TaskRetried | None
    ended: TaskCompleted | TaskFailed | None


@dataclass(frozen=True, kw_only=True)
class TaskState:
    """What the events of one task, phase or the unassigned heap come to.

    Attributes:
        name: of the task or phase; empty for the unassigned.
        phase: of a task, if known.
        trace_id: of a task, once the repository has a commit.
        events: in order, corrections applied, retracted ones left out.
        corrected: ids of events whose values a correction replaced.
        attempts: of a task, in order.
        problems: what is wrong or odd.
        stored: every line, as it stands in the log.
    """

    name: str
    phase: str | None
    trace_id: str | None
    events: tuple[KnownEvent, ...]
    corrected: frozenset[str]
    attempts: tuple[Attempt, ...]
    problems: tuple[Problem, ...]
    stored: tuple[StoredEvent, ...] = field(repr=False)

    def of(self, kind: type[E]) -> tuple[E, ...]:
        """Return the events of one kind, in order."""
        found = self._by_kind.get(kind, ())
        return cast("tuple[E, ...]", found)

    def last(self, kind: type[E]) -> E | None:
        """Return the last event of a kind, or None."""
        return next(reversed(self.of(kind)), None)

    @cached_property
    def _by_kind(self) -> dict[type[Event], tuple[Event, ...]]:
        found: dict[type[Event], list[Event]] = {}
        for event in self.events:
            found.setdefault(type(event), []).append(event)
        return {kind: tuple(events) for kind, events in found.items()}

    @property
    def started(self) -> TaskStarted | None:
        """The start that counts: the earliest, if two clones started apart."""
        return min(self.of(TaskStarted), key=lambda e: e.at, default=None)

    @property
    def ended(self) -> TaskCompleted | TaskFailed | None:
        """The end of the last attempt; None while it is open."""
        return self.attempts[-1].ended if self.attempts else None

    @property
    def status(self) -> str:
        """``in_progress``, ``complete``, ``partial``, ``failed``, or ``not_started``."""
        ended = self.ended
        if isinstance(ended, TaskCompleted):
            return ended.status
        if isinstance(ended, TaskFailed):
            return "failed"
        return "in_progress" if self.started else "not_started"

    @property
    def is_valid(self) -> bool:
        """Is there nothing that makes this log no proof?"""
        return not any(problem.invalid for problem in self.problems)
