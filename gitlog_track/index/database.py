"""The index's file: opened, judged, made anew. Never an error: at worst it is in memory."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from gitlog_track import __version__

MEASURES = 2
"""Raised whenever measures of the same log come to something else than before."""
PATIENCE_S = 5.0
"""How long to wait for another process that writes the index."""


class StaleIndexError(Exception):
    """The file is no index of this version."""


def _identity() -> str:
    """Return what an index has to have been made by to be of use."""
    return f"{__version__} {MEASURES} {sha256(_schema().encode()).hexdigest()[:16]}"


def _schema() -> str:
    return Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")


def open_file(path: str) -> sqlite3.Connection:
    """Open the index at a path.

    Raises:
        StaleIndexError: there is none, or it was made by another version.
        sqlite3.Error: it is no database.
    """
    if not os.path.exists(path):
        raise StaleIndexError
    connection = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)
    try:
        rows = dict(connection.execute("SELECT key, value FROM meta"))
        is_ours = rows.get("made_by") == _identity()
        # A cache need not outlive a power cut, only not be torn by one.
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error:
        connection.close()
        raise
    if not is_ours:
        connection.close()
        raise StaleIndexError
    return connection


def create(path: str) -> sqlite3.Connection:
    """Make an empty index; ``:memory:`` for one that is not kept.

    Nothing is flushed or journaled: a file that is not finished is never looked at.

    Raises:
        sqlite3.Error: it cannot be made.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(_schema())
    marks = [("made_by", _identity()), ("tip", ""), ("recorded", "")]
    connection.executemany("INSERT INTO meta VALUES (?, ?)", marks)
    return connection


def put_in_place(made: str, path: str) -> None:
    """Give a finished index its name, in one step and on disk.

    Raises:
        OSError: it cannot be.
    """
    with open(made, "rb") as file:
        os.fsync(file.fileno())
    os.replace(made, path)


def discard(path: str) -> None:
    """Remove a file if it is there."""
    with suppress(OSError):
        os.unlink(path)
