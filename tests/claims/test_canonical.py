"""The canonical text of a quantity reads back as the same quantity."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.claims.canonical import format_quantity
from gitlog_track.claims.quantity import Quantity, Unit, parse, parse_duration, scan

STEPS: dict[Unit, list[Decimal]] = {
    "s": [
        Decimal(unit).scaleb(-places)
        for unit in (1, 60, 3600, 86400, 604800)
        for places in range(5)
    ],
    "count": [Decimal(10) ** n for n in range(7)],
    "%": [Decimal(1).scaleb(-n) for n in range(6)],
    "1": [Decimal(1).scaleb(-n) for n in range(9)],
}


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    unit = draw(st.sampled_from(list(STEPS)))
    step = draw(st.sampled_from(STEPS[unit]))
    low, high = sorted(draw(st.lists(st.integers(0, 9999), min_size=2, max_size=2)))
    if draw(st.booleans()):
        high = low
    sign = draw(st.sampled_from([1, -1])) if low == high or unit == "s" else 1
    ends = sorted([low * step * sign, high * step * sign])
    whole = unit == "count" and low == high and draw(st.booleans())
    total = Decimal(draw(st.integers(0, 99999))) if whole else None
    return Quantity(low=ends[0], high=ends[1], step=step, unit=unit, total=total)


@given(quantities())
def test_parse_of_format_is_the_quantity(quantity: Quantity) -> None:
    assert parse(format_quantity(quantity), quantity.unit) == quantity


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1 hour and 30 minutes", "1h30m"),
        ("12 minutes", "12m"),
        ("60 minutes", "1h0m"),
        ("0.83 hours", "0.83h"),
        ("PT90S", "90s"),
        ("P1DT2H", "26h"),
        ("10 minutes ahead of schedule", "-10m"),
        ("4 to 6 hours ahead", "4-6h ahead"),
        ("500 ms", "0.500s"),
        ("0.0005 ms", "0.0005ms"),
    ],
)
def test_durations(text: str, canonical: str) -> None:
    assert format_quantity(parse_duration(text)) == canonical


def test_a_working_day_has_no_canonical_text() -> None:
    found = scan("8.5 working days", 0, "s", hours_per_day=Decimal(7))
    assert found is not None
    with pytest.raises(ValueError, match="no unit of time"):
        format_quantity(found[0])
