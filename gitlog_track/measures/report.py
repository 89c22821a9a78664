"""The report as a value: phases, the whole, the tracking itself, what to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.listing import Listing
from gitlog_track.measures.phase import NOTHING, measure_phase
from gitlog_track.measures.phase_events import measure_own_events
from gitlog_track.measures.resolution import (
    CommitTasks,
    Orphan,
    Resolution,
    WayCounts,
)
from gitlog_track.measures.summary import TaskSummary, bare
from gitlog_track.measures.task import Measures
from gitlog_track.measures.totals import PhaseTotals, total_of
from gitlog_track.measures.tracking import TrackingRow, improvement, measure_tracking
from gitlog_track.measures.value import MISSING, Value
from gitlog_track.model.phases import PhaseReviewed
from gitlog_track.model.task import TaskState

NO_PHASE = "(no phase)"
ORPHANS = 100
"""So many commits that are no longer on HEAD a report names."""


class PhaseRecord(Struct, kw_only=True):
    """All that a report has to know of a phase.

    Attributes:
        name: as the phase's own log spells it, else its tasks; empty for none.
        totals: of its tasks.
        own: what its own events say.
        is_reviewed: was it reviewed?
    """

    name: str
    totals: PhaseTotals
    own: dict[str, Value]
    is_reviewed: bool = False


class OwnRecord(Struct, frozen=True):
    """What a phase's own events come to: its name, its measures, was it reviewed?"""

    name: str
    measures: dict[str, Value]
    is_reviewed: bool

    @classmethod
    def of(cls, own: TaskState) -> OwnRecord:
        """Return what the replayed events of a phase itself come to."""
        return cls(
            name=own.name,
            measures={n: bare(v) for n, v in measure_own_events(own).items()},
            is_reviewed=own.last(PhaseReviewed) is not None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which tasks a report is about.

    Attributes:
        phase, task: one only, compared without case; empty: all.
        since, until: only tasks that were started then, the end excluded.
        least: figures known less well than this count as missing, and tasks of which
            the beginning is known less well count nowhere.
    """

    phase: str = ""
    task: str = ""
    since: datetime | None = None
    until: datetime | None = None
    least: Evidence = Evidence.MISSING

    @property
    def is_everything(self) -> bool:
        """Is nothing left out?"""
        return self == Selection()

    def select(self, tasks: Iterable[TaskSummary]) -> list[TaskSummary]:
        """Return the tasks in question, with the figures that are known well enough."""
        return [self._strong(task) for task in tasks if self._holds(task)]

    def _holds(self, task: TaskSummary) -> bool:
        begun = task.begun_at
        return (
            (not self.phase or task.phase.lower() == self.phase.lower())
            and (not self.task or task.name.lower() == self.task.lower())
            and (self.since is None or (begun is not None and begun >= self.since))
            and (self.until is None or (begun is not None and begun < self.until))
            and self._is_strong(task.value("begin_timestamp"))
        )

    def _is_strong(self, value: Value) -> bool:
        return value.evidence >= self.least

    def _strong(self, task: TaskSummary) -> TaskSummary:
        if self.least is Evidence.MISSING:
            return task
        first = task.first_commit
        return replace(
            task,
            measures={n: v for n, v in task.measures.items() if self._is_strong(v)},
            first_commit=first if self._is_strong(first) else MISSING,
            critical_blockers=tuple(filter(self._is_strong, task.critical_blockers)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRow:
    """One phase in a report.

    Attributes:
        phase: its name.
        tasks: names of its tasks, in order.
        measures: its aggregates.
        tracking: how well the tracking itself works in it.
        is_over: has every task of it ended?
        is_reviewed: was it reviewed?
    """

    phase: str
    tasks: tuple[str, ...]
    measures: Measures
    tracking: tuple[TrackingRow, ...]
    is_over: bool
    is_reviewed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Tasks with a label beside those without it."""

    label: str
    with_label: Measures
    without: Measures


class Coverage(Struct, frozen=True, kw_only=True):
    """What HEAD's history and the log say of one another.

    Attributes:
        on_head, since_began: commits of HEAD, all and since tracking began, by the way
            in which they resolve to tasks.
        ambiguous: commits that lead to several tasks, of which one cannot be told.
        kept, moved: recorded commits that are on HEAD; under another id.
        orphaned: recorded commits that are not; what was squashed is among them.
        orphans: the first :data:`ORPHANS` of them, with their tasks.
        unsearched: commits that were not compared by patch id, being too many.
        work: how many pieces of work on HEAD each task has.
        is_partial: is the history cut off?
    """

    on_head: WayCounts
    since_began: WayCounts
    ambiguous: tuple[CommitTasks, ...]
    kept: int
    moved: int
    orphaned: int
    orphans: tuple[Orphan, ...]
    unsearched: int
    work: dict[str, int]
    is_partial: bool

    @classmethod
    def of(cls, resolution: Resolution) -> Coverage:
        """Return what a report has to know of a resolved history."""
        return cls(
            on_head=resolution.on_head,
            since_began=resolution.since_began,
            ambiguous=resolution.ambiguous,
            kept=resolution.kept,
            moved=resolution.moved,
            orphaned=len(resolution.orphaned),
            orphans=resolution.orphaned[:ORPHANS],
            unsearched=resolution.unsearched,
            work={task: len(work) for task, work in resolution.work().items()},
            is_partial=resolution.is_partial,
        )

    @property
    def share(self) -> Value:
        """Commits since tracking began that resolve to a task, in per cent."""
        since = self.since_began
        if not since.commits:
            return MISSING
        share = Decimal(100 * since.resolved) / since.commits
        return Value(number=share, evidence=Evidence.DERIVED, n=since.commits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What ``report`` shows.

    Attributes:
        log: the log commit; None where there is no log.
        selection: what was asked for.
        phases: in the order in which their first task began.
        overall: the aggregates of all tasks.
        tracking: how well the tracking itself works, over all tasks.
        lists: tasks to look at, by the name of the list.
        recent: the newest tasks, oldest first.
        tasks: all that are in question, newest first, where they were asked for.
        comparison: by a label, if it was asked for.
        history: of HEAD.
    """

    log: str | None
    selection: Selection
    phases: tuple[PhaseRow, ...]
    overall: Measures
    tracking: tuple[TrackingRow, ...]
    lists: Mapping[str, Listing]
    recent: tuple[TaskSummary, ...]
    comparison: Comparison | None
    history: Coverage
    tasks: tuple[TaskSummary, ...] = ()

    @property
    def unreviewed(self) -> tuple[str, ...]:
        """Names of phases that are over and were never reviewed."""
        return tuple(
            row.phase for row in self.phases if row.is_over and not row.is_reviewed
        )


def group(
    tasks: Iterable[TaskSummary], own: Mapping[str, OwnRecord]
) -> list[PhaseRecord]:
    """Group tasks by phase, names compared without case; one may have no tasks yet.

    Args:
        tasks: of all phases.
        own: what the phases' own events say, by name in lower case.
    """
    grouped: dict[str, list[TaskSummary]] = {}
    for task in tasks:
        grouped.setdefault(task.phase.lower(), []).append(task)
    return [
        record(total_of(grouped.get(key, ())), own.get(key))
        for key in sorted(grouped.keys() | own.keys())
    ]


def record(totals: PhaseTotals, own: OwnRecord | None) -> PhaseRecord:
    """Return what a report has to know of a phase, from its tasks and its own events."""
    return PhaseRecord(
        name=own.name if own else totals.spelling,
        totals=totals,
        own=own.measures if own else {},
        is_reviewed=own is not None and own.is_reviewed,
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What of a phase does not depend on which of its tasks are asked for."""

    measures: Measures
    change: Value
    is_over: bool
    is_reviewed: bool


def phase_rows(
    records: Sequence[PhaseRecord],
    whole: Sequence[PhaseRecord] | None = None,
    *,
    least: Evidence = Evidence.MISSING,
) -> tuple[PhaseRow, ...]:
    """Return a report's rows, in the order in which the phases' first tasks began.

    Args:
        records: phases, with the tasks that are asked for.
        whole: all phases with all their tasks; None where that is the same.
        least: what is known less well is missing.
    """
    standings = _standings(records if whole is None else whole)
    rows = []
    for each in sorted(records, key=_first):
        known = standings[each.name.lower()]
        is_whole = whole is None
        measures = known.measures if is_whole else measure_phase(each.totals, each.own)
        measures = strong(measures, least)
        change = known.change if known.change.evidence >= least else MISSING
        rows.append(
            PhaseRow(
                phase=each.name or NO_PHASE,
                tasks=tuple(each.totals.names),
                measures=measures,
                tracking=measure_tracking(each.totals, measures, change, MISSING),
                is_over=known.is_over,
                is_reviewed=known.is_reviewed,
            )
        )
    return tuple(rows)


def strong(measures: Measures, least: Evidence) -> Measures:
    """Return measures, those that are known less well than *least* missing."""
    if least is Evidence.MISSING:
        return measures
    return {n: v if v.evidence >= least else MISSING for n, v in measures.items()}


def _standings(records: Sequence[PhaseRecord]) -> dict[str, _Standing]:
    """Tasks without a phase are none, and none is compared with them."""
    found: dict[str, _Standing] = {}
    before: tuple[str, Measures] | None = None
    for each in sorted(records, key=_first):
        measures = measure_phase(each.totals, each.own)
        change = MISSING
        if before is not None and each.name:
            change = improvement(measures, before[1], over=before[0])
        found[each.name.lower()] = _Standing(
            measures,
            change,
            bool(each.name) and 0 < each.totals.tasks == each.totals.ended,
            each.is_reviewed,
        )
        if each.name:
            before = (each.name, measures)
    return found


def last_improvement(rows: Sequence[PhaseRow]) -> Value:
    """Return how the tokens a task changed with the last phase."""
    for row in reversed(rows):
        if row.phase != NO_PHASE:
            found = {tracked.measure: tracked.value for tracked in row.tracking}
            return found["token_efficiency_improvement"]
    return MISSING


def _first(record: PhaseRecord) -> tuple[bool, float, str]:
    own = record.own.get("phase_begin", MISSING)
    at = record.totals.begin.at or own.instant
    return (at is None, at.timestamp() if at else 0.0, record.name)


def merged(records: Iterable[PhaseRecord]) -> PhaseTotals:
    """Return the totals of all tasks."""
    totals = PhaseTotals()
    for each in records:
        totals.merge(each.totals)
    return totals.settle()


def compare(tasks: Sequence[TaskSummary], label: str) -> Comparison:
    """Return the tasks that have a label beside those that do not."""
    have = [task for task in tasks if label in task.labels]
    lack = [task for task in tasks if label not in task.labels]
    return Comparison(
        label=label,
        with_label=measure_phase(total_of(have), NOTHING),
        without=measure_phase(total_of(lack), NOTHING),
    )
