"""Fold: move the journal's events into the log. Idempotent; safe to kill at any instant.

Under the clone's lock: read entries, resolve tasks, assign sequence numbers, write
segments, move the ref by compare-and-swap, check that the new objects are really
there, and only then remove the entries. A fold killed after the ref has moved leaves
``folding``, by which the next one knows what is in the log already. Standard library
only: this runs after every commit.
"""

from __future__ import annotations

import sys
import time

from gitlog_track.errors import GitlogTrackError, LogBusyError, LogError
from gitlog_track.git.objects import ObjectReader
from gitlog_track.log.batch import Batch
from gitlog_track.log.codec import encode
from gitlog_track.log.files import unlink_if_there
from gitlog_track.log.identity import actor_as, author_line, git_identity
from gitlog_track.log.journal import (
    read_entries,
    remove_entries,
    set_aside,
    sweep_temporaries,
)
from gitlog_track.log.layout import FORMAT_BLOB, FORMAT_PATH
from gitlog_track.log.lock import FoldLock
from gitlog_track.log.observe import Observer
from gitlog_track.log.ref import Change, LogRef
from gitlog_track.log.roots import root_commit
from gitlog_track.log.settings import SharedUmask
from gitlog_track.log.tree import LogTree
from gitlog_track.log.writer import writer_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gitlog_track.git.process import Child, Git
    from gitlog_track.log.journal import Entry
    from gitlog_track.log.layout import Home, Segment
    from gitlog_track.log.observe import Draft
    from gitlog_track.log.settings import Settings
    from gitlog_track.log.writer import Writer

ENTRIES_IN_FOLD = 5_000
TRIES = 12
FIRST_PAUSE_S = 0.02
NAMES_IN_SUBJECT = 3
NAMES_IN_TRAILERS = 50


class Folder:
    """What one fold needs from outside.

    Attributes:
        home, git, settings: the repository's.
        version: of this program, for the events' ``source``.
        now_ns: reads the clock.
        jitter: returns a random number in [0, 1).
        patience_s: how long to wait for another fold, or for a ref that is locked.
        signing_s: how long a signature may take; None for as long as signing allows.
    """

    __slots__ = (
        "_lock_fd",
        "git",
        "home",
        "jitter",
        "now_ns",
        "patience_s",
        "settings",
        "signing_s",
        "version",
    )

    def __init__(  # noqa: PLR0913  # each is one thing from outside
        self,
        home: Home,
        git: Git,
        settings: Settings,
        version: str,
        *,
        now_ns: Callable[[], int],
        jitter: Callable[[], float],
        patience_s: float = 30.0,
        signing_s: float | None = None,
    ) -> None:
        self.home = home
        self.git = git
        self.settings = settings
        self.version = version
        self.now_ns = now_ns
        self.jitter = jitter
        self.patience_s = patience_s
        self.signing_s = signing_s
        self._lock_fd: int | None = None

    def fold(self) -> int:
        """Fold all there is, and what arrives meanwhile.

        Returns:
            how many events entered the log.

        Raises:
            LogBusyError: a lock is held for too long; the entries stay.
            SigningError: the log commit cannot be signed; the entries stay.
            LogError: the log cannot be read or written; the entries stay.
        """
        return self._locked(self._fold)

    def add(
        self,
        plan: Callable[[str | None], list[Draft]],
        encode: Callable[[dict[str, object]], bytes] = encode,
    ) -> int:
        """Fold, then put drafts into the log without a journal: one commit for all.

        For imports, which are simply run again when they are killed: a file for each
        event would be what takes their time.

        Args:
            plan: tells what is to be added to the log at a commit (None before the
                first), under the lock; asked again when the ref was moved meanwhile.
            encode: gives an event's line, the same bytes as ``codec.encode``.

        Returns:
            how many events entered the log.

        Raises:
            LogBusyError: a lock is held for too long; nothing was added.
            LogError: the log cannot be read or written; nothing was added.
        """

        def work() -> int:
            self._fold()
            ref = self._ref()
            return self._again(ref, lambda: self._try_plan(ref, plan, encode))

        return self._locked(work)

    def _locked(self, work: Callable[[], int]) -> int:
        shared = SharedUmask(self.settings)
        try:
            with shared, FoldLock(self.home, self.patience_s) as lock:
                self._lock_fd = lock.fd
                return work()
        except OSError as err:
            raise LogError(
                f"cannot fold: {err.filename or self.home.path}: {err.strerror or err}",
                hint="nothing is lost meanwhile; gitlog-track doctor tells more",
            ) from err

    def _fold(self) -> int:
        total = 0
        folded: set[str] = set()
        unlink_if_there(self.home.pending)
        self._recover()
        sweep_temporaries(self.home, self.now_ns())
        while entries := [e for e in self._read() if e.name not in folded]:
            total += self._fold_entries(entries)
            folded.update(e.name for e in entries)
        unlink_if_there(self.home.last_error)
        return total

    def _read(self) -> list[Entry]:
        return read_entries(self.home, self.now_ns(), ENTRIES_IN_FOLD)

    def _ref(self) -> LogRef:
        signs = self.settings.sign == "1"
        return LogRef(
            self.git,
            self.home.common_dir,
            self.settings.ref,
            signs=signs,
            signing_s=self.signing_s,
        )

    def _recover(self) -> None:
        """Finish what a killed fold began: its entries may be in the log already."""
        try:
            with open(self.home.folding, encoding="utf-8") as file:
                commit, *keys = file.read().split("\n")
        except (OSError, UnicodeDecodeError):
            return
        ref = self._ref()
        ref.sweep_crash_reports()
        if commit and ref.contains(commit):
            done = {(e.name, str(e.at_ns)) for e in self._read()}
            known = {tuple(key.rpartition("@")[::2]) for key in keys}
            remove_entries(
                self.home, [name for name, at in done if (name, at) in known]
            )
        unlink_if_there(self.home.folding)

    def _fold_entries(self, entries: list[Entry]) -> int:
        ref = self._ref()
        return self._again(ref, lambda: self._try(ref, entries))

    def _again(self, ref: LogRef, step: Callable[[], int | None]) -> int:
        """Take a step until it is done: it gives None when the ref was moved."""
        pause_s = FIRST_PAUSE_S
        until = time.monotonic() + self.patience_s
        for _ in range(TRIES):
            done = step()
            if done is not None:
                return done
            if time.monotonic() + pause_s > until:
                break
            time.sleep(pause_s * (0.5 + self.jitter()))
            pause_s = min(pause_s * 2, 1.0)
        if ref.break_stale_lock(self.now_ns() / 1e9):
            _say(f"removed {ref.lock_path}, which a git that was killed left there")
        done = step()
        if done is None:
            raise LogBusyError(
                f"{ref.name} was moved or locked again and again while folding",
                hint="gitlog-track fold; nothing is lost meanwhile",
            )
        return done

    def _try(self, ref: LogRef, entries: list[Entry]) -> int | None:
        """Fold entries on the log as it is now; None if it moved under our hands."""
        tip = ref.read()
        with ObjectReader(self.git, self.home.common_dir) as reader:
            child = ref.begin(fsync=self.settings.fsync == "1", lock=self._lock_fd)
            try:
                batch, identity = self._batch(reader, tip, entries)
                entries = self._without_refused(entries, batch)
                made = self._advance(ref, child, tip, batch, identity, entries)
            finally:
                _end(child)
            if made is None or not self._landed(ref, reader, tip, made, batch):
                return None
        remove_entries(self.home, [entry.name for entry in entries])
        unlink_if_there(self.home.folding)
        return batch.events

    def _try_plan(
        self,
        ref: LogRef,
        plan: Callable[[str | None], list[Draft]],
        encode: Callable[[dict[str, object]], bytes],
    ) -> int | None:
        """Add what is planned to the log as it is now; None if it moved meanwhile."""
        tip = ref.read()
        drafts = plan(tip)
        if not drafts:
            return 0
        with ObjectReader(self.git, self.home.common_dir) as reader:
            child = ref.begin(fsync=self.settings.fsync == "1", lock=self._lock_fd)
            try:
                writer = writer_of(self.home, self.now_ns())
                batch = self._new_batch(reader, tip, writer, encode)
                for draft in drafts:
                    batch.add(draft)
                if batch.refused:
                    text = f"{len(batch.refused)} events are none that a log can hold"
                    raise LogError(text)
                who = git_identity(self.git)
                made = self._advance(ref, child, tip, batch, who, [])
            finally:
                _end(child)
        if made is None or not self._all_landed(ref, tip, made):
            return None
        unlink_if_there(self.home.folding)
        return batch.events

    def _without_refused(self, entries: list[Entry], batch: Batch) -> list[Entry]:
        """Set aside what no log can hold, before anything could remove it as done."""
        refused = set(batch.refused)
        for name in refused:
            set_aside(self.home, name)
        return [entry for entry in entries if entry.name not in refused]

    def _batch(
        self,
        reader: ObjectReader,
        tip: str | None,
        entries: list[Entry],
    ) -> tuple[Batch, str]:
        observer = Observer(self.home, self.git, reader, self.settings, self.version)
        drafts = observer.drafts(entries)
        identity = observer.newest_identity() or git_identity(self.git)
        writer = writer_of(self.home, self.now_ns())
        at_ns = {entry.name: entry.at_ns for entry in entries}
        batch = self._new_batch(reader, tip, writer)
        batch.refused += observer.strange
        for draft in drafts:
            actor = draft.event.get("actor") or identity
            draft.event["actor"] = actor_as(self.settings.actor, str(actor), self.home)
            draft.event["writer"] = writer.of_entry(at_ns[draft.entry])
            batch.add(draft)
        return batch, identity

    def _new_batch(
        self,
        reader: ObjectReader,
        tip: str | None,
        writer: Writer,
        encode: Callable[[dict[str, object]], bytes] = encode,
    ) -> Batch:
        return Batch(
            LogTree(reader, tip),
            reader,
            writer.id,
            lambda: root_commit(self.git, self.home),
            self.settings.phase_pattern,
            encode,
        )

    def _advance(
        self,
        ref: LogRef,
        child: Child,
        tip: str | None,
        batch: Batch,
        identity: str,
        entries: list[Entry],
    ) -> str | None:
        files = batch.changed
        if not files:
            return tip or ""
        who = actor_as(self.settings.actor, identity, self.home)
        if tip is None:
            files[FORMAT_PATH] = FORMAT_BLOB
        header = _commit_header(who, self.now_ns(), _message(batch))
        return ref.advance(
            child,
            Change([tip] if tip else [], header, files),
            about_to_move=lambda made: self._announce(made, entries),
        )

    def _announce(self, made: str, entries: list[Entry]) -> None:
        keys = "\n".join(f"{entry.name}@{entry.at_ns}" for entry in entries)
        with open(self.home.folding, "w", encoding="utf-8") as file:
            file.write(f"{made}\n{keys}")

    def _landed(
        self,
        ref: LogRef,
        reader: ObjectReader,
        tip: str | None,
        made: str,
        batch: Batch,
    ) -> bool:
        """Are the new objects really there? A ``gc --prune=now`` can take them."""
        if made in {tip, ""}:
            return True
        try:
            tree = LogTree(reader, made)
            segments: list[Segment] = []
            for subject in batch.subjects:
                segments += tree.find(subject)[1]
            there = {s.path: s.oid for s in segments}
            if all(reader.exists(there[path]) for path in batch.changed):
                return True
        except (GitlogTrackError, KeyError):
            pass
        ref.restore(tip, made)
        return False

    def _all_landed(self, ref: LogRef, tip: str | None, made: str) -> bool:
        """Are all new objects really there? Asked of git once, as there are many."""
        if made in {tip, ""}:
            return True
        known = ("--not", tip) if tip else ()
        args = ("rev-list", "--objects", "--quiet", made, *known)
        if self.git.try_run(*args)[0] == 0:
            return True
        ref.restore(tip, made)
        return False


def _say(text: str) -> None:
    if sys.stderr:
        sys.stderr.write(f"gitlog-track: {text}\n")


def _message(batch: Batch) -> str:
    names = [s.name or "no task yet" for s in batch.subjects]
    about = ", ".join(names[:NAMES_IN_SUBJECT])
    if len(names) > NAMES_IN_SUBJECT:
        about += f" and {len(names) - NAMES_IN_SUBJECT} more"
    noun = "event" if batch.events == 1 else "events"
    tasks = [s.name for s in batch.subjects if s.kind == "task"][:NAMES_IN_TRAILERS]
    trailers = [f"Task: {name}" for name in tasks] + [f"Events: {batch.events}"]
    return f"Record {batch.events} {noun} of {about}\n\n" + "\n".join(trailers) + "\n"


def _commit_header(who: str, now_ns: int, message: str) -> bytes:
    now_s = now_ns // 1_000_000_000
    line = f"{author_line(who)} {now_s} {time.strftime('%z', time.localtime(now_s))}"
    data = message.encode()
    text = f"author {line}\ncommitter {line}\ndata {len(data)}\n"
    return text.encode("utf-8", "replace") + data


def _end(child: Child) -> None:
    """End an import that was given nothing; one that was given all has ended."""
    try:
        child.write(b"done\n")
    except GitlogTrackError:
        pass
    child.wait()
