"""Quantities: every written form, the precision written, and what holds."""

import contextlib
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.claims.quantity import (
    Quantity,
    QuantityError,
    Unit,
    holds,
    overlap,
    parse,
    parse_count,
    parse_duration,
    scan,
)

DURATIONS = [
    ("12m", 720, 720, 60),
    ("12 minutes", 720, 720, 60),
    ("12-minute", 720, 720, 60),
    ("1h30m", 5400, 5400, 60),
    ("1h 30m", 5400, 5400, 60),
    ("1 hour and 5 minutes", 3900, 3900, 60),
    ("1 hour, 5 minutes and 3 seconds", 3903, 3903, 1),
    ("0.83 hours", 2988, 2988, 36),
    ("0.830 hours", 2988, 2988, Decimal("3.6")),
    ("90s", 90, 90, 1),
    ("500ms", Decimal("0.5"), Decimal("0.5"), Decimal("0.001")),
    ("1:30:00", 5400, 5400, 1),
    ("1:30:00.5", Decimal("5400.5"), Decimal("5400.5"), Decimal("0.1")),
    ("PT1H30M", 5400, 5400, 60),
    ("PT1.5H", 5400, 5400, 360),
    ("P1DT2H", 93600, 93600, 3600),
    ("P2W", 1209600, 1209600, 604800),
    ("1,234s", 1234, 1234, 1),
    ("1'234 s", 1234, 1234, 1),
    ("4-6 hours", 14400, 21600, 3600),
    ("4\u20136 hours", 14400, 21600, 3600),
    ("4h-6h", 14400, 21600, 3600),
    ("4 to 6.5 hours", 14400, 23400, 360),
    ("1h30m to 2h", 5400, 7200, 60),
    ("~2h", 7200, 7200, 3600),
    ("about 3 hours", 10800, 10800, 3600),
    ("-4.3 h", -15480, -15480, 360),
    ("\u221210m", -600, -600, 60),
    ("+10m", 600, 600, 60),
    ("10 minutes ahead", -600, -600, 60),
    ("10 minutes ahead of schedule", -600, -600, 60),
    ("-10 minutes ahead", -600, -600, 60),
    ("10 minutes behind schedule", 600, 600, 60),
    ("4-6 hours ahead", -21600, -14400, 3600),
    ("  12m\n", 720, 720, 60),
]
NO_DURATIONS = [
    *("", "h", "12", "1:30", "12x", "12m2", "1h 5", "1h90m", "1m2h", "0.5h30m"),
    *(
        "-4-6h",
        "6-4h",
        "--4h",
        "1.2.3h",
        "12m/day",
        "PT",
        "P1",
        "P1Y",
        "PT1H30",
        "1e3s",
    ),
    *("8.5 working days", "twelve minutes", "12m and", "\u0661\u0662m", "9" * 40 + "s"),
]


@pytest.mark.parametrize(("text", "low", "high", "step"), DURATIONS)
def test_duration(
    text: str, low: int | Decimal, high: int | Decimal, step: int | Decimal
) -> None:
    found = parse_duration(text)
    assert (found.low, found.high, found.step, found.unit) == (low, high, step, "s")


@pytest.mark.parametrize("text", NO_DURATIONS)
def test_no_duration(text: str) -> None:
    with pytest.raises(
        QuantityError, match="expected a duration with its unit such as"
    ):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0,83 hours", "1,5h", "12,5 minutes"])
def test_a_decimal_comma_is_refused_with_the_form_to_write(text: str) -> None:
    with pytest.raises(QuantityError, match=r"not a comma: write [0-9]+\.[0-9]+"):
        parse_duration(text)


def test_working_days_need_their_hours() -> None:
    text = "8.5 working days"
    found = scan(text, 0, "s", hours_per_day=Decimal(8))
    assert found is not None
    assert (found[0].low, found[0].step) == (Decimal(244800), Decimal(2880))
    assert found[1] == len(text)
    assert scan(text, 0, "s") is None


def test_a_bare_number_takes_the_unit_of_its_key() -> None:
    for bare, full in (("12", "12m"), ("4-6", "4-6m"), ("12s", "12s")):
        quantity = parse_duration(full)
        assert scan(bare, 0, "s", default_unit="m") == (quantity, len(bare))


@pytest.mark.parametrize(
    ("text", "low", "step", "total"),
    [
        ("107264", 107264, 1, None),
        ("107,264", 107264, 1, None),
        ("1_000_000", 1000000, 1, None),
        ("3.2k", 3200, 100, None),
        ("3.2K", 3200, 100, None),
        ("1.5M", 1500000, 100000, None),
        ("2 million", 2000000, 1000000, None),
        ("13 / 13", 13, 1, 13),
        ("7 of 9", 7, 1, 9),
        ("0", 0, 1, None),
    ],
)
def test_count(text: str, low: int, step: int, total: int | None) -> None:
    found = parse_count(text)
    assert found.low == low
    assert found.step == step
    assert found.total == total


@pytest.mark.parametrize(
    "text",
    ["1,23", "10,26", "1,2345", "3.236", "12%", "12m", "", "3rd", "three", "1 / 2.5"],
)
def test_no_count(text: str) -> None:
    with pytest.raises(QuantityError, match="expected a whole number"):
        parse_count(text)


@pytest.mark.parametrize("text", ["87%", "87 %", "87 percent", "87 per cent", "87"])
def test_percent(text: str) -> None:
    found = Quantity(low=Decimal(87), high=Decimal(87), step=Decimal(1), unit="%")
    assert scan(text, 0, "%") == (found, len(text))


@pytest.mark.parametrize("text", ["0.90", "0.90x", "90%", "~0.90"])
def test_ratio(text: str) -> None:
    number = Decimal("0.9")
    found = Quantity(low=number, high=number, step=Decimal("0.01"), unit="1")
    assert scan(text, 0, "1") == (found, len(text))


@pytest.mark.parametrize(
    ("text", "unit", "true", "false"),
    [
        ("12 minutes", "s", ["690", "720", "749.999"], ["689.999", "750"]),
        ("0.83 hours", "s", ["3000", "2970"], ["3006", "2969.999"]),
        ("3.2k", "count", ["3150", "3249"], ["3149", "3250"]),
        ("87%", "%", ["86.5", "87.499"], ["86.499", "87.5"]),
        ("87.0%", "%", ["86.95", "87.049"], ["86.949", "87.05"]),
        ("48,500", "count", ["48500"], ["48499", "48501"]),
        ("4-6 hours", "s", ["14400", "18000", "21600"], ["10800", "25200"]),
        ("10 minutes ahead", "s", ["-600", "-570", "-629"], ["-630", "-569", "600"]),
        ("0", "count", ["0"], ["1", "-1"]),
        ("0%", "%", ["0.49", "-0.49"], ["0.5", "-0.5"]),
        ("0.90", "1", ["0.899", "0.895"], ["0.905", "0.8949"]),
    ],
)
def test_holds(text: str, unit: Unit, true: list[str], false: list[str]) -> None:
    claimed = parse(text, unit)
    assert all(holds(claimed, Decimal(each)) for each in true)
    assert not any(holds(claimed, Decimal(each)) for each in false)


def test_a_tolerance_widens() -> None:
    claimed = parse_duration("12m")
    assert not holds(claimed, 760)
    assert holds(claimed, 760, tolerance=30)


def test_founding_minutes_may_be_cut_off() -> None:
    claimed = parse_duration("12m")
    assert not holds(claimed, 779)
    assert holds(claimed, 779, or_floor=True)
    assert not holds(claimed, 780, or_floor=True)


def test_overlap() -> None:
    assert overlap(parse_duration("12m"), parse_duration("720s"))
    assert overlap(parse_duration("1h"), parse_duration("40m"))
    assert not overlap(parse_duration("12m"), parse_duration("13m"))
    assert not overlap(parse_count("12"), parse_duration("12s"))


def between(low: str, high: str, step: str, unit: Unit = "1") -> Quantity:
    return Quantity(low=Decimal(low), high=Decimal(high), step=Decimal(step), unit=unit)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (("10", "2"), ("11.9", "2"), True),
        (("10", "2"), ("12", "2"), False),
        (("10", "2"), ("12.1", "2"), False),
        (("10", "6"), ("13.4", "1"), True),
        (("10", "6"), ("13.5", "1"), False),
        (("10", "1"), ("13.4", "6"), True),
        (("10", "1"), ("13.5", "6"), False),
        (("10", "0.1"), ("10", "2"), True),
    ],
)
def test_what_two_roundings_leave_room_for_overlaps(
    one: tuple[str, str], other: tuple[str, str], both: bool
) -> None:
    first, second = (between(value, value, step) for value, step in (one, other))
    assert overlap(first, second) == overlap(second, first) == both


def test_a_range_reaches_from_its_lower_end_to_its_upper() -> None:
    wide = between("4", "6", "1")
    for value, both in (("3.4", False), ("3.6", True), ("6.4", True), ("6.6", False)):
        point = between(value, value, "0.01")
        assert overlap(wide, point) == overlap(point, wide) == both


@pytest.mark.parametrize("span", ["4.5-6 tokens", "4-6.5 tokens", "4.5 to 6 tokens"])
def test_a_count_is_whole_at_both_ends(span: str) -> None:
    found = None
    with contextlib.suppress(QuantityError):
        found = scan(span, 0, "count")
    assert found is None


def test_what_is_cut_off_begins_at_the_number_itself() -> None:
    claimed = parse_duration("12m")
    assert holds(claimed, 720, or_floor=True)
    negative = between("-12", "-12", "10", "s")
    assert [holds(negative, n, or_floor=True) for n in (-12, -3, -2)] == [
        True,
        True,
        False,
    ]


@given(st.decimals(-(10**6), 10**6, places=3), st.integers(0, 3))
def test_what_is_rounded_holds_and_nothing_else(logged: Decimal, places: int) -> None:
    step = Decimal(1).scaleb(-places)
    rounded = logged.quantize(step, ROUND_HALF_UP)
    exact = Quantity(low=rounded, high=rounded, step=step, unit="1")
    next_one = Quantity(low=rounded + step, high=rounded + step, step=step, unit="1")
    assert holds(exact, logged)
    assert not holds(next_one, logged)


@given(
    st.text(max_size=60), st.integers(0, 60), st.sampled_from(["s", "count", "%", "1"])
)
def test_scanning_reads_or_refuses_any_text(text: str, start: int, unit: Unit) -> None:
    try:
        found = scan(text, start, unit)
    except QuantityError:
        return
    if found is not None:
        assert start < found[1] <= len(text)
        assert found[0].low <= found[0].high
        assert found[0].step > 0


@given(st.text(alphabet="0123456789.,:hmsdPT -~%k/aheadof", max_size=40))
def test_parsing_raises_only_its_own_error(text: str) -> None:
    for unit in ("s", "count", "%", "1"):
        with contextlib.suppress(QuantityError):
            assert parse(text, unit).unit == unit


@pytest.mark.parametrize("text", ["5-5 hours", "5h-5h", "5h to 5h"])
def test_a_range_of_one_value_is_that_value(text: str) -> None:
    found = parse(text, "s")
    assert found.low == found.high == 18_000


@pytest.mark.parametrize("text", ["5-4 hours", "5h-4h"])
def test_a_range_that_falls_is_none(text: str) -> None:
    with pytest.raises(QuantityError):
        parse(text, "s")


def test_nothing_is_below_nothing() -> None:
    assert str(parse("-0", "1").low) == str(parse("-0", "1").high) == "0"
