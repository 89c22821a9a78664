"""Merge what was fetched into the log: adopt it, follow it, or join both in a commit.

The merge commit is a pure function of its parents: they stand in the order of their
ids, its date is the later one of theirs, its author is nobody. So clones that merge the
same two logs make one commit, and not merges of merges for ever.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gitlog_track.errors import (
    GitlogTrackError,
    LogBusyError,
    LogCorruptError,
    LogError,
)
from gitlog_track.git.commits import Commit, merge_base
from gitlog_track.git.objects import ObjectReader
from gitlog_track.git.process import Git
from gitlog_track.log.layout import Home, Segment
from gitlog_track.log.lock import FoldLock
from gitlog_track.log.ref import Change, LogRef
from gitlog_track.log.settings import Settings, SharedUmask
from gitlog_track.log.tree import LogTree
from gitlog_track.log.union import Union, unite
from gitlog_track.log.writer import known_writer, renew_writer

TRIES = 6
FIRST_PAUSE_S = 0.02
NOBODY = b"gitlog-track <>"
MESSAGE = b"Merge two logs\n"

How = Literal["nothing new", "adopted", "fast-forward", "merge"]


class LinesGoneError(LogError):
    """A log that contains ours has lost lines of it."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did.

    Attributes:
        tip: the log commit now.
        how: in what way.
        new_writer: did this clone get a new writer id, because another one had its own?
    """

    tip: str
    how: How
    new_writer: bool = False


@dataclass(frozen=True, slots=True)
class Merger:
    """Merges into one ref of one repository.

    Attributes:
        home, git, settings: the repository's.
        ref: what moves.
        now_ns: reads the clock.
        jitter: returns a random number in [0, 1).
        patience_s: how long to wait for a fold.
    """

    home: Home
    git: Git
    settings: Settings
    ref: LogRef
    now_ns: Callable[[], int]
    jitter: Callable[[], float]
    patience_s: float

    def merge(self, theirs: str, *, accept_loss: bool = False) -> Merged:
        """Merge a log commit, which others may have made, into the log.

        Args:
            theirs: the commit.
            accept_loss: go on where it contains our log but not all its lines; they
                stay, in a merge commit.

        Raises:
            LogError: theirs is no log, or not one that this version reads.
            LinesGoneError: it has lost lines of ours.
            LogBusyError: somebody moves or locks the ref again and again.
        """
        try:
            os.makedirs(self.home.path, exist_ok=True)
            with SharedUmask(self.settings), FoldLock(self.home, self.patience_s):
                before = known_writer(self.home)
                tip, how = self._merge(theirs, accept_loss=accept_loss)
                return Merged(tip, how, new_writer=known_writer(self.home) != before)
        except OSError as err:
            raise LogError(
                f"cannot merge: {err.filename or self.home.path}: {err.strerror or err}",
                hint="nothing is lost meanwhile; gitlog-track doctor tells more",
            ) from err

    def _merge(self, theirs: str, *, accept_loss: bool) -> tuple[str, How]:
        """Try until the log holds still, under the fold's lock."""
        pause_s = FIRST_PAUSE_S
        for _ in range(TRIES):
            done = self._try(theirs, accept_loss=accept_loss)
            if done is not None:
                return done
            time.sleep(pause_s * (0.5 + self.jitter()))
            pause_s *= 2
        if self.ref.break_stale_lock(self.now_ns() / 1e9):
            done = self._try(theirs, accept_loss=accept_loss)
            if done is not None:
                return done
        raise LogBusyError(
            f"{self.ref.name} was moved or locked again and again while merging",
            hint="run the command again; nothing is lost meanwhile",
        )

    def _try(self, theirs: str, *, accept_loss: bool) -> tuple[str, How] | None:
        """Merge into the log as it is now; None if it moved under our hands."""
        ours = self.ref.read()
        if ours is None:
            return self._adopt(theirs)
        common = merge_base(self.git, ours, theirs)
        if common == theirs:
            return ours, "nothing new"
        with ObjectReader(self.git, self.home.common_dir) as reader:
            for tip in (ours, theirs):
                LogTree(reader, tip)
            commits = [
                Commit(oid, reader.read(oid, "commit")) for oid in (ours, theirs)
            ]
            union = unite(reader, commits[0].tree, commits[1].tree)
            if common == ours and not union.is_second_whole and not accept_loss:
                raise LinesGoneError(
                    f"the log at {theirs[:12]} follows ours, but lines of ours are gone",
                    hint="gitlog-track sync --accept-rewrite keeps them, in a merge",
                )
            # Once the ref has moved, nobody can see any more that the id is doubled.
            self._renew_doubled_writer(union)
            if common == ours and union.is_second_whole:
                moved = self.ref.move(ours, theirs, "fast-forward")
                return (theirs, "fast-forward") if moved else None
            made = self._join(reader, commits, union)
            return (made, "merge") if made else None

    def _adopt(self, theirs: str) -> tuple[str, How] | None:
        """Take a whole log where there is none."""
        from gitlog_track.log.store import LogReader

        before = ""
        for segment in LogReader(self.git, self.home.common_dir, theirs).segments():
            # Every row is checked on the way; git's order is that of whole paths.
            if segment.path <= before:
                raise LogCorruptError(f"{segment.path!r} is not in its place")
            before = segment.path
        moved = self.ref.move(None, theirs, "adopt")
        return (theirs, "adopted") if moved else None

    def _join(
        self, reader: ObjectReader, commits: list[Commit], union: Union
    ) -> str | None:
        ours = commits[0]
        change = Change(
            sorted(commit.oid for commit in commits),
            merge_header(commits),
            union.merged,
            tree=ours.tree,
            rows=[(row.mode, row.oid, row.path) for row in union.taken],
        )
        child = self.ref.begin(fsync=self.settings.fsync == "1")
        made = self.ref.advance(child, change, about_to_move=lambda _: None)
        if made is not None and not self._landed(reader, ours, made):
            self.ref.restore(ours.oid, made)
            return None
        return made

    def _landed(self, reader: ObjectReader, ours: Commit, made: str) -> bool:
        """Are the new objects really there? A ``gc --prune=now`` can take them."""
        try:
            tree = Commit(made, reader.read(made, "commit")).tree
            return unite(reader, ours.tree, tree).is_second_whole
        except GitlogTrackError:
            return False

    def _renew_doubled_writer(self, union: Union) -> None:
        """Give this clone a new id where another clone has written with it.

        That is a copy which its place does not tell, such as a virtual machine's.
        """
        own = known_writer(self.home)
        if own in {Segment(path, "").writer for path in union.grown}:
            renew_writer(self.home, self.now_ns())


def merge_header(parents: list[Commit]) -> bytes:
    """Return author, committer and message of the merge, as fast-import takes them."""
    at_s = max(commit.committer[1] for commit in parents)
    who = b"%s %d +0000" % (NOBODY, at_s)
    return b"author %s\ncommitter %s\ndata %d\n%s" % (who, who, len(MESSAGE), MESSAGE)
