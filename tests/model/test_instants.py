"""Instants agree with ``datetime``, at every offset and down to the millisecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.model.instants import (
    NS_PER_S,
    format_instant,
    is_instant,
    local_offset_s,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MS = st.integers(0, 4_102_444_800_000)  # to the year 2100
MINUTES = st.integers(-14 * 60, 14 * 60)


@given(MS, MINUTES)
def test_an_instant_is_written_as_datetime_writes_it(ms: int, minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    wanted = (EPOCH + timedelta(milliseconds=ms)).astimezone(zone)
    found = format_instant(ms * 1_000_000, minutes * 60)
    assert found == wanted.isoformat(timespec="milliseconds")


@given(st.integers(0, 4_102_444_800 * NS_PER_S), MINUTES)
def test_an_instant_reads_back_to_the_millisecond(at_ns: int, minutes: int) -> None:
    read = datetime.fromisoformat(format_instant(at_ns, minutes * 60))
    assert (read - EPOCH) // timedelta(milliseconds=1) == at_ns // 1_000_000


@pytest.mark.parametrize("offset_s", [0, 3_600, -18_000, 20_700, -1, 59, -12_600])
def test_seconds_of_an_offset_never_shift_the_instant(offset_s: int) -> None:
    read = datetime.fromisoformat(format_instant(1_759_633_200 * NS_PER_S, offset_s))
    assert read == EPOCH + timedelta(seconds=1_759_633_200)


def test_the_local_offset_is_the_machines() -> None:
    assert local_offset_s(1_759_633_200 * NS_PER_S) == 0


def there_is(text: str) -> bool:
    """What every reader of the log makes of it."""
    try:
        msgspec.json.decode(f'"{text}"', type=datetime)
    except msgspec.ValidationError:
        return False
    return True


@given(
    st.tuples(
        *(st.integers(0, most) for most in (9999, 13, 32, 24, 60, 60)),
        st.sampled_from(["", ".0", ".999", ".123456"]),
        st.sampled_from(
            ["Z", "+00:00", "-05:30", "+23:59", "+24:00", "-10:60", "+99:00"]
        ),
    )
)
def test_an_instant_of_the_fold_is_one_that_can_be_read(
    parts: tuple[int, int, int, int, int, int, str, str],
) -> None:
    year, month, day, hour, minute, second, fraction, zone = parts
    clock = f"{hour:02}:{minute:02}:{second:02}{fraction}{zone}"
    text = f"{year:04}-{month:02}-{day:02}T{clock}"
    assert is_instant(text) == there_is(text)


@pytest.mark.parametrize(
    "day", ["2024-02-29", "2000-02-29", "1900-02-29", "2025-02-29"]
)
def test_leap_days(day: str) -> None:
    text = f"{day}T00:00:00Z"
    assert is_instant(text) == there_is(text) == (day < "2025" and day > "1900-12")


@pytest.mark.parametrize(
    ("clock", "is_one"),
    [
        ("23:59:59Z", True),
        ("24:00:00Z", False),
        ("23:60:00Z", False),
        ("23:59:60Z", False),
        ("22:00:00+23:59", True),
        ("22:00:00-24:00", False),
        ("22:00:00+05:60", False),
        ("22:00:00", False),
        ("22:00:00.Z", False),
        ("22:00:00.5+05:30", True),
    ],
)
def test_the_ends_of_clocks_and_offsets(clock: str, is_one: bool) -> None:
    text = f"2025-10-04T{clock}"
    assert is_instant(text) is is_one
    assert there_is(text) is is_one or clock == "22:00:00"


@pytest.mark.parametrize("value", [None, 1_759_633_200, 1.5, b"x", ["x"]])
def test_what_is_no_text_is_no_instant(value: object) -> None:
    assert not is_instant(value)
