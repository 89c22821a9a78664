"""What a command has around it: environment, clock, streams; and its workspace."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from gitlog_track.errors import ConfigError, GitlogTrackError, OutputError
from gitlog_track.model.instants import local_offset_s

if TYPE_CHECKING:
    from rich.console import Console

    from gitlog_track.config import Config
    from gitlog_track.git.process import Git
    from gitlog_track.git.repository import Repository
    from gitlog_track.services.workspace import Workspace


@dataclass(slots=True)
class Surroundings:
    """The process around a command; tests put their own in its place.

    What a workspace needs is imported only when a command asks for one: help and
    version need none of it.

    Attributes:
        now_ns: reads the time, in nanoseconds since 1970 UTC.
        offset_s: tells the local offset from UTC at an instant, in seconds.
        environment: of the process.
        random: returns so many random bytes.
        quiet: show failures only.
    """

    now_ns: Callable[[], int] = time.time_ns
    offset_s: Callable[[int], int] = local_offset_s
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    random: Callable[[int], bytes] = os.urandom
    quiet: bool = False

    @property
    def workers(self) -> int:
        """How many processors this process may use."""
        if hasattr(os, "sched_getaffinity"):
            return len(os.sched_getaffinity(0))
        return os.cpu_count() or 1

    def workspace(
        self, *, in_quarantine: bool = False, any_ref: bool = False
    ) -> Workspace:
        """Return the workspace of the current directory, its settings brought up to date.

        Args:
            in_quarantine: see the objects that a server is about to receive.
            any_ref: go on where the configuration names another ref than the
                repository's log has, for commands that help then.

        Raises:
            NotARepositoryError: there is no repository that can be tracked.
            ConfigError: the configuration cannot be read, or names another ref than
                the log of this repository has.
        """
        from gitlog_track.git.process import Git
        from gitlog_track.git.repository import discover
        from gitlog_track.log.layout import Home
        from gitlog_track.model.trace_context import VARIABLE, valid_traceparent
        from gitlog_track.services.workspace import Clock, Workspace

        repository = discover(self.environment)
        git = Git(repository.git_dir, self.environment, in_quarantine=in_quarantine)
        found = Workspace(
            repository=repository,
            git=git,
            home=Home(repository.common_dir),
            config=_config_of(repository, git),
            clock=Clock(self.now_ns, self.offset_s),
            nonce=lambda: self.random(8).hex(),
            jitter=lambda: self.random(1)[0] / 256,
            link=valid_traceparent(self.environment.get(VARIABLE, "")),
            tell=self.say,
        )
        if not any_ref:
            found.refresh_settings()
        return found

    def say(self, text: str) -> None:
        """Tell a person something that is not the answer itself; on stderr."""
        if not self.quiet:
            _tell(_safe(text))

    def warn(self, text: str) -> None:
        """Tell a person that something did not go well; on stderr."""
        _tell(f"gitlog-track: {_safe(text)}")

    def say_error(self, error: GitlogTrackError) -> None:
        """Show what could not be done, and the command that helps."""
        self.warn(str(error))
        if error.hint:
            self.hint(error.hint)

    def hint(self, command: str) -> None:
        """Tell a person the command that helps, behind a warning."""
        _tell(f"  {_safe(command)}")

    def answer(self, text: str) -> None:
        """Write an answer to stdout, as it is.

        Raises:
            OutputError: stdout is closed.
        """
        _require_stdout()
        click.echo(text, nl=False)

    def console(self) -> Console:
        """Return a rich console on stdout: 80 columns and no colour but on a terminal.

        Raises:
            OutputError: stdout is closed.
        """
        from rich.console import Console

        _require_stdout()
        width = None if sys.stdout.isatty() else 80
        return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=False)


def _tell(text: str) -> None:
    """Write a line to stderr; where that fails there is nobody to be told of it."""
    with contextlib.suppress(OSError):
        click.echo(text, err=True)


def _require_stdout() -> None:
    # Python sets it to None where the file descriptor is closed; click is silent then.
    if not sys.stdout:
        raise OutputError("cannot write the answer: stdout is closed")


def _safe(text: str) -> str:
    from gitlog_track.renderers.safe import safe

    return safe(text)


def _config_of(repository: Repository, git: Git) -> Config:
    if repository.top is not None:
        from gitlog_track.config import NO_SYNC

        config = read_config(repository.top)
        is_stopped = git.configured(NO_SYNC.lower()) == "false"
        return replace(config, sync_on_push=False) if is_stopped else config
    from gitlog_track.services.judging import bare_config

    return bare_config(git)


def read_config(top: str) -> Config:
    """Read ``.gitlog-track.toml``, else ``[tool.gitlog-track]`` in pyproject.toml.

    Args:
        top: the work tree's directory.

    Raises:
        ConfigError: the file is no TOML, or holds an unknown key or a wrong value.
    """
    from gitlog_track.config import FILE_NAME, PYPROJECT, parse_config, pyproject_table

    tables = _load(f"{top}/{FILE_NAME}")
    if tables is not None:
        return parse_config(tables, FILE_NAME)
    table = pyproject_table(_load(f"{top}/{PYPROJECT}") or {})
    return parse_config(table or {}, f"{PYPROJECT} [tool.gitlog-track]")


def _load(path: str) -> dict[str, object] | None:
    from gitlog_track.config import parse_toml

    try:
        with open(path, encoding="utf-8") as file:
            return parse_toml(file.read(), os.path.basename(path))
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as err:
        raise ConfigError(f"{path} is not UTF-8: {err}") from err
    except OSError as err:
        raise ConfigError(f"{path} cannot be read: {err.strerror}") from err


def log_path(task: str, tip: str | None) -> str:
    """Return where a task's numbers can be checked: its directory at the log commit."""
    from gitlog_track.log.layout import Subject, directory

    return f"{directory(Subject('task', task))} at {(tip or '')[:12]}"
