"""What a remote's log was when it was last accepted: a ref, and the URL it was true of.

A remote's name may come to stand for another server (``git remote set-url``): what the
first had tells nothing about the second. So the URL is remembered beside the ref, as a
digest, since a URL may hold a password.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from gitlog_track.errors import LogError
from gitlog_track.git.process import Git
from gitlog_track.log.layout import LOG_REF, Home, tracking_ref
from gitlog_track.log.ref import LogRef
from gitlog_track.model.digest import sha256


@dataclass(frozen=True, slots=True)
class Tracking:
    """A remote's log as it was last accepted.

    Attributes:
        home, git: the repository's.
        remote: its name, or the URL where that is what an exchange is with.
        url: what the name stands for now; empty where it is none.
        log_ref: what the log is called.
    """

    home: Home
    git: Git
    remote: str
    url: str = ""
    log_ref: str = LOG_REF

    @property
    def ref(self) -> LogRef:
        """The ref that holds it."""
        name = tracking_ref(self.remote, self.log_ref)
        return LogRef(self.git, self.home.common_dir, name)

    def read(self) -> str | None:
        """Return the log commit; None for none, or where it was another server's."""
        known = self._remembered().get(self.remote, self._digest)
        return self.ref.read() if not self.url or known == self._digest else None

    def begin(self) -> None:
        """Forget what another URL had; call it while holding the lock of sync.

        Raises:
            LogError: that cannot be written down.
        """
        known = self._remembered()
        if not self.url or known.get(self.remote) == self._digest:
            return
        if self.remote in known and (old := self.ref.read()) is not None:
            self.ref.remove(old)
        known[self.remote] = self._digest
        try:
            self._remember(known)
        except OSError as err:
            raise LogError(f"cannot write {err.filename}: {err.strerror}") from err

    @property
    def _digest(self) -> str:
        return sha256(self.url.encode("utf-8", "surrogateescape")).hexdigest()

    def _remembered(self) -> dict[str, str]:
        try:
            with open(
                self.home.remotes, encoding="utf-8", errors="surrogateescape"
            ) as file:
                rows = [line.partition(" ") for line in file.read().split("\n")[:-1]]
        except OSError:
            return {}
        return {name: digest for digest, _, name in rows}

    def _remember(self, known: dict[str, str]) -> None:
        temporary = f"{self.home.remotes}.{os.getpid()}"
        with open(temporary, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(f"{digest} {name}\n" for name, digest in known.items())
        os.replace(temporary, self.home.remotes)
