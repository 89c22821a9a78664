"""One measured value, with its evidence carried through every computation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict, cast

from msgspec import Struct
from msgspec.structs import replace

from gitlog_track.measures.evidence import Evidence, of_computed, weakest
from gitlog_track.model.event import Check, Event
from gitlog_track.model.events import EventCorrected
from gitlog_track.model.task import TaskState


class PerformanceResult(Struct, frozen=True, kw_only=True, gc=False):
    """What was measured under one name, and whether a target of that name was met.

    Attributes:
        name, value, unit: as measured, the last of each name.
        target: as written, such as ``ipc <5ms``; None where none was set.
        met: strict as written; None without a target, or where the two units cannot be
            compared.
    """

    name: str
    value: Decimal
    unit: str = ""
    target: str | None = None
    met: bool | None = None


Rows = (
    tuple[str, ...]
    | tuple[Decimal, ...]
    | tuple[PerformanceResult, ...]
    | tuple[Check, ...]
)
Scalar = Decimal | datetime | str | Rows


class Value(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is known of one measure.

    One of the seven forms is set, or none of them: missing, never 0. They are fields of
    their own so that a value can be stored and read back as it was.

    Attributes:
        number: in the measure's base unit.
        instant, text: as recorded.
        texts, numbers, results, checks: of a list.
        evidence: how well it is known.
        events: ids of the events it comes from.
        logged_at: when it was logged, for declared values.
        source: where it was imported from, for backfilled values.
        basis: which of several formulas gave it; empty where there is one.
        n: how many figures stand behind a mean or sum; None where that says nothing.
        not_applicable: why it does not apply; empty where it does.
        is_corrected: does it rest on an event that a correction changed?
    """

    evidence: Evidence
    number: Decimal | None = None
    instant: datetime | None = None
    text: str | None = None
    texts: tuple[str, ...] | None = None
    numbers: tuple[Decimal, ...] | None = None
    results: tuple[PerformanceResult, ...] | None = None
    checks: tuple[Check, ...] | None = None
    events: tuple[str, ...] = ()
    logged_at: datetime | None = None
    source: str = ""
    basis: str = ""
    n: int | None = None
    not_applicable: str = ""
    is_corrected: bool = False

    @property
    def is_known(self) -> bool:
        """Is there a value?"""
        return self.evidence is not Evidence.MISSING and not self.not_applicable

    @property
    def rows(self) -> Rows | None:
        """The value as a list, or None."""
        lists = (self.texts, self.numbers, self.results, self.checks)
        return next((rows for rows in lists if rows is not None), None)

    @property
    def value(self) -> Scalar | None:
        """The value in whatever form it has; None is missing."""
        if self.number is not None:
            return self.number
        if self.instant is not None:
            return self.instant
        return self.rows if self.text is None else self.text


MISSING = Value(evidence=Evidence.MISSING)


class _Form(TypedDict, total=False):
    number: Decimal
    instant: datetime
    text: str
    texts: tuple[str, ...]
    numbers: tuple[Decimal, ...]
    results: tuple[PerformanceResult, ...]
    checks: tuple[Check, ...]


def _form(value: Scalar) -> _Form:
    match value:
        case Decimal():
            return {"number": value}
        case datetime():
            return {"instant": value}
        case str():
            return {"text": value}
        case _:
            return _rows(value)


def _rows(rows: Rows) -> _Form:
    first: object = rows[0] if rows else ""
    if isinstance(first, Decimal):
        return {"numbers": cast("tuple[Decimal, ...]", rows)}
    if isinstance(first, PerformanceResult):
        return {"results": cast("tuple[PerformanceResult, ...]", rows)}
    if isinstance(first, Check):
        return {"checks": cast("tuple[Check, ...]", rows)}
    return {"texts": cast("tuple[str, ...]", rows)}


def measured(state: TaskState, event: Event, value: Scalar) -> Value:
    """Return a value that the program took itself when the event happened."""
    return _of_event(event, value, Evidence.MEASURED, _corrections(state, (event,)))


def declared(state: TaskState, event: Event, value: Scalar) -> Value:
    """Return a value that a person or an agent typed."""
    return _of_event(event, value, Evidence.DECLARED, _corrections(state, (event,)))


def _corrections(state: TaskState, events: Iterable[Event]) -> Mapping[str, datetime]:
    """Return when each of some events that was changed was corrected last."""
    changed = state.corrected
    if changed:
        changed = changed.intersection(event.id for event in events)
    if not changed:
        return {}
    return {e.event: e.at for e in state.of(EventCorrected) if e.event in changed}


def _of_event(
    event: Event,
    value: Scalar,
    evidence: Evidence,
    corrections: Mapping[str, datetime],
) -> Value:
    """Imported is imported; a corrected value is only as good as the correction."""
    corrected_at = corrections.get(event.id)
    if event.provenance == "backfilled":
        evidence = Evidence.BACKFILLED
    elif corrected_at is not None:
        evidence = min(evidence, Evidence.DECLARED)
    return Value(
        **_form(value),
        evidence=evidence,
        events=(event.id,),
        logged_at=(corrected_at or event.at) if evidence is Evidence.DECLARED else None,
        source=event.source if evidence is Evidence.BACKFILLED else "",
        is_corrected=corrected_at is not None,
    )


def no_proof(value: Value) -> Value:
    """Return a value of a log that proves nothing: it is declared at best."""
    if value.evidence <= Evidence.DECLARED:
        return value
    return replace(value, evidence=Evidence.DECLARED)


def computed(value: Scalar, inputs: Sequence[Value], *, basis: str = "") -> Value:
    """Return a value computed from others, as weak as the weakest of them."""
    declared_at = [i.logged_at for i in inputs if i.logged_at is not None]
    weak = weakest(i.evidence for i in inputs)
    return Value(
        **_form(value),
        evidence=of_computed([weak]),
        events=tuple(dict.fromkeys(e for i in inputs for e in i.events)),
        logged_at=max(declared_at, default=None),
        source=next((i.source for i in inputs if i.source and i.evidence is weak), ""),
        basis=basis,
        is_corrected=any(i.is_corrected for i in inputs),
    )


def from_events(
    state: TaskState,
    events: Sequence[Event],
    value: Scalar,
    evidence: Evidence,
    *,
    basis: str = "",
) -> Value:
    """Return a value computed from what several events gave, all in the same way.

    Args:
        state: of the task.
        events: at least one.
        value: what they come to.
        evidence: how each was taken: measured or declared.
        basis: which of several formulas gave it.
    """
    if state.corrected or any(event.provenance != "live" for event in events):
        corrections = _corrections(state, events)
        single = [_of_event(event, "", evidence, corrections) for event in events]
        return computed(value, single, basis=basis)
    is_declared = evidence is Evidence.DECLARED
    return Value(
        **_form(value),
        evidence=of_computed([evidence]),
        events=tuple([event.id for event in events]),
        logged_at=max([event.at for event in events]) if is_declared else None,
        basis=basis,
    )


def seconds_between(begin: Value, end: Value, *, basis: str = "") -> Value:
    """Return the time from one instant to another; missing where one of them is.

    Missing too where the end lies before the beginning: then a clock was wrong, and how
    long it took is not known.
    """
    if begin.instant is None or end.instant is None or end.instant < begin.instant:
        return MISSING
    return computed(seconds(begin.instant, end.instant), (begin, end), basis=basis)


def seconds(begin: datetime, end: datetime) -> Decimal:
    """Return the time between two instants, to the microsecond."""
    passed = end - begin
    micros = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    return Decimal(micros) / 1_000_000


def difference(one: Value, other: Value) -> Value:
    """Return *one* - *other*; missing where one of them is."""
    if one.number is None or other.number is None:
        return MISSING
    return computed(one.number - other.number, (one, other), basis=one.basis)


def quotient(one: Value, other: Value, *, scale: int = 1) -> Value:
    """Return *scale* * *one* / *other*; missing where one is, or *other* is 0."""
    if one.number is None or not other.number:
        return MISSING
    return computed(scale * one.number / other.number, (one, other), basis=one.basis)
