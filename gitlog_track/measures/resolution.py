"""Which commits of HEAD's history belong to which tasks, and what left it. Pure.

By trailer; else by the log's record of the commit; else by rewrite chain; else by
patch id. What leads to several tasks, of which one cannot be told, is ambiguous and
resolves to none. A message that names several tasks carries the work of all of them, as
a squash merge does; so does a commit that was recorded for several.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from msgspec import Struct

from gitlog_track.measures.origins import Origin, Origins, Way
from gitlog_track.measures.recorded import Recorded

MAX_SEARCHED = 10_000
"""So many commits are compared by patch id, at about a millisecond each."""


class CommitOnHead(NamedTuple):
    """One commit of HEAD's history, as the resolver needs it.

    Attributes:
        oid: hex.
        committed_s: seconds since 1970; 0 where the commit says nonsense.
        likeness: what it shares with its copies: author's date and title. Rebase and
            cherry-pick keep both. Source: git-rebase(1), ``--ignore-date``.
        has_patch: is it a change against one parent, or against nothing? Not so for
            merges and where a shallow history is cut off.
        named: the tasks that trailers of its message name, in any spelling.
    """

    oid: str
    committed_s: int
    likeness: Hashable
    has_patch: bool
    named: tuple[str, ...] = ()


FindPatchIds = Callable[[Sequence[str]], Mapping[str, str]]
"""From commits to the patch id of each that has one."""


@dataclass(frozen=True, slots=True)
class CommitTasks:
    """A commit on HEAD and the tasks that it leads to.

    Attributes:
        commit: hex.
        tasks: as the log spells them; of an ambiguous one all that come into question.
        way: by which they were found.
        work: the commit on HEAD that stands for this piece of work: itself, or the
            oldest of its rewrites and cherry-picks that are on HEAD beside it.
    """

    commit: str
    tasks: tuple[str, ...]
    way: Way
    work: str


class Orphan(Struct, frozen=True):
    """A recorded commit that is no longer on HEAD, and found there under no other id.

    Attributes:
        commit: hex.
        tasks: for which it was recorded.
    """

    commit: str
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayCounts:
    """How many commits there are, and which way they resolve.

    Attributes:
        commits: all; the sum of the others.
        trailer, recorded, rewrite, patch_id: resolved in this way.
        ambiguous: lead to several tasks.
        unresolved: lead to none.
    """

    commits: int = 0
    trailer: int = 0
    recorded: int = 0
    rewrite: int = 0
    patch_id: int = 0
    ambiguous: int = 0
    unresolved: int = 0

    @property
    def resolved(self) -> int:
        """How many resolve to a task, in whatever way."""
        return self.trailer + self.recorded + self.rewrite + self.patch_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """HEAD's history, resolved. It follows from HEAD and what the log says of commits.

    Attributes:
        head: the commit HEAD names; None where it is unborn.
        is_partial: is the history cut off? Then orphans may lie behind the cut.
        on_head: of all commits.
        since_began: of those since tracking began: whose committer date is not before
            the log's first live event, or that the log recorded. Anybody can check a
            date; a first parent to count from may be gone with the next rebase.
        resolved, ambiguous: newest first.
        kept: how many recorded commits are on HEAD as they are.
        moved: how many are there under another id.
        orphaned: those that are not, in the order of ids. The work of a squash merge is
            on HEAD, but no trace leads there from the commits that were squashed.
        unsearched: how many commits should have been compared by patch id and were not,
            being too many or in a partial clone: some of these may resolve, and some
            orphans be found there.
    """

    head: str | None
    is_partial: bool
    on_head: WayCounts
    since_began: WayCounts
    resolved: tuple[CommitTasks, ...]
    ambiguous: tuple[CommitTasks, ...]
    kept: int
    moved: int
    orphaned: tuple[Orphan, ...]
    unsearched: int

    def work(self) -> dict[str, tuple[str, ...]]:
        """Return the commits that stand for each task's pieces of work, newest first.

        A commit and its rewrites and cherry-picks count as one.
        """
        found: dict[str, dict[str, None]] = {}
        for row in self.resolved:
            for task in row.tasks:
                found.setdefault(task, {})[row.work] = None
        return {task: tuple(pieces) for task, pieces in found.items()}


def resolve(
    recorded: Recorded,
    commits: Iterable[CommitOnHead],
    find_patch_ids: FindPatchIds,
    *,
    is_partial: bool = False,
    limit: int = MAX_SEARCHED,
) -> Resolution:
    """Resolve the commits of HEAD to tasks.

    Args:
        recorded: what the log says.
        commits: all of HEAD, newest first, HEAD itself at the head.
        find_patch_ids: asked once at most, and only where a patch id can tell more.
        is_partial: is the history cut off?
        limit: how many commits to ask for at most.
    """
    walked = iter(commits)
    newest = next(walked, None)
    if newest is None:
        return _without_head(recorded, is_partial=is_partial)
    origins = Origins(recorded)
    walk = _Walk(origins, chain([newest], walked))
    since = walk.since(recorded.began_s)
    absent = origins.absent_from(walk.on_head)
    moved = origins.moved_to(walk.on_head)
    lost = [oid for oid in absent if oid not in moved]
    wanted = list(dict.fromkeys([*walk.doubles(), *walk.searched(lost, since)]))
    if asked := wanted[:limit]:
        walk.compare(find_patch_ids(asked))
    walk.finish()
    seen = set(walk.patches.values())
    gone = [oid for oid in lost if origins.patch_of.get(oid) not in seen]
    rows = walk.rows()
    return Resolution(
        head=newest.oid,
        is_partial=is_partial,
        on_head=_count(walk.commits, walk.found),
        since_began=_count(since, walk.found),
        resolved=tuple(row for row in rows if not walk.found[row.commit].is_ambiguous),
        ambiguous=tuple(row for row in rows if walk.found[row.commit].is_ambiguous),
        kept=len(walk.kept),
        moved=len(absent) - len(gone),
        orphaned=tuple(Orphan(oid, origins.tasks_of(oid)) for oid in gone),
        unsearched=max(0, len(wanted) - limit),
    )


def _without_head(recorded: Recorded, *, is_partial: bool) -> Resolution:
    """Return that nothing recorded is on a HEAD without a commit."""
    tasks: dict[str, tuple[str, ...]] = {}
    for row in recorded.commits:
        known = tasks.get(row.commit, ())
        if row.task and row.task not in known:
            known = tuple(sorted((*known, row.task)))
        tasks[row.commit] = known
    return Resolution(
        head=None,
        is_partial=is_partial,
        on_head=WayCounts(),
        since_began=WayCounts(),
        resolved=(),
        ambiguous=(),
        kept=0,
        moved=0,
        orphaned=tuple(Orphan(oid, tasks[oid]) for oid in sorted(tasks)),
        unsearched=0,
    )


class _Walk:
    """HEAD's commits, and what has been found out about them so far.

    Attributes:
        commits: newest first.
        on_head: the place of each of them in that order.
        kept: those that the log recorded.
        found: the tasks that commits lead to.
        patches: patch ids of commits, as far as they are known.
    """

    def __init__(self, origins: Origins, commits: Iterable[CommitOnHead]) -> None:
        self._origins = origins
        self.commits: list[CommitOnHead] = []
        self.on_head: dict[str, int] = {}
        self.kept: dict[str, None] = {}
        self.found: dict[str, Origin] = {}
        self.patches: dict[str, str] = {}
        self._first: dict[Hashable, CommitOnHead] = {}
        self._alike: dict[Hashable, list[CommitOnHead]] = {}
        for commit in commits:
            self._add(commit)

    def _add(self, commit: CommitOnHead) -> None:
        oid = commit.oid
        self.on_head[oid] = len(self.commits)
        self.commits.append(commit)
        first = self._first.setdefault(commit.likeness, commit)
        if first is not commit:
            self._alike.setdefault(commit.likeness, [first]).append(commit)
        if oid in self._origins.mentioned:
            self._add_mentioned(oid)
        if commit.named:
            self.found[oid] = Origin(self._origins.spelled(commit.named), "trailer")

    def _add_mentioned(self, oid: str) -> None:
        if self._origins.is_recorded(oid):
            self.kept[oid] = None
        if (origin := self._origins.told(oid)) is not None:
            self.found[oid] = origin
        if (patch_id := self._origins.patch_of.get(oid)) is not None:
            self.patches[oid] = patch_id

    def since(self, began_s: int | None) -> list[CommitOnHead]:
        """Return the commits since tracking began."""
        if began_s is None:
            return []
        return [
            commit
            for commit in self.commits
            if commit.committed_s >= began_s or commit.oid in self.kept
        ]

    def doubles(self) -> list[str]:
        """Return commits that may be copies of work that is on HEAD beside them."""
        return [
            commit.oid
            for same in self._alike.values()
            if any(commit.oid in self.found for commit in same)
            for commit in same
            if self._is_unknown(commit)
        ]

    def searched(
        self, lost: Sequence[str], since: Iterable[CommitOnHead]
    ) -> Iterable[str]:
        """Return commits that may be copies of recorded ones that are not on HEAD."""
        since = list(since)
        if not since:
            return
        known = set(self.patches.values())
        patches = ((oid, self._origins.patch_of.get(oid)) for oid in lost)
        sought = [
            oid for oid, patch_id in patches if patch_id and patch_id not in known
        ]
        tasks = {task for oid in sought for task in self._origins.tasks_of(oid)}
        for commit in since if sought else ():
            origin = self.found.get(commit.oid)
            if self._is_unknown(commit) and (
                origin is None or not tasks.isdisjoint(origin.tasks)
            ):
                yield commit.oid

    def _is_unknown(self, commit: CommitOnHead) -> bool:
        return commit.has_patch and commit.oid not in self.patches

    def compare(self, patch_ids: Mapping[str, str]) -> None:
        """Take in patch ids that were computed."""
        self.patches.update(patch_ids)

    def finish(self) -> None:
        """Resolve what is left by patch id."""
        for oid in {**self.kept, **self.patches}:
            patch_id = self.patches.get(oid)
            origin = self._origins.told_by_patch(oid, patch_id)
            if origin is not None and oid not in self.found:
                self.found[oid] = origin

    def rows(self) -> list[CommitTasks]:
        """Return all commits that lead to tasks, newest first."""
        pieces = _Pieces(self.on_head)
        ours = {oid: at for oid, at in self.on_head.items() if oid in self.found}
        for commit, patch_id in self.patches.items():
            if commit in ours:
                pieces.join(commit, f"patch {patch_id}")
        for made, sources in self._origins.sources_among(ours).items():
            if made in ours:
                # Of several that were squashed each stays a piece of its own.
                pieces.join(made, max(sources, key=ours.__getitem__))
        return [
            CommitTasks(oid, origin.tasks, origin.way, pieces.oldest(oid))
            for oid in self.on_head
            if (origin := self.found.get(oid)) is not None
        ]


class _Pieces:
    """Sets of commits that are one piece of work."""

    def __init__(self, place: Mapping[str, int]) -> None:
        self._place = place
        self._next: dict[str, str] = {}

    def join(self, one: str, other: str) -> None:
        """Make the pieces of both one; the oldest commit stands for them."""
        ends = self.oldest(one), self.oldest(other)
        young, old = sorted(ends, key=lambda end: self._place.get(end, -1))
        if young != old:
            self._next[young] = old

    def oldest(self, commit: str) -> str:
        """Return the commit that stands for a piece."""
        end = commit
        while end in self._next:
            end = self._next[end]
        while commit != end:
            self._next[commit], commit = end, self._next[commit]
        return end


def _count(commits: Sequence[CommitOnHead], found: Mapping[str, Origin]) -> WayCounts:
    counts: dict[str, int] = {}
    for commit in commits:
        origin = found.get(commit.oid)
        if origin is None:
            name = "unresolved"
        else:
            name = "ambiguous" if origin.is_ambiguous else origin.way
        counts[name] = counts.get(name, 0) + 1
    return WayCounts(commits=len(commits), **counts)
