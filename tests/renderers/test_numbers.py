"""Numbers as people read them hold as claims of what they were written from."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.claims.quantity import holds, parse
from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.measure import Unit
from gitlog_track.measures.value import Value
from gitlog_track.renderers.numbers import duration, show

numbers = st.decimals(-(10**7), 10**7, places=3)


@given(numbers)
def test_a_shown_duration_holds(seconds: Decimal) -> None:
    assert holds(parse(duration(seconds), "s"), seconds)


@pytest.mark.parametrize("unit", ["%", "1"])
@given(number=numbers)
def test_a_shown_number_holds(unit: Unit, number: Decimal) -> None:
    shown = show(Value(evidence=Evidence.DECLARED, number=number), unit)
    read = parse(shown, "%" if unit == "%" else "1")
    assert holds(read, number)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        ("3599", "59m 59s"),
        ("3600", "1h"),
        ("3629", "1h"),
        ("3630", "1h 01m"),
        ("7199", "2h"),
        ("-3935", "-1h 06m"),
        ("0.5", "1s"),
        ("0.25", "0.25s"),
    ],
)
def test_hours_are_rounded_to_minutes(seconds: str, text: str) -> None:
    assert duration(Decimal(seconds)) == text
