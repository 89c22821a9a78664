"""Run git as a child process, without the cost of importing ``subprocess``.

Every git process gets an explicit ``--git-dir`` and an environment without the
variables by which git hands one repository's place to its children, so that a hook of
one repository never writes into another. Source: git-rev-parse(1),
``--local-env-vars``; githooks(5).
"""

from __future__ import annotations

import os
import time

from gitlog_track.errors import GitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

LOG_GOES_ALONG = "GITLOG_TRACK_LOG_GOES_ALONG"
"""Environment variable that tells a hook that the push above it is ours, log and all."""
SIGPIPE = 13  # POSIX; the module ``signal`` would cost the commit a millisecond
SIGTERM = 15
REPOSITORY_VARIABLES = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR",
        "GIT_EDITOR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REFLOG_ACTION",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    },
)


QUARANTINE_VARIABLES = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_OBJECT_DIRECTORY",
        "GIT_QUARANTINE_PATH",
    },
)
"""Source: git-receive-pack(1), "QUARANTINE ENVIRONMENT"."""


def scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which git sees only the repository it is told.

    Replacement objects and grafts are switched off: what is pushed is the original.
    """
    kept = {k: v for k, v in environment.items() if k not in REPOSITORY_VARIABLES}
    return {
        **kept,
        # A file that cannot be: an empty one makes git give advice.
        "GIT_GRAFT_FILE": "/dev/null/none",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


class Child:
    """One running process with its three streams as file descriptors.

    Attributes:
        stdin: write end of the child's input.
        stdout: read end of its output.
    """

    def __init__(
        self,
        args: Sequence[str],
        environment: Mapping[str, str],
        source: Child | None = None,
        keep_open: int | None = None,
        *,
        leads_group: bool = False,
    ) -> None:
        """Start a process.

        Args:
            args: the program and its arguments.
            environment: all that it sees.
            source: a child whose output becomes this one's input.
            keep_open: a file descriptor that the child holds too, as its fourth.
            leads_group: let it and all that it starts be ended together.

        Raises:
            GitError: it cannot be started.
        """
        self.stdout: int
        in_read, self.stdin = os.pipe()
        if source is not None:
            os.close(in_read)
            in_read = os.dup(source.stdout)
        self.stdout, out_write = os.pipe()
        self._stderr, err_write = os.pipe()
        group: dict[str, Any] = {"setpgroup": 0} if leads_group else {}
        ends = (in_read, out_write, err_write)
        held = ends if keep_open is None else (*ends, keep_open)
        actions = [(os.POSIX_SPAWN_DUP2, end, fd) for fd, end in enumerate(held)]
        try:
            self._pid = os.posix_spawnp(
                args[0],
                list(args),
                environment,
                file_actions=actions,
                setsigdef=[SIGPIPE],
                **group,
            )
        except OSError as err:
            for fd in (self.stdin, self.stdout, self._stderr):
                os.close(fd)
            raise GitError(
                f"cannot run {args[0]}: {err.strerror}",
                hint="install git, or put it on PATH",
            ) from err
        finally:
            for fd in ends:
                os.close(fd)
        self._args = args
        self._open = {self.stdin, self.stdout, self._stderr}
        self._ended: tuple[int, str] | None = None
        if source is not None:
            self.close(self.stdin)
            source.close(source.stdout)

    def close(self, fd: int) -> None:
        """Close one of the streams; a second time does nothing."""
        if fd in self._open:
            self._open.discard(fd)
            os.close(fd)

    def write(self, text: bytes) -> None:
        """Write all of *text* to the child.

        Raises:
            GitError: the child has ended; its message is the error's.
        """
        if self.stdin not in self._open:
            raise GitError(f"{self._args[0]} has ended already")
        view = memoryview(text)
        try:
            while view:
                view = view[os.write(self.stdin, view) :]
        except BrokenPipeError as err:
            code, message = self.wait()
            raise GitError(
                f"{' '.join(self._args[:1])} ended early ({code}): {message}",
            ) from err

    def read_all(self) -> bytes:
        """Read the child's output to its end."""
        return _read_all(self.stdout)

    def read_within(self, seconds: float) -> bytes | None:
        """Read the child's output to its end; None where it goes on for longer."""
        import select

        waiting = select.poll()
        waiting.register(self.stdout, select.POLLIN | select.POLLHUP)
        until = time.monotonic() + seconds
        chunks: list[bytes] = []
        while waiting.poll(max(0.0, until - time.monotonic()) * 1000):
            chunk = os.read(self.stdout, 1 << 20)
            if not chunk:
                return b"".join(chunks)
            chunks.append(chunk)
        return None

    def end(self, *, is_group: bool) -> None:
        """End a child that is not waited for any more, and the group that it leads."""
        try:
            (os.killpg if is_group else os.kill)(self._pid, SIGTERM)
        except OSError:
            pass  # it has just ended by itself
        for fd in tuple(self._open):
            self.close(fd)
        os.waitpid(self._pid, 0)
        self._ended = (-SIGTERM, "")

    @property
    def has_ended(self) -> bool:
        """Has its end been waited for?"""
        return self._ended is not None

    def wait(self) -> tuple[int, str]:
        """Close the streams and return the exit status and what stderr said.

        Output that nobody has read is dropped, and the child with it: it would wait
        for ever to write it, and we for its end.
        """
        if self._ended is not None:
            return self._ended
        self.close(self.stdin)
        self.close(self.stdout)
        said = _read_all(self._stderr)
        self.close(self._stderr)
        _, status = os.waitpid(self._pid, 0)
        code = os.waitstatus_to_exitcode(status)
        self._ended = (code, said.decode("utf-8", "replace").strip())
        return self._ended


def _read_all(fd: int) -> bytes:
    chunks = []
    while chunk := os.read(fd, 1 << 20):
        chunks.append(chunk)
    return b"".join(chunks)


class Git:
    """The git command on one repository.

    Attributes:
        git_dir: git directory, as given to ``--git-dir``.
        environment: what children see; see :func:`scrubbed`.
        settings: what ``git -c`` said to the command that we serve, as git hands it on:
            for what talks to its remote, and for what is configured there.
    """

    def __init__(
        self,
        git_dir: str,
        environment: Mapping[str, str],
        *,
        in_quarantine: bool = False,
    ) -> None:
        """Bind the command to a repository.

        Args:
            git_dir: its git directory.
            environment: of this process.
            in_quarantine: keep what lets a server's hook see the objects of a push.
        """
        self.git_dir = git_dir
        self.environment = scrubbed(environment)
        self.settings = environment.get("GIT_CONFIG_PARAMETERS", "")
        self._config: dict[str, list[str]] | None = None
        if in_quarantine:
            kept = QUARANTINE_VARIABLES & set(environment)
            self.environment |= {name: environment[name] for name in kept}

    def as_asked(self) -> Git:
        """Return the command with the settings of the one that we serve."""
        if not self.settings:
            return self
        made = Git(self.git_dir, self.environment)
        made.environment["GIT_CONFIG_PARAMETERS"] = self.settings
        return made

    def config(self) -> dict[str, list[str]]:
        """Return the configuration, as the command that we serve has it; read once.

        Returns:
            the values of each key, the one that counts last; section and variable are
            in lower case, what stands between them is as it was written.

        Raises:
            GitError: it cannot be read: it is not taken for empty.
        """
        if self._config is None:
            found: dict[str, list[str]] = {}
            out = self.as_asked().run("config", "-z", "--list")
            for row in out.decode("utf-8", "surrogateescape").split("\0")[:-1]:
                # A key without a value is true. Source: git-config(1), "Values".
                key, stands, value = row.partition("\n")
                found.setdefault(key, []).append(value if stands else "true")
            self._config = found
        return self._config

    def configured(self, key: str) -> str:
        """Return the value of a key that counts, empty for none; see :meth:`config`."""
        return self.config().get(key, [""])[-1]

    def offline(self) -> Git:
        """Return the command that fetches nothing a partial clone left out.

        Git before 2.45 does not know the variable, and fetches object by object. Source:
        git(1), ``GIT_NO_LAZY_FETCH``.
        """
        made = Git(self.git_dir, {})
        made.settings = self.settings
        made.environment = {**self.environment, "GIT_NO_LAZY_FETCH": "1"}
        return made

    def start(
        self, *args: str, keep_open: int | None = None, leads_group: bool = False
    ) -> Child:
        """Start a git command; hooks of the repository never run in it."""
        prefix = ("git", f"--git-dir={self.git_dir}", "-c", "core.hooksPath=/dev/null")
        return Child(
            (*prefix, *args),
            self.environment,
            keep_open=keep_open,
            leads_group=leads_group,
        )

    def start_reading(self, source: Child, *args: str) -> Child:
        """Start a git command whose input is what another prints."""
        prefix = ("git", f"--git-dir={self.git_dir}", "-c", "core.hooksPath=/dev/null")
        return Child((*prefix, *args), self.environment, source)

    def try_run(self, *args: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
        """Run a git command to its end.

        Args:
            args: the command and its arguments.
            stdin: its input, at most a pipe's buffer (64 KiB) where the command
                answers before it has read all of it.

        Returns:
            exit status, stdout and stderr.
        """
        child = self.start(*args)
        if stdin:
            child.write(stdin)
        child.close(child.stdin)
        out = child.read_all()
        code, err = child.wait()
        return code, out, err

    def run(self, *args: str, stdin: bytes = b"") -> bytes:
        """Run a git command that has to succeed, and return its output.

        Raises:
            GitError: it did not; git's own words follow.
        """
        code, out, err = self.try_run(*args, stdin=stdin)
        if code != 0:
            raise _failure(args, code, err)
        return out

    def rows(self, *args: str) -> Iterator[bytes]:
        """Yield what a git command prints, cut at each NUL, while it runs.

        Raises:
            GitError: it did not succeed; git's own words follow.
        """
        child = self.start(*args)
        rest = b""
        try:
            while chunk := os.read(child.stdout, 1 << 20):
                *rows, rest = (rest + chunk).split(b"\0")
                yield from rows
            code, said = child.wait()
        finally:
            child.wait()
        if code != 0:
            raise _failure(args, code, said)


def _failure(args: Sequence[str], code: int, said: str) -> GitError:
    return GitError(f"git {args[0]} failed with {code}: {said or 'no message'}")
