"""What stands in a report's tables, before any format has its say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.measure import Unit
from gitlog_track.measures.value import Value
from gitlog_track.renderers.labels import with_n
from gitlog_track.renderers.marks import MARKS
from gitlog_track.renderers.numbers import short, short_duration, show

NUMERIC = ("count", "1", "%")
LARGE = 10_000_000
"""From here on :func:`short` has an effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: a text as somebody wrote it, or a figure.

    Attributes:
        text: not made harmless yet.
        value, unit: of a figure.
        measure: id of the figure.
        basis: by which of several formulas the figure was found, where that is shown.
        of: how many tasks there are: a figure over as many need not say so.
        evidence: how well the text is known, where that is to be seen.
        is_marked: does a letter behind the figure tell how well it is known?
        is_alarm: does it call for somebody's attention?
    """

    text: str = ""
    value: Value | None = None
    unit: Unit = "count"
    measure: str = ""
    basis: str = ""
    of: Decimal | None = None
    evidence: Evidence | None = None
    is_marked: bool = True
    is_alarm: bool = False

    def shown(self, *, rounded: bool) -> str:
        """Return the cell's text, not made harmless yet.

        Args:
            rounded: write large numbers short, where there is little room.
        """
        value = self.value
        if value is None:
            return self.text
        if not value.is_known:
            return "N/A" if value.not_applicable else "-"
        text = self._rounded(value) if rounded else show(value, self.unit)
        text = with_n(text, self.measure, value, self.of, basis=self.basis)
        return f"{text} {MARKS[value.evidence]}" if self.is_marked else text

    def _rounded(self, value: Value) -> str:
        number = value.number
        if number is None:
            return show(value, self.unit)
        if self.unit == "s":
            return short_duration(number)
        is_large = self.unit in NUMERIC and abs(number) >= LARGE
        return short(number) if is_large else show(value, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of a report with what stands around it.

    Attributes:
        title: what it is about.
        header: of the columns.
        rows: as many cells each as the header has.
        left: so many columns are texts, aligned left; the others are figures.
        omitted: how many rows there are beyond these.
        keeps_last: are the last rows those to keep, not the first?
        note: a sentence below the table.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left: int = 1
    omitted: int = 0
    keeps_last: bool = False
    note: str = ""

    def cut(self, limit: int) -> Section:
        """Return the section with at most so many rows."""
        gone = max(len(self.rows) - limit, 0)
        end = len(self.rows) - gone
        rows = self.rows[gone:] if self.keeps_last else self.rows[:end]
        return replace(self, rows=rows, omitted=self.omitted + gone)
