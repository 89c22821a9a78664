"""Who writes: one random id per clone, renewed when the clone was copied.

Two clones must never write one segment, so the id stands beside the device, inode and
host where it was made; a copy has others and gets an id of its own. An entry that was
recorded before that instant may have been copied too: its event keeps the former id,
from which its own id follows, so that it stays one event in both clones.
Standard library only.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitlog_track.log.layout import Home

ID_BYTES = 6


class Writer:
    """A clone as a writer.

    Attributes:
        id: 12 hex digits.
        former: (id, instant in ns until which it was the clone's), oldest first.
    """

    __slots__ = ("former", "id")

    def __init__(self, own: str, former: list[tuple[str, int]]) -> None:
        self.id = own
        self.former = former

    def of_entry(self, at_ns: int) -> str:
        """Return the id that the writer had when an entry was made."""
        for own, until_ns in self.former:
            if at_ns <= until_ns:
                return own
        return self.id


def writer_of(home: Home, now_ns: int) -> Writer:
    """Return this clone as a writer, made now if there is none or it was copied.

    Call it while holding the fold's lock.
    """
    fd = _open(home)
    try:
        known, place = _read(fd)
        if known is not None and place == _place(fd):
            return known
        return _renew(fd, known, now_ns)
    finally:
        os.close(fd)


def known_writer(home: Home) -> str | None:
    """Return the id this clone has written with, wherever it was made; None for none."""
    try:
        with open(_path(home), encoding="utf-8", errors="replace") as file:
            known = _parse(file.read())[0]
    except OSError:
        return None
    return known.id if known else None


def renew_writer(home: Home, now_ns: int) -> None:
    """Give this clone a new id; call it while holding the fold's lock."""
    fd = _open(home)
    try:
        _renew(fd, _read(fd)[0], now_ns)
    finally:
        os.close(fd)


def _path(home: Home) -> str:
    return f"{home.path}/writer"


def _open(home: Home) -> int:
    return os.open(_path(home), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)


def _read(fd: int) -> tuple[Writer | None, str]:
    return _parse(os.read(fd, 1 << 16).decode("utf-8", "replace"))


def _parse(text: str) -> tuple[Writer | None, str]:
    """Return the writer and the place it was made at; lines: id, place, former ids."""
    own, place, *rows = (*text.split("\n"), "", "")
    if len(own) != 2 * ID_BYTES or set(own) - set("0123456789abcdef"):
        return None, ""
    former = [row.split(" ") for row in rows if row.count(" ") == 1]
    return Writer(own, [(old, int(at)) for old, at in former if at.isdigit()]), place


def _renew(fd: int, known: Writer | None, now_ns: int) -> Writer:
    made = Writer(os.urandom(ID_BYTES).hex(), [])
    if known is not None:
        made.former = [*known.former, (known.id, now_ns)]
    rows = [made.id, _place(fd), *(f"{own} {at}" for own, at in made.former)]
    os.lseek(fd, 0, os.SEEK_SET)
    os.ftruncate(fd, 0)
    os.write(fd, ("\n".join(rows) + "\n").encode())
    return made


def _place(fd: int) -> str:
    status = os.fstat(fd)
    return f"{status.st_dev} {status.st_ino} {os.uname().nodename}"
