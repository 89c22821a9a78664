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

from gitlog_track.errors import LogCorruptError, LogError
from gitlog_track.git.objects import ObjectReader
from gitlog_track.git.repository import is_cut_off, read_boundary
from gitlog_track.git.transport import (
    Pushed,
    RemoteError,
    RemoteTooSlowError,
    Transport,
)
from gitlog_track.log.layout import tracking_ref
from gitlog_track.log.lock import SyncLock
from gitlog_track.log.merge import How, Merged, Merger, merge_base
from gitlog_track.log.ref import LogRef
from gitlog_track.log.settings import SharedUmask
from gitlog_track.log.tree import LogTree
from gitlog_track.services.partial import complete
from gitlog_track.services.workspace import Workspace

TRIES = 5
FIRST_PAUSE_S = 0.05
STEPS_JUDGED = 2_000
"""New log commits that are judged one by one; of more only the lines are, and ``audit``
judges the steps when it is asked."""


class RewrittenError(LogError):
    """A remote's log does not contain any more what it contained."""


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
            LogError: what it has is no log, or none that this version reads.
        """
        with self._locked():
            self.workspace.fold()
            return self._synced(self._fetch())

    def push(self) -> Synced:
        """Push the log; fetch and merge first where the remote has more.

        Raises:
            RemoteError: the remote cannot be reached, or does not take the log.
            RewrittenError, LogError: as for :meth:`fetch`.
        """
        with self._locked():
            self.workspace.fold()
            return self._push(None)

    def sync(self) -> Synced:
        """Fetch, merge and push, with as few connections as can be.

        What is pushed is accepted only where the remote had nothing new.

        Raises:
            RemoteError, RewrittenError, LogError: as for :meth:`fetch` and :meth:`push`.
        """
        with self._locked():
            self.workspace.fold()
            seen = self.tracking.read()
            if seen is not None and seen != self.workspace.ref().read():
                return self._push(None)
            return self._push(self._fetch())

    def push_atomically(self, branch: str) -> Synced:
        """Push a branch and the log: both, or neither. The gate judges the branch.

        Raises:
            RemoteError: nothing was pushed.
            RewrittenError, LogError: as for :meth:`fetch`.
        """
        with self._locked():
            self.workspace.fold()
            notes: tuple[str, ...] = ()
            for _ in range(TRIES):
                tip = self.workspace.ref().read()
                if tip is None:
                    raise LogError("there is no log to push", hint="git push")
                if self._contains_seen(tip):
                    rows = self._push_both(branch, tip)
                    refused = [row for row in rows if row.is_refused]
                    if not refused:
                        self._accept(tip)
                        return self._synced(None, is_pushed=True, notes=notes)
                    if not any(row.is_race for row in refused if self._is_log(row)):
                        raise self._refused_both(refused)
                taken = self._fetch()
                notes = taken.notes if taken else ()
            raise self._too_busy()

    @property
    def tracking(self) -> LogRef:
        """The ref that holds the remote's log as it was last accepted."""
        home = self.workspace.home
        name = tracking_ref(self.transport.remote)
        return LogRef(self.workspace.git, home.common_dir, name)

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
        tracking, remote = self.tracking, self.transport.remote
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
            remote = self.transport.remote
            raise self._rewritten(
                f"the log is gone from {remote}; it was at {seen[:12]}"
            )
        self.tracking.remove(seen)

    def _rewritten(self, text: str) -> RewrittenError:
        remote = self.transport.remote
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
        try:
            notes = judge_incoming(
                self.workspace,
                theirs,
                ref.read(),
                self.transport.remote,
                accept_rewrite=self.accept_rewrite,
            )
        except RewrittenError as err:
            raise self._rewritten(str(err)) from err
        merger = merger_into(self.workspace, ref)
        merged = merger.merge(theirs, accept_loss=self.accept_rewrite)
        return Taken(merged.how, (*notes, *_notes(merged)))

    def _push(self, taken: Taken | None) -> Synced:
        """Push until the remote has what is here, or refuses it for good."""
        pause_s = FIRST_PAUSE_S
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
            if taken is not None:
                time.sleep(pause_s * (0.5 + self.workspace.jitter()))
                pause_s *= 2
            if self.transport.budget.is_over():
                break
            taken = self._fetch() or taken
        raise self._too_busy()

    def _contains_seen(self, tip: str) -> bool:
        """Does a log commit contain all that the remote was last known to have?"""
        seen = self.tracking.read()
        return seen is None or merge_base(self.workspace.git, tip, seen) == seen

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
        top = self.workspace.repository.top or self.workspace.repository.git_dir
        refspecs = [branch, f"{tip}:{self.workspace.log_ref}"]
        return self.transport.push_atomically(top, refspecs, lease=self._lease())

    def _is_log(self, row: Pushed) -> bool:
        return row.ref == self.workspace.log_ref

    def _refused_both(self, refused: list[Pushed]) -> RemoteError:
        own = [row for row in refused if "atomic" not in row.summary] or refused
        rows = "; ".join(f"{row.ref} {row.summary}" for row in own)
        return RemoteError(
            f"nothing was pushed to {self.transport.remote}: {rows}",
            hint="mend what was refused, then push again",
        )

    def _accept(self, tip: str) -> None:
        tracking = self.tracking
        tracking.move(tracking.read(), tip, "push")

    def _too_busy(self) -> RemoteError:
        return RemoteError(
            f"others push the log to {self.transport.remote} all the time: gave up",
            hint=f"gitlog-track sync {self.transport.remote}; nothing is lost meanwhile",
        )

    def _synced(
        self,
        taken: Taken | None,
        *,
        is_pushed: bool = False,
        notes: tuple[str, ...] = (),
    ) -> Synced:
        tip = self.workspace.ref().read()
        return Synced(
            remote=self.transport.remote,
            tip=tip,
            merged=taken.how if taken else None,
            is_pushed=is_pushed,
            notes=(*notes, *(taken.notes if taken else ()), *self._shallow_note(tip)),
        )

    def _shallow_note(self, tip: str | None) -> tuple[str, ...]:
        common = self.workspace.home.common_dir
        if tip is None or not is_cut_off(self.workspace.git, common, tip):
            return ()
        return ("the log's history is cut off: pins, audit and reports are partial",)


NOT_MERGED = "nothing of it was taken over; ask who pushed it"


def judge_incoming(
    workspace: Workspace,
    theirs: str,
    ours: str | None,
    remote: str,
    *,
    accept_rewrite: bool = False,
) -> tuple[str, ...]:
    """Check that what was fetched is a log, and that every new step only adds.

    Its new lines are judged in any case: what is in the log once stays there.

    Args:
        workspace: this side.
        theirs: what was fetched; it may be any object.
        ours: the log commit here, which is trusted.
        remote: where it comes from, for messages.
        accept_rewrite: a person has decided to take over its history as it is.

    Returns:
        what a person should know.

    Raises:
        LogError: it is no log, of a newer format, has lines that no log may have, or a
            step changes what was there.
    """
    # What reads events is loaded only where some have come.
    from gitlog_track.log.audit import judge_lines, judge_steps, walk

    git, common = workspace.git, workspace.home.common_dir
    try:
        with ObjectReader(git, common) as reader:
            LogTree(reader, theirs)
    except LogCorruptError as err:
        text = f"{workspace.log_ref} on {remote} is no log: {err}"
        raise LogCorruptError(text, hint=NOT_MERGED) from err
    if wrong := judge_lines(git, common, ours, theirs):
        text = f"the log on {remote} is not merged: {'; '.join(wrong)}"
        raise LogCorruptError(text, hint=NOT_MERGED)
    if accept_rewrite:
        return ()
    new = list(walk(git, theirs, *([f"^{ours}"] if ours else [])))
    if len(new) > STEPS_JUDGED:
        text = f"of {len(new)} new log commits the lines were judged, not every step"
        return (f"{text}: gitlog-track audit does",)
    cut_off = read_boundary(common)
    steps = [step for step in new if step[0] not in cut_off]
    if refusals := judge_steps(git, common, steps):
        text = f"the log on {remote} is not merged: {'; '.join(refusals)}"
        raise RewrittenError(text, hint=NOT_MERGED)
    return ()


def merger_into(workspace: Workspace, ref: LogRef) -> Merger:
    """Return what merges into one ref of a workspace."""
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
