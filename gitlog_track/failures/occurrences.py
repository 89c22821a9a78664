"""What a task's events tell of things that went wrong or were learnt. Pure.

Nothing here goes by ``seq``, which follows from the order in which a clone folded, nor
is anything put in order by the attempt. Instants and ids do not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Literal

from msgspec import Struct

from gitlog_track.model.event import Event
from gitlog_track.model.events import (
    BlockerHit,
    BlockerResolved,
    BugFixed,
    BugFound,
    CommitRecorded,
    LessonLearned,
    TaskCompleted,
    TaskFailed,
    TaskRetried,
    TaskStarted,
)
from gitlog_track.model.records import ExceptionRecorded, ExecutionRecorded
from gitlog_track.model.task import TaskState

Kind = Literal[
    "error", "exception", "issue", "contract_gap", "blocker", "bug", "lesson"
]
FixKind = Literal["fix", "resolution", "workaround", "proposed_fix", "commit"]
Moment = tuple[datetime, str]
"""An event's instant and id: an order that no fold decides."""
_moment = attrgetter("at", "id")
NOTHING: Mapping[str, str] = {}
TELLING: tuple[type[Event], ...] = (
    *(TaskFailed, ExceptionRecorded, ExecutionRecorded),
    *(BlockerHit, BugFound, LessonLearned),
)
"""Kinds of events that tell of something."""
COPYING = frozenset({"rebase", "cherry-pick"})
"""Operations that make a commit of another one: they close nothing."""


class Fix(Struct, frozen=True, kw_only=True):
    """What ended something, or is said to; always as somebody recorded it.

    Attributes:
        kind: ``fix`` of a bug, ``resolution`` of a blocker, ``workaround`` and
            ``proposed_fix`` of an exception; ``commit`` is the last one recorded for a
            task that was then completed, after the occurrence.
        text: what was recorded; of a commit its id.
        event: id of the event that says so.
    """

    kind: FixKind
    text: str
    event: str


class Occurrence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that went wrong or was learnt.

    Attributes:
        kind: ``error`` is an attempt that failed, unless an exception record tells of
            the same error, as its effect or in the same attempt; ``issue`` and
            ``contract_gap`` are of an execution.
        event: id of the event that tells of it; an execution may tell of several.
        at: when; ``attempt`` of the task.
        text: as recorded; of an error its message.
        error_type, stack_hash: of errors and exceptions, where known.
        severity: of an exception; ``critical`` for a critical blocker.
        env: of the event, or else of the task's start; empty where nobody said.
        provenance, source: of the event.
        fixes: what is known to have ended it.
    """

    kind: Kind
    event: str
    at: datetime
    attempt: int = 1
    text: str = ""
    error_type: str = ""
    stack_hash: str = ""
    severity: str = ""
    env: str = ""
    provenance: str = "live"
    source: str = ""
    fixes: tuple[Fix, ...] = ()


def occurrences(state: TaskState) -> list[Occurrence]:
    """Return what the events of a task, or those without a task, tell of."""
    return list(_Reader(state).found()) if any(map(state.of, TELLING)) else []


def tells_of(exception: ExceptionRecorded, failure: TaskFailed) -> bool:
    """Is an exception of the same attempt and the same error as its end?

    As ``run`` recorded it before the attempt was given up. The same error has the same
    type and hash, as far as the failure names them, and it names at least one.
    """
    named = {name: value for name, value in _error(failure).items() if value}
    return (
        exception.attempt == failure.attempt
        and bool(named)
        and named.items() <= _error(exception).items()
    )


class _Reader:
    """Reads one task's events."""

    def __init__(self, state: TaskState) -> None:
        self._state = state
        starts = sorted(state.of(TaskStarted), key=_moment)
        self._env: str = next((e.env for e in starts if e.env), "")
        self._closing = _closing(state)

    def found(self) -> Iterator[Occurrence]:
        """Yield every occurrence."""
        state = self._state
        for failure in state.of(TaskFailed):
            if not self._is_told_by_exception(failure):
                own = _error(failure)
                yield self._made("error", failure, failure.message, own=own)
        for exception in state.of(ExceptionRecorded):
            yield self._exception(exception)
        for execution in state.of(ExecutionRecorded):
            own = {"env": execution.env or ""}
            for text in execution.issues or ():
                yield self._made("issue", execution, text, own=own)
            for text in execution.contract_gaps or ():
                yield self._made("contract_gap", execution, text, own=own)
        resolutions = _resolutions(state)
        for blocker in state.of(BlockerHit):
            own = {"severity": "critical"} if blocker.critical else {}
            fixes = resolutions.get(blocker.id, ())
            yield self._made("blocker", blocker, blocker.text, fixes, own)
        bug_fixes = _bug_fixes(state)
        for bug in state.of(BugFound):
            yield self._made("bug", bug, bug.text, bug_fixes.get(bug.id, ()))
        for lesson in state.of(LessonLearned):
            yield self._made("lesson", lesson, lesson.text)

    def _exception(self, event: ExceptionRecorded) -> Occurrence:
        own = {**_error(event), "severity": event.severity, "env": event.env or ""}
        fixes = _remedies(event)
        return self._made("exception", event, event.what_happened, fixes, own)

    def _is_told_by_exception(self, failure: TaskFailed) -> bool:
        """Does an exception record tell of it, and of more? It counts once then.

        One that names it as its cause, or one of the same attempt; of the same error.
        """
        return any(
            (failure.id in one.causes and _error(one) == _error(failure))
            or tells_of(one, failure)
            for one in self._state.of(ExceptionRecorded)
        )

    def _made(
        self,
        kind: Kind,
        event: Event,
        text: str,
        fixes: Sequence[Fix] = (),
        own: Mapping[str, str] = NOTHING,
    ) -> Occurrence:
        if kind != "lesson" and self._closing is not None:
            at, by_commit = self._closing
            if (event.at, event.id) < at:
                fixes = (*fixes, *by_commit) if fixes else by_commit
        return Occurrence(
            kind=kind,
            event=event.id,
            at=event.at,
            attempt=event.attempt,
            provenance=event.provenance,
            source=event.source,
            text=text,
            error_type=own.get("error_type", ""),
            stack_hash=own.get("stack_hash", ""),
            severity=own.get("severity", ""),
            env=own.get("env") or self._env,
            fixes=tuple(fixes),
        )


def _resolutions(state: TaskState) -> dict[str, list[Fix]]:
    found: dict[str, list[Fix]] = {}
    for event in sorted(state.of(BlockerResolved), key=_moment):
        fix = Fix(kind="resolution", text=event.text, event=event.id)
        found.setdefault(event.blocker, []).append(fix)
    return found


def _bug_fixes(state: TaskState) -> dict[str, list[Fix]]:
    found: dict[str, list[Fix]] = {}
    for event in sorted(state.of(BugFixed), key=_moment):
        if event.bug is not None:
            fix = Fix(kind="fix", text=event.text, event=event.id)
            found.setdefault(event.bug, []).append(fix)
    return found


def _closing(state: TaskState) -> tuple[Moment, tuple[Fix]] | None:
    """Return the last commit recorded for a task; None unless the task is complete."""
    frames: list[TaskStarted | TaskRetried | TaskFailed | TaskCompleted] = []
    for kind in (TaskStarted, TaskRetried, TaskFailed, TaskCompleted):
        frames += state.of(kind)
    last = max(frames, key=_moment, default=None)
    if not isinstance(last, TaskCompleted) or last.status != "complete":
        return None
    work = [e for e in state.of(CommitRecorded) if e.operation not in COPYING]
    commit = max(work, key=_moment, default=None)
    if commit is None:
        return None
    fix = Fix(kind="commit", text=commit.commit, event=commit.id)
    return (commit.at, commit.id), (fix,)


def _error(event: TaskFailed | ExceptionRecorded) -> dict[str, str]:
    return {"error_type": event.error_type, "stack_hash": event.stack_hash}


def _remedies(event: ExceptionRecorded) -> list[Fix]:
    said: tuple[tuple[FixKind, str], ...] = (
        ("workaround", event.workaround),
        ("proposed_fix", event.proposed_fix),
    )
    return [Fix(kind=kind, text=text, event=event.id) for kind, text in said if text]
