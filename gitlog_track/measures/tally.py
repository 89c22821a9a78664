"""A running sum of the figures that are there, with how many and how well known."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from gitlog_track.measures.evidence import Evidence, of_computed
from gitlog_track.measures.value import MISSING, Value


class Tally(Struct, omit_defaults=True):
    """The sum of values; the order in which they were added is no matter.

    An accumulator: the one place where a sum or mean over tasks is made.

    Attributes:
        amount: the sum of the numbers; 0 where the values are no numbers.
        n: how many values were there.
        evidence: the weakest class among them.
        logged_at: the latest instant among declared ones.
        source: of the weakest ones, the first by name.
    """

    amount: Decimal = Decimal(0)
    n: int = 0
    evidence: Evidence = Evidence.MEASURED
    logged_at: datetime | None = None
    source: str = ""

    def add(self, value: Value) -> None:
        """Count a value in, and its number; a missing one changes nothing."""
        if value.number is not None:
            self.amount += value.number
        self.count(value)

    def count(self, value: Value) -> None:
        """Count a value in, but not its number; a missing one changes nothing."""
        if not value.is_known:
            return
        self.n += 1
        self._weaken(value.evidence, value.source)
        self._date(value.logged_at)

    def merge(self, other: Tally) -> None:
        """Count another tally's values in."""
        if not other.n:
            return
        self.n += other.n
        self.amount += other.amount
        self._weaken(other.evidence, other.source)
        self._date(other.logged_at)

    def _weaken(self, evidence: Evidence, source: str) -> None:
        if evidence is self.evidence:
            self.source = min(self.source or source, source or self.source)
        elif evidence.rank < self.evidence.rank:
            self.evidence, self.source = evidence, source

    def _date(self, logged_at: datetime | None) -> None:
        if logged_at is not None:
            known = self.logged_at
            self.logged_at = logged_at if known is None else max(known, logged_at)

    def value(
        self,
        number: Decimal | None = None,
        *,
        n: int | None = None,
        basis: str = "",
    ) -> Value:
        """Return a value computed from what was counted; missing without any.

        Args:
            number: what it comes to; None: the sum.
            n: what it is over; None: how many were counted.
            basis: which of several formulas gave it.
        """
        if not self.n:
            return MISSING
        return Value(
            number=self.amount if number is None else number,
            evidence=of_computed([self.evidence]),
            logged_at=self.logged_at,
            source=self.source,
            n=self.n if n is None else n,
            basis=basis,
        )

    def mean(self, *, whole: bool = False, basis: str = "") -> Value:
        """Return the mean over the values that were there, never over absent ones.

        Args:
            whole: round half up to a whole number, as for tokens.
            basis: which of several formulas gave it.
        """
        if not self.n:
            return MISSING
        mean = self.amount / self.n
        if whole:
            mean = mean.quantize(Decimal(1), ROUND_HALF_UP)
        return self.value(mean, basis=basis)
