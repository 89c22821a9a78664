"""The log as the gate asks it: each task or phase at each of its commits once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitlog_track.git.objects import MissingObjectError
from gitlog_track.git.process import Git
from gitlog_track.git.repository import is_cut_off

if TYPE_CHECKING:
    from gitlog_track.gate.account import Account
    from gitlog_track.measures.summary import TaskSummary


@dataclass(slots=True)
class Ledger:
    """The log as the gate asks it.

    Attributes:
        git, common_dir: the repository's.
        tip: the log commit that counts; None where there is no log.
    """

    git: Git
    common_dir: str
    tip: str | None
    _accounts: dict[tuple[str, str, str], Account] = field(default_factory=dict)
    _tasks: dict[str, list[TaskSummary]] = field(default_factory=dict)
    _pins: dict[str, str | None] = field(default_factory=dict)

    def pinned(self, pin: str) -> str | None:
        """Return the log commit that a pin names, or None if the log does not hold it.

        Raises:
            MissingObjectError: the log's history is cut off, so nobody can tell.
        """
        if pin not in self._pins:
            self._pins[pin] = self._find_pin(pin)
        return self._pins[pin]

    def _find_pin(self, pin: str) -> str | None:
        if (
            self.tip is None
            or not 7 <= len(pin) <= 40
            or set(pin) - set("0123456789abcdef")
        ):
            return None
        code, out, _ = self.git.try_run(
            "rev-parse", "-q", "--verify", f"{pin}^{{commit}}"
        )
        commit = out.decode("ascii", "replace").strip()
        if code == 0:
            args = ("merge-base", "--is-ancestor", commit, self.tip)
            if self.git.try_run(*args)[0] == 0:
                return commit
        if is_cut_off(self.git, self.common_dir, self.tip):
            raise MissingObjectError(
                f"its history is cut off, so it may hold the pinned commit {pin} or not",
                hint="git fetch --unshallow",
            )
        return None

    def account(self, kind: str, name: str, commit: str | None) -> Account:
        """Return what the log says of a task or phase at one of its commits.

        Raises:
            GitlogTrackError: the log cannot be read.
        """
        at = commit or self.tip or ""
        key = (kind, name.lower(), at)
        if key not in self._accounts:
            self._accounts[key] = self._read(kind, name, at)
        return self._accounts[key]

    def _read(self, kind: str, name: str, at: str) -> Account:
        # Most pushes claim nothing: what reads and replays the log is not loaded.
        from gitlog_track.gate.account import read_phase, read_task, read_tasks
        from gitlog_track.log.store import LogReader

        reader = LogReader(self.git, self.common_dir, at or None)
        if kind == "task":
            return read_task(reader, name)
        if at not in self._tasks:
            self._tasks[at] = read_tasks(reader)
        return read_phase(reader, self._tasks[at], name)
