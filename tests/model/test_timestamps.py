"""Instants of files: with an offset, or of a timezone that was named, or refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.errors import UsageProblem
from gitlog_track.model.timestamps import Timestamps, timezone_named, written

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN = timezone_named("Europe/Berlin")
FILE = Timestamps(None, NOW)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2025-10-04T22:00:00-05:00", "2025-10-04T22:00:00.000-05:00"),
        ("2025-10-04T09:15:00Z", "2025-10-04T09:15:00.000+00:00"),
        ("2025-10-04 09:15:00.123456 +0530", "2025-10-04T09:15:00.123+05:30"),
        ("2025-11-05 14:15 UTC", "2025-11-05T14:15:00.000+00:00"),
        ("  2025-11-05t14:15z ", "2025-11-05T14:15:00.000+00:00"),
        ("2025-10-04T22:00:00,5-05:00", "2025-10-04T22:00:00.500-05:00"),
        ("2025-10-04T22:00:07.12Z", "2025-10-04T22:00:07.120+00:00"),
        ("2025-10-04T22:00:00+23:59", "2025-10-04T22:00:00.000+23:59"),
        ("1970-01-02T00:00:00Z", "1970-01-02T00:00:00.000+00:00"),
    ],
)
def test_instants_with_an_offset(text: str, stored: str) -> None:
    assert written(FILE.read(text)) == stored


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yesterday", "no instant; expected one like"),
        ("14:15 UTC", "no instant"),
        ("2025-10-04", "no instant"),
        ("2025-02-30T10:00:00Z", "no instant: day is out of range"),
        ("2025-10-04T25:00:00Z", "no instant"),
        ("2025-10-04T10:00:00+24:00", "no offset"),
        ("2025-10-04T10:00:00+05:60", "no offset"),
        ("2025-10-04T10:00:00+05:70", "no offset"),
        ("2026-01-01T00:00:03Z", "lies in the future"),
        ("9999-12-31T23:59:59-23:59", "no instant|future"),
        ("0001-01-01T00:00:00+23:59", "no instant|before any"),
        ("1969-12-31T00:00:00Z", "lies before 1970-01-02, so before any work here"),
        ("1970-01-02T01:00:00+02:00", "lies before 1970-01-02, so before any work"),
        ("0001-01-01T00:00:00Z", "lies before 1970-01-02, so before any work here"),
        ("0001-01-01T00:00:00", "lies before 1970-01-02, so before any work here"),
        ("2025-10-04T10:00:00", "has no offset from UTC"),
    ],
)
def test_what_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageProblem, match=said):
        FILE.read(text)


def test_without_an_offset_the_way_out_is_named() -> None:
    with pytest.raises(UsageProblem) as caught:
        FILE.read("2025-10-04T10:00:00")
    assert "--timezone" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("2025-07-01T12:00:00", "2025-07-01T12:00:00.000+02:00"),
        ("2025-12-01T12:00:00", "2025-12-01T12:00:00.000+01:00"),
        ("2025-12-01T12:00:00Z", "2025-12-01T12:00:00.000+00:00"),
    ],
)
def test_a_timezone_is_for_instants_without_an_offset(text: str, stored: str) -> None:
    assert written(Timestamps(BERLIN, NOW).read(text)) == stored


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-10-26T02:30:00", "happened twice in Europe/Berlin"),
        ("2025-03-30T02:30:00", "never was in Europe/Berlin"),
    ],
)
def test_local_times_that_clock_changes_doubled_or_skipped(
    text: str, said: str
) -> None:
    with pytest.raises(UsageProblem, match=said):
        Timestamps(BERLIN, NOW).read(text)


def test_a_zone_whose_clocks_had_an_offset_of_seconds_is_refused() -> None:
    monrovia = Timestamps(timezone_named("Africa/Monrovia"))
    assert written(monrovia.read("1973-01-01 12:00")).endswith("+00:00")
    with pytest.raises(UsageProblem, match="had no offset of whole minutes then"):
        monrovia.read("1971-06-01 12:00")


def test_the_future_begins_where_two_clocks_cannot_be_apart() -> None:
    latest, beyond = (written(NOW + timedelta(milliseconds=n)) for n in (2_000, 2_001))
    assert written(FILE.read(latest)) == latest
    with pytest.raises(UsageProblem, match="lies in the future"):
        FILE.read(beyond)
    assert written(Timestamps().read(beyond)) == beyond


@pytest.mark.parametrize(
    "name", ["Middle/Earth", "", "../../etc/passwd", "/etc", "a\0b"]
)
def test_a_timezone_that_is_none(name: str) -> None:
    with pytest.raises(UsageProblem, match="is no timezone"):
        timezone_named(name)


@given(st.integers(10**8, 17 * 10**8), st.integers(0, 999), st.integers(-1439, 1439))
def test_what_is_written_is_read_again(at_s: int, ms: int, minutes: int) -> None:
    at = datetime.fromtimestamp(at_s, UTC) + timedelta(milliseconds=ms)
    shown = at.astimezone(timezone(timedelta(minutes=minutes)))
    assert FILE.read(written(shown)) == at


@given(st.text(max_size=40))
def test_any_text_is_an_instant_or_refused(text: str) -> None:
    try:
        Timestamps(BERLIN, NOW).read(text)
    except UsageProblem:
        return
