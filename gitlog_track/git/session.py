"""Run a program in a session of its own: with a time limit, ended whole, no terminal.

What talks to a remote starts others (ssh, helpers), and they may outlive it. In a
session of their own all can be ended together, and who opens the terminal to ask fails
at once. ``subprocess`` could do it, at the price of importing it; and its wait with a
limit looks only every 50 ms. Output goes to files: what stays in the background would
keep a pipe open for ever.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gitlog_track.errors import GitError
from gitlog_track.git.process import SIGPIPE, SIGTERM

SIGKILL = 9
TERM_GRACE_S = 0.3
POLL_S = 0.005


class NotInTimeError(GitError):
    """A program was still running when its time was over."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a program did.

    Attributes:
        code: its exit status; negative for a signal.
        out, err: what it wrote.
    """

    code: int
    out: str
    err: str


def run_session(
    args: Sequence[str],
    environment: Mapping[str, str],
    seconds: float | None,
    directory: str,
    *,
    is_own: bool,
    is_shown: bool = False,
) -> Ended:
    """Run a program to its end, with nothing to read.

    Args:
        args: the program and its arguments.
        environment: all that it sees.
        seconds: how long it may take; None for as long as it takes.
        directory: where its output may be kept meanwhile, in files without a name.
        is_own: in a session of its own; else it shares ours, with the terminal.
        is_shown: what it says on stderr is said on ours, and not returned.

    Raises:
        NotInTimeError: it took longer, and was ended.
        GitError: it cannot be started.
    """
    files = [_scratch(directory), -1]
    try:
        if not is_shown:
            files[1] = _scratch(directory)
        pid = _start(args, environment, files, is_own=is_own)
        try:
            code = _wait(pid, seconds)
        except BaseException:
            _end(pid, is_group=is_own)
            raise
        if code is None:
            _end(pid, is_group=is_own)
            raise NotInTimeError(f"{args[0]} took longer than {seconds:g} s")
        return Ended(code, _text(files[0]), "" if is_shown else _text(files[1]))
    finally:
        for fd in files:
            if fd >= 0:
                os.close(fd)


def _scratch(directory: str) -> int:
    """Return a file that is gone when it is closed, without importing ``tempfile``."""
    path = f"{directory}/gitlog-track-said-{os.urandom(8).hex()}"
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as err:
        raise GitError(f"cannot write into {directory}: {err.strerror}") from err
    try:
        os.unlink(path)
    except OSError:
        pass  # it stays; what it is for goes on
    return fd


def _start(
    args: Sequence[str],
    environment: Mapping[str, str],
    files: Sequence[int],
    *,
    is_own: bool,
) -> int:
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        *((os.POSIX_SPAWN_DUP2, fd, at) for at, fd in enumerate(files, 1) if fd >= 0),
    ]
    try:
        return os.posix_spawnp(
            args[0],
            list(args),
            environment,
            file_actions=actions,
            setsigdef=[SIGPIPE],
            setsid=is_own,
        )
    except OSError as err:
        raise GitError(
            f"cannot run {args[0]}: {err.strerror}",
            hint="install git, or put it on PATH",
        ) from err


def _wait(pid: int, seconds: float | None) -> int | None:
    """Wait for the end; return the exit status, None where the time is over before."""
    if seconds is None:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    until = time.monotonic() + seconds
    with _Watch(pid) as watch:
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            left = until - time.monotonic()
            if left <= 0:
                return None
            watch.sleep(left)


class _Watch:
    """Sleeps until a process ends, where the system tells; else for a moment."""

    def __init__(self, pid: int) -> None:
        self._fd = -1
        self._poll = select.poll()
        try:
            self._fd = os.pidfd_open(pid)
            self._poll.register(self._fd, select.POLLIN)
        except (AttributeError, OSError):
            return  # not Linux, or an old one

    def __enter__(self) -> _Watch:
        return self

    def __exit__(self, *_: object) -> None:
        if self._fd >= 0:
            os.close(self._fd)

    def sleep(self, seconds: float) -> None:
        """Sleep for so long at most."""
        longest = seconds if self._fd >= 0 else min(seconds, POLL_S)
        self._poll.poll(longest * 1000)


def _end(pid: int, *, is_group: bool) -> None:
    """End a program and what it started; git takes its lock files away when asked."""
    for number in (SIGTERM, SIGKILL) if is_group else (SIGTERM,):
        try:
            (os.killpg if is_group else os.kill)(pid, number)
            _wait(pid, TERM_GRACE_S)
        except (ProcessLookupError, ChildProcessError, PermissionError):
            continue


def _text(fd: int) -> str:
    os.lseek(fd, 0, os.SEEK_SET)
    chunks = []
    while chunk := os.read(fd, 1 << 20):
        chunks.append(chunk)
    return b"".join(chunks).decode("utf-8", "replace")
