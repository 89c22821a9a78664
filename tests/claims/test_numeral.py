"""Numbers and durations at one place of a text."""

from decimal import Decimal

import pytest

from gitlog_track.claims.numeral import (
    QuantityError,
    read_count,
    read_duration,
    read_number,
)
from gitlog_track.claims.quantity import parse_duration


@pytest.mark.parametrize(
    ("text", "value", "end"),
    [
        ("12 m", "12", 2),
        ("12. End", "12", 2),
        ("12, and", "12", 2),
        ("1,234,567", "1234567", 9),
        ("1\u202f234", "1234", 5),
        ("0.50", "0.50", 4),
    ],
)
def test_number(text: str, value: str, end: int) -> None:
    found = read_number(text)
    assert found is not None
    assert (found.value, found.end) == (Decimal(value), end)


@pytest.mark.parametrize("text", ["", "x", "1.2.3", ".5", "9" * 16, "1.1234567", "-1"])
def test_no_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize("text", ["1,5", "12,34", "1,2345"])
def test_decimal_comma(text: str) -> None:
    with pytest.raises(QuantityError, match="not a comma"):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("12m, next", 3),
        ("1h30m.", 5),
        ("1h and then 5", 2),
        ("PT1H30M.", 7),
        ("2 hours of work", 7),
        ("1h 90m", 2),
    ],
)
def test_a_duration_ends_where_its_units_end(text: str, end: int) -> None:
    found = read_duration(text)
    assert found is not None
    assert found.end == end


@pytest.mark.parametrize(
    "text", ["12", "12 monkeys", "12mm", "1:60:00", "PT1.5H3M", "P1-009"]
)
def test_no_duration(text: str) -> None:
    assert read_duration(text) is None


def test_a_suffix_is_part_of_a_count() -> None:
    assert [read_count(text).value for text in ("3k", "3 k", "3M", "3m")] == [  # type: ignore[union-attr]
        3000,
        3000,
        3000000,
        3,
    ]


def test_an_error_shows_a_bounded_part_of_what_was_found() -> None:
    error = QuantityError("x" * 500, "y")
    assert str(error) == f"found '{'x' * 57}...', expected y"


@pytest.mark.parametrize(("length", "cut"), [(59, False), (60, False), (61, True)])
def test_what_was_found_is_shown_in_60_characters(length: int, cut: bool) -> None:
    said = str(QuantityError("x" * length, "a number"))
    shown = "x" * 57 + "..." if cut else "x" * length
    assert said == f"found {shown!r}, expected a number"


@pytest.mark.parametrize("text", ["1h1h", "1h 2h", "1h60m", "1m60s", "1m 1h"])
def test_parts_get_smaller_and_stay_below_the_one_before(text: str) -> None:
    with pytest.raises(QuantityError):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1:30:15", 5_415), ("0:00:01", 1), ("1h59m", 7_140), ("1m59s", 119)],
)
def test_every_part_counts(text: str, seconds: int) -> None:
    assert parse_duration(text).low == seconds


def test_a_decimal_comma_is_shown_as_it_was_found() -> None:
    with pytest.raises(QuantityError, match=r"found '1,5', .*: write 1\.5"):
        parse_duration("1,5h")
