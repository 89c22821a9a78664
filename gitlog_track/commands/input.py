"""``FILE|-``: what a command reads, from a file or from standard input."""

from __future__ import annotations

import sys
from typing import BinaryIO

from gitlog_track.errors import FileError, UsageProblem


def read_input(path: str, limit: int) -> bytes:
    """Return what a file, a pipe or standard input holds.

    Args:
        path: of the file; ``-`` is standard input.
        limit: bytes that it may have.

    Raises:
        FileError: it cannot be read.
        UsageProblem: it has more.
    """
    name = "standard input" if path == "-" else path
    try:
        if path == "-":
            data = _read(sys.stdin.buffer if sys.stdin else None, limit)
        else:
            with open(path, "rb") as file:
                data = _read(file, limit)
    except OSError as err:
        raise FileError(f"{name} cannot be read: {err.strerror}") from err
    if len(data) > limit:
        raise UsageProblem(f"{name} has more than {limit >> 10} KiB")
    return data


def _read(file: BinaryIO | None, limit: int) -> bytes:
    return file.read(limit + 1) if file is not None else b""
