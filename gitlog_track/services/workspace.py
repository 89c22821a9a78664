"""What every use case works on: a repository, its configuration, and a clock."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from gitlog_track import __version__
from gitlog_track.config import Config
from gitlog_track.errors import ConfigError, LogError, SigningError
from gitlog_track.git.process import Git
from gitlog_track.git.repository import Repository, current_branch, is_cut_off
from gitlog_track.log.fold import Folder
from gitlog_track.log.layout import Home
from gitlog_track.log.ref import LogRef
from gitlog_track.log.settings import (
    ALL_UMASK,
    GROUP_UMASK,
    Settings,
    SharedUmask,
    fixed_ref,
    save_settings,
)
from gitlog_track.model.instants import format_instant

if TYPE_CHECKING:
    from gitlog_track.index.index import Index
    from gitlog_track.log.observe import Draft
    from gitlog_track.log.store import LogReader

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Clock:
    """Where instants come from.

    Attributes:
        now_ns: reads the time, in nanoseconds since 1970 UTC.
        offset_s: tells the local offset from UTC at an instant, in seconds.
    """

    now_ns: Callable[[], int]
    offset_s: Callable[[int], int]


@dataclass(frozen=True)
class Workspace:
    """One worktree of one repository, as a use case sees it.

    Attributes:
        repository: where it is.
        git: the git command on it.
        home: our files in the common git directory.
        config: what the project configured.
        clock: where instants come from.
        nonce: returns random text, for names.
        jitter: returns a random number in [0, 1), for retries.
        patience_s: how long to wait for another fold.
        signing_s: how long the signature of a fold may take; None for as long as
            somebody may need who types a passphrase.
        link: the W3C ``traceparent`` that this process was started in, if any.
        tell: says a sentence to the person who works here.
    """

    repository: Repository
    git: Git
    home: Home
    config: Config
    clock: Clock
    nonce: Callable[[], str]
    jitter: Callable[[], float]
    patience_s: float = 10.0
    signing_s: float | None = None
    link: str | None = None
    tell: Callable[[str], None] = lambda _: None
    _unsigned: list[SigningError] = field(default_factory=list, compare=False)

    @property
    def settings(self) -> Settings:
        """What of the configuration the commit path has to know."""
        return Settings(
            actor=self.config.actor,
            branch_pattern=self.config.branch_pattern,
            fold=self.config.fold,
            fsync="1" if self.config.fsync else "",
            phase_pattern=self.config.phase_pattern,
            ref=self.log_ref,
            sign="1" if self.config.sign else "",
            trailer=self.config.task_trailer,
            umask=self._umask,
        )

    @cached_property
    def _umask(self) -> str:
        return _shared_umask(self.git)

    @property
    def top(self) -> str:
        """Where git goes before it does anything: a bare repository is its own top."""
        return self.repository.top or self.repository.git_dir

    @cached_property
    def is_history_cut_off(self) -> bool:
        """Is the history of HEAD cut off? That of the log alone may be, too."""
        common = self.home.common_dir
        return self.repository.is_shallow and is_cut_off(self.git, common, "HEAD")

    @property
    def log_ref(self) -> str:
        """The log's ref: what ``init`` fixed; before that, what is configured."""
        return fixed_ref(self.home) or self.config.ref

    def ref(self) -> LogRef:
        """Return the log's ref."""
        return LogRef(self.git, self.home.common_dir, self.log_ref)

    def fold(self) -> int:
        """Fold what waits in the journal; return how many events entered the log.

        A key that failed once is not tried again by the same command.

        Raises:
            SigningError: the log commit cannot be signed; the entries stay.
            LogError: the log cannot be read or written; the entries stay.
        """
        if not self.home.is_tracked():
            return 0
        if self._unsigned:
            raise self._unsigned[0]
        try:
            return self._folder().fold()
        except SigningError as err:
            self._unsigned.append(err)
            raise

    def fold_if_signed(self) -> None:
        """Fold; where that cannot be signed say so once: the log counts as it is.

        Raises:
            LogError: the log cannot be read or written for another reason.
        """
        is_known = bool(self._unsigned)
        try:
            self.fold()
        except SigningError as err:
            if not is_known:
                self.tell(f"the newest events are not in the log yet: {err}")

    def add(self, plan: Callable[[str | None], list[Draft]]) -> int:
        """Fold, then put events into the log without a journal; see ``Folder.add``.

        Raises:
            LogError: the log cannot be read or written; nothing was added.
        """
        from gitlog_track.model.stored import write_line

        return self._folder().add(plan, write_line)

    def _folder(self) -> Folder:
        return Folder(
            self.home,
            self.git,
            self.settings,
            __version__,
            now_ns=self.clock.now_ns,
            jitter=self.jitter,
            patience_s=self.patience_s,
            signing_s=self.signing_s,
        )

    def log(self) -> LogReader:
        """Fold, then return a reader of the log as it is now.

        A git directory that we may not write is read without folding, and so is the
        log where folds cannot be signed.

        Raises:
            LogError: the log cannot be read or written.
        """
        if self.may_fold:
            self.fold_if_signed()
        return self.log_as_it_is()

    @property
    def may_fold(self) -> bool:
        """May we write into the git directory?"""
        return os.access(self.home.path, os.W_OK) and not _is_read_only(self.home.path)

    def log_as_it_is(self) -> LogReader:
        """Return a reader of the log without what waits in the journal.

        Raises:
            LogError: the log cannot be read.
        """
        from gitlog_track.log.store import LogReader

        return LogReader(self.git, self.home.common_dir, self.ref().read())

    def ask(self, question: Callable[[Index], T], *, workers: int = 1) -> T:
        """Fold, then answer a question from the index of the log as it is now.

        Args:
            question: may be asked twice, where the index had to be made anew.
            workers: processors that may be used.

        Raises:
            LogError: the log cannot be read or written.
        """
        from gitlog_track.index.index import ask

        return ask(self.home.index, self.log(), question, workers=workers)

    def require_tracked(self) -> None:
        """Check that ``init`` ran here.

        Raises:
            LogError: it did not.
        """
        if not self.home.is_tracked():
            raise LogError(
                f"tracking has not begun in {self.repository.common_dir}",
                hint="gitlog-track init",
            )

    def check_ref(self) -> None:
        """Check that the configuration names the ref that this repository uses.

        Another worktree or an old checkout may have another; to follow it would leave
        the events of one repository in two logs.

        Raises:
            ConfigError: it names another.
        """
        if self.log_ref != self.config.ref:
            raise ConfigError(
                f"log.ref is configured as {self.config.ref}, but this repository's log "
                f"is {self.log_ref} since init ran",
                hint=f'set log.ref = "{self.log_ref}"; or, to begin another log, '
                "gitlog-track deinit, then gitlog-track init",
            )

    def refresh_settings(self) -> None:
        """Write the commit path's settings anew if the configuration has changed.

        Raises:
            ConfigError: the configuration names another ref than this repository uses.
        """
        self.check_ref()
        if self.home.is_tracked() and os.access(self.home.path, os.W_OK):
            settings = self.settings
            with SharedUmask(settings):
                save_settings(self.home, settings)

    def now(self) -> tuple[int, str]:
        """Return the current instant, in ns and as the log writes it."""
        now_ns = self.clock.now_ns()
        return now_ns, format_instant(now_ns, self.clock.offset_s(now_ns))

    @property
    def branch(self) -> str | None:
        """The full name of the current branch; None where HEAD is detached."""
        return current_branch(self.repository.git_dir)


def _is_read_only(path: str) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _shared_umask(git: Git) -> str:
    """Return the umask of core.sharedRepository; empty for a private repository.

    As git, group and all open what the user's own umask closes and leave the rest; a
    number is exact. Source: git-init(1), ``--shared``.
    """
    shared = git.configured("core.sharedrepository").strip().lower()
    if shared in {"group", "true", "1"}:
        return GROUP_UMASK
    if shared in {"all", "world", "everybody", "2"}:
        return ALL_UMASK
    if len(shared) == 4 and shared.isdigit():
        mode = int(shared, 8)
        directory_mode = mode | (mode & 0o444) >> 2
        return f"{0o777 & ~directory_mode:04o}"
    return ""
