"""Raw bytes to text: encodings, damage, comments and scissors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.claims.message import (
    CODECS,
    Message,
    read_commit,
    read_message,
    strip_comments,
)

SCISSORS = b" ------------------------ >8 ------------------------\n"


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        (b"", b"Caf\xc3\xa9", "Caf\u00e9"),
        (b"UTF-8", b"Caf\xc3\xa9", "Caf\u00e9"),
        (b"utf8", b"\xef\xbb\xbfCaf\xc3\xa9", "Caf\u00e9"),
        (b"ISO-8859-1", b"Caf\xe9", "Caf\u00e9"),
        (b"iso8859-15", b"\xa4", "\u20ac"),
        (b"CP1252", b"\x80", "\u20ac"),
        (b"KOI8-R", b"\xc1", "\u0430"),
        (b"EUC-JP", b"\xa4\xa2", "\u3042"),
        (b"Shift_JIS", b"\x82\xa0", "\u3042"),
        (b"GB18030", b"\xc4\xe3", "\u4f60"),
    ],
)
def test_encodings(encoding: bytes, body: bytes, text: str) -> None:
    message = read_message(body, encoding)
    assert (message.text, message.unreadable, message.doubt) == (text, "", "")


@pytest.mark.parametrize(
    "encoding",
    [
        b"x-evil",
        b"UTF-7",
        b"UTF-16",
        b"utf-32",
        b"ISO-2022-JP",
        b"rot13",
        b"hz",
        b"\xff",
        b"idna",
    ],
)
def test_unsafe_encodings_are_refused(encoding: bytes) -> None:
    message = read_message(b"Task: T-1", encoding)
    assert "is not one that can be read safely" in message.unreadable
    assert message.unreadable.isascii()


@pytest.mark.parametrize("codec", sorted(set(CODECS.values())))
def test_every_encoding_that_is_read_contains_ascii(codec: str) -> None:
    text = "".join(map(chr, range(1, 128)))
    assert text.encode("ascii").decode(codec) == text


def test_nul_is_refused() -> None:
    assert "NUL" in read_message(b"Add x\0\n\nTook 2h").unreadable


@pytest.mark.parametrize("encoding", [b"", b"UTF-8", b"EUC-JP"])
def test_invalid_bytes_are_read_with_doubt(encoding: bytes) -> None:
    message = read_message(b"Caf\xe9", encoding)
    assert message.text == "Caf\u00e9"
    assert message.doubt
    assert not message.unreadable


def test_line_ends() -> None:
    assert read_message(b"a\r\nb\rc\n").text == "a\nb\nc\n"


def test_commit_and_tag_objects() -> None:
    assert read_commit(b"tree 1\nparent 2\n\nAdd x\n").text == "Add x\n"
    assert (
        read_commit(b"object 1\ntype commit\ntag v1\n\nRelease\n").text == "Release\n"
    )
    signed = b"tree 1\ngpgsig -----BEGIN\n encoding x-evil\n\nAdd x\n"
    assert not read_commit(signed).unreadable


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Add x\n\nTook 2h",
        b"blob\n\nx",
        b"tree 1\nencoding UTF-8\nencoding KOI8-R\n\nx",
    ],
)
def test_damaged_objects_are_refused(raw: bytes) -> None:
    assert read_commit(raw).unreadable


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_reading_never_raises(body: bytes, encoding: bytes) -> None:
    read_message(body, encoding)
    read_commit(body)
    read_commit(b"tree 1\nencoding " + encoding + b"\n\n" + body)
    strip_comments(body)
    strip_comments(body, None)


@pytest.mark.parametrize(
    ("message", "comment", "left"),
    [
        (b"Add x\n# took 2h\nmore\n", b"#", b"Add x\nmore\n"),
        (b"Add x\n; took 2h\n# kept\n", b";", b"Add x\n# kept\n"),
        (b"Add x\n// took 2h\n", b"//", b"Add x\n"),
        (b"Add x\n#" + SCISSORS + b"diff --git a b\n+took 2h\n", b"#", b"Add x\n"),
        (b"Add x\n;" + SCISSORS + b"+took 2h\n", b";", b"Add x\n"),
        (b"Add x\n; note\n;" + SCISSORS + b"+took 2h\n", None, b"Add x\n"),
        (b"Add x\n#" + SCISSORS.strip() + b"\r\n+took 2h\n", b"#", b"Add x\n"),
        (b"Add x\n;" + SCISSORS + b"kept\n", b"#", b"Add x\n;" + SCISSORS + b"kept\n"),
        (b"#1 is fixed\n\n; On branch main\n", None, b"#1 is fixed\n\n"),
        (b"Add x\n", None, b"Add x\n"),
        (b"", b"#", b""),
    ],
)
def test_what_git_will_remove(
    message: bytes, comment: bytes | None, left: bytes
) -> None:
    assert strip_comments(message, comment) == left


HEAD = b"tree 0\n"
LONG = "x-" + "y" * 60


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"garbage\r\n\nx", Message(text="garbage\n\nx", unreadable="its header is damaged")),
        (HEAD + b"\nTitle\n\nBody\n", Message(text="Title\n\nBody\n")),
        (HEAD + b"encoding ISO-8859-1\n\nCaf\xe9", Message(text="Caf\xe9")),
        (HEAD + b"encoding utf-8\nencoding utf-8\n\nhi", Message(text="hi")),
        (HEAD + b"encoding a\nencoding b\n\nhi\r\n", Message(text="hi\n", unreadable="it declares several encodings")),
        (HEAD + b"encoding x-evil\n\nhi\r\n", Message(text="hi\n", unreadable="its encoding 'x-evil' is not one that can be read safely")),
        (HEAD + f"encoding {LONG}\n\nhi".encode(), Message(text="hi", unreadable=f"its encoding '{LONG[:40]}' is not one that can be read safely")),
        (HEAD + b"\na\0b\r\n", Message(text="a\0b\n", unreadable="it holds a NUL byte, behind which git shows nothing")),
        (HEAD + b"\nCaf\xe9\r\n", Message(text="Caf\xe9\n", doubt="its bytes are not valid UTF-8; it was read as Latin-1")),
        (HEAD + b"encoding us-ascii\n\nCaf\xe9", Message(text="Caf\xe9", doubt="its bytes are not valid us-ascii; it was read as Latin-1")),
    ],
)  # fmt: skip
def test_what_is_read_and_what_is_said_of_what_is_not(
    raw: bytes, found: Message
) -> None:
    assert read_commit(raw) == found


def test_only_a_mark_of_a_comment_hides_a_line() -> None:
    assert strip_comments(b"# hidden\nX shown\n") == b"X shown\n"
