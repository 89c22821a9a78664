"""From journal entries to events: what a hook saw, told with what the commit says.

Only the entry's own snapshot, the immutable commit and the reflog line that made it
are used, never what is current when the fold runs. A commit that has been pruned
meanwhile leaves an event with what is known. Standard library only.
"""

from __future__ import annotations

from gitlog_track.claims.trailers import find_tasks
from gitlog_track.errors import GitError, LogCorruptError
from gitlog_track.git.commits import (
    Commit,
    DiffStat,
    diff_stats,
    operation_of,
    read_reflog_tail,
    zone_offset_s,
)
from gitlog_track.git.objects import is_oid
from gitlog_track.log.layout import UNASSIGNED, Subject
from gitlog_track.model.ids import KEYED_BY_THEMSELVES
from gitlog_track.model.instants import format_instant, is_instant, local_offset_s
from gitlog_track.model.names import is_name
from gitlog_track.model.subject import resolve_tasks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitlog_track.git.objects import ObjectReader
    from gitlog_track.git.process import Git
    from gitlog_track.log.journal import Entry
    from gitlog_track.log.layout import Home
    from gitlog_track.log.settings import Settings

PAIRS_IN_EVENT = 100
STATES = frozenset({"rebase", "am", "cherry-pick", "revert", "merge"})


class Draft:
    """An event that lacks only its place in the log.

    Attributes:
        subject: where it goes.
        event: as stored, but for id, seq, writer, attempt, trace and span.
        entry: name of the journal entry it comes from.
    """

    __slots__ = ("entry", "event", "subject")

    def __init__(self, subject: Subject, event: dict[str, object]) -> None:
        self.subject = subject
        self.event = event
        self.entry = ""


class Observer:
    """Turns entries into drafts, asking git about each commit at most once.

    Attributes:
        strange: names of the entries that are whole and that no log can hold.
    """

    def __init__(
        self,
        home: Home,
        git: Git,
        reader: ObjectReader,
        settings: Settings,
        source_version: str,
    ) -> None:
        self.strange: list[str] = []
        self._home = home
        self._git = git
        self._reader = reader
        self._settings = settings
        self._version = source_version
        self._commits: dict[str, Commit | None] = {}
        self._stats: dict[str, DiffStat] = {}
        self._reflogs: dict[str, bytes] = {}
        self._attempts: dict[str, Entry] = {}
        self._identity = ""

    def drafts(self, entries: list[Entry]) -> list[Draft]:
        """Return the events of entries, in their order."""
        heads = [e.fact("head") for e in entries if e.hook == "post-commit"]
        present = [h for h in dict.fromkeys(heads) if self._commit(h) is not None]
        self._stats = diff_stats(self._git, present) if present else {}
        drafts = []
        for entry in entries:
            found = self._drafts_of(entry)
            if found is None:
                self.strange.append(entry.name)
                continue
            for draft in found:
                draft.entry = entry.name
                drafts.append(draft)
        return drafts

    def newest_identity(self) -> str:
        """Return who made the last commit recorded, ``name <mail>``, or "".

        A commit that was only looked at may be a colleague's, brought by a fast-forward.
        """
        return self._identity

    def _drafts_of(self, entry: Entry) -> list[Draft] | None:
        """Return what an entry has to tell, or None if it is not understood."""
        match entry.hook:
            case "":
                draft = _command_draft(entry)
                return [draft] if draft else None
            case "pre-commit":
                return [self._attempted(entry)]
            case "post-commit" | "post-merge":
                return self._recorded(entry)
            case "post-rewrite":
                return self._rewritten(entry)
            case _:
                return None

    def _attempted(self, entry: Entry) -> Draft:
        self._attempts[entry.fact("worktree")] = entry
        tasks = self._tasks(entry, None)
        known = entry.fact("head")
        head = known if is_oid(known) else None
        offset_s = local_offset_s(entry.at_ns)
        event = self._event(entry, "commit_attempted", offset_s)
        subject = _subject(tasks[0] if tasks else None)
        return self._placed(subject, {**event, "head": head, "entry": _key(entry)})

    def _recorded(self, entry: Entry) -> list[Draft] | None:
        oid = entry.fact("head")
        if not is_oid(oid) and (oid or entry.hook == "post-commit"):
            return None
        commit = self._commit(oid)
        operation = self._operation(entry, oid, commit)
        if operation is None or not oid:
            return []
        event = self._commit_event(entry, oid, commit, operation)
        tasks = self._tasks(entry, commit) or (None,)
        return [self._placed(_subject(task), dict(event)) for task in tasks]

    def _commit_event(
        self,
        entry: Entry,
        oid: str,
        commit: Commit | None,
        operation: str,
    ) -> dict[str, object]:
        if commit is None:
            event = self._event(entry, "commit_recorded", local_offset_s(entry.at_ns))
            return {**event, "commit": oid, "operation": operation}
        self._identity = commit.committer[0]
        event = self._event(
            entry, "commit_recorded", zone_offset_s(commit.committer[2])
        )
        stat = self._stats.get(oid) or (None if commit.parents[1:] else DiffStat())
        facts = commit_facts(commit, stat)
        return {**event, "commit": oid, "operation": operation, **facts}

    def _operation(self, entry: Entry, oid: str, commit: Commit | None) -> str | None:
        """Return what made the commit, or None when it was not made here."""
        state = entry.fact("state")
        if entry.hook == "post-merge":
            return "merge" if _is_true_merge(state, commit) else None
        if state in {"rebase", "am"}:
            return "rebase" if state == "rebase" else "unknown"
        made = operation_of(self._reflog(entry.fact("worktree")), oid)
        if made == "commit" and self._attempted_revert(entry, commit):
            return "revert"
        if made and made != "fast-forward":
            return made
        return state if state in STATES else "unknown"

    def _attempted_revert(self, entry: Entry, commit: Commit | None) -> bool:
        """Was this commit attempted in the midst of a revert that met a conflict?

        Git calls it a commit in the reflog and has removed REVERT_HEAD by then.
        """
        attempt = self._attempts.get(entry.fact("worktree"))
        if attempt is None or attempt.fact("state") != "revert" or commit is None:
            return False
        return commit.parents == [attempt.fact("head")]

    def _rewritten(self, entry: Entry) -> list[Draft] | None:
        """Return which commits became which; a hook that has no pairs writes no entry."""
        are_whole = (is_oid(old) and is_oid(new) for old, new in entry.pairs)
        if not entry.pairs or not all(are_whole):
            return None
        by_task: dict[str | None, list[list[str]]] = {}
        for old, new in entry.pairs:
            if old == new:
                continue
            for task in self._tasks(entry, self._commit(new)) or (None,):
                by_task.setdefault(task, []).append([old, new])
        event = self._event(entry, "commits_rewritten", local_offset_s(entry.at_ns))
        cause = entry.fact("cause") or "unknown"
        return [
            self._placed(_subject(task), {**event, "cause": cause, "pairs": part})
            for task, pairs in by_task.items()
            for part in _parts(pairs)
        ]

    def _placed(self, subject: Subject, event: dict[str, object]) -> Draft:
        event["task"] = subject.name if subject.kind == "task" else None
        event["phase"] = None
        return Draft(subject, event)

    def _event(self, entry: Entry, kind: str, offset_s: int) -> dict[str, object]:
        return {
            "kind": kind,
            "at": format_instant(entry.at_ns, offset_s),
            "provenance": "live",
            "source": f"hook:{entry.hook} {self._version}",
        }

    def _tasks(self, entry: Entry, commit: Commit | None) -> tuple[str, ...]:
        key = self._settings.trailer
        return resolve_tasks(
            trailers=find_tasks(commit.message, key) if commit else (),
            current=entry.fact("task"),
            branch=entry.fact("branch"),
            branch_pattern=self._settings.branch_pattern,
        )

    def _commit(self, oid: str) -> Commit | None:
        if oid not in self._commits:
            self._commits[oid] = self._read_commit(oid)
        return self._commits[oid]

    def _read_commit(self, oid: str) -> Commit | None:
        if not is_oid(oid):
            return None
        try:
            return Commit(oid, self._reader.read(oid, "commit"))
        except (GitError, LogCorruptError):
            return None

    def _reflog(self, worktree: str) -> bytes:
        if worktree not in self._reflogs:
            directory = self._home.worktree_dir(worktree)
            self._reflogs[worktree] = read_reflog_tail(directory)
        return self._reflogs[worktree]


def commit_facts(commit: Commit, stat: DiffStat | None) -> dict[str, object]:
    """Return what a commit itself proves, as fields of its event.

    Args:
        commit: the commit.
        stat: how large its change is; None for a merge, or where that is not known.
    """
    return {
        "actor": commit.committer[0],
        "tree": commit.tree,
        "commit_parents": commit.parents,
        "authored_at": _ident_instant(commit.author),
        "committed_at": _ident_instant(commit.committer),
        "patch_id": stat.patch_id if stat else None,
        "files": stat.files if stat else None,
        "insertions": stat.insertions if stat else None,
        "deletions": stat.deletions if stat else None,
    }


def _command_draft(entry: Entry) -> Draft | None:
    event = entry.facts.get("event")
    kind, name = entry.fact("subject_kind"), entry.fact("subject_name")
    if not isinstance(event, dict) or not _is_event(event):
        return None
    if event["kind"] not in KEYED_BY_THEMSELVES:
        event = {**event, "entry": _key(entry)}
    if kind == "unassigned":
        return Draft(UNASSIGNED, event)
    if kind not in {"task", "phase"} or not is_name(name):
        return None
    return Draft(Subject(kind, name), event)


def _is_event(event: dict[str, object]) -> bool:
    """Has it what every reader needs? What is in the log stays there for ever."""
    kind, phase = event.get("kind"), event.get("phase")
    return (
        isinstance(kind, str)
        and is_instant(event.get("at"))
        and (phase is None or (isinstance(phase, str) and is_name(phase)))
    )


def _key(entry: Entry) -> str:
    """Return what tells this entry from every other: its name may come again."""
    return f"{entry.name}@{entry.at_ns}"


def _subject(task: str | None) -> Subject:
    return Subject("task", task) if task and is_name(task) else UNASSIGNED


def _ident_instant(ident: tuple[str, int, str]) -> str:
    return format_instant(ident[1] * 1_000_000_000, zone_offset_s(ident[2]))


def _is_true_merge(state: str, commit: Commit | None) -> bool:
    """Was a merge commit made here? A fast-forward brings a colleague's work.

    Only while git makes a merge commit is MERGE_HEAD there when post-merge runs. The
    reflog would say less: the commit may be our own of another branch. Source:
    builtin/merge.c, ``finish_automerge``.
    """
    return state == "merge" and (commit is None or len(commit.parents) > 1)


def _parts(pairs: list[list[str]]) -> list[list[list[str]]]:
    starts = range(0, len(pairs), PAIRS_IN_EVENT)
    return [pairs[at : at + PAIRS_IN_EVENT] for at in starts]
