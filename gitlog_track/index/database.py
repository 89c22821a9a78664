"""The index's file: opened, judged, made anew. Never an error: at worst it is in memory."""

from __future__ import annotations

import fcntl
import functools
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from gitlog_track import __version__

SOURCES = ("failures", "index", "measures", "model")
"""Packages that decide what a log comes to, and which rows that is."""
POLL_S = 0.02
PATIENCE_S = 5.0
"""How long to wait for another process that writes the index."""


class StaleIndexError(Exception):
    """The file is no index of this version."""


@functools.cache
def _identity() -> str:
    """Return what an index has to have been made by to be of use.

    The text of the modules stands in it, not a number that somebody has to raise: a
    figure of yesterday's formula is a wrong figure.
    """
    digest = sha256("".join(map(_sql, ("schema", "indexes", "views"))).encode())
    package = Path(__file__).parents[1]
    for name in SOURCES:
        for file in sorted((package / name).glob("*.py")):
            digest.update(file.read_bytes())
    return f"{__version__} {digest.hexdigest()[:32]}"


def _sql(name: str) -> str:
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")


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
    connection.executescript(_sql("schema") + _sql("views"))
    marks = [("made_by", _identity()), ("tip", ""), ("recorded", "")]
    connection.executemany("INSERT INTO meta VALUES (?, ?)", marks)
    return connection


def add_indexes(connection: sqlite3.Connection) -> None:
    """Make the indexes of tables that were filled; within a transaction too."""
    for statement in _sql("indexes").split(";\n"):
        connection.execute(statement)


@contextmanager
def writing(path: str) -> Iterator[None]:
    """Be the only one who writes or replaces the file of an index.

    SQLite's own locks do not do: its journal belongs to a path, and would be played back
    into another file that was put there.

    Raises:
        StaleIndexError: another process keeps it for too long, or the directory cannot
            be written.
    """
    try:
        lock = os.open(f"{path}-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as err:
        raise StaleIndexError from err
    try:
        until = time.monotonic() + PATIENCE_S
        while not _locked(lock):
            if time.monotonic() > until:
                raise StaleIndexError
            time.sleep(POLL_S)
        yield
    finally:
        os.close(lock)


def _locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def put_in_place(made: str, path: str) -> None:
    """Give a finished index its name, in one step and on disk.

    Raises:
        OSError: it cannot be.
    """
    with open(made, "rb") as file:
        os.fsync(file.fileno())
    # The journal of a killed writer belongs to the file that goes.
    discard(f"{path}-journal")
    os.replace(made, path)


def discard(path: str) -> None:
    """Remove a file if it is there."""
    with suppress(OSError):
        os.unlink(path)
