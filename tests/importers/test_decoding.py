from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.importers.decoding import LOST_MARKS, MAX_BYTES, decode, mended
from gitlog_track.importers.record import BadRecordError

TEXT = "TASK: P1-009\nSTATUS: \N{WHITE HEAVY CHECK MARK} COMPLETE\nDESCRIPTION: \u00c6ther \u2192 caf\u00e9\n"


def read_as_windows(text: str) -> str:
    """What a program makes of UTF-8 that it takes for Windows-1252, with lost bytes."""
    return "".join(
        bytes([byte]).decode("cp1252", "ignore") for byte in text.encode("utf-8")
    )


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.encode().decode("cp1252").encode(),
    ],
    ids=["utf-8", "bom", "utf-16-le", "utf-16-be", "crlf", "read as windows"],
)
def test_one_text_in_every_encoding(data: bytes) -> None:
    assert decode(data) == TEXT


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_letters_of_one_byte(encoding: str) -> None:
    assert decode("caf\u00e9 \u00e6".encode(encoding)) == "caf\u00e9 \u00e6"


@pytest.mark.parametrize(
    "mark", ["\u2705", "\u274c", "\u23f3", "\U0001f4dd", "\U0001f680", "\u26a0\ufe0f"]
)
def test_the_founding_marks_though_they_lost_a_byte(mark: str) -> None:
    assert mended(f"STATUS: {read_as_windows(mark)} X") == f"STATUS: {mark} X"


def test_every_lost_mark_lost_a_byte_indeed() -> None:
    assert {read_as_windows(mark): mark for mark in LOST_MARKS.values()} == LOST_MARKS


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b" \n\t\n", "the file is empty"),
        (b"TASK: x\n\x00\x01", "no text: it holds the byte 0x00"),
        (b"\x89PNG\r\n\x1a\n\x00", "no text"),
        (codecs.BOM_UTF16_LE + b"a", "begins as UTF-16-LE, and byte 0"),
        (codecs.BOM_UTF8 + b"a\xff", "begins as UTF-8, and byte 1"),
        ("TASK: x".encode("utf-16-le"), "no text"),
        (b"x" * (MAX_BYTES + 1), "more than the 8,388,608 of any log"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(BadRecordError, match=said):
        decode(data)


def test_the_line_of_junk_is_named() -> None:
    with pytest.raises(BadRecordError) as caught:
        decode(b"one\ntwo\n\x01")
    assert caught.value.line == 3


@given(st.binary(max_size=400))
def test_any_bytes_are_a_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data)
    except BadRecordError:
        return
    assert text.encode("utf-8", "surrogatepass")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_utf_8_is_never_made_worse(text: str) -> None:
    """What was put right once is right: no text is mended into something else twice."""
    once = mended(text)
    if once == text:
        assert decode(("x" + text).encode()) == "x" + text
