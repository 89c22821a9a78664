"""What the tasks of a phase come to together: sums that can be added to and merged.

The totals of all phases, merged, are those of the whole log; so a report of ten thousand
tasks costs as much as there are phases, and one more event that of one phase.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from msgspec import Struct, field

from gitlog_track.measures.intervals import Interval, task_interval, union
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.tally import Tally
from gitlog_track.measures.value import Value

CLOSE = Decimal("0.25")
"""An estimate is accurate when the actual is within this share of it."""
SUMMED = (
    *("estimated_duration", "actual_duration", "iterations_count"),
    *("test_coverage_actual", "token_count_used", "ai_interactions"),
    *("hallucination_count", "tracking_completeness"),
)
"""Measures of tasks that a phase adds up as they are."""


class First(Struct, omit_defaults=True):
    """The earliest of some instants, as a value.

    Where several are the earliest, it is known as well as the weakest of them.
    """

    at: datetime | None = None
    tally: Tally = field(default_factory=Tally)

    def add(self, value: Value) -> None:
        """Keep a value's instant if it is the earliest so far."""
        tally = Tally()
        tally.count(value)
        self.merge(First(value.instant, tally))

    def merge(self, other: First) -> None:
        """Keep another's instant if it is the earlier one."""
        if other.at is not None and (self.at is None or other.at < self.at):
            self.at, self.tally = other.at, Tally()
        if other.at is not None and other.at == self.at:
            self.tally.merge(other.tally)


class PhaseTotals(Struct, omit_defaults=True):
    """What some tasks come to together, whatever the order they were added in.

    An accumulator. Counts are of tasks that were begun; a name in the log without a
    start is none of them.

    Attributes:
        names: of all tasks, begun or not.
        spelling: of the phase; of several, the first by name.
        tasks, ended, complete, retried: how many tasks; ended ones; complete ones;
            ended ones with more than one attempt.
        failed_first: names of tasks whose first attempt failed.
        begins: of all tasks: how well it is known that there are so many.
        statuses: of the tasks whose status is known; the counts of ended, complete,
            and failed ones are among these, and known as well as these.
        attempts: of the ended tasks: how well it is known how often each was begun.
        begin, first_code: the earliest start, and commit.
        sums: of :data:`SUMMED`, by measure; iterations only of ended tasks.
        paired_estimate, paired_actual: over the tasks that have both.
        paired_interactions, paired_hallucinations: over the tasks that have both.
        ratios: actual / estimate of each task, with ``ratio`` their evidence.
        close: how many tasks' actual is close to the estimate.
        spans: when tasks were worked on, as disjoint intervals.
        goals, judged, met: performance targets set; measured in a unit that can be
            compared; met. How well that is known says ``performance``.
        projected, held: projected outcomes of which it is known whether they held;
            those that did.
        critical, critical_texts: critical blockers.
    """

    names: list[str] = field(default_factory=list)
    spelling: str = ""
    tasks: int = 0
    ended: int = 0
    complete: int = 0
    retried: int = 0
    failed_first: list[str] = field(default_factory=list)
    begins: Tally = field(default_factory=Tally)
    statuses: Tally = field(default_factory=Tally)
    attempts: Tally = field(default_factory=Tally)
    begin: First = field(default_factory=First)
    first_code: First = field(default_factory=First)
    sums: dict[str, Tally] = field(default_factory=lambda: {n: Tally() for n in SUMMED})
    paired_estimate: Tally = field(default_factory=Tally)
    paired_actual: Tally = field(default_factory=Tally)
    paired_interactions: Tally = field(default_factory=Tally)
    paired_hallucinations: Tally = field(default_factory=Tally)
    ratio: Tally = field(default_factory=Tally)
    ratios: list[Decimal] = field(default_factory=list)
    close: int = 0
    spans: list[Interval] = field(default_factory=list)
    goals: int = 0
    judged: int = 0
    met: int = 0
    performance: Tally = field(default_factory=Tally)
    projected: Tally = field(default_factory=Tally)
    held: int = 0
    critical: Tally = field(default_factory=Tally)
    critical_texts: list[str] = field(default_factory=list)

    def add(self, task: TaskSummary) -> None:
        """Count a task in."""
        self.names.append(task.name)
        self._spell(task.phase)
        if not any(attempt.begun_at for attempt in task.attempts):
            return
        self._count(task)
        for name in SUMMED:
            if name != "iterations_count" or task.has_ended:
                self.sums[name].add(task.value(name))
        self._compare(task)
        self._time(task)
        self._judge(task)

    def _count(self, task: TaskSummary) -> None:
        self.tasks += 1
        status = task.value("status")
        if status.is_known:
            self.statuses.count(status)
            self.ended += task.has_ended
            self.complete += status.text == "complete"
            if task.has_ended:
                self.retried += len(task.attempts) > 1
                self.attempts.count(task.value("begin_timestamp"))
            self.failed_first += [task.name] if task.failed_at_first else []
        begin = task.value("begin_timestamp")
        self.begins.add(begin)
        self.begin.add(begin)
        self.first_code.add(task.first_commit)

    def _compare(self, task: TaskSummary) -> None:
        interactions = task.value("ai_interactions")
        hallucinations = task.value("hallucination_count")
        if interactions.number is not None and hallucinations.number is not None:
            self.paired_interactions.add(interactions)
            self.paired_hallucinations.add(hallucinations)
        estimate = task.value("estimated_duration")
        actual = task.value("actual_duration")
        if estimate.number is None or actual.number is None:
            return
        self.paired_estimate.add(estimate)
        self.paired_actual.add(actual)
        ratio = task.value("efficiency_ratio")
        if ratio.number is not None:
            # A ratio is rounded: a sum would depend on the order of tasks.
            self.ratio.count(ratio)
            self.ratios.append(ratio.number)
            self.close += abs(ratio.number - 1) <= CLOSE

    def _time(self, task: TaskSummary) -> None:
        interval = task_interval(task.measures)
        if interval is not None and task.value("actual_duration").number is not None:
            self.spans.append(interval)

    def _judge(self, task: TaskSummary) -> None:
        self._judge_performance(task)
        if task.value("projected_outcome").is_known:
            criteria = task.value("success_criteria")
            if criteria.text in {"pass", "fail"}:
                self.projected.add(criteria)
                self.held += criteria.text == "pass"
        for text in task.critical_blockers:
            self.critical.add(text)
            self.critical_texts.append(text.text or "")

    def _judge_performance(self, task: TaskSummary) -> None:
        targets = task.value("performance_target").texts or ()
        actual = task.value("performance_actual")
        verdicts = [
            result.met
            for result in actual.results or ()
            if result.target in targets and result.met is not None
        ]
        self.goals += len(targets)
        self.judged += len(verdicts)
        self.met += sum(verdicts)
        if verdicts:
            self.performance.add(actual)

    def merge(self, other: PhaseTotals) -> None:
        """Count in what another holds; no task may be in both."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _LISTS:
            getattr(self, name).extend(getattr(other, name))
        for name in _MERGED:
            getattr(self, name).merge(getattr(other, name))
        for name, tally in self.sums.items():
            tally.merge(other.sums[name])
        self._spell(other.spelling)

    def _spell(self, phase: str) -> None:
        spelled = (self.spelling, phase)
        self.spelling = min((s for s in spelled if s), default="")

    def settle(self) -> PhaseTotals:
        """Bring the lists into the order that does not tell who was added first."""
        self.names.sort()
        self.failed_first.sort()
        self.ratios.sort()
        self.critical_texts.sort()
        self.spans = union(self.spans)
        return self


_COUNTS = (
    *("tasks", "ended", "complete", "retried", "close"),
    *("goals", "judged", "met", "held"),
)
_LISTS = ("names", "failed_first", "ratios", "spans", "critical_texts")
_MERGED = (
    *("begins", "statuses", "attempts", "begin", "first_code"),
    *("paired_estimate", "paired_actual"),
    *("paired_interactions", "paired_hallucinations"),
    *("ratio", "performance", "projected", "critical"),
)


def total_of(tasks: Iterable[TaskSummary]) -> PhaseTotals:
    """Return what some tasks come to together."""
    totals = PhaseTotals()
    for task in tasks:
        totals.add(task)
    return totals.settle()
