"""Every kind of event: one frozen type each, with the fields it may have.

A kind's name is its on-disk name: past tense, never renamed, never reused. Fields may be
added with defaults. What this version does not know is kept as :class:`UnknownEvent`
and never crashes a reader. FORMAT.md has the same list for other tools. What all kinds
share is in ``event``; the larger records and a phase's kinds have modules of their own.
"""

from __future__ import annotations

import functools
from typing import Literal

import msgspec
from msgspec import Struct

from gitlog_track.model.event import (
    Check,
    Count,
    Criteria,
    DecimalText,
    Environment,
    Event,
    Instant,
    Level,
    Milestone,
    Oid,
    Operation,
    Target,
)
from gitlog_track.model.phases import PhaseMilestoneReached, PhaseReviewed, PhaseStarted
from gitlog_track.model.records import (
    ExceptionRecorded,
    ExecutionRecorded,
    UsageRecorded,
)


class TaskStarted(Event, frozen=True, kw_only=True, tag="task_started"):
    """``start``: work on a task begins."""

    description: str = ""
    estimated_duration_s: Count | None = None
    start_tokens: Count | None = None
    test_coverage_target: Target | None = None
    performance_targets: tuple[Target, ...] = ()
    projected_outcome: str = ""
    env: Environment | None = None
    risk: Level | None = None
    state: str = ""
    labels: tuple[str, ...] = ()


class TaskPaused(Event, frozen=True, kw_only=True, tag="task_paused"):
    """``pause``: time that follows is not active time."""

    reason: str = ""


class TaskResumed(Event, frozen=True, kw_only=True, tag="task_resumed"):
    """``resume``: the pause is over."""

    reason: str = ""


class MilestoneReached(Event, frozen=True, kw_only=True, tag="milestone_reached"):
    """``milestone``: the last one recorded of each name counts."""

    milestone: Milestone
    validation_results: tuple[Check, ...] = ()


class NoteRecorded(Event, frozen=True, kw_only=True, tag="note_recorded"):
    """``note``: something worth a line."""

    text: str


class BugFound(Event, frozen=True, kw_only=True, tag="bug_found"):
    """``bug``: a bug was met."""

    text: str


class BugFixed(Event, frozen=True, kw_only=True, tag="bug_fixed"):
    """``fix``: a bug was fixed; ``bug`` is the event that found it."""

    text: str
    bug: str | None = None


class IterationRecorded(Event, frozen=True, kw_only=True, tag="iteration_recorded"):
    """``iteration``: one more round of work was needed."""

    reason: str = ""


class MeasurementRecorded(
    Event,
    frozen=True,
    kw_only=True,
    tag="measurement_recorded",
):
    """``measure``: a value, or that it does not apply and why."""

    measure: str
    value: str | None = None
    unit: str = ""
    name: str = ""
    target: Target | None = None
    method: Literal["typed", "file", "command"] = "typed"
    not_applicable: bool = False
    reason: str = ""


class CommandFinished(Event, frozen=True, kw_only=True, tag="command_finished"):
    """``run``: a command was run to its end; what it failed with, if that was told."""

    label: str
    exit_code: int
    duration_s: DecimalText
    started_at: Instant
    command: tuple[str, ...] = ()
    error_type: str = ""
    message: str = ""
    stack: str = ""
    stack_hash: str = ""


class InteractionRecorded(
    Event,
    frozen=True,
    kw_only=True,
    tag="interaction_recorded",
):
    """``interaction``: so many exchanges with an agent."""

    count: Count = 1
    text: str = ""


class HallucinationRecorded(
    Event,
    frozen=True,
    kw_only=True,
    tag="hallucination_recorded",
):
    """``hallucination``: an agent stated what was not so."""

    count: Count = 1
    text: str = ""


class ContextSwitched(Event, frozen=True, kw_only=True, tag="context_switched"):
    """``context-switch``: the work was left for something else."""

    count: Count = 1
    text: str = ""


class BlockerHit(Event, frozen=True, kw_only=True, tag="blocker_hit"):
    """``blocker``: something stopped the work."""

    text: str
    critical: bool = False


class BlockerResolved(Event, frozen=True, kw_only=True, tag="blocker_resolved"):
    """``unblock``: it no longer does."""

    blocker: str
    text: str = ""


class LessonLearned(Event, frozen=True, kw_only=True, tag="lesson_learned"):
    """``lesson``: what to do differently."""

    text: str


class CommitAttempted(Event, frozen=True, kw_only=True, tag="commit_attempted"):
    """The pre-commit hook ran; ``head`` is the commit before, if any."""

    head: Oid | None = None


class CommitRecorded(Event, frozen=True, kw_only=True, tag="commit_recorded"):
    """A commit was made here; what is None was pruned before it could be read."""

    commit: Oid
    operation: Operation
    tree: Oid | None = None
    commit_parents: tuple[Oid, ...] = ()
    authored_at: Instant | None = None
    committed_at: Instant | None = None
    patch_id: str | None = None
    files: Count | None = None
    insertions: Count | None = None
    deletions: Count | None = None


class CommitsRewritten(Event, frozen=True, kw_only=True, tag="commits_rewritten"):
    """An amend, a rebase or a forge's squash made commits of others; up to 100 pairs."""

    cause: str
    pairs: tuple[tuple[Oid, Oid], ...]


class Retrieval(Struct, frozen=True, kw_only=True):
    """How much was looked up, and where."""

    count: Count
    sources: tuple[str, ...] = ()


class Totals(Event, frozen=True, kw_only=True):
    """Totals declared at a task's end, where nothing was recorded one by one.

    None is "not said"; 0 and an empty list are values.
    """

    end_tokens: Count | None = None
    tokens_used: Count | None = None
    iterations: Count | None = None
    bugs: Count | None = None
    hallucinations: Count | None = None
    interactions: Count | None = None
    context_switches: Count | None = None
    blockers: tuple[str, ...] | None = None
    actual_outcome: str = ""
    success_criteria: Criteria | None = None
    files_written: Count | None = None
    retrieval: Retrieval | None = None


class TaskCompleted(Totals, frozen=True, kw_only=True, tag="task_completed"):
    """``complete``: the task, or what could be done of it, is done."""

    status: Literal["complete", "partial"] = "complete"


class TaskFailed(Totals, frozen=True, kw_only=True, tag="task_failed"):
    """``fail``: this attempt came to nothing."""

    error_type: str = ""
    message: str = ""
    stack: str = ""
    stack_hash: str = ""


class TaskRetried(Event, frozen=True, kw_only=True, tag="task_retried"):
    """``start --retry``: the next attempt begins; ``retry_of`` is the one before."""

    description: str = ""
    estimated_duration_s: Count | None = None
    start_tokens: Count | None = None


class EventCorrected(Event, frozen=True, kw_only=True, tag="event_corrected"):
    """``correct``, ``assign``: what an event should have said; None retracts it."""

    event: str
    reason: str
    replacement: dict[str, object] | None = None


class UnknownEvent(Struct, frozen=True, kw_only=True):
    """An event of a kind, or with a field, that this version cannot read.

    Attributes:
        problem: why, for people; empty where the kind is simply newer.
    """

    kind: str
    id: str
    seq: int
    at: Instant
    problem: str = ""


KnownEvent = (
    TaskStarted
    | TaskPaused
    | TaskResumed
    | MilestoneReached
    | NoteRecorded
    | BugFound
    | BugFixed
    | IterationRecorded
    | MeasurementRecorded
    | CommandFinished
    | UsageRecorded
    | InteractionRecorded
    | HallucinationRecorded
    | ContextSwitched
    | BlockerHit
    | BlockerResolved
    | LessonLearned
    | CommitAttempted
    | CommitRecorded
    | CommitsRewritten
    | ExceptionRecorded
    | ExecutionRecorded
    | TaskCompleted
    | TaskFailed
    | TaskRetried
    | EventCorrected
    | PhaseStarted
    | PhaseMilestoneReached
    | PhaseReviewed
)
AnyEvent = KnownEvent | UnknownEvent


def kind_of(event: Event) -> str:
    """Return an event's on-disk kind."""
    tag = event.__struct_config__.tag
    return tag if isinstance(tag, str) else ""


@functools.cache
def event_types() -> dict[str, type[Event]]:
    """Return every kind and its type, in the order of the union."""
    return {
        str(t.__struct_config__.tag): t
        for t in KnownEvent.__args__  # a union of classes
    }


def from_fields(fields: dict[str, object]) -> KnownEvent:
    """Return the event of its stored fields.

    Raises:
        msgspec.ValidationError: the kind or a field is not of this version.
    """
    event: KnownEvent = msgspec.convert(fields, KnownEvent)
    return event
