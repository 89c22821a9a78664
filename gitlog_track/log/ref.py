"""The log's one ref: read it, and move it only from where it was.

One ``git fast-import`` writes blobs, trees and commit and moves the ref by
compare-and-swap: it refuses a tip that does not contain the old one. Standard library
only: the fold runs this. Source: git-fast-import(1), "from" and "get-mark".
"""

from __future__ import annotations

import os

from gitlog_track.errors import GitError, LogBusyError, LogCorruptError, LogError
from gitlog_track.git.objects import ZERO_OID, is_oid
from gitlog_track.log.files import unlink_if_there

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gitlog_track.git.process import Child, Git

STALE_LOCK_S = 600
CRASH_REPORT = "fast_import_crash_"
_REFUSALS = (
    "Disk quota exceeded",
    "Input/output error",
    "No space left on device",
    "Permission denied",
    "Read-only file system",
)
"""strerror(3) in the locale C, in which git runs here."""
UNSIGNED = "refs/gitlog-track-unsigned/log"
"""Where a commit is written that is still to be signed."""


class Change:
    """One commit that is to be written on the log.

    Attributes:
        parents: commits it is built on, in order; none for the first.
        header: author, committer and message as fast-import takes them.
        files: path to bytes.
        tree: oid of the tree that the change begins with; None for the first parent's.
        rows: (mode, oid, path) of trees and blobs that are there already.
    """

    __slots__ = ("files", "header", "parents", "rows", "tree")

    def __init__(
        self,
        parents: Sequence[str],
        header: bytes,
        files: Mapping[str, bytes],
        *,
        tree: str | None = None,
        rows: Sequence[tuple[bytes, str, str]] = (),
    ) -> None:
        self.parents = parents
        self.header = header
        self.files = files
        self.tree = tree
        self.rows = rows

    def stream(self, ref: str) -> bytes:
        """Return what fast-import has to be told."""
        parts = [b"feature done\ncommit %s\nmark :1\n" % ref.encode(), self.header]
        for word, parent in zip((b"from", b"merge"), self.parents, strict=False):
            parts.append(b"%s %s\n" % (word, parent.encode()))
        if self.tree is not None:
            parts.append(b'M 040000 %s ""\n' % self.tree.encode())
        for mode, oid, path in self.rows:
            parts.append(b"M %s %s %s\n" % (mode, oid.encode(), path.encode()))
        for path, data in self.files.items():
            parts.append(b"M 100644 inline %s\n" % path.encode())
            parts.append(b"data %d\n" % len(data))
            parts.append(data + b"\n")
        parts.append(b"get-mark :1\n")
        return b"".join(parts)


class LogRef:
    """A ref of the log in one repository: its own, or what a remote's was last.

    Attributes:
        name: full ref name.
    """

    def __init__(
        self,
        git: Git,
        common_dir: str,
        name: str,
        *,
        signs: bool = False,
        signing_s: float | None = None,
    ) -> None:
        self.name = name
        self._signing_s = signing_s
        self._signs = signs
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
            *(("--force",) if self._signs else ()),
            keep_open=lock,
        )

    def advance(
        self,
        child: Child,
        change: Change,
        about_to_move: Callable[[str], None],
    ) -> str | None:
        """Write one commit and move the ref to it.

        Args:
            child: from :meth:`begin`; it is ended here.
            change: the commit.
            about_to_move: called with the new commit just before the ref moves.

        Returns:
            the new commit, or None when the ref was at none that the new commit
            contains, or was locked.

        Raises:
            SigningError: it has to be signed and cannot be.
            LogError: the disk takes nothing.
        """
        if self._signs:
            return self._advance_signed(child, change, about_to_move)
        if not change.parents:
            self._create_reflog()
        made = None
        try:
            child.write(change.stream(self.name))
            made = _read_line(child.stdout)
            about_to_move(made)
            child.write(b"done\n")
        except GitError:
            made = None
        finally:
            code, said = child.wait()
            moved = code == 0
            if not moved:
                self.sweep_crash_reports()
        if not moved and (why := _refusal_of_disk(said)):
            raise LogError(
                f"git cannot write the log: {why}",
                hint="nothing is lost meanwhile; mend that, then gitlog-track fold",
            )
        if made and (self.read() == made or (moved and self.contains(made))):
            return made
        return None

    def _advance_signed(
        self,
        child: Child,
        change: Change,
        about_to_move: Callable[[str], None],
    ) -> str | None:
        """Write the commit beside the log, sign it, and move the log to the signed one."""
        from gitlog_track.log.signing import sign

        try:
            child.write(change.stream(UNSIGNED))
            plain = _read_line(child.stdout)
            child.write(b"done\n")
        finally:
            code, _ = child.wait()
        if code != 0:
            return None
        try:
            made = sign(self._git, plain, self._signing_s)
        finally:
            self._git.try_run("update-ref", "-d", UNSIGNED)
        about_to_move(made)
        old = change.parents[0] if change.parents else None
        return made if self.move(old, made, "fold") else None

    def restore(self, old: str | None, new: str) -> None:
        """Move the ref back from *new* to *old*, if nobody has moved it since."""
        if old is None:
            self.remove(new)
        elif self._git.try_run("update-ref", self.name, old, new)[0] == 0:
            self._forget_step(new)

    def _forget_step(self, commit: str) -> None:
        """Take the step to a commit, and the one back, out of the reflog.

        What is pruned already would be named there for months: ``git fsck`` calls
        that an error, and ``git gc`` ends where a commit is there and its tree is not.
        """
        back, to = (f"{self.name}@{{{n}}}" for n in (0, 1))
        code, out, _ = self._git.try_run("rev-parse", "-q", "--verify", to)
        if code == 0 and out.strip() == commit.encode():
            self._git.try_run("reflog", "delete", "--rewrite", to, back)

    def move(self, old: str | None, new: str, why: str) -> bool:
        """Move the ref from *old* to *new*; None is no ref. Return whether it moved."""
        args = ("update-ref", "--create-reflog", "-m", f"gitlog-track: {why}")
        code, _, _ = self._git.try_run(*args, self.name, new, old or ZERO_OID)
        return code == 0

    def remove(self, old: str) -> None:
        """Remove the ref, if it is still at *old*."""
        self._git.try_run("update-ref", "-d", self.name, old)

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


def _refusal_of_disk(said: str) -> str:
    """Return git's words if it is the disk that refused: no second try will help."""
    for line in said.split("\n"):
        if line.endswith(_REFUSALS):
            return line.removeprefix("fatal: ").removeprefix("error: ")
    return ""


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
