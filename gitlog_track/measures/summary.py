"""What reports need of a task, without its events: small enough to keep for all tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from gitlog_track.measures.task import MeasuredTask
from gitlog_track.measures.value import (
    MISSING,
    Value,
    declared,
    measured,
    no_proof,
    seconds,
)
from gitlog_track.model.events import BlockerHit, CommitRecorded, TaskFailed
from gitlog_track.model.task import Attempt, TaskState


class AttemptSummary(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One try of a task.

    Attributes:
        number: from 1.
        span_id: of the attempt; empty while the repository has no commit.
        begun_at, ended_at: instants; None where not recorded.
        status: ``in_progress``, ``complete``, ``partial`` or ``failed``.
        error_type, message: of a failure.
        stack_hash: of a failure with a stack trace.
        retry_of: span id of the attempt before; empty for the first.
        provenance, source: of the event that began it, or else of the one that ended it.
        links: ``traceparent`` of the traces in which its events were recorded.
        files_written, retrieved: as declared at its end; None where nobody said.
        retrieved_from: where things were looked up.
    """

    number: int
    span_id: str = ""
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    status: str = "in_progress"
    error_type: str = ""
    message: str = ""
    stack_hash: str = ""
    retry_of: str = ""
    provenance: str = "live"
    source: str = ""
    links: tuple[str, ...] = ()
    files_written: int | None = None
    retrieved: int | None = None
    retrieved_from: tuple[str, ...] = ()

    @property
    def duration_s(self) -> Decimal | None:
        """How long it took; None while it is open, or where a clock ran backwards."""
        if self.begun_at is None or self.ended_at is None:
            return None
        passed = seconds(self.begun_at, self.ended_at)
        return passed if passed >= 0 else None


class TaskSummary(Struct, frozen=True, kw_only=True, gc=False):
    """A measured task without its events.

    Attributes:
        name, phase, status, trace_id, description, labels, provenance: as recorded;
            the phase and the trace are empty where unknown.
        attempts: in order; empty for a task that was never started.
        measures: by id, those that are known or do not apply.
        first_commit: instant of the first commit recorded for it.
        critical_blockers: one text each.
        problems, warnings: what makes its log no proof; what is merely odd.
    """

    name: str
    phase: str
    status: str
    trace_id: str
    description: str
    labels: tuple[str, ...]
    provenance: str
    attempts: tuple[AttemptSummary, ...]
    measures: Mapping[str, Value]
    first_commit: Value = MISSING
    critical_blockers: tuple[Value, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def value(self, measure: str) -> Value:
        """Return a task-level measure by its id."""
        return self.measures.get(measure, MISSING)

    @property
    def begun_at(self) -> datetime | None:
        """When the task was started."""
        return self.value("begin_timestamp").instant

    @property
    def has_ended(self) -> bool:
        """Is its last attempt over?"""
        return bool(self.attempts) and self.attempts[-1].ended_at is not None

    @property
    def failed_at(self) -> datetime | None:
        """When its latest failed attempt ended; None where none failed."""
        ends = (a.ended_at for a in reversed(self.attempts) if a.status == "failed")
        return next(ends, None)

    @property
    def failed_at_first(self) -> bool:
        """Did the first attempt fail, or was there a second?"""
        return len(self.attempts) > 1 or self.status == "failed"


def summarise(task: MeasuredTask) -> TaskSummary:
    """Return what reports need of a replayed and measured task."""
    state = task.state
    started = state.started
    return TaskSummary(
        name=state.name,
        phase=state.phase or "",
        status=state.status,
        trace_id=state.trace_id or "",
        description=started.description if started else "",
        labels=started.labels if started else (),
        provenance=started.provenance if started else "live",
        attempts=_attempts(state),
        measures={n: bare(v) for n, v in task.measures.items() if v is not MISSING},
        first_commit=_first_commit(state),
        critical_blockers=tuple(
            bare(declared(state, event, event.text))
            for event in state.of(BlockerHit)
            if event.critical
        ),
        problems=tuple(p.text for p in state.problems if p.invalid),
        warnings=tuple(p.text for p in state.problems if not p.invalid),
    )


def bare(value: Value) -> Value:
    """Return a value without its events: ``show`` names them, a report its tasks."""
    return replace(value, events=())


def _first_commit(state: TaskState) -> Value:
    event = next(iter(state.of(CommitRecorded)), None)
    if event is None:
        return MISSING
    value = bare(measured(state, event, event.at))
    return value if state.is_valid else no_proof(value)


def _attempts(state: TaskState) -> tuple[AttemptSummary, ...]:
    links: dict[int, dict[str, None]] = {}
    for event in state.events:
        if event.link is not None:
            links.setdefault(event.attempt, {})[event.link] = None
    return tuple(
        _attempt(attempt, tuple(links.get(attempt.number, ())))
        for attempt in state.attempts
    )


def _attempt(attempt: Attempt, links: tuple[str, ...]) -> AttemptSummary:
    begun, ended = attempt.begun, attempt.ended
    either = begun or ended
    failed = ended if isinstance(ended, TaskFailed) else None
    retrieval = ended.retrieval if ended else None
    return AttemptSummary(
        number=attempt.number,
        span_id=(either.span_id if either else "") or "",
        begun_at=begun.at if begun else None,
        ended_at=ended.at if ended else None,
        status=_status(attempt),
        error_type=failed.error_type if failed else "",
        message=failed.message if failed else "",
        stack_hash=failed.stack_hash if failed else "",
        retry_of=(either.retry_of if either else "") or "",
        provenance=either.provenance if either else "live",
        source=either.source if either else "",
        links=links,
        files_written=ended.files_written if ended else None,
        retrieved=retrieval.count if retrieval else None,
        retrieved_from=retrieval.sources if retrieval else (),
    )


def _status(attempt: Attempt) -> str:
    ended = attempt.ended
    if ended is None:
        return "in_progress"
    return "failed" if isinstance(ended, TaskFailed) else ended.status
