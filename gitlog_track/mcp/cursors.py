"""Cursors: where a list goes on. Opaque to clients, checked when they come back.

A cursor names the place of the last task shown, not a count of tasks: tasks that are
added in front while a client pages move nothing, double nothing and hide nothing.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from gitlog_track.errors import UsageProblem
from gitlog_track.index.index import Place
from gitlog_track.model.names import NAME_LENGTH

_CHECK_BYTES = 6
_LONGEST = 400
_Micros = Annotated[int, Meta(ge=-(1 << 62), le=1 << 62)]


class _Cursor(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A place, and a digest of the question whose answer it is in."""

    question: str
    at_us: _Micros | None
    name: Annotated[str, Meta(max_length=NAME_LENGTH)]


def digest(question: object) -> str:
    """Return what stands for a tool and its filters: a page goes on under the same."""
    return sha256(repr(question).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def write_cursor(question: str, place: Place) -> str:
    """Return the cursor of a place in the answer to a question."""
    raw = msgspec.json.encode(_Cursor(question, place.at_us, place.name))
    return urlsafe_b64encode(_check(raw) + raw).decode().rstrip("=")


def read_cursor(text: str, question: str) -> Place | None:
    """Return the place of a cursor; None where the text is empty.

    Raises:
        UsageProblem: it is none of ours, or of another question.
    """
    if not text:
        return None
    found = _decoded(text)
    if found is None:
        raise UsageProblem(
            f"cursor {text[:40]!r} is none that this tool gave", hint=_BEGIN_ANEW
        )
    if found.question != question:
        raise UsageProblem(
            "the cursor belongs to another tool or to other filters than these",
            hint=_BEGIN_ANEW,
        )
    return Place(found.at_us, found.name)


_BEGIN_ANEW = "call again with next_cursor as it was given, or without a cursor"


def _decoded(text: str) -> _Cursor | None:
    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        check, raw = data[:_CHECK_BYTES], data[_CHECK_BYTES:]
        return msgspec.json.decode(raw, type=_Cursor) if check == _check(raw) else None
    except (binascii.Error, msgspec.DecodeError):
        return None


def _check(raw: bytes) -> bytes:
    return sha256(b"gitlog-track cursor\0" + raw).digest()[:_CHECK_BYTES]
