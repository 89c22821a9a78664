"""One fold and one sync at a time: the operating system's file lock, never a pid file.

The kernel drops the lock when its holder dies, so nothing is ever left locked.
Standard library only.
"""

from __future__ import annotations

import fcntl
import os
import time

from gitlog_track.errors import LogBusyError, LogError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitlog_track.log.layout import Home

POLL_S = 0.01


class FoldLock:
    """Holds ``<home>/lock`` while used as a context manager.

    Attributes:
        fd: of the lock's file while it is held; a child that keeps it open keeps the
            lock.
    """

    _name = "lock"
    _doing = "folding"

    def __init__(self, home: Home, timeout_s: float) -> None:
        self._path = f"{home.path}/{self._name}"
        self._timeout_s = timeout_s
        self.fd = -1

    def __enter__(self) -> FoldLock:
        """Take the lock.

        Raises:
            LogBusyError: another process held it for longer than the timeout.
            LogError: the file cannot be opened.
        """
        try:
            self.fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as err:
            raise LogError(
                f"cannot write {self._path}: {err.strerror}",
                hint="nothing is lost meanwhile; gitlog-track doctor tells more",
            ) from err
        until = time.monotonic() + self._timeout_s
        while True:
            try:
                fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    os.close(self.fd)
                    raise LogBusyError(
                        f"another process has been {self._doing} for {self._timeout_s:g} s "
                        f"({self._path})",
                        hint="run the command again; nothing is lost meanwhile",
                    ) from None
                time.sleep(POLL_S)
            else:
                return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)


class SyncLock(FoldLock):
    """Holds ``<home>/sync-lock``: folds go on while a remote is waited for."""

    _name = "sync-lock"
    _doing = "syncing"
