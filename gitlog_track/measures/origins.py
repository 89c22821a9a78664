"""Whose work a commit is, by what the log recorded of it and of those before it. Pure.

A commit recorded as new work speaks for itself. One that was made of others is the
work of those: they are found through rewrite pairs and equal patch ids. Only where
that leads nowhere does the record of a copy count, for during a rebase or cherry-pick
the current task may be any.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Literal, NamedTuple, TypeAlias

from gitlog_track.measures.recorded import Recorded, RecordedCommit

Way: TypeAlias = Literal["trailer", "recorded", "rewrite", "patch_id"]
"""How a commit leads to its tasks: its message, the log's record of this very commit,
a chain of rewrites, or an equal patch."""

_Sets = dict[str, set[str]]
_Tasks = dict[str, frozenset[str]]
_NONE: frozenset[str] = frozenset()


class Origin(NamedTuple):
    """The tasks that a commit leads to.

    Attributes:
        tasks: in the order of names, or as the message names them.
        way: by which they were found.
        is_ambiguous: does it lead to several, of which one cannot be told?
    """

    tasks: tuple[str, ...]
    way: Way
    is_ambiguous: bool = False


class Origins:
    """What was recorded, arranged for questions about single commits.

    Attributes:
        mentioned: every commit of which an event tells; of others nothing is known.
        patch_of: patch id of each recorded commit that has one.
    """

    def __init__(self, recorded: Recorded) -> None:
        self._spelled: dict[str, str] = {}
        self._sets: dict[str, frozenset[str]] = {}
        self.spelled(sorted(recorded.tasks))
        self.spelled(sorted({row.task for row in recorded.commits if row.task}))
        self._commits: set[str] = set()
        self.patch_of: dict[str, str] = {}
        self._new: _Tasks = {}
        self._new_patches: _Tasks = {}
        self._copies: _Tasks = {}
        self._copied_patches: _Tasks = {}
        for row in recorded.commits:
            self._add(row)
        for made, task in recorded.squashes:
            mine = self._alone(task)
            self._new[made] = self._new.get(made, mine) | mine
        self._after: _Sets = {}
        self._before: _Sets = {}
        for old, made in recorded.rewrites:
            self._after.setdefault(old, set()).add(made)
            self._before.setdefault(made, set()).add(old)
        self.mentioned = {*self._commits, *self._after, *self._before}
        self._rewritten = carried(self._after, self._new)
        self._rewritten_copies = carried(self._after, self._copies)

    def _add(self, row: RecordedCommit) -> None:
        self._commits.add(row.commit)
        if row.patch_id:
            known = self.patch_of.get(row.commit, row.patch_id)
            self.patch_of[row.commit] = min(known, row.patch_id)
        if row.task:
            commits = self._copies if row.is_copy else self._new
            patches = self._copied_patches if row.is_copy else self._new_patches
            mine = self._alone(row.task)
            commits[row.commit] = commits.get(row.commit, mine) | mine
            if row.patch_id:
                patches[row.patch_id] = patches.get(row.patch_id, mine) | mine

    def _alone(self, task: str) -> frozenset[str]:
        """Return the set of one task: the same one for all its commits."""
        known = self._sets.get(task)
        if known is None:
            known = self._sets[task] = frozenset(self.spelled([task]))
        return known

    def spelled(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return names as the log spells them, each once.

        One that the log does not hold is spelled as it was first met.
        """
        known = self._spelled
        return tuple(dict.fromkeys(known.setdefault(n.lower(), n) for n in names))

    def is_recorded(self, oid: str) -> bool:
        """Does an event tell of this commit?"""
        return oid in self._commits

    def tasks_of(self, oid: str) -> tuple[str, ...]:
        """Return the tasks for which a commit was recorded, in the order of names."""
        new, copies = self._new.get(oid, _NONE), self._copies.get(oid, _NONE)
        if not copies and len(new) == 1:
            return tuple(new)
        return tuple(sorted(new | copies))

    def told(self, oid: str) -> Origin | None:
        """Return what the record of a commit and its chain of rewrites say."""
        if own := self._new.get(oid):
            return Origin(tuple(sorted(own)), "recorded")
        before = self._rewritten.get(oid) or self._rewritten_copies.get(oid)
        return self._found(oid, before, "rewrite")

    def told_by_patch(self, oid: str, patch_id: str | None) -> Origin | None:
        """Return what its patch says of a commit; else what its record as a copy does."""
        same: AbstractSet[str] | None = None
        if patch_id is not None:
            same = self._new_patches.get(patch_id) or self._copied_patches.get(patch_id)
        found = self._found(oid, same, "patch_id")
        if found is None and (own := self._copies.get(oid)):
            return Origin(tuple(sorted(own)), "recorded")
        return found

    def _found(
        self, oid: str, tasks: AbstractSet[str] | None, way: Way
    ) -> Origin | None:
        """Judge what was found; of several the record of a copy names the one."""
        if not tasks or (len(tasks) > 1 and oid in self._copies):
            return None
        return Origin(tuple(sorted(tasks)), way, len(tasks) > 1)

    def moved_to(self, on_head: Collection[str]) -> set[str]:
        """Return the commits of which a chain of rewrites leads to one of these."""
        found: set[str] = set()
        left = [oid for oid in self._before if oid in on_head]
        while left:
            for old in self._before.get(left.pop(), ()):
                if old not in found:
                    found.add(old)
                    left.append(old)
        return found

    def absent_from(self, on_head: Collection[str]) -> list[str]:
        """Return the recorded commits that are none of these, in the order of ids."""
        return sorted(oid for oid in self._commits if oid not in on_head)

    def sources_among(self, on_head: Collection[str]) -> _Sets:
        """Return for commits the nearest of these of which they were made."""
        starts = {oid: {oid} for oid in self._after if oid in on_head}
        return carried(self._after, starts)


def carried(
    after: Mapping[str, set[str]], own: Mapping[str, AbstractSet[str]]
) -> _Sets:
    """Return what each commit is given by those it was made of.

    What a commit has of its own it hands on, and nothing that came before it. Where
    pairs run in a circle all on it are given the same; sets only grow, so it ends.

    Args:
        after: commit to the commits made of it.
        own: commit to what it has.

    >>> carried({"a": {"b"}, "b": {"c"}}, {"a": {"P1"}})
    {'b': {'P1'}, 'c': {'P1'}}
    """
    given: _Sets = {}
    left = [oid for oid in own if oid in after]
    while left:
        old = left.pop()
        brought = own.get(old) or given[old]
        for new in after.get(old, ()):
            mine = given.setdefault(new, set())
            if not brought <= mine:
                mine |= brought
                if new not in own:
                    left.append(new)
    return given
