"""A quantity as somebody wrote it, with the precision that was written.

Owns the value and the question whether it holds for a logged number. The digits and
units are read by `gitlog_track.claims.numeral`.

Base units: `s` (seconds), `count`, `%`, and `1` (a plain number or ratio).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from gitlog_track.claims.numeral import (
    DURATION_FORMS,
    QuantityError,
    Reading,
    read_count,
    read_duration,
    read_number,
)

__all__ = [
    "EXPECTED",
    "Quantity",
    "QuantityError",
    "Unit",
    "holds",
    "overlap",
    "parse",
    "parse_count",
    "parse_duration",
    "scan",
]

Unit = Literal["s", "count", "%", "1"]

EXPECTED: dict[Unit, str] = {
    "s": f"a duration with its unit such as {DURATION_FORMS}",
    "count": "a whole number such as 3236, 3,236 or 3.2k",
    "%": "a percentage such as 87% or 87.5 %",
    "1": "a number such as 0.90 or 1.15",
}
"""The forms that are read, in words, for each base unit."""

_HEDGE = re.compile(
    r"(?:[~\u2248][ \t]?|(?:about|approximately|approx\.?|around|roughly|circa|ca\.)"
    r"[ \t]{1,2})",
    re.IGNORECASE,
)
_SIGN = re.compile(r"([+\-\u2212])[ \t]?(?=[0-9P])")
_DASH = re.compile(
    r"[ \t]?[-\u2013\u2014][ \t]?(?=[0-9])|[ \t]to[ \t](?=[0-9])", re.IGNORECASE
)
_TOTAL = re.compile(r"[ \t]?(?:/|of|out of)[ \t]?(?=[0-9])", re.IGNORECASE)
_DIRECTION = re.compile(
    r"[ \t]{1,2}(ahead|behind)(?![A-Za-z])(?:[ \t](?:of[ \t])?(?:schedule|plan)"
    r"(?![A-Za-z]))?",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"[ \t\u00a0\u202f]?(?:%|per ?cent(?![A-Za-z]))", re.IGNORECASE)
_TIMES = re.compile(r"[x\u00d7](?![A-Za-z0-9])")
_BOUNDARY = re.compile(r"(?![A-Za-z0-9_%]|[:/][A-Za-z0-9])")

_Reader = Callable[[str, int], Reading | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number or a range in a base unit, as precise as it was written.

    Attributes:
        low: the value in the base unit; the lower end of a range.
        high: equal to `low`, or the upper end of a range.
        step: one more in the last written digit, in the base unit; over 0.
        unit: the base unit.
        total: M of `N of M`, where it was written so.
    """

    low: Decimal
    high: Decimal
    step: Decimal
    unit: Unit
    total: Decimal | None = None


def holds(
    claimed: Quantity,
    logged: Decimal | int,
    *,
    tolerance: Decimal | int = 0,
    or_floor: bool = False,
) -> bool:
    """Tell whether a logged number, rounded as the claim is, equals the claim.

    The logged number is rounded half away from zero to the claim's last written
    digit (`decimal.ROUND_HALF_UP`). A range holds if it contains the result.

    Args:
        claimed: the claim.
        logged: exact value in the claim's base unit.
        tolerance: widens the claim on both sides, in the base unit.
        or_floor: also accept the logged number cut off at the last digit.

    >>> twelve = parse_duration("12 minutes")
    >>> [holds(twelve, s) for s in (689, 690, 749, 750)]
    [False, True, True, False]
    """
    number = Decimal(logged)
    half = claimed.step / 2
    if _within(claimed, number, half + tolerance):
        return True
    return or_floor and claimed.low <= number < claimed.high + claimed.step


def _within(claimed: Quantity, number: Decimal, margin: Decimal) -> bool:
    """Compare without dividing, so that no boundary is lost to rounding."""
    low, high = claimed.low - margin, claimed.high + margin
    above = number >= low if claimed.low > 0 else number > low
    below = number <= high if claimed.high < 0 else number < high
    return above and below


def overlap(one: Quantity, other: Quantity) -> bool:
    """Tell whether some number satisfies both claims of one measure.

    >>> overlap(parse_duration("12m"), parse_duration("0.2 hours"))
    True
    >>> overlap(parse_duration("12m"), parse_duration("13m"))
    False
    """
    if one.unit != other.unit:
        return False
    low = max(one.low - one.step / 2, other.low - other.step / 2)
    high = min(one.high + one.step / 2, other.high + other.step / 2)
    return low < high


def parse_duration(text: str) -> Quantity:
    """Read a whole text as a duration, in seconds: `1h30m`, `0.83 hours`.

    A bare number and working days are refused.

    Raises:
        QuantityError: one sentence: what was found and which forms are read.

    >>> parse_duration("1h30m").low, parse_duration("0.83 hours").step
    (Decimal('5400'), Decimal('36.00'))
    """
    return parse(text, "s")


def parse_count(text: str) -> Quantity:
    """Read a whole text as a count: `107264`, `107,264`, `3.2k`.

    Raises:
        QuantityError: one sentence: what was found and which forms are read.

    >>> parse_count("107,264").low
    Decimal('107264')
    """
    return parse(text, "count")


def parse(text: str, unit: Unit) -> Quantity:
    """Read a whole text as a quantity of one base unit.

    Raises:
        QuantityError: one sentence: what was found and which forms are read.
    """
    stripped = text.strip()
    try:
        found = scan(stripped, 0, unit)
    except QuantityError as err:
        if unit == "count":  # its hint, a decimal point, would be wrong too
            raise QuantityError(stripped, EXPECTED[unit]) from err
        raise
    if found is None or found[1] != len(stripped):
        raise QuantityError(stripped, EXPECTED[unit])
    return found[0]


def scan(
    text: str,
    start: int,
    unit: Unit,
    *,
    default_unit: str | None = None,
    hours_per_day: Decimal | None = None,
) -> tuple[Quantity, int] | None:
    """Read the quantity that begins at one place of a text.

    Args:
        text: any text.
        start: where the quantity, its hedge or its sign has to begin.
        unit: the base unit wanted.
        default_unit: unit word for a bare number of a duration; None refuses it.
        hours_per_day: length of a working day; None refuses working days.

    Returns:
        The quantity and the index behind it; None where there is none.

    Raises:
        QuantityError: for a decimal comma, with the form to write instead.

    >>> scan("took ~4-6 hours", 5, "s")[0].high
    Decimal('21600')
    """

    def duration(text: str, at: int) -> Reading | None:
        return read_duration(
            text, at, default_unit=default_unit, hours_per_day=hours_per_day
        )

    readers: dict[Unit, _Reader] = {
        "s": duration,
        "count": read_count,
        "%": _read_percent,
        "1": _read_ratio,
    }
    hedge = _HEDGE.match(text, start)
    at = hedge.end() if hedge else start
    sign = _SIGN.match(text, at)
    span = _read_span(text, sign.end() if sign else at, readers[unit])
    if span is None or (sign and span[0] is not span[1]):
        return None
    quantity, end = _directed(text, span, unit, sign[1] if sign else "")
    if unit == "count":
        quantity, end = _with_total(text, quantity, end)
    if not _BOUNDARY.match(text, end) or not _is_whole(quantity):
        return None
    return quantity, end


def _is_whole(quantity: Quantity) -> bool:
    """Tell whether both ends stand on the step, and a count on whole numbers."""
    if quantity.unit == "count" and quantity.step < 1:
        return False
    return not (quantity.low % quantity.step or quantity.high % quantity.step)


def _read_span(
    text: str, at: int, read: _Reader
) -> tuple[Reading, Reading, int] | None:
    """Read `4-6 hours`, `4h to 6h` or one reading as (low, high, end)."""
    return _read_shared_unit(text, at, read) or _read_ends(text, at, read)


def _read_shared_unit(
    text: str, at: int, read: _Reader
) -> tuple[Reading, Reading, int] | None:
    """Read `4-6 hours`: the unit of the upper end is that of the lower too."""
    bare = read_number(text, at)
    dash = None if bare is None else _DASH.match(text, bare.end)
    high = None if dash is None else read(text, dash.end())
    if bare is None or high is None or high.factor is None:
        return None
    low = Reading(
        value=bare.value * high.factor, step=bare.step * high.factor, end=bare.end
    )
    return (low, high, high.end) if low.value <= high.value else None


def _read_ends(
    text: str, at: int, read: _Reader
) -> tuple[Reading, Reading, int] | None:
    first = read(text, at)
    if first is None:
        return None
    dash = _DASH.match(text, first.end)
    second = None if dash is None else read(text, dash.end())
    if second is not None and second.value >= first.value:
        return first, second, second.end
    return first, first, first.end


def _directed(
    text: str, span: tuple[Reading, Reading, int], unit: Unit, sign: str
) -> tuple[Quantity, int]:
    """Apply a written sign, or `ahead` (negative) and `behind` (positive)."""
    low, high, end = span
    negative = sign in {"-", "\u2212"}
    direction = _DIRECTION.match(text, end) if unit == "s" else None
    if direction is not None:
        negative = direction[1].lower() == "ahead"
        end = direction.end()
    ends = (-high.value, -low.value) if negative else (low.value, high.value)
    step = min(low.step, high.step)
    return Quantity(low=ends[0] + 0, high=ends[1] + 0, step=step, unit=unit), end


def _with_total(text: str, quantity: Quantity, end: int) -> tuple[Quantity, int]:
    """Read on over `/ 13` behind a count."""
    slash = _TOTAL.match(text, end)
    total = None if slash is None else read_count(text, slash.end())
    if total is None or total.step < 1:
        return quantity, end
    return replace(quantity, total=total.value), total.end


def _read_percent(text: str, at: int) -> Reading | None:
    number = read_number(text, at)
    if number is None:
        return None
    mark = _PERCENT.match(text, number.end)
    end = mark.end() if mark else number.end
    return Reading(value=number.value, step=number.step, end=end)


def _read_ratio(text: str, at: int) -> Reading | None:
    number = read_number(text, at)
    if number is None:
        return None
    percent = _PERCENT.match(text, number.end)
    if percent is not None:
        hundredth = Decimal("0.01")
        return Reading(
            value=number.value * hundredth,
            step=number.step * hundredth,
            end=percent.end(),
            factor=hundredth,
        )
    times = _TIMES.match(text, number.end)
    return Reading(
        value=number.value, step=number.step, end=times.end() if times else number.end
    )
