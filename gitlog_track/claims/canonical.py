"""The canonical text of a quantity, which reads back as the same quantity."""

from decimal import Decimal

from gitlog_track.claims.quantity import Quantity

_HOUR = 3600
_SMALLEST_DECIMAL = Decimal("0.000001")
_DURATION_UNITS = {
    "1": (Decimal(1), "s"),
    "6": (Decimal(60), "m"),
    "36": (Decimal(3600), "h"),
    "864": (Decimal(86400), "d"),
    "6048": (Decimal(604800), "w"),
    "ms": (Decimal("0.001"), "ms"),
}
_COUNT_UNITS = (
    (Decimal(1), ""),
    (Decimal(1000), "k"),
    (Decimal(1_000_000), "M"),
)


def format_quantity(quantity: Quantity) -> str:
    """Write a quantity in the canonical form that `parse` reads back as equal.

    Raises:
        ValueError: for a step that no written form has (a working day's).

    >>> from gitlog_track.claims.quantity import parse_count, parse_duration
    >>> format_quantity(parse_duration("1 hour and 30 minutes"))
    '1h30m'
    >>> format_quantity(parse_count("3200 / 4,000"))
    '3200/4000'
    """
    factor, suffix = _written_unit(quantity)
    places = max(0, -(quantity.step / factor).normalize().adjusted())
    low, high = (
        f"{abs(end) / factor:.{places}f}" for end in (quantity.low, quantity.high)
    )
    negative = quantity.low < 0
    if low != high:
        return f"{high}-{low}{suffix} ahead" if negative else f"{low}-{high}{suffix}"
    sign = "-" if negative else ""
    if suffix == "m" and places == 0 and abs(quantity.low) >= _HOUR:
        hours, seconds = divmod(int(abs(quantity.low)), _HOUR)
        return f"{sign}{hours}h{seconds // 60}m"
    total = "" if quantity.total is None else f"/{quantity.total:f}"
    return f"{sign}{low}{suffix}{total}"


def _written_unit(quantity: Quantity) -> tuple[Decimal, str]:
    """Find the unit whose decimals make the step; its digits tell it.

    Steps of seconds are 1, 6, 36, 864 or 6048 times a power of ten: decimals of
    a second, minute, hour, day or week.
    """
    if quantity.unit == "s":
        digits = "".join(map(str, quantity.step.normalize().as_tuple().digits))
        if digits == "1" and quantity.step < _SMALLEST_DECIMAL:
            digits = "ms"
        if digits not in _DURATION_UNITS:
            raise ValueError(f"no unit of time has decimals of {quantity.step} s")
        return _DURATION_UNITS[digits]
    if quantity.unit == "count":
        return next(unit for unit in _COUNT_UNITS if quantity.step <= unit[0])
    if quantity.unit == "1" and quantity.step >= _SMALLEST_DECIMAL:
        return Decimal(1), ""
    return (Decimal("0.01") if quantity.unit == "1" else Decimal(1)), "%"
