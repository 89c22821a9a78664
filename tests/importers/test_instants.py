"""Instants of an imported file: whatever is wrong with one is said with its line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gitlog_track.importers.instants import Instants
from gitlog_track.importers.record import BadRecordError
from gitlog_track.model.timestamps import INSTANT, timezone_named, written

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BERLIN = timezone_named("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yesterday", "no instant; expected one like"),
        ("2026-01-01T00:00:03Z", "lies in the future"),
        ("2025-10-04T10:00:00", "has no offset from UTC"),
    ],
)
def test_what_is_none_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(BadRecordError, match=said) as caught:
        Instants(None, NOW).read(text, 7)
    assert caught.value.line == 7


def test_without_an_offset_the_way_out_is_named() -> None:
    with pytest.raises(BadRecordError) as caught:
        Instants(None, NOW).read("2025-10-04T10:00:00", 1)
    assert "--timezone" in str(caught.value.hint)


def test_an_instant_is_read_wherever_it_was_found() -> None:
    text = "2025-07-01T12:00:00"
    found = INSTANT.search(f"done at {text}, late")
    assert found is not None
    instants = Instants(BERLIN, NOW)
    assert written(instants.of_match(found, 1)) == "2025-07-01T12:00:00.000+02:00"
    assert instants.read(text, 1) == instants.of_match(found, 1)
    assert (instants.zone, instants.now) == (BERLIN, NOW)
