"""Lines of the log: canonical bytes, and a place that is read without the rest."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.errors import LogCorruptError
from gitlog_track.log.codec import Place, encode, holds_event, split_lines
from gitlog_track.model.stored import StoredEvent, read_line
from tests.support.examples import line, stored
from tests.support.strategies import events


def fields(raw: bytes) -> dict[str, object]:
    found = read_line(raw)
    assert isinstance(found, StoredEvent)
    return found.fields()


@given(events())
def test_a_line_reads_back_and_knows_its_place(event: dict[str, object]) -> None:
    raw = encode(event)
    assert fields(raw) == event
    place = Place(raw)
    assert (place.seq, place.attempt, place.phase) == (
        event["seq"], event["attempt"], event["phase"],
    )  # fmt: skip
    assert b"\n" not in raw
    assert (
        json.dumps(
            event, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
        == raw
    )


def test_a_place_without_a_trace_or_phase_has_none() -> None:
    place = Place(line("note_recorded", text="x", phase=None, trace_id=None))
    assert (place.trace_id, place.phase, place.attempt) == (None, None, 1)


def test_quotes_in_texts_lead_no_reader_astray() -> None:
    text = '","seq":99,"id":"' + "f" * 32 + '"'
    raw = line("note_recorded", 5, text=text)
    assert Place(raw).seq == 5
    assert not holds_event(raw, "f" * 32)
    assert holds_event(raw, str(stored("note_recorded", 5, text=text)["id"]))


def test_stray_bytes_become_readable_text() -> None:
    raw = encode(stored("note_recorded", text="a\udc80b"))
    assert fields(raw)["text"] == "a?b"


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"junk", b"\xff", b'{"seq":"1"}', b'{"a":[1}', b'{"seq":}', b'{"seq":1_0}',
     b'{"seq":-1}', b'{"seq":1,"attempt":null}', b'{"seq":' + b"9" * 5_000 + b"}"],
    ids=lambda raw: raw[:12].decode("ascii", "replace"),
)  # fmt: skip
def test_what_has_no_place_is_refused(raw: bytes) -> None:
    with pytest.raises(LogCorruptError, match="a line is no event"):
        Place(raw)


@given(st.binary(max_size=60))
def test_no_bytes_crash_the_reader_of_places(raw: bytes) -> None:
    try:
        place = Place(raw)
    except LogCorruptError:
        return
    assert place.seq >= 0


@given(st.lists(st.binary(min_size=1, max_size=9).filter(lambda b: b"\n" not in b)))
def test_lines_split_as_they_were_joined(lines: list[bytes]) -> None:
    assert split_lines(b"".join(x + b"\n" for x in lines)) == lines


@pytest.mark.parametrize("blob", [b"a", b"a\nb", b"\n\nb"])
def test_a_segment_that_was_cut_is_refused(blob: bytes) -> None:
    with pytest.raises(LogCorruptError, match="cut off"):
        split_lines(blob)
