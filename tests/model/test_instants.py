"""Instants agree with ``datetime``, at every offset and down to the millisecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.model.instants import NS_PER_S, format_instant, local_offset_s

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
