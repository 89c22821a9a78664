"""Who writes: one random id per clone, renewed when the clone was copied.

Two clones must never write one segment, so the id stands beside the device, inode and
host where it was made; a copy has others and gets an id of its own.
Standard library only.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitlog_track.log.layout import Home

ID_BYTES = 6


def writer_id(home: Home) -> str:
    """Return this clone's id: 12 hex digits, made now if there is none or it was copied.

    Call it while holding the fold's lock.
    """
    path = f"{home.path}/writer"
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        place = _place(fd)
        known = os.read(fd, 4096).decode("utf-8", "replace").split("\n")
        if len(known) >= 2 and known[1] == place and len(known[0]) == 2 * ID_BYTES:
            return known[0]
        made = os.urandom(ID_BYTES).hex()
        os.lseek(fd, 0, os.SEEK_SET)
        os.ftruncate(fd, 0)
        os.write(fd, f"{made}\n{place}\n".encode())
        return made
    finally:
        os.close(fd)


def _place(fd: int) -> str:
    status = os.fstat(fd)
    return f"{status.st_dev} {status.st_ino} {os.uname().nodename}"
