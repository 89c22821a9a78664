"""Numbers and durations as people write them, read at one place of a text.

Owns the notations (separators, suffixes, units, ISO 8601, clock form) and the
precision each one states. Does not know what a number is about, nor ranges,
signs and hedges: those are `gitlog_track.claims.quantity`.

Every pattern has bounded repeats, so a reading costs the same however long the
text behind it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

DURATION_FORMS = "12m, 1h30m, 0.83 hours, 90s, 1:30:00 or PT1H30M"

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86400, 604800

_SPELLINGS = {
    "0.001": "ms msec msecs millisecond milliseconds",
    "1": "s sec secs second seconds",
    "60": "m min mins minute minutes",
    "3600": "h hr hrs hour hours",
    "86400": "d day days",
    "604800": "w wk wks week weeks",
}
UNIT_SECONDS: Mapping[str, Decimal] = MappingProxyType(
    {word: Decimal(s) for s, words in _SPELLINGS.items() for word in words.split()}
)
"""Seconds in one of each unit word, in lower case; a day has 24 hours."""

_GAP = r"[ \t\u00a0\u202f]{0,2}"
_NUMBER = re.compile(
    r"""(?P<whole>[0-9]{1,3}(?P<sep>[,_'\u2019\u00a0\u2009\u202f])[0-9]{3}
                  (?:(?P=sep)[0-9]{3}){0,3}(?![0-9])
          |[0-9]{1,15})
        (?:\.(?P<fraction>[0-9]{1,6}))?
        (?![0-9]|[.,_'\u2019][0-9])""",
    re.VERBOSE,
)
_DECIMAL_COMMA = re.compile(r"([0-9]{1,15}),([0-9]{1,15})(?![0-9])")
_UNIT_WORDS = "|".join(sorted(UNIT_SECONDS, key=len, reverse=True))
_UNIT = re.compile(
    rf"{_GAP}-?(?:(?P<working>(?:work|working|business)[ \t-]days?)"
    rf"|(?P<unit>{_UNIT_WORDS}))(?![A-Za-z_])",
    re.IGNORECASE,
)
_JOINT = re.compile(r"[ \t]{0,2}(?:,[ \t]{0,2})?(?:and[ \t]{1,2})?(?=[0-9])")
_CLOCK = re.compile(
    r"([0-9]{1,5}):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,6}))?(?![0-9:]|\.[0-9])"
)
_ISO = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,6})W)?(?:([0-9]{1,6})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,6}(?:\.[0-9]{1,6})?)H)?"
    r"(?:([0-9]{1,6}(?:\.[0-9]{1,6})?)M)?(?:([0-9]{1,9}(?:\.[0-9]{1,6})?)S)?)?"
    r"(?![A-Za-z0-9_-]|\.[0-9])"
)
_ISO_SECONDS = (_WEEK, _DAY, _HOUR, _MINUTE, 1)
_SUFFIX = re.compile(rf"(?:{_GAP}((?i:k|thousand|million))|(M))(?![A-Za-z0-9_])")
_SUFFIX_FACTOR = {"k": 1000, "thousand": 1000, "m": 1_000_000, "million": 1_000_000}


class QuantityError(ValueError):
    """A text that is no quantity of the kind asked for.

    Its sentence says what was found, cut to 60 characters, and which forms are read.
    """

    def __init__(self, found: str, expected: str) -> None:
        shown = found if len(found) <= 60 else f"{found[:57]}..."
        super().__init__(f"found {shown!r}, expected {expected}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One number read from a text, in base units.

    Attributes:
        value: the number, without sign.
        step: what one more in the last written digit would add.
        end: index in the text behind the number and its unit.
        factor: base units in one of the written unit; None for a compound.
    """

    value: Decimal
    step: Decimal
    end: int
    factor: Decimal | None = Decimal(1)


def read_number(text: str, start: int = 0) -> Reading | None:
    """Read a plain number, with or without thousands separators.

    Returns:
        The reading, or None where no number starts at `start`.

    Raises:
        QuantityError: for a decimal comma, with the form to write instead.

    >>> read_number("107,264 tokens").value
    Decimal('107264')
    >>> read_number("0.830").step
    Decimal('0.001')
    """
    found = _NUMBER.match(text, start)
    if found is None:
        _refuse_decimal_comma(text, start)
        return None
    whole = found["whole"].replace(found["sep"], "") if found["sep"] else found["whole"]
    fraction = found["fraction"] or ""
    value = Decimal(f"{whole}.{fraction}" if fraction else whole)
    step = Decimal(1).scaleb(-len(fraction))
    return Reading(value=value, step=step, end=found.end())


def _refuse_decimal_comma(text: str, start: int) -> None:
    found = _DECIMAL_COMMA.match(text, start)
    if found is not None:
        point = f"{found[1]}.{found[2]}"
        raise QuantityError(found[0], f"a decimal point, not a comma: write {point}")


def read_count(text: str, start: int = 0) -> Reading | None:
    """Read a number with an optional `k`, `M`, `thousand` or `million`.

    Raises:
        QuantityError: for a decimal comma.

    >>> reading = read_count("3.2k tokens")
    >>> reading.value, reading.step
    (Decimal('3200.0'), Decimal('100.0'))
    """
    number = read_number(text, start)
    if number is None:
        return None
    suffix = _SUFFIX.match(text, number.end)
    if suffix is None:
        return number
    factor = Decimal(_SUFFIX_FACTOR[(suffix[1] or suffix[2]).lower()])
    return _scaled(number, factor, suffix.end())


def _scaled(number: Reading, factor: Decimal, end: int) -> Reading:
    return Reading(
        value=number.value * factor, step=number.step * factor, end=end, factor=factor
    )


def read_duration(
    text: str,
    start: int = 0,
    *,
    default_unit: str | None = None,
    hours_per_day: Decimal | None = None,
) -> Reading | None:
    """Read a duration in any written form, in seconds.

    Args:
        text: any text.
        start: where the duration has to begin.
        default_unit: unit word for a number without one; None refuses it.
        hours_per_day: length of a working day; None does not read working days.

    Raises:
        QuantityError: for a decimal comma.

    >>> read_duration("1h 30m of work").value
    Decimal('5400')
    """
    special = _read_clock(text, start) or _read_iso(text, start)
    if special is not None:
        return special
    first = _read_part(text, start, default_unit, hours_per_day)
    if first is None or first.factor is None:
        return first
    total = first
    while total.step == total.factor:  # a fraction can only come last
        following = _read_next_part(text, total)
        if following is None:
            break
        total = following
    single = total is first
    return total if single else _compound(total)


def _compound(total: Reading) -> Reading:
    return Reading(value=total.value, step=total.step, end=total.end, factor=None)


def _read_part(
    text: str, start: int, default_unit: str | None, hours_per_day: Decimal | None
) -> Reading | None:
    number = read_number(text, start)
    if number is None:
        return None
    unit = _UNIT.match(text, number.end)
    if unit is None:
        if default_unit is None or text[number.end : number.end + 1].isalpha():
            return None
        return _scaled(number, UNIT_SECONDS[default_unit], number.end)
    if unit["unit"] is not None:
        return _scaled(number, UNIT_SECONDS[unit["unit"].lower()], unit.end())
    if hours_per_day is None:
        return None
    return _scaled(number, hours_per_day * _HOUR, unit.end())


def _read_next_part(text: str, before: Reading) -> Reading | None:
    """Read a smaller unit that goes on where a duration ends: `1h` + `30m`."""
    joint = _JOINT.match(text, before.end)
    if joint is None or before.factor is None:
        return None
    part = _read_part(text, joint.end(), None, None)
    if part is None or part.factor is None or part.factor >= before.factor:
        return None
    if part.value >= before.factor:
        return None
    value = before.value + part.value
    return Reading(value=value, step=part.step, end=part.end, factor=part.factor)


def _read_clock(text: str, start: int) -> Reading | None:
    """Read `h:mm:ss`; `1:30` alone is ambiguous and not read."""
    found = _CLOCK.match(text, start)
    if found is None:
        return None
    seconds = int(found[1]) * _HOUR + int(found[2]) * _MINUTE + int(found[3])
    fraction = found[4] or ""
    value = Decimal(f"{seconds}.{fraction}" if fraction else seconds)
    step = Decimal(1).scaleb(-len(fraction))
    return Reading(value=value, step=step, end=found.end(), factor=None)


def _read_iso(text: str, start: int) -> Reading | None:
    """Read an ISO 8601 duration of weeks to seconds.

    Source: ISO 8601-1:2019, 5.5.2; a day counts 24 hours, years and months have
    no length in seconds and are not read.
    """
    found = _ISO.match(text, start)
    if found is None:
        return None
    value, step = Decimal(0), Decimal(0)
    fractional = False
    for digits, seconds in zip(found.groups(), _ISO_SECONDS, strict=True):
        if digits is None:
            continue
        if fractional:  # a fraction is allowed in the last part only
            return None
        places = len(digits.partition(".")[2])
        fractional = places > 0
        value += Decimal(digits) * seconds
        step = Decimal(seconds).scaleb(-places)
    return Reading(value=value, step=step, end=found.end(), factor=None)
