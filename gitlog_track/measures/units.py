"""Units of performance figures: which can be compared, and by what factor. Pure.

A unit that is not listed here is compared only with the same spelling of itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

_MICRO = "0.000001"
_TIME = {
    "ns": "0.000000001",
    **dict.fromkeys(("us", "\N{MICRO SIGN}s", "\N{GREEK SMALL LETTER MU}s"), _MICRO),
    "ms": "0.001",
    **dict.fromkeys(("s", "sec"), "1"),
    **dict.fromkeys(("m", "min"), "60"),
    "h": "3600",
}
"""In seconds."""
_SIZE = {
    "B": 1,
    **{f"{prefix}B": 1000**n for n, prefix in enumerate("KMGT", 1)},
    **{f"{prefix}iB": 1024**n for n, prefix in enumerate("KMGT", 1)},
    "kB": 1000,
}
"""In bytes; decimal and binary prefixes as in IEC 80000-13. ``Mb`` would be bits."""
_KINDS: tuple[Mapping[str, Decimal], ...] = (
    {unit: Decimal(factor) for unit, factor in _TIME.items()},
    {unit: Decimal(factor) for unit, factor in _SIZE.items()},
    {"%": Decimal(1)},
)


def factors(unit: str, other: str) -> tuple[Decimal, Decimal] | None:
    """Return what to multiply figures in two units with, so that they can be compared.

    A number without a unit is a percentage where one is expected, as everywhere.

    >>> factors("s", "ms")
    (Decimal('1'), Decimal('0.001'))
    >>> factors("s", "MB") is None
    True
    """
    if unit == other or (other == "%" and not unit):
        return Decimal(1), Decimal(1)
    for kind in _KINDS:
        if unit in kind and other in kind:
            return kind[unit], kind[other]
    return None


def comparable(unit: str) -> tuple[str, ...]:
    """Return the units in which a figure may be given where this one is expected."""
    return next((tuple(kind) for kind in _KINDS if unit in kind), ())
