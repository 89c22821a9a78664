"""Read the text of a stack trace from a file or a stream, bounded and decoded."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import BinaryIO

from gitlog_track.errors import FileError, UsageProblem

READ_BYTES = 1 << 20
"""A trace is at the end of what a program wrote, and is shorter."""
MAX_STREAM_BYTES = 128 << 20
"""What has no end is not read for ever."""
CHUNK = 1 << 20
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class NoStackError(UsageProblem):
    """What should hold a stack trace is empty, or no text."""


@dataclass(frozen=True, slots=True)
class StackText:
    """What was read.

    Attributes:
        text: the text, or its end.
        is_cut: was there more than is read?
        is_utf8: was it UTF-8 or UTF-16? What is not comes as U+FFFD.
    """

    text: str
    is_cut: bool
    is_utf8: bool


def read_stack_file(path: str) -> StackText:
    """Return the text of a file; see :func:`read_stack_stream`.

    Raises:
        FileError: it cannot be read.
        NoStackError: it is empty, or no text.
        UsageProblem: it has no end.
    """
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            is_cut = stat.S_ISREG(status.st_mode) and status.st_size > READ_BYTES
            if is_cut:
                file.seek(-READ_BYTES, os.SEEK_END)
            data, more = _end_of(file, path)
            return _decoded(path, data, is_cut=is_cut or more)
    except OSError as err:
        raise FileError(f"{path} cannot be read: {err.strerror}") from err


def read_stack_stream(stream: BinaryIO, name: str) -> StackText:
    """Return the text of a stream, of a long one the end.

    Args:
        stream: is read to its end.
        name: what to call it.

    Raises:
        NoStackError: it is empty, or no text.
        UsageProblem: it has no end.
    """
    data, is_cut = _end_of(stream, name)
    return _decoded(name, data, is_cut=is_cut)


def _end_of(stream: BinaryIO, name: str) -> tuple[bytes, bool]:
    """Return the last bytes of a stream, and whether there were more."""
    end = bytearray()
    total = 0
    while data := stream.read(CHUNK):
        total += len(data)
        if total > MAX_STREAM_BYTES:
            raise UsageProblem(
                f"{name} gives more than {MAX_STREAM_BYTES >> 20} MiB and no end",
                hint="give the end of it: tail -c 1M FILE | gitlog-track ... --stack -",
            )
        end += data
        del end[:-READ_BYTES]
    return bytes(end), total > len(end)


def _decoded(name: str, data: bytes, *, is_cut: bool) -> StackText:
    if data.startswith(UTF_16):
        return StackText(data.decode("utf-16", "replace"), is_cut, is_utf8=True)
    if (at := data.find(b"\0")) >= 0:
        raise NoStackError(
            f"{name} is no text: it has a zero byte at {at}; expected a stack trace"
        )
    if not data.strip():
        raise NoStackError(f"{name} is empty; expected a stack trace")
    if is_cut:
        data = data[data.find(b"\n") + 1 :]
    text = data.decode("utf-8-sig", "replace")
    return StackText(text, is_cut, is_utf8="\ufffd" not in text)
