"""Every task-level measure, from a replayed task. Pure; design: catalogue's table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from msgspec.structs import replace

from gitlog_track.measures.catalogue import find
from gitlog_track.measures.evidence import Evidence, of_computed, weakest
from gitlog_track.measures.measure import Level
from gitlog_track.measures.performance import (
    measurement_value,
    measurements_of,
    performance,
    performance_targets,
)
from gitlog_track.measures.task_table import TASK_MEASURES
from gitlog_track.measures.tokens import tokens
from gitlog_track.measures.value import (
    MISSING,
    Value,
    computed,
    declared,
    difference,
    from_events,
    measured,
    no_proof,
    quotient,
    seconds_between,
)
from gitlog_track.model.event import Event, Milestone
from gitlog_track.model.events import (
    BlockerHit,
    BugFixed,
    BugFound,
    CommitRecorded,
    CommitsRewritten,
    ContextSwitched,
    HallucinationRecorded,
    InteractionRecorded,
    IterationRecorded,
    LessonLearned,
    MeasurementRecorded,
    MilestoneReached,
    TaskCompleted,
    TaskFailed,
    TaskPaused,
    TaskResumed,
    TaskStarted,
)
from gitlog_track.model.task import TaskState

Measures = Mapping[str, Value]
FOUNDING_FIELDS = (
    "begin_timestamp",
    *(f"{name}_timestamp" for name in get_args(Milestone)),
    *("estimated_duration", "actual_duration", "variance", "efficiency_ratio"),
    *("iterations_count", "test_coverage_target", "test_coverage_actual"),
    *("performance_target", "performance_actual", "doc_completeness"),
    *("token_count_used", "ai_interactions", "hallucination_count"),
    *("context_switches", "projected_outcome", "actual_outcome"),
    *("success_criteria", "blockers_encountered", "lessons_learned"),
)
"""The fields of the founding task template, of which completeness is the share filled."""


@dataclass(frozen=True, slots=True)
class MeasuredTask:
    """A replayed task and what it comes to."""

    state: TaskState
    measures: Measures

    @classmethod
    def of(cls, state: TaskState) -> MeasuredTask:
        """Measure a replayed task."""
        return cls(state, measure_task(state))


def measure_task(state: TaskState) -> Measures:
    """Return every task-level measure by its id, in the catalogue's order.

    Of a log that is no proof all of them are declared at best.
    """
    values = {
        **_instants(state),
        **_recorded(state),
        **_counts(state),
        **tokens(state),
        **_outcome(state),
    }
    does_not_apply = _not_applicable(state, values)
    values.update(_durations(state, values))
    values.update(does_not_apply)
    values["tracking_completeness"] = _completeness(values)
    found = {measure.id: values[measure.id] for measure in TASK_MEASURES}
    if state.is_valid:
        return found
    return {name: no_proof(value) for name, value in found.items()}


def _instants(state: TaskState) -> dict[str, Value]:
    started, ended = state.started, state.ended
    values = {
        "begin_timestamp": measured(state, started, started.at) if started else MISSING,
        "end_timestamp": measured(state, ended, ended.at) if ended else MISSING,
    }
    for name in get_args(Milestone):
        found = [e for e in state.of(MilestoneReached) if e.milestone == name]
        last = found[-1] if found else None
        key = f"{name}_timestamp"
        values[key] = measured(state, last, last.at) if last else MISSING
    return values


def _durations(state: TaskState, values: Measures) -> dict[str, Value]:
    begin, end = values["begin_timestamp"], values["end_timestamp"]
    approval = values["final_approval_timestamp"]
    duration = seconds_between(begin, end)
    actual = seconds_between(begin, end, basis="to the end")
    if approval.instant is not None:
        actual = seconds_between(begin, approval, basis="to final approval")
    estimate = _estimate(state)
    return {
        "estimated_duration": estimate,
        "duration": duration,
        "actual_duration": actual,
        "time_to_initial_completion": _until(values, "initial_completion_timestamp"),
        "time_to_tests": _until(values, "tests_completion_timestamp"),
        "time_to_validation": _until(values, "validation_timestamp"),
        "active_duration": _active(state, duration),
        "attempt_durations": _attempt_durations(state),
        "variance": difference(actual, estimate),
        "efficiency_ratio": quotient(actual, estimate),
    }


def _until(values: Measures, milestone: str) -> Value:
    return seconds_between(values["begin_timestamp"], values[milestone])


def _estimate(state: TaskState) -> Value:
    started = state.started
    if started is None or started.estimated_duration_s is None:
        return MISSING
    return declared(state, started, Decimal(started.estimated_duration_s))


def _active(state: TaskState, duration: Value) -> Value:
    """Duration less the pauses; one never resumed lasts to the end of its attempt."""
    end = state.ended
    if duration.number is None or end is None:
        return MISSING
    if not state.of(TaskPaused):
        return computed(duration.number, (duration,))
    ends = {a.ended.id for a in state.attempts if a.ended is not None}
    since: TaskPaused | None = None
    rest: list[Value] = []
    for event in (*(e for e in state.events if e.at <= end.at), end):
        if isinstance(event, TaskPaused) and since is None:
            since = event
        elif since is not None and (isinstance(event, TaskResumed) or event.id in ends):
            begin = measured(state, since, since.at)
            rest.append(seconds_between(begin, measured(state, event, event.at)))
            since = None
    if any(v.number is None for v in rest):
        return MISSING
    away = sum((v.number for v in rest if v.number is not None), Decimal(0))
    return computed(duration.number - away, (duration, *rest))


def _attempt_durations(state: TaskState) -> Value:
    spans = [
        seconds_between(
            measured(state, attempt.begun, attempt.begun.at),
            measured(state, attempt.ended, attempt.ended.at),
        )
        for attempt in state.attempts
        if attempt.begun is not None and attempt.ended is not None
    ]
    known = [span for span in spans if span.number is not None]
    durations = tuple(span.number for span in known if span.number is not None)
    return computed(durations, known) if known else MISSING


def _counts(state: TaskState) -> dict[str, Value]:
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


def _recorded(state: TaskState) -> dict[str, Value]:
    """Return the measures that ``measure`` records, the last of each counting."""
    values = {
        "test_coverage_target": _coverage_target(state),
        "performance_target": performance_targets(state),
        "performance_actual": performance(state),
        "validation_results": _validation(state),
    }
    for name in (
        "test_coverage_actual",
        "tests_passed",
        "tests_total",
        "doc_completeness",
    ):
        values[name] = _last_measurement(state, name)
    return values


def _last_measurement(state: TaskState, name: str) -> Value:
    found = [e for e in measurements_of(state, name) if not e.not_applicable]
    if not found or found[-1].value is None:
        return MISSING
    return measurement_value(state, found[-1])


def _coverage_target(state: TaskState) -> Value:
    started = state.started
    if started is None or started.test_coverage_target is None:
        return MISSING
    target = started.test_coverage_target
    value = declared(state, started, Decimal(target.value))
    return replace(value, basis=target.comparator)


def _validation(state: TaskState) -> Value:
    events = [e for e in state.of(MilestoneReached) if e.validation_results]
    if not events:
        return MISSING
    rows = tuple(check for e in events for check in e.validation_results)
    return computed(rows, [declared(state, e, "") for e in events])


def _outcome(state: TaskState) -> dict[str, Value]:
    started, ended = state.started, state.ended
    values = {
        "projected_outcome": MISSING,
        "actual_outcome": MISSING,
        "success_criteria": MISSING,
        "blockers_encountered": _texts(state, BlockerHit),
        "lessons_learned": _texts(state, LessonLearned),
        "status": _status(state),
        "commits": _commits(state),
    }
    if started is not None and is_filled(started.projected_outcome):
        outcome = declared(state, started, started.projected_outcome)
        values["projected_outcome"] = outcome
    if ended is not None:
        if is_filled(ended.actual_outcome):
            outcome = declared(state, ended, ended.actual_outcome)
            values["actual_outcome"] = outcome
        if ended.success_criteria:
            criteria = declared(state, ended, ended.success_criteria)
            values["success_criteria"] = criteria
        if ended.blockers is not None and values["blockers_encountered"] is MISSING:
            values["blockers_encountered"] = declared(state, ended, ended.blockers)
    return values


def is_filled(text: str) -> bool:
    """Does a text say something, other than a founding template's placeholder?

    >>> [is_filled(t) for t in ("it works", "TBD", "_____", "<COUNT ATTEMPTS>", " ")]
    [True, False, False, False, False]
    """
    said = text.strip()
    is_mark = said.startswith("<") and said.endswith(">")
    return bool(said.strip("_")) and said.upper() != "TBD" and not is_mark


def _texts(state: TaskState, kind: type[BlockerHit | LessonLearned]) -> Value:
    events = state.of(kind)
    if not events:
        return MISSING
    texts = tuple(event.text for event in events)
    return from_events(state, events, texts, Evidence.DECLARED)


def _status(state: TaskState) -> Value:
    last = state.ended or state.last(TaskStarted)
    if last is None:
        return MISSING
    if isinstance(last, TaskCompleted | TaskFailed):
        return declared(state, last, state.status)
    return measured(state, last, state.status)


def _commits(state: TaskState) -> Value:
    """Return each piece of work once, by the commit it has become.

    What an amend or a rebase made of a commit is the same work under another id, and a
    cherry-pick of a commit of this task under both.
    """
    events = _without_copies(state.of(CommitRecorded))
    if not events:
        return MISSING
    became = {old: new for e in state.of(CommitsRewritten) for old, new in e.pairs}
    finals: dict[str, str] = {}
    oids = tuple(dict.fromkeys(_final(e.commit, became, finals) for e in events))
    return from_events(state, events, oids, Evidence.MEASURED)


def _without_copies(recorded: Sequence[CommitRecorded]) -> list[CommitRecorded]:
    """Leave out rebased commits, and cherry-picked ones of which the patch is there."""
    events = [e for e in recorded if e.operation != "rebase"]
    picked = [e for e in events if e.operation == "cherry-pick" and e.patch_id]
    if not picked:
        return events
    known = {e.patch_id for e in events if e.operation != "cherry-pick"}
    copies: set[str] = set()
    for event in picked:
        if event.patch_id in known:
            copies.add(event.id)
        known.add(event.patch_id)
    return [e for e in events if e.id not in copies]


def _final(commit: str, became: Mapping[str, str], finals: dict[str, str]) -> str:
    """Return what a commit has become in the end, and keep it for all on the way.

    Args:
        commit: its id.
        became: what each rewrite made of a commit.
        finals: what is known by now, so that a long chain is walked once.
    """
    seen = {commit: None}
    while commit not in finals and (following := became.get(commit)) is not None:
        if following in seen:
            break
        commit = following
        seen[commit] = None
    commit = finals.get(commit, commit)
    finals.update(dict.fromkeys(seen, commit))
    return commit


def _not_applicable(state: TaskState, recorded: Measures) -> dict[str, Value]:
    """Return the measures whose last word is that they do not apply.

    Args:
        state: of the task.
        recorded: values that somebody or a program gave; what was given later counts.
            What is only computed, as durations are, does not take that word back.
    """
    last: dict[str, MeasurementRecorded] = {}
    for event in state.of(MeasurementRecorded):
        known = find(event.measure, Level.TASK)
        if known is not None:
            last[known.id] = event
    if not any(event.not_applicable for event in last.values()):
        return {}
    order = {event.id: place for place, event in enumerate(state.events)}
    return {
        name: replace(
            declared(state, event, ""),
            text=None,
            not_applicable=event.reason or "no reason given",
        )
        for name, event in last.items()
        if event.not_applicable
        and all(
            order[one] <= order[event.id] for one in recorded.get(name, MISSING).events
        )
    }


def _completeness(values: Measures) -> Value:
    """Return the share of fields filled, known as well as the weakest of them."""
    apply = [n for n in FOUNDING_FIELDS if not values[n].not_applicable]
    filled = [n for n in apply if values[n].is_known]
    if not apply:
        return MISSING
    # Cut off, so that sums over many tasks are exact in any order.
    share = (Decimal(100 * len(filled)) / len(apply)).quantize(Decimal("0.0001"))
    known = [values[name] for name in filled]
    weak = weakest(v.evidence for v in known) if known else Evidence.MEASURED
    said = [v.logged_at for v in known if v.logged_at is not None]
    return Value(
        number=share,
        evidence=of_computed([weak]),
        logged_at=max(said, default=None),
        source=next((v.source for v in known if v.source and v.evidence is weak), ""),
        n=len(apply),
        basis=f"{len(filled)} of {len(apply)} fields",
    )
