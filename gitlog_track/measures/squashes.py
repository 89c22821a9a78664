"""Which commits of HEAD are squash merges of commits that are not on HEAD any more. Pure.

A forge makes a new commit of a whole branch and tells nobody. What leads back, from the
strongest to the weakest: the ids of the squashed commits in its message, an equal
combined patch, the repeated titles, the tasks that its message names. A weaker trace
counts only where no stronger one is; where one trace leads to several, it is ambiguous
and nothing is said. Titles and tasks say nothing of a commit that a branch still holds:
it may be merged later, and be another piece of the same task.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Trace: TypeAlias = Literal["ids", "patch_id", "title", "trailer"]
TRACES: tuple[Trace, ...] = ("ids", "patch_id", "title", "trailer")
WEAK = frozenset({"title", "trailer"})
"""Traces that two pieces of work can share."""


class LostCommit(NamedTuple):
    """A recorded commit that is not on HEAD, nor is anything made of it.

    Attributes:
        oid: hex.
        tasks: for which it was recorded.
        parents: hex ids.
        committed_s: seconds since 1970; 0 where nothing says.
        title: first line of its message; empty where the commit itself is gone.
        is_live: does a branch still hold it?
    """

    oid: str
    tasks: tuple[str, ...]
    parents: tuple[str, ...] = ()
    committed_s: int = 0
    title: str = ""
    is_live: bool = False


class Candidate(NamedTuple):
    """A commit of HEAD that may be a squash merge.

    Attributes:
        oid: hex.
        committed_s: seconds since 1970.
        titles: its own without the number a forge adds, and those its message repeats.
        named: the tasks that its message names.
        listed: the commits that its message names.
        is_recorded: did a hook see it being made? Then it is known work of its own, and
            a title or a task that is named again says nothing.
        patch_id: None where none was computed.
    """

    oid: str
    committed_s: int
    titles: frozenset[str]
    named: tuple[str, ...] = ()
    listed: frozenset[str] = frozenset()
    is_recorded: bool = False
    patch_id: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """Lost commits that follow one another, and so may have been squashed into one.

    Attributes:
        commits: oldest first.
    """

    commits: tuple[LostCommit, ...]

    @property
    def oids(self) -> tuple[str, ...]:
        """The ids of its commits."""
        return tuple(commit.oid for commit in self.commits)

    @property
    def tasks(self) -> frozenset[str]:
        """Whose work it is."""
        return frozenset(task for commit in self.commits for task in commit.tasks)

    @property
    def titles(self) -> frozenset[str]:
        """The titles of its commits but merges; empty where one of them is not known."""
        found = frozenset(c.title for c in self.commits if len(c.parents) < 2)
        return frozenset() if "" in found else found


@dataclass(frozen=True, slots=True)
class Squash:
    """One task's work in one squash merge.

    Attributes:
        commit: of HEAD.
        task: whose work.
        squashed: the commits that went into it, in the order of ids.
        trace: what led there.
    """

    commit: str
    task: str
    squashed: tuple[str, ...]
    trace: Trace


@dataclass(frozen=True, slots=True)
class Doubt:
    """A trace that leads to several.

    Attributes:
        squashed: the lost commits in question, oldest first.
        tasks: whose they are.
        commits: of HEAD, which they may have become.
        trace: what leads there.
    """

    squashed: tuple[str, ...]
    tasks: tuple[str, ...]
    commits: tuple[str, ...]
    trace: Trace


def branches(lost: Iterable[LostCommit]) -> list[Branch]:
    """Return the branches that lost commits form, largest first.

    One for each commit that no other follows; and, where a branch is of several tasks,
    one for each run of commits of the same ones: they may have been merged one by one.

    Args:
        lost: in any order; of parents only those among them count.
    """
    known = {commit.oid: commit for commit in lost}
    followed = {parent for commit in known.values() for parent in commit.parents}
    found: dict[tuple[str, ...], Branch] = {}
    for oid in sorted(known.keys() - followed):
        whole = Branch(tuple(_ancestry(oid, known)))
        for branch in (whole, *_runs(whole)):
            found.setdefault(branch.oids, branch)
    return sorted(found.values(), key=lambda b: (-len(b.commits), b.oids))


def _ancestry(tip: str, known: Mapping[str, LostCommit]) -> list[LostCommit]:
    """Return a commit and those before it, parents first."""
    ordered: dict[str, None] = {}
    left = [(tip, False)]
    while left:
        oid, are_parents_done = left.pop()
        if oid in ordered:
            continue
        if are_parents_done:
            ordered[oid] = None
            continue
        left.append((oid, True))
        left += ((p, False) for p in known[oid].parents if p in known)
    return [known[oid] for oid in ordered]


def _runs(branch: Branch) -> Iterator[Branch]:
    run: list[LostCommit] = []
    for commit in branch.commits:
        if run and commit.tasks != run[-1].tasks:
            yield Branch(tuple(run))
            run = []
        run.append(commit)
    yield Branch(tuple(run))


def match(
    found: Sequence[Branch],
    candidates: Sequence[Candidate],
    patch_ids: Mapping[Branch, Collection[str]],
) -> tuple[list[Squash], list[Doubt]]:
    """Return which candidates carry which branches, and what cannot be told.

    Args:
        found: see :func:`branches`; the larger goes before its parts.
        candidates: newest first.
        patch_ids: of what a branch as a whole changes, where it could be computed.

    Returns:
        squash merges, the oldest first; doubts, those of the strongest trace first.
    """
    matching = _Matching(candidates, patch_ids)
    gone = {c.oid: c for branch in found for c in branch.commits if not c.is_live}
    left = branches(gone.values())
    for trace in TRACES:
        matching.follow(trace, left if trace in WEAK else found)
    age = {candidate.oid: at for at, candidate in enumerate(candidates)}
    matching.squashes.sort(key=lambda s: (-age[s.commit], s.task))
    return matching.squashes, matching.doubts


class _Matching:
    """What has been found out so far.

    Attributes:
        squashes, doubts: the answer.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        patch_ids: Mapping[Branch, Collection[str]],
    ) -> None:
        self.squashes: list[Squash] = []
        self.doubts: list[Doubt] = []
        self._free = list(candidates)
        self._patch_ids = patch_ids
        self._settled: set[str] = set()

    def follow(self, trace: Trace, found: Sequence[Branch]) -> None:
        """Follow one kind of trace from every branch that is not settled yet."""
        by_candidate: dict[str, list[Branch]] = {}
        for branch in found:
            if not self._settled.isdisjoint(branch.oids):
                continue
            leads = [c for c in self._free if self._leads(trace, branch, c)]
            leads = _naming(branch, leads) or leads
            if len(leads) == 1:
                by_candidate.setdefault(leads[0].oid, []).append(branch)
                self._settled.update(branch.oids)
            elif leads:
                self._doubt(trace, [branch], [lead.oid for lead in leads])
        for oid, mine in by_candidate.items():
            self._settle(trace, oid, mine)
        self._free = [c for c in self._free if c.oid not in by_candidate]

    def _leads(self, trace: Trace, branch: Branch, to: Candidate) -> bool:
        if trace == "ids":
            return to.listed.issuperset(branch.oids)
        if trace == "patch_id":
            return to.patch_id in self._patch_ids.get(branch, ())
        if to.is_recorded or any(
            c.committed_s > to.committed_s for c in branch.commits
        ):
            return False
        named = {task.lower() for task in to.named}
        tasks = {task.lower() for task in branch.tasks}
        if trace == "trailer":
            return bool(tasks) and tasks <= named
        is_same = bool(branch.titles) and branch.titles <= to.titles
        return is_same and not (named and tasks.isdisjoint(named))

    def _settle(self, trace: Trace, oid: str, mine: list[Branch]) -> None:
        """Take in what leads to one candidate.

        A forge merges one branch at a time. Two that are alike are copies of one
        another, if they are of the same tasks; of two that only name the same task one
        was thrown away.
        """
        is_one = len({branch.tasks for branch in mine}) == 1 and trace != "trailer"
        if len(mine) > 1 and trace != "ids" and not is_one:
            self._doubt(trace, mine, [oid])
            return
        by_task: dict[str, set[str]] = {}
        for branch in mine:
            for commit in branch.commits:
                for task in commit.tasks:
                    by_task.setdefault(task, set()).add(commit.oid)
        for task, squashed in sorted(by_task.items()):
            self.squashes.append(Squash(oid, task, tuple(sorted(squashed)), trace))

    def _doubt(self, trace: Trace, mine: list[Branch], oids: Sequence[str]) -> None:
        squashed = tuple(oid for branch in mine for oid in branch.oids)
        tasks = sorted({task for branch in mine for task in branch.tasks})
        self._settled.update(squashed)
        self.doubts.append(Doubt(squashed, tuple(tasks), tuple(oids), trace))


def _naming(branch: Branch, leads: Sequence[Candidate]) -> list[Candidate]:
    """Return those of several candidates whose message names a task of the branch."""
    tasks = {task.lower() for task in branch.tasks}
    return [
        lead
        for lead in leads
        if not tasks.isdisjoint(task.lower() for task in lead.named)
    ]
