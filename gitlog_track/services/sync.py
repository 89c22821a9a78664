"""Exchange the log with one remote: fetch, judge, merge, push; nothing is forced.

What was fetched is kept in a tracking ref, which moves only to a log that was accepted.
A push carries a lease on it: the remote must still have what was seen last, and what is
pushed contains that; so a log that was rewritten or deleted there is noticed before
anything is sent, in one connection.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gitlog_track.errors import LogCorruptError, LogError
from gitlog_track.git.commits import Commit, merge_base
from gitlog_track.git.objects import ObjectReader
from gitlog_track.git.remotes import without_password
from gitlog_track.git.repository import is_cut_off
from gitlog_track.git.transport import (
    Pushed,
    RemoteError,
    RemoteTooSlowError,
    Transport,
)
from gitlog_track.log.lock import SyncLock
from gitlog_track.log.ref import LogRef
from gitlog_track.log.settings import SharedUmask
from gitlog_track.log.tracking import Tracking
from gitlog_track.services.incoming import NOT_MERGED, RewrittenError, judge_incoming
from gitlog_track.services.partial import complete
from gitlog_track.services.remotes import Peer, tracking_of
from gitlog_track.services.workspace import Workspace

if TYPE_CHECKING:
    from gitlog_track.log.merge import How, Merged, Merger

TRIES = 5
TRIES_WHERE_NOTHING_MOVES = 2
FIRST_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What an exchange did.

    Attributes:
        remote: name or URL.
        tip: the log commit here; None where there is no log on either side.
        merged: how the remote's log came in; None where it was not asked for.
        is_pushed: did the remote take something?
        notes: what a person should know.
    """

    remote: str
    tip: str | None
    merged: How | None = None
    is_pushed: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """How a remote's log came in.

    Attributes:
        how: in what way.
        notes: what a person should know.
    """

    how: How
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """The log of one repository and that of one remote.

    Attributes:
        workspace: this side.
        transport: to the other.
        accept_rewrite: go on where the remote's log was rewritten or is gone.
        patience_s: how long to wait for another process that syncs.
    """

    workspace: Workspace
    transport: Transport
    accept_rewrite: bool = False
    patience_s: float = 30.0

    def fetch(self) -> Synced:
        """Fetch the remote's log, judge it and merge it.

        Raises:
            RemoteError: the remote cannot be reached.
            RewrittenError: its log was rewritten or is gone, or has lost lines.
            LogBusyError: a git that was killed, or that runs, has the tracking ref locked.
            LogError: what it has is no log, or none that this version reads.
        """
        with self._locked():
            self._begin()
            return self._synced(self._fetch())

    def push(self) -> Synced:
        """Push the log; fetch and merge first where the remote has more.

        Raises:
            RemoteError: the remote cannot be reached, or does not take the log.
            RewrittenError, LogError: as for :meth:`fetch`.
        """
        with self._locked():
            self._begin()
            return self._push(None)

    def sync(self) -> Synced:
        """Fetch, merge and push, with as few connections as can be.

        What is pushed is accepted only where the remote had nothing new.

        Raises:
            RemoteError, RewrittenError, LogError: as for :meth:`fetch` and :meth:`push`.
        """
        with self._locked():
            self._begin()
            seen, tip = self.tracking.read(), self.workspace.ref().read()
            if None not in {seen, tip} and seen != tip:
                return self._push(None)
            return self._push(self._fetch())

    def push_atomically(self, branch: str) -> Synced:
        """Push a branch and the log: both, or neither. The gate judges the branch.

        The remote's log is fetched before: the branch's claims may need a colleague's.

        Raises:
            RemoteError: nothing was pushed.
            RewrittenError, LogError: as for :meth:`fetch`.
        """
        with self._locked():
            self._begin()
            taken = self._fetch()
            stood = 0
            for _ in range(TRIES):
                tip, seen = self.workspace.ref().read(), self.tracking.read()
                if tip is None:
                    raise LogError("there is no log to push", hint="git push")
                rows = self._push_both(branch, tip)
                refused = [row for row in rows if row.is_refused]
                if not refused:
                    self._accept(tip)
                    return self._synced(taken, is_pushed=True)
                if not any(row.is_race for row in refused if self._is_log(row)):
                    raise self._refused_both(refused)
                taken = self._fetch() or taken
                stood = stood + 1 if self.tracking.read() == seen else 0
                if stood == TRIES_WHERE_NOTHING_MOVES:
                    raise self._refused_both(refused)
            raise self._too_busy()

    @property
    def tracking(self) -> Tracking:
        """The remote's log as it was last accepted."""
        peer = Peer(self.transport.remote, self.transport.address)
        return tracking_of(self.workspace, peer)

    def _begin(self) -> None:
        """Put all there is into the log, and see whether the remote is the old one."""
        self.workspace.fold_if_signed()
        with SharedUmask(self.workspace.settings):
            self.tracking.begin()

    def _locked(self) -> SyncLock:
        home = self.workspace.home
        try:
            if not os.path.isdir(home.path):
                with SharedUmask(self.workspace.settings):
                    os.makedirs(home.path, exist_ok=True)
            return SyncLock(home, self.patience_s)
        except OSError as err:
            raise LogError(f"cannot write {err.filename}: {err.strerror}") from err

    def _fetch(self) -> Taken | None:
        """Fetch and merge; None where neither side has a log to give."""
        tracking, remote = self.tracking.ref, self.transport.label
        # Nobody else writes it while we hold the lock of syncs.
        tracking.break_stale_lock(self.workspace.clock.now_ns() / 1e9)
        seen = tracking.read()
        source = self.workspace.log_ref
        answer = self.transport.fetch(source, tracking.name, force=self.accept_rewrite)
        if answer == "absent":
            if seen is not None:
                self._judge_gone(seen)
            return None
        if answer == "rewritten":
            raise self._rewritten(
                f"the log on {remote} was rewritten: it does not contain "
                f"{(seen or '')[:12]} any more",
            )
        theirs = tracking.read()
        if theirs is None:
            raise RemoteError(f"{remote} gave no log")
        try:
            return self._merge(theirs)
        except BaseException:
            # Next time it is judged against what was accepted, not against this.
            tracking.restore(seen, theirs)
            raise

    def _judge_gone(self, seen: str) -> None:
        if not self.accept_rewrite:
            remote = self.transport.label
            raise self._rewritten(
                f"the log is gone from {remote}; it was at {seen[:12]}"
            )
        self.tracking.ref.remove(seen)

    def _rewritten(self, text: str) -> RewrittenError:
        remote = self.transport.name
        hint = (
            "nothing is lost here; ask who did it, then "
            f"gitlog-track sync {remote} --accept-rewrite joins both again"
        )
        return RewrittenError(text, hint=hint)

    def _merge(self, theirs: str) -> Taken:
        """Judge what was fetched and merge it into the log."""
        if self.transport.budget.is_over():
            raise RemoteTooSlowError("no time is left to merge what was fetched")
        complete(self.workspace.git, self.transport, theirs)
        ref = self.workspace.ref()
        ours = ref.read()
        if ours is not None and self._contains(ours, theirs):
            return Taken("nothing new", ())
        try:
            notes = judge_incoming(
                self.workspace,
                theirs,
                ours,
                self.transport.label,
                accept_rewrite=self.accept_rewrite,
            )
        except RewrittenError as err:
            raise self._rewritten(str(err)) from err
        except LogCorruptError as err:
            raise LogCorruptError(str(err), hint=self._way_out(theirs)) from err
        merger = merger_into(self.workspace, ref)
        merged = merger.merge(theirs, accept_loss=self.accept_rewrite)
        return Taken(merged.how, (*notes, *_notes(merged)))

    def _way_out(self, theirs: str) -> str:
        """Return how to put a remote back that has what no log may have.

        Nobody takes it over, whatever he accepts: what is in the log once stays there.
        """
        ref = self.workspace.log_ref
        place = self.transport.address or self.transport.remote
        return (
            f"{NOT_MERGED}; then, where the log is good: git push --no-verify "
            f"--force-with-lease={ref}:{theirs[:12]} {without_password(place)} {ref}"
        )

    def _push(self, taken: Taken | None) -> Synced:
        """Push until the remote has what is here, or refuses it for good.

        What is called a race, while nobody moves the remote's log, is a refusal in
        other words: a read-only directory, a transaction that a hook aborts.
        """
        pause_s = FIRST_PAUSE_S
        stood = 0
        for _ in range(TRIES):
            tip, seen = self.workspace.ref().read(), self.tracking.read()
            if tip is None or tip == seen:
                return self._synced(taken)
            row = self._push_once(tip) if self._contains_seen(tip) else None
            if row is not None and not row.is_refused:
                self._accept(tip)
                return self._synced(taken, is_pushed=row.flag != "=")
            if row is not None and not row.is_race:
                raise self.transport.refusal(row)
            if taken is not None or stood:
                time.sleep(pause_s * (0.5 + self.workspace.jitter()))
                pause_s *= 2
            if self.transport.budget.is_over():
                break
            taken = self._fetch() or taken
            stood = stood + 1 if row and self.tracking.read() == seen else 0
            if row and stood == TRIES_WHERE_NOTHING_MOVES:
                raise self.transport.refusal(row)
        raise self._too_busy()

    def _contains_seen(self, tip: str) -> bool:
        """Does a log commit contain all that the remote was last known to have?"""
        seen = self.tracking.read()
        return seen is None or self._contains(tip, seen)

    def _contains(self, tip: str, commit: str) -> bool:
        """Does a log commit contain another? The last fold's parent is read at once."""
        git, common = self.workspace.git, self.workspace.home.common_dir
        with ObjectReader(git, common) as reader:
            parents = Commit(tip, reader.read(tip, "commit")).parents
        return commit in {tip, *parents} or merge_base(git, tip, commit) == commit

    def _lease(self) -> tuple[str, str] | None:
        """Return what the remote must still have; see :meth:`_contains_seen`."""
        seen = self.tracking.read()
        return None if seen is None else (self.workspace.log_ref, seen)

    def _push_once(self, tip: str) -> Pushed:
        ref = self.workspace.log_ref
        rows = self.transport.push([f"{tip}:{ref}"], lease=self._lease())
        if len(rows) != 1:
            raise RemoteError(f"git did not say what became of {ref}")
        return rows[0]

    def _push_both(self, branch: str, tip: str) -> list[Pushed]:
        refspecs = [branch, f"{tip}:{self.workspace.log_ref}"]
        return self.transport.push_atomically(refspecs, lease=self._lease())

    def _is_log(self, row: Pushed) -> bool:
        return row.ref == self.workspace.log_ref

    def _refused_both(self, refused: list[Pushed]) -> RemoteError:
        own = [row for row in refused if "atomic" not in row.summary] or refused
        rows = "; ".join(f"{row.ref} {row.summary}" for row in own)
        return RemoteError(
            f"nothing was pushed to {self.transport.label}: {rows}",
            hint="mend what was refused, then push again",
        )

    def _accept(self, tip: str) -> None:
        tracking = self.tracking.ref
        tracking.move(tracking.read(), tip, "push")

    def _too_busy(self) -> RemoteError:
        return RemoteError(
            f"others push the log to {self.transport.label} all the time: gave up",
            hint=f"gitlog-track sync {self.transport.name}; nothing is lost meanwhile",
        )

    def _synced(
        self,
        taken: Taken | None,
        *,
        is_pushed: bool = False,
    ) -> Synced:
        tip = self.workspace.ref().read()
        return Synced(
            remote=self.transport.label,
            tip=tip,
            merged=taken.how if taken else None,
            is_pushed=is_pushed,
            notes=(*(taken.notes if taken else ()), *self._shallow_note(tip)),
        )

    def _shallow_note(self, tip: str | None) -> tuple[str, ...]:
        common = self.workspace.home.common_dir
        if tip is None or not is_cut_off(self.workspace.git, common, tip):
            return ()
        return ("the log's history is cut off: pins, audit and reports are partial",)


def merger_into(workspace: Workspace, ref: LogRef) -> Merger:
    """Return what merges into one ref of a workspace."""
    # Most exchanges only push.
    from gitlog_track.log.merge import Merger

    return Merger(
        workspace.home,
        workspace.git,
        workspace.settings,
        ref,
        now_ns=workspace.clock.now_ns,
        jitter=workspace.jitter,
        patience_s=workspace.patience_s,
    )


def _notes(merged: Merged) -> tuple[str, ...]:
    if not merged.new_writer:
        return ()
    return ("another clone writes with this one's id (a copy?): this one has a new id",)
