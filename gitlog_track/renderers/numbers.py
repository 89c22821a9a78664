"""Numbers and instants as people read them; never localised."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from gitlog_track.measures.measure import Measure, Unit
from gitlog_track.measures.value import PerformanceResult, Value
from gitlog_track.model.event import Check


def plain(number: Decimal) -> str:
    """Return a number without trailing zeros or exponent, at most three decimals.

    >>> plain(Decimal("720.000")), plain(Decimal("1.1538461")), plain(Decimal("-0.0001"))
    ('720', '1.154', '0')
    """
    # Adding 0 takes the sign from a zero.
    rounded = number.quantize(Decimal("0.001"), ROUND_HALF_UP) + 0
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def thousands(number: Decimal) -> str:
    """Return a count with separators.

    >>> thousands(Decimal(48500))
    '48,500'
    """
    whole, dot, rest = plain(number).partition(".")
    return f"{int(whole):,}{dot}{rest}"


_SHORT_FROM = 10_000_000
_PREFIXES = "MGTPEZY"


def short(number: Decimal) -> str:
    """Return a count of ten million or more rounded, with an SI prefix.

    >>> short(Decimal(48500)), short(Decimal(1_234_567_890)), short(Decimal(10**15))
    ('48,500', '1,234.6M', '1,000.0T')
    """
    if abs(number) < _SHORT_FROM:
        return thousands(number)
    power = min((number.copy_abs().adjusted() - 1) // 3, len(_PREFIXES) + 1)
    rounded = (number / 10 ** (3 * power)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{rounded:,}{_PREFIXES[power - 2]}"


def duration(seconds: Decimal) -> str:
    """Return seconds as the two largest units that say something, rounded half up.

    As precise as it is written it holds as a claim.

    >>> duration(Decimal(720)), duration(Decimal(137520)), duration(Decimal(-15480))
    ('12m', '38h 12m', '-4h 18m')
    """
    sign = "-" if seconds < 0 else ""
    size = abs(seconds)
    whole = int(size.quantize(Decimal(1), ROUND_HALF_UP))
    if whole >= 3600:
        rounded = int((size / 60).quantize(Decimal(1), ROUND_HALF_UP))
        hours, minutes = divmod(rounded, 60)
        return f"{sign}{hours}h {minutes:02d}m" if minutes else f"{sign}{hours}h"
    minutes, left = divmod(whole, 60)
    if minutes:
        return f"{sign}{minutes}m {left:02d}s" if left else f"{sign}{minutes}m"
    if whole == 0 and seconds:
        return f"{sign}{plain(size)}s"
    return f"{sign}{left}s"


def short_duration(seconds: Decimal) -> str:
    """Return seconds, a hundred hours and more as whole hours.

    >>> short_duration(Decimal(153000)), short_duration(Decimal(-681_540))
    ('42h 30m', '-189h')
    """
    hours = (seconds / 3600).quantize(Decimal(1), ROUND_HALF_UP)
    return duration(seconds) if abs(hours) < 100 else f"{hours:,}h"


def instant(at: datetime) -> str:
    """Return an instant to the second, with its own offset."""
    return at.isoformat(timespec="seconds")


def show(value: Value, unit: Unit) -> str:
    """Return a value for people; ``NOT MEASURED`` where there is none."""
    if value.not_applicable:
        return "N/A"
    shown = value.value
    match shown:
        case None:
            return "NOT MEASURED"
        case Decimal():
            return _number(shown, unit)
        case datetime():
            return instant(shown)
        case str():
            return shown
        case tuple():
            return "; ".join(_item(item) for item in shown)


def show_measure(measure: Measure, value: Value) -> str:
    """Return a measure's value for people; a target with how it is compared."""
    is_target = measure.id == "test_coverage_target"
    return (value.basis if is_target else "") + show(value, measure.unit)


def _number(number: Decimal, unit: Unit) -> str:
    if unit == "s":
        return duration(number)
    if unit == "%":
        return f"{plain(number.quantize(Decimal('0.01'), ROUND_HALF_UP))}%"
    if unit == "1":
        return f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"
    return thousands(number)


def _item(item: object) -> str:
    if isinstance(item, Decimal):
        return duration(item)
    if isinstance(item, PerformanceResult):
        return _result(item)
    if isinstance(item, Check):
        text = f": {item.text}" if item.text else ""
        return f"{item.check} {item.result}{text}"
    return str(item)


def _result(result: PerformanceResult) -> str:
    shown = f"{result.name} {plain(result.value)}{result.unit}"
    if result.target is None:
        return shown
    return f"{shown} (target {result.target}: {'met' if result.met else 'missed'})"
