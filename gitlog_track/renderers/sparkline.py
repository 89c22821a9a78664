"""A series of numbers as a line of blocks, one a number."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

BARS = "▁▂▃▄▅▆▇█"
"""U+2581 to U+2588, "Block Elements"."""
GAP = "-"


def sparkline(series: Sequence[Decimal | None]) -> str:
    """Return a series as blocks from its least to its greatest number.

    Args:
        series: in order; None is not measured and shown as a gap.

    >>> sparkline([Decimal(1), None, Decimal(2), Decimal(3)])
    '▁-▄█'
    >>> sparkline([Decimal(5), Decimal(5)])
    '▄▄'
    """
    known = [number for number in series if number is not None]
    low, high = min(known, default=Decimal(0)), max(known, default=Decimal(0))
    return "".join(GAP if n is None else _bar(n, low, high) for n in series)


def _bar(number: Decimal, low: Decimal, high: Decimal) -> str:
    if low == high:
        return BARS[3]
    return BARS[int((number - low) * (len(BARS) - 1) / (high - low))]
