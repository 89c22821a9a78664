"""The log's one ref: read it, and move it only from where it was.

One ``git fast-import`` writes blobs, trees and commit and moves the ref by
compare-and-swap: it refuses a tip that does not contain the old one. Standard library
only: the fold runs this. Source: git-fast-import(1), "from" and "get-mark".
"""

from __future__ import annotations

import os

from gitlog_track.errors import GitError, LogBusyError, LogCorruptError
from gitlog_track.git.objects import is_oid
from gitlog_track.log.files import unlink_if_there

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gitlog_track.git.process import Child, Git

STALE_LOCK_S = 600
CRASH_REPORT = "fast_import_crash_"


class LogRef:
    """The ref of the log in one repository.

    Attributes:
        name: full ref name.
    """

    def __init__(self, git: Git, common_dir: str, name: str) -> None:
        self.name = name
        self._git = git
        self._common_dir = common_dir
        self._path = f"{common_dir}/{name}"

    @property
    def lock_path(self) -> str:
        """The file by which git locks the ref."""
        return f"{self._path}.lock"

    def read(self) -> str | None:
        """Return the log commit the ref points at, or None before the first fold.

        Raises:
            LogCorruptError: the ref's file holds no commit; an empty one is what a
                power failure leaves. It is no empty log, so nothing is written over it.
        """
        oid = self._read_loose()
        if oid is not None and is_oid(oid):
            return oid
        code, out, _ = self._git.try_run("rev-parse", "-q", "--verify", self.name)
        if code == 0:
            return out.decode("ascii", "replace").strip()
        if oid is not None and self._read_loose() == oid:
            raise LogCorruptError(
                f"{self._path} is damaged: it holds no commit",
                hint=f"find the last one in {self._common_dir}/logs/{self.name}",
            )
        return None

    def _read_loose(self) -> str | None:
        try:
            with open(self._path, "rb") as file:
                return file.read(64).strip().decode("ascii", "replace")
        except OSError:
            return None

    def begin(self, *, fsync: bool, lock: int | None = None) -> Child:
        """Start the writing process, so that it is ready when the events are.

        Args:
            fsync: flush everything to disk.
            lock: the fold's lock, which the process holds too: if we are killed, the
                next fold begins when the process has ended, not while it moves the ref.
        """
        sync = ("-c", "core.fsync=all") if fsync else ()
        return self._git.start(
            *sync,
            *("-c", "fastimport.unpackLimit=100"),
            *("fast-import", "--quiet", "--done", "--date-format=raw"),
            keep_open=lock,
        )

    def advance(
        self,
        child: Child,
        old: str | None,
        commit: bytes,
        files: Mapping[str, bytes],
        about_to_move: Callable[[str], None],
    ) -> str | None:
        """Write one commit on top of *old* and move the ref to it.

        Args:
            child: from :meth:`begin`; it is ended here.
            old: the commit the new one is built on; None for the first.
            commit: author, committer and message as fast-import takes them.
            files: path to bytes, added to the tree of *old*.
            about_to_move: called with the new commit just before the ref moves.

        Returns:
            the new commit, or None when the ref was not at *old* or was locked.
        """
        if old is None:
            self._create_reflog()
        made = None
        try:
            child.write(self._stream(old, commit, files))
            made = _read_line(child.stdout)
            about_to_move(made)
            child.write(b"done\n")
        except GitError:
            made = None
        finally:
            code, _ = child.wait()
            moved = code == 0
            if not moved:
                self.sweep_crash_reports()
        if made and (self.read() == made or (moved and self.contains(made))):
            return made
        return None

    def restore(self, old: str | None, new: str) -> None:
        """Move the ref back from *new* to *old*, if nobody has moved it since."""
        if old is None:
            self._git.try_run("update-ref", "-d", self.name, new)
        else:
            self._git.try_run("update-ref", self.name, old, new)

    def contains(self, commit: str) -> bool:
        """Does the log contain a commit?"""
        args = ("merge-base", "--is-ancestor", commit, self.name)
        return self._git.try_run(*args)[0] == 0

    def break_stale_lock(self, now_s: float) -> bool:
        """Remove a lock that a killed git left on the ref; call it under our own lock.

        Returns:
            True if there was one and it is gone.

        Raises:
            LogBusyError: there is one, younger than ten minutes.
        """
        path = self.lock_path
        try:
            age_s = now_s - os.stat(path).st_mtime
        except OSError:
            return False
        if age_s < STALE_LOCK_S:
            raise LogBusyError(
                f"{path} is there and {age_s:.0f} s old: another git is writing, or "
                "was killed",
                hint=f"if no git is running: rm {path}",
            )
        unlink_if_there(path)
        return True

    def sweep_crash_reports(self) -> None:
        """Remove the reports that killed imports of ours left in the git directory."""
        for name in os.listdir(self._common_dir):
            if name.startswith(CRASH_REPORT):
                path = f"{self._common_dir}/{name}"
                if self.name.encode() in _read_head(path):
                    unlink_if_there(path)

    def _create_reflog(self) -> None:
        """Git keeps a reflog of a ref like ours only where one has been begun."""
        path = f"{self._common_dir}/logs/{self.name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "ab"):
            pass

    def _stream(
        self,
        old: str | None,
        commit: bytes,
        files: Mapping[str, bytes],
    ) -> bytes:
        head = b"feature done\ncommit %s\nmark :1\n" % self.name.encode()
        parts = [head, commit]
        if old is not None:
            parts.append(b"from %s\n" % old.encode())
        for path, data in files.items():
            parts.append(b"M 100644 inline %s\n" % path.encode())
            parts.append(b"data %d\n" % len(data))
            parts.append(data + b"\n")
        parts.append(b"get-mark :1\n")
        return b"".join(parts)


def _read_head(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 16)
    except OSError:
        return b""


def _read_line(fd: int) -> str:
    text = b""
    while not text.endswith(b"\n"):
        chunk = os.read(fd, 128)
        if not chunk:
            raise GitError("git fast-import ended early")
        text += chunk
    return text.decode("ascii").strip()
