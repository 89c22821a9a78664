"""Rows of figures: each is printed at once, kept for the JSON, and held to its limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

FAR = 1.5
"""A limit missed by more than half fails."""
HEADER = (
    "| what | figure | median | minimum | limit | kept? |\n|---|---|---|---|---|---|"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        name: what was measured; the same in every run.
        value: as it was measured, not rounded; None where it was not.
        unit: of the value and of the limit.
        limit: what it has to keep; None where it has nothing to keep.
        at_least: is the limit the least, and not the most, that is let through?
        times_s: the seconds that the value rests on, where they were sampled.
        why_not: why there is no value.
    """

    name: str
    value: float | None
    unit: str
    limit: float | None = None
    at_least: bool = False
    times_s: tuple[float, ...] = ()
    why_not: str = ""

    @property
    def ok(self) -> bool | None:
        """Is the limit kept? None where there is no limit or no value."""
        return self._is_within(1)

    @property
    def is_far_off(self) -> bool:
        """Is the limit missed by more than half?"""
        return self._is_within(FAR) is False

    def _is_within(self, slack: float) -> bool | None:
        if self.value is None or self.limit is None:
            return None
        if self.at_least:
            return self.value * slack >= self.limit
        return self.value <= self.limit * slack

    def fields(self) -> dict[str, object]:
        """Return the row as the JSON has it."""
        found: dict[str, object] = {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "limit": self.limit,
            "ok": self.ok,
        }
        if self.at_least:
            found["at_least"] = True
        if len(self.times_s) > 1:
            found["median_ms"] = median(self.times_s) * 1e3
            found["minimum_ms"] = min(self.times_s) * 1e3
        return found

    def markdown(self) -> str:
        """Return the row as the table has it."""
        middle = least = ""
        if len(self.times_s) > 1:
            middle, least = _time(median(self.times_s)), _time(min(self.times_s))
        cells = (self.name, self._figure(), middle, least, self._limit(), self._kept())
        return f"| {' | '.join(cells)} |"

    def _figure(self) -> str:
        if self.value is None:
            return "NOT MEASURED"
        return f"{_number(self.value)} {self.unit}".rstrip()

    def _limit(self) -> str:
        if self.limit is None:
            return "none"
        return f"at {'least' if self.at_least else 'most'} {self.limit:,g}"

    def _kept(self) -> str:
        if self.value is None:
            return self.why_not
        if self.ok is None:
            return ""
        if self.is_far_off:
            return "missed by more than half"
        return "kept" if self.ok else "missed"


class Results:
    """All rows of a run."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def add(
        self,
        name: str,
        value: float,
        limit: float | None,
        unit: str,
        times_s: Sequence[float] = (),
    ) -> None:
        """Add a figure that may be at most its limit."""
        self._keep(Row(name, value, unit, limit, times_s=tuple(times_s)))

    def at_least(
        self,
        name: str,
        value: float,
        limit: float,
        unit: str,
        times_s: Sequence[float] = (),
    ) -> None:
        """Add a figure that has to be at least its limit."""
        self._keep(Row(name, value, unit, limit, True, tuple(times_s)))

    def ratio(
        self,
        name: str,
        times_s: Sequence[float],
        to_s: Sequence[float],
        limit: float | None,
        unit: str,
    ) -> None:
        """Add the median of some times as a multiple of others' of the same run."""
        self.add(name, median(times_s) / median(to_s), limit, unit, times_s)

    def not_measured(self, name: str, why: str) -> None:
        """Add a row without a figure."""
        self._keep(Row(name, None, "", why_not=why))

    def far_exceeded(self) -> list[str]:
        """Return the names of rows that miss their limit by more than half."""
        return [row.name for row in self.rows if row.is_far_off]

    def _keep(self, row: Row) -> None:
        self.rows.append(row)
        print(row.markdown(), flush=True)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.2f}"


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.1f} ms"
