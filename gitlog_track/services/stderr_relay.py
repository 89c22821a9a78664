"""Pass on what a command writes to standard error, unchanged, and keep its end.

Only where standard error is no terminal. On one, a pipe in between would change what
``isatty`` says to the command, and a second terminal in between would take the keyboard
from programs that read it there, as ``less`` does.
"""

from __future__ import annotations

import os
import select
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager

KEPT = 256 << 10
"""Bytes of the end: Java's longest traces, and what is printed behind them."""
CHUNK = 64 << 10
STDOUT, STDERR = 1, 2
AT_MOST = 16
"""Chunks that may wait in a pipe when a command ends: a pipe holds up to 1 MiB."""

SpawnAction = tuple[int, int, int]


def can_relay() -> bool:
    """Is there a standard error, and no terminal?"""
    return not os.isatty(STDERR)


class Relay:
    """One command's standard error, on its way to ours.

    Where standard output is the same file or pipe, it goes the same way: two ways would
    change the order of what is written to both.
    """

    def __init__(self) -> None:
        self._from, self._into = os.pipe()
        self._open = {self._from, self._into}
        self._end = bytearray()

    @property
    def spawn_actions(self) -> list[SpawnAction]:
        """What gives the command our pipe; see ``os.posix_spawn``."""
        targets = (STDOUT, STDERR) if _is_one_way() else (STDERR,)
        return [(os.POSIX_SPAWN_DUP2, self._into, target) for target in targets]

    def pass_on(self, child: int) -> tuple[int, bytes]:
        """Pass everything on until the command has ended.

        What the command started may still be writing then, and a closed pipe would kill
        it: so a process of its own goes on passing that on.

        Returns:
            the command's wait status, and the end of what was passed on.
        """
        self._close(self._into)
        with _told_of_ends() as told:
            status = self._until_ended(child, told)
        self._take_the_rest()
        if self._open:
            _go_on_alone(self._from)
        return status, bytes(self._end)

    def _until_ended(self, child: int, told: int) -> int:
        while True:
            ready, _, _ = select.select([told, *self._open], [], [])
            if self._from in ready:
                self._take()
            if told in ready:
                os.read(told, CHUNK)
                pid, status = os.waitpid(child, os.WNOHANG)
                if pid:
                    return status

    def close(self) -> None:
        """Close what is open."""
        for descriptor in list(self._open):
            self._close(descriptor)

    def _close(self, descriptor: int) -> None:
        self._open.remove(descriptor)
        os.close(descriptor)

    def _take(self) -> None:
        data = os.read(self._from, CHUNK)
        if not data or not _wrote(data):
            # Who reads our standard error has gone: so it has for the command.
            self._close(self._from)
        self._end += data
        del self._end[:-KEPT]

    def _take_the_rest(self) -> None:
        for _ in range(AT_MOST):
            if not self._open or not select.select([self._from], [], [], 0)[0]:
                return
            self._take()


def _is_one_way() -> bool:
    out, err = os.fstat(STDOUT), os.fstat(STDERR)
    return os.path.samestat(out, err) and not stat.S_ISCHR(err.st_mode)


@contextmanager
def _told_of_ends() -> Iterator[int]:
    """A descriptor that can be read when a signal came, the end of a child among them."""
    told, telling = os.pipe()
    os.set_blocking(telling, False)
    before = signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
    handler = signal.signal(signal.SIGCHLD, lambda *_: None)
    # One that ended before this has to be noticed too.
    os.write(telling, b"\0")
    try:
        yield told
    finally:
        signal.signal(signal.SIGCHLD, handler)
        signal.set_wakeup_fd(before)
        os.close(told)
        os.close(telling)


def _wrote(data: bytes) -> bool:
    """Write to standard error; say whether anybody is there to read it."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(STDERR, rest) :]
        except BlockingIOError:
            select.select([], [STDERR], [])
        except BrokenPipeError:
            return False
        except OSError:
            return True  # a full disk takes nothing, and is no reason to end a command
    return True


def _go_on_alone(source: int) -> None:
    if os.fork():
        return
    try:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(source, 0)
        os.close(STDOUT)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        while (data := os.read(0, CHUNK)) and _wrote(data):
            pass
    finally:
        os._exit(0)
