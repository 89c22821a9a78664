"""Squash merges: what leads from lost commits to the one they went into, and what not."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitlog_track.measures.squashes import (
    Branch,
    Candidate,
    Doubt,
    LostCommit,
    Squash,
    branches,
    match,
)

P1, P2 = "P1-001", "P2-001"
MADE = 100
"""When candidates were committed; lost commits were before."""


@dataclass
class World:
    """Lost commits and candidates, told one by one; single letters stand for commits."""

    lost: list[LostCommit] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    patches: dict[str, str] = field(default_factory=dict)

    def work(
        self,
        oid: str,
        *tasks: str,
        parents: str = "",
        at: int = 1,
        title: str | None = None,
        live: bool = False,
    ) -> World:
        """Lose a commit, by default of one task, with its own id as its title."""
        shown = oid if title is None else title
        row = LostCommit(oid, tasks or (P1,), tuple(parents), at, shown, live)
        self.lost.append(row)
        return self

    def made(
        self,
        oid: str,
        *named: str,
        titles: str = "",
        listed: str = "",
        patch: str | None = None,
        recorded: bool = False,
        at: int = MADE,
    ) -> World:
        """Put a commit on HEAD, older than those before."""
        row = (oid, at, frozenset(titles), named, frozenset(listed), recorded, patch)
        self.candidates.append(Candidate(*row))
        return self

    def changing(self, **patches: str) -> World:
        """Say what patch ids branches have as a whole; branches by their commits."""
        self.patches |= patches
        return self

    def match(self) -> tuple[list[Squash], list[Doubt]]:
        found = branches(self.lost)
        patches = {
            branch: set(self.patches[name])
            for branch in found
            if (name := "".join(branch.oids)) in self.patches
        }
        return match(found, self.candidates, patches)

    @property
    def squashes(self) -> list[str]:
        """What is certain, as ``COMMITS TASK into COMMIT by TRACE``."""
        found, doubts = self.match()
        assert doubts == []
        return [
            f"{''.join(s.squashed)} {s.task} into {s.commit} by {s.trace}"
            for s in found
        ]

    @property
    def doubts(self) -> list[str]:
        """What is in doubt, as ``COMMITS TASKS into COMMITS by TRACE``."""
        found, doubts = self.match()
        assert found == []
        return [
            f"{''.join(d.squashed)} {'+'.join(d.tasks)} into {''.join(d.commits)} "
            f"by {d.trace}"
            for d in doubts
        ]


def two() -> World:
    return World().work("a").work("b", parents="a")


def shapes(world: World) -> list[str]:
    return ["".join(branch.oids) for branch in branches(world.lost)]


@pytest.mark.parametrize(
    ("world", "found"),
    [
        pytest.param(World(), [], id="nothing lost"),
        pytest.param(World().work("a", parents="z"), ["a"], id="parent on HEAD"),
        pytest.param(two().work("c", parents="b"), ["abc"], id="chain"),
        pytest.param(two().work("c"), ["ab", "c"], id="two branches"),
        pytest.param(two().work("c", parents="a"), ["ab", "ac"], id="fork"),
        pytest.param(
            two().work("c", parents="a").work("d", parents="bc"), ["acbd"], id="merge"),
        pytest.param(
            two().work("c", P2, parents="b"), ["abc", "ab", "c"], id="two tasks"),
        pytest.param(
            World().work("a").work("b", P2, parents="a").work("c", parents="b"),
            ["abc", "a", "b", "c"], id="there and back"),
        pytest.param(
            World().work("a", P1, P2).work("b", P1, parents="a"),
            ["ab", "a", "b"], id="one task less"),
    ],
)  # fmt: skip
def test_lost_commits_that_follow_one_another_are_branches(
    world: World, found: list[str]
) -> None:
    assert shapes(world) == found


def test_a_branch_is_known_by_its_commits_titles_but_not_those_of_merges() -> None:
    world = two().work("c", P2, parents="ab")
    (whole, *_) = branches(world.lost)
    assert whole.titles == frozenset("ab")
    assert whole.tasks == {P1, P2}
    gone = Branch((*whole.commits, LostCommit("d", (P1,))))
    assert gone.titles == frozenset()


@pytest.mark.parametrize(
    ("world", "found"),
    [
        pytest.param(two().made("m"), [], id="nothing"),
        pytest.param(
            two().made("m", listed="ab"), [f"ab {P1} into m by ids"], id="ids"),
        pytest.param(
            two().made("m", listed="abz"), [f"ab {P1} into m by ids"], id="ids and more"),
        pytest.param(two().made("m", listed="a"), [], id="not all ids"),
        pytest.param(
            two().changing(ab="p").made("m", patch="p"),
            [f"ab {P1} into m by patch_id"], id="patch"),
        pytest.param(
            two().changing(ab="pq").made("m", patch="q"),
            [f"ab {P1} into m by patch_id"], id="one of two patches"),
        pytest.param(two().changing(ab="p").made("m", patch="x"), [], id="other patch"),
        pytest.param(two().made("m", patch="p"), [], id="patch not computed"),
        pytest.param(two().changing(ab="p").made("m"), [], id="no patch"),
        pytest.param(
            two().made("m", titles="abm"), [f"ab {P1} into m by title"], id="titles"),
        pytest.param(two().made("m", titles="a"), [], id="not all titles"),
        pytest.param(
            two().made("m", "p1-001"), [f"ab {P1} into m by trailer"], id="trailer"),
        pytest.param(two().made("m", P2), [], id="another task"),
        pytest.param(
            World().work("a", P1).work("b", P2, parents="a").made("m", P1, P2),
            [f"a {P1} into m by trailer", f"b {P2} into m by trailer"],
            id="both tasks"),
    ],
)  # fmt: skip
def test_what_leads_to_a_squash_merge(world: World, found: list[str]) -> None:
    assert world.squashes == found


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        ("ids", "patch_id"),
        ("ids", "title"),
        ("patch_id", "title"),
        ("patch_id", "trailer"),
        ("title", "trailer"),
    ],
)
def test_a_weaker_trace_counts_only_where_no_stronger_one_is(
    stronger: str, weaker: str
) -> None:
    made: dict[str, dict[str, Any]] = {
        "ids": {"listed": "ab"},
        "patch_id": {"patch": "p"},
        "title": {"titles": "ab"},
    }
    world = two().changing(ab="p")
    for oid, trace in (("w", weaker), ("s", stronger)):
        world.made(oid, *([P1] if trace == "trailer" else []), **made.get(trace, {}))
    assert world.squashes == [f"ab {P1} into s by {stronger}"]


@pytest.mark.parametrize("trace", ["titles", "trailer"])
@pytest.mark.parametrize(
    ("world", "recorded", "is_told"),
    [
        pytest.param(two(), False, True, id="it is"),
        pytest.param(two(), True, False, id="a hook saw it being made"),
        pytest.param(
            World().work("a").work("b", parents="a", at=MADE + 1), False, False,
            id="work went on afterwards"),
        pytest.param(
            World().work("a").work("b", parents="a", at=MADE), False, True,
            id="in the same second"),
        pytest.param(
            World().work("a", live=True).work("b", parents="a", live=True), False, False,
            id="a branch holds it"),
    ],
)  # fmt: skip
def test_a_title_or_a_task_may_be_that_of_other_work(
    world: World, recorded: bool, is_told: bool, trace: str
) -> None:
    told = World([*world.lost])
    if trace == "titles":
        told.made("m", titles="ab", recorded=recorded)
    else:
        told.made("m", P1, recorded=recorded)
    assert bool(told.squashes) is is_told


@pytest.mark.parametrize("made", [{"listed": "ab"}, {"patch": "p"}])
def test_ids_and_patches_tell_of_work_that_a_branch_holds(made: dict[str, Any]) -> None:
    world = World().work("a", live=True).work("b", parents="a", live=True)
    world.changing(ab="p").made("m", recorded=True, **made)
    assert len(world.squashes) == 1


def test_of_a_branch_that_went_on_the_rest_may_be_found_by_title() -> None:
    world = World().work("a").work("b", parents="a", live=True)
    assert world.made("m", titles="a").squashes == [f"a {P1} into m by title"]


@pytest.mark.parametrize(
    ("named", "is_told"), [((), True), ((P1,), True), ((P1, P2), True), ((P2,), False)]
)
def test_titles_are_no_trace_to_a_commit_that_names_only_other_tasks(
    named: tuple[str, ...], is_told: bool
) -> None:
    assert bool(two().made("m", *named, titles="ab").squashes) is is_told


def test_a_title_that_is_not_known_leads_nowhere() -> None:
    world = World().work("a", title="").made("m", titles="a")
    assert world.squashes == []


def test_what_was_squashed_is_each_tasks_own_and_the_oldest_merge_comes_first() -> None:
    world = World().work("a", P2).work("b", P1, P2, parents="a").work("c", P1)
    world.made("n", listed="c").made("m", listed="ab")
    assert world.squashes == [
        f"b {P1} into m by ids",
        f"ab {P2} into m by ids",
        f"c {P1} into n by ids",
    ]


def test_tasks_of_one_branch_may_have_been_merged_one_by_one() -> None:
    world = World().work("a", P1).work("b", P2, parents="a")
    world.changing(a="p", b="q").made("n", patch="q").made("m", patch="p")
    assert world.squashes == [
        f"a {P1} into m by patch_id",
        f"b {P2} into n by patch_id",
    ]


def test_the_whole_goes_before_its_parts() -> None:
    world = World().work("a", P1).work("b", P2, parents="a").changing(ab="p", a="q")
    world.made("part", patch="q").made("m", patch="p")
    assert world.squashes == [
        f"a {P1} into m by patch_id",
        f"b {P2} into m by patch_id",
    ]


def test_a_commit_is_one_squash_merge_and_no_trace_leads_there_again() -> None:
    world = two().work("c").changing(ab="p").made("m", P1, titles="abc", patch="p")
    assert world.squashes == [f"ab {P1} into m by patch_id"]


# what cannot be told


def test_two_commits_that_are_alike_are_doubtful_unless_one_names_the_task() -> None:
    world = two().changing(ab="p").made("n", patch="p").made("m", patch="p")
    assert world.doubts == [f"ab {P1} into nm by patch_id"]
    world.candidates[1] = world.candidates[1]._replace(named=("p1-001",))
    assert world.squashes == [f"ab {P1} into m by patch_id"]
    world.candidates[0] = world.candidates[0]._replace(named=(P2, P1))
    assert world.doubts == [f"ab {P1} into nm by patch_id"]


def test_in_doubt_no_weaker_trace_decides() -> None:
    world = two().changing(ab="p").made("n", patch="p").made("m", patch="p")
    assert world.made("t", titles="ab").doubts == [f"ab {P1} into nm by patch_id"]


@pytest.mark.parametrize("trace", ["patch_id", "title"])
def test_two_branches_that_are_alike_are_copies_if_they_are_of_one_task(
    trace: str,
) -> None:
    def alike(other: str) -> World:
        world = World().work("a", P1, title="t").work("b", other, title="t")
        world.changing(a="p", b="p")
        if trace == "title":
            return world.made("m", titles="t")
        return world.made("m", patch="p")

    assert alike(P1).squashes == [f"ab {P1} into m by {trace}"]
    assert alike(P2).doubts == [f"ab {P1}+{P2} into m by {trace}"]


def test_two_branches_that_share_but_a_task_with_a_merge_are_doubtful() -> None:
    world = World().work("a").work("b").made("m", P1)
    assert world.doubts == [f"ab {P1} into m by trailer"]


def test_ids_tell_of_two_branches_at_once() -> None:
    world = World().work("a", P1).work("b", P2).made("m", listed="ab")
    assert world.squashes == [f"a {P1} into m by ids", f"b {P2} into m by ids"]


# laws

_LOST = "abcdef"
_TASKS = st.lists(st.sampled_from([P1, P2, "p1-001"]), max_size=2, unique=True)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World()
    for place, oid in enumerate(_LOST):
        parents = draw(st.sets(st.sampled_from("z" + _LOST[:place]), max_size=2))
        row = (
            oid,
            tuple(draw(_TASKS)),
            tuple(sorted(parents)),
            draw(st.integers(0, 3)),
        )
        title = draw(st.sampled_from(["", "t", "u"]))
        world.lost.append(LostCommit(*row, title, draw(st.booleans())))
    some = st.text("tu" + _LOST, max_size=3)
    for oid in draw(st.sets(st.sampled_from("mno"))):
        world.made(
            oid,
            *draw(_TASKS),
            titles=draw(some),
            listed=draw(some),
            patch=draw(st.none() | st.sampled_from("pq")),
            recorded=draw(st.booleans()),
            at=draw(st.integers(1, 4)),
        )
    for branch in branches(world.lost):
        world.patches["".join(branch.oids)] = draw(st.text("pqr", max_size=2))
    return world


@settings(max_examples=150)
@given(worlds(), st.randoms(use_true_random=False))
def test_a_lost_commit_is_in_one_squash_merge_at_most_or_in_doubt(
    world: World, shuffle: random.Random
) -> None:
    squashes, doubts = world.match()
    into = {(oid, s.commit) for s in squashes for oid in s.squashed}
    lost = {commit.oid: commit for commit in world.lost}
    assert len(into) == len({oid for oid, _ in into})
    doubtful = [oid for d in doubts for oid in d.squashed]
    assert len(doubtful) == len(set(doubtful))
    assert {oid for oid, _ in into}.isdisjoint(doubtful)
    assert len({(s.commit, s.trace) for s in squashes}) == len(
        {s.commit for s in squashes}
    )
    assert all(s.task in lost[oid].tasks for s in squashes for oid in s.squashed)
    shuffle.shuffle(world.lost)
    assert world.match() == (squashes, doubts)


@given(worlds())
def test_every_lost_commit_is_on_a_branch_after_its_parents(world: World) -> None:
    found = branches(world.lost)
    assert {oid for branch in found for oid in branch.oids} == set(_LOST)
    assert len({branch.oids for branch in found}) == len(found)
    sizes = [len(branch.oids) for branch in found]
    assert sizes == sorted(sizes, reverse=True)
    for branch in found:
        for place, commit in enumerate(branch.commits):
            assert set(branch.oids[place:]).isdisjoint(commit.parents)
