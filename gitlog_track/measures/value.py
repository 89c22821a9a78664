"""One measured value, with its evidence carried through every computation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from gitlog_track.measures.evidence import Evidence, of_computed, weakest
from gitlog_track.model.event import Event
from gitlog_track.model.task import TaskState

Scalar = Decimal | datetime | str | tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What is known of one measure.

    Attributes:
        value: number in the measure's base unit, instant, text or list; None is
            missing, never 0.
        evidence: how well it is known.
        events: ids of the events it comes from.
        logged_at: when it was logged, for declared values.
        source: where it was imported from, for backfilled values.
        basis: which of several formulas gave it; empty where there is one.
        n: how many figures stand behind a mean or sum; None where that says nothing.
        not_applicable: why it does not apply; empty where it does.
    """

    value: Scalar | None
    evidence: Evidence
    events: tuple[str, ...] = ()
    logged_at: datetime | None = None
    source: str = ""
    basis: str = ""
    n: int | None = None
    not_applicable: str = ""

    @property
    def number(self) -> Decimal | None:
        """The value as a number, or None."""
        return self.value if isinstance(self.value, Decimal) else None

    @property
    def instant(self) -> datetime | None:
        """The value as an instant, or None."""
        return self.value if isinstance(self.value, datetime) else None


MISSING = Value(value=None, evidence=Evidence.MISSING)


def measured(state: TaskState, event: Event, value: Scalar) -> Value:
    """Return a value that the program took itself when the event happened."""
    return _of_event(state, event, value, Evidence.MEASURED)


def declared(state: TaskState, event: Event, value: Scalar) -> Value:
    """Return a value that a person or an agent typed."""
    return _of_event(state, event, value, Evidence.DECLARED)


def _of_event(
    state: TaskState,
    event: Event,
    value: Scalar,
    evidence: Evidence,
) -> Value:
    """Imported is imported; a corrected value is only as good as the correction."""
    if event.provenance == "backfilled":
        evidence = Evidence.BACKFILLED
    elif event.id in state.corrected:
        evidence = min(evidence, Evidence.DECLARED)
    return Value(
        value=value,
        evidence=evidence,
        events=(event.id,),
        logged_at=event.at,
        source=event.source,
        basis="CORRECTED" if event.id in state.corrected else "",
    )


def computed(value: Scalar, inputs: Sequence[Value], *, basis: str = "") -> Value:
    """Return a value computed from others, as weak as the weakest of them."""
    declared_at = [i.logged_at for i in inputs if i.logged_at is not None]
    weak = weakest(i.evidence for i in inputs)
    return Value(
        value=value,
        evidence=of_computed([weak]),
        events=tuple(dict.fromkeys(e for i in inputs for e in i.events)),
        logged_at=max(declared_at, default=None),
        source=next((i.source for i in inputs if i.source and i.evidence is weak), ""),
        basis=basis,
    )


def seconds_between(begin: Value, end: Value, *, basis: str = "") -> Value:
    """Return the time from one instant to another; missing where one of them is.

    Missing too where the end lies before the beginning: then a clock was wrong, and how
    long it took is not known.
    """
    if begin.instant is None or end.instant is None or end.instant < begin.instant:
        return MISSING
    passed = end.instant - begin.instant
    micros = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    return computed(Decimal(micros) / 1_000_000, (begin, end), basis=basis)


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


def total(values: Iterable[Value]) -> Value:
    """Return the sum of the values that are there, with their number as ``n``."""
    known = [v for v in values if v.number is not None]
    if not known:
        return MISSING
    amount = sum((v.number for v in known if v.number is not None), Decimal(0))
    return replace(computed(amount, known), n=len(known))


def mean(values: Iterable[Value], *, whole: bool = False) -> Value:
    """Return the mean of the values that are there, never over absent ones.

    Args:
        values: any of them may be missing.
        whole: round half up to a whole number, as for tokens.
    """
    known = total(values)
    if known.number is None or not known.n:
        return MISSING
    result = known.number / known.n
    if whole:
        result = result.quantize(Decimal(1), ROUND_HALF_UP)
    return replace(known, value=result)
