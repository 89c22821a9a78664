"""Which commits belong to which tasks: the resolver alone, and the laws it keeps."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitlog_track.measures.origins import carried
from gitlog_track.measures.recorded import Recorded, RecordedCommit
from gitlog_track.measures.resolution import (
    CommitOnHead,
    CommitTasks,
    Orphan,
    Resolution,
    resolve,
)
from gitlog_track.model.replay import replay
from tests.support.examples import OID, OTHER_OID, line

BEGAN = 1_000


@dataclass
class Story:
    """A log and a history, told row by row; single letters stand for commits."""

    tasks: tuple[str, ...] = ("P1-001", "P1-002", "P1-003")
    rows: list[RecordedCommit] = field(default_factory=list)
    rewrites: list[tuple[str, str]] = field(default_factory=list)
    head: list[CommitOnHead] = field(default_factory=list)
    patches: dict[str, str] = field(default_factory=dict)
    asked: list[str] | None = None
    limit: int = 100

    def recorded(
        self,
        commit: str,
        task: str | None,
        patch: str | None = None,
        copy: bool = False,
    ) -> Story:
        self.rows.append(RecordedCommit(commit, task, patch, copy))
        return self

    def rewritten(self, *pairs: str) -> Story:
        self.rewrites += [(pair[0], pair[1]) for pair in pairs]
        return self

    def commit(
        self,
        oid: str,
        *named: str,
        patch: str = "",
        at: int = BEGAN,
        authored: int | None = None,
        merge: bool = False,
    ) -> Story:
        """Put a commit below those before; by default nobody else has its author date."""
        likeness = authored if authored is not None else -len(self.head)
        self.head.append(CommitOnHead(oid, at, likeness, not merge, named))
        if patch:
            self.patches[oid] = patch
        return self

    def _find(self, oids: Sequence[str]) -> Mapping[str, str]:
        assert self.asked is None, "asked twice"
        assert 0 < len(oids) <= self.limit
        self.asked = list(oids)
        return {oid: self.patches[oid] for oid in oids if oid in self.patches}

    def resolve(self) -> Resolution:
        self.asked = None
        return resolve(
            Recorded(
                tasks=self.tasks,
                commits=tuple(self.rows),
                rewrites=tuple(self.rewrites),
                began_s=BEGAN,
            ),
            self.head,
            self._find,
            limit=self.limit,
        )


def no_patches(_: Sequence[str]) -> Mapping[str, str]:
    return {}


def told(story: Story) -> dict[str, tuple[str, ...]]:
    """Return for each commit that resolves its way and its tasks."""
    return {row.commit: (row.way, *row.tasks) for row in story.resolve().resolved}


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        pytest.param(Story().commit("a", "P1-001"), ("trailer", "P1-001"), id="trailer"),
        pytest.param(
            Story().recorded("a", "P1-002").commit("a", "p1-001"),
            ("trailer", "P1-001"), id="trailer-first-as-the-log-spells-it"),
        pytest.param(
            Story().commit("a", "P1-002", "P1-001", "p1-002"),
            ("trailer", "P1-002", "P1-001"), id="squash-of-several"),
        pytest.param(
            Story().commit("a", "other-7"), ("trailer", "other-7"), id="not-in-the-log"),
        pytest.param(
            Story().recorded("a", "P1-001").commit("a"), ("recorded", "P1-001"),
            id="recorded"),
        pytest.param(
            Story().recorded("a", "P1-001").recorded("a", "P1-002").commit("a"),
            ("recorded", "P1-001", "P1-002"), id="recorded-for-two"),
        pytest.param(
            Story().recorded("a", "P1-001").rewritten("ab").commit("b"),
            ("rewrite", "P1-001"), id="rewritten"),
        pytest.param(
            Story().recorded("a", "P1-001").rewritten("ab", "bc", "cd").commit("d"),
            ("rewrite", "P1-001"), id="a-chain"),
        pytest.param(
            Story().recorded("a", "P1-001").rewritten("ab", "bc", "cb").commit("c"),
            ("rewrite", "P1-001"), id="a-circle"),
        pytest.param(
            Story().recorded("a", "P1-001").recorded("b", "P1-002", copy=True)
            .rewritten("ab").commit("b"),
            ("rewrite", "P1-001"), id="a-rebase-under-another-current-task"),
        pytest.param(
            Story().recorded("a", None).recorded("b", "P1-002", copy=True)
            .rewritten("ab").commit("b"),
            ("recorded", "P1-002"), id="a-copy-of-nobodys-work"),
        pytest.param(
            Story().recorded("a", "P1-001").recorded("b", "P1-002")
            .rewritten("ab").commit("b"),
            ("recorded", "P1-002"), id="an-amend-is-new-work"),
        pytest.param(
            Story().recorded("a", "P1-001").recorded("b", "P1-002")
            .recorded("c", "P1-002", copy=True).rewritten("ac", "bc").commit("c"),
            ("recorded", "P1-002"), id="of-several-the-copy-names-the-one"),
        pytest.param(
            Story().recorded("a", "P1-001", "p").commit("b", patch="p"),
            ("patch_id", "P1-001"), id="patch"),
        pytest.param(
            Story().recorded("a", "P1-001", "p").recorded("b", "P1-002", "p", copy=True)
            .commit("b"),
            ("patch_id", "P1-001"), id="a-cherry-pick-under-another-current-task"),
        pytest.param(
            Story().recorded("a", "P1-001", "p").recorded("b", "P1-002")
            .rewritten("bc").commit("c", patch="p"),
            ("rewrite", "P1-002"), id="chain-before-patch"),
    ],
)  # fmt: skip
def test_a_commit_leads_to_its_tasks(story: Story, expected: tuple[str, ...]) -> None:
    assert told(story) == {story.head[0].oid: expected}


@pytest.mark.parametrize(
    "story",
    [
        Story().commit("a"),
        Story().recorded("a", None).commit("a"),
        Story().recorded("a", "P1-001", "p").commit("b", patch="q"),
        Story().recorded("a", "P1-001", "p").commit("b", patch="p", merge=True),
        Story().recorded("a", "P1-001", "p").commit("b", patch="p", at=BEGAN - 1),
        Story().recorded("a", "P1-001").rewritten("ba").commit("b"),
    ],
)
def test_what_leads_nowhere_is_unresolved(story: Story) -> None:
    found = story.resolve()
    assert (found.resolved, found.ambiguous) == ((), ())
    assert found.on_head.unresolved == 1


@pytest.mark.parametrize(
    ("story", "way"),
    [
        (Story().rewritten("ac", "bc").commit("c"), "rewrite"),
        (Story().commit("c", patch="p"), "patch_id"),
    ],
)
def test_what_leads_to_several_is_shown_and_resolves_to_none(
    story: Story, way: str
) -> None:
    story.recorded("a", "P1-002", "p").recorded("b", "P1-001", "p")
    found = story.resolve()
    (row,) = found.ambiguous
    assert (row.commit, row.tasks, row.way) == ("c", ("P1-001", "P1-002"), way)
    assert found.resolved == ()
    assert (found.on_head.ambiguous, found.on_head.resolved) == (1, 0)
    assert found.work() == {}


def test_recorded_commits_are_kept_moved_or_orphaned() -> None:
    story = Story().commit("a").commit("c").commit("e", patch="q")
    story.recorded("a", "P1-001").recorded("b", "P1-001").rewritten("bz", "zc")
    story.recorded("d", "P1-002", "q").recorded("x", "P1-003", "r").recorded("y", None)
    found = story.resolve()
    assert (found.kept, found.moved) == (1, 2)
    assert found.orphaned == (Orphan("x", ("P1-003",)), Orphan("y", ()))


def test_a_lost_commit_is_found_under_a_message_that_names_its_task() -> None:
    story = Story().recorded("a", "P1-001", "p").commit("b", "P1-001", patch="p")
    found = story.commit("c", "P1-002", patch="q").resolve()
    assert (found.moved, found.orphaned) == (1, ())


@pytest.mark.parametrize(
    ("story", "asked"),
    [
        (Story().commit("b"), []),
        (Story().recorded("a", "P1-001", "p").commit("a").commit("b"), []),
        (Story().recorded("a", "P1-001", "p").commit("b").commit("c"), ["b", "c"]),
        (Story().recorded("a", "P1-001", "p").commit("b", "P1-002").commit("c"), ["c"]),
        (Story().recorded("a", "P1-001").commit("b"), []),
        (Story().recorded("a", "P1-001", "p").recorded("b", None, "p").commit("b"), []),
        (Story().commit("b", authored=5).commit("c", authored=5), []),
        (Story().commit("b", "P1-001", authored=5).commit("c", authored=5), ["b", "c"]),
    ],
)
def test_patch_ids_are_asked_for_only_where_they_can_tell_more(
    story: Story, asked: list[str]
) -> None:
    story.resolve()
    assert (story.asked or []) == asked


def test_a_bound_that_cuts_is_told() -> None:
    story = Story(limit=1).recorded("a", "P1-001", "p")
    found = story.commit("b", patch="q").commit("c", patch="p").resolve()
    assert (found.unsearched, found.on_head.unresolved) == (1, 2)
    assert [orphan.commit for orphan in found.orphaned] == ["a"]


def test_what_is_since_tracking_began() -> None:
    story = Story().recorded("old", "P1-001").commit("new", at=BEGAN)
    story.commit("old", at=5).commit("older", "P1-002", at=BEGAN - 1)
    found = story.resolve()
    assert (found.on_head.commits, found.on_head.resolved) == (3, 2)
    assert (found.since_began.commits, found.since_began.recorded) == (2, 1)
    assert found.since_began.trailer == 0


def test_without_a_log_nothing_is_since_its_beginning() -> None:
    found = resolve(
        Recorded(), [CommitOnHead("a", 5, 5, True, ("P1-001",))], no_patches
    )
    assert (found.on_head.trailer, found.since_began.commits) == (1, 0)


@pytest.mark.parametrize(
    ("story", "pieces"),
    [
        # picked to another branch, and both merged
        (Story().recorded("a", "P1-001", "p").recorded("b", "P1-001", "p", copy=True)
         .commit("b", "P1-001").commit("a", "P1-001"), ["a"]),
        # the same by somebody without hooks, who kept the author's date as git does
        (Story().commit("b", "P1-001", patch="p", authored=5)
         .commit("a", "P1-001", patch="p", authored=5), ["a"]),
        # two changes of one second
        (Story().commit("b", "P1-001", patch="p", authored=5)
         .commit("a", "P1-001", patch="q", authored=5), ["b", "a"]),
        # amended after it was pushed
        (Story().recorded("a", "P1-001", "p").recorded("b", "P1-001", "q")
         .rewritten("ab").commit("b").commit("a"), ["a"]),
        # two commits, and the one made of both
        (Story().recorded("a", "P1-001", "p").recorded("b", "P1-001", "q")
         .recorded("c", "P1-001", "r", copy=True).rewritten("ac", "bc")
         .commit("c").commit("b").commit("a"), ["a", "b"]),
    ],
)  # fmt: skip
def test_work_counts_once(story: Story, pieces: list[str]) -> None:
    found = story.resolve()
    assert sorted(found.work()["P1-001"]) == sorted(pieces)
    assert found.on_head.resolved == len(story.head)


def test_a_piece_of_two_tasks_is_one_of_each() -> None:
    found = Story().commit("b", "P1-001", "P1-002").commit("a", "P1-001").resolve()
    assert found.work() == {"P1-001": ("b", "a"), "P1-002": ("b",)}


def test_an_empty_history_resolves_to_nothing() -> None:
    found = Story().recorded("a", "P1-001", "p").resolve()
    assert (found.head, found.on_head.commits, found.kept) == (None, 0, 0)
    assert [orphan.commit for orphan in found.orphaned] == ["a"]


def test_a_table_is_gathered_from_replayed_tasks() -> None:
    heap = replay(
        "", [line("commits_rewritten", cause="amend", pairs=[[OID, OTHER_OID]])]
    )
    old, began = "2020-01-01T00:00:00.000+00:00", "2025-10-04T22:00:01.900-05:00"
    task = replay(
        "P1-009",
        [
            line("task_started", 1, at=old, provenance="backfilled"),
            line("commit_recorded", 2, commit=OID, operation="rebase", at=began),
            line("commit_recorded", 3, commit=OTHER_OID, operation="amend",
                 patch_id="f" * 40, at="2025-10-04T22:00:02.000-05:00"),
        ],
    )  # fmt: skip
    empty = replay("P1-010", [line("task_started", at=old, provenance="backfilled")])
    assert Recorded.of([task, empty]) == Recorded(
        tasks=("P1-009", "P1-010"),
        commits=(
            RecordedCommit(OID, "P1-009", None, is_copy=True),
            RecordedCommit(OTHER_OID, "P1-009", "f" * 40),
        ),
        began_s=1_759_633_201,
    )
    assert Recorded.of([heap]).rewrites == ((OID, OTHER_OID),)
    assert Recorded.of([empty]).began_s is None


oids = st.sampled_from("abcdefgh")
tasks = st.sampled_from(["P1-001", "P1-002", "p1-001", "X"])
patch_ids = st.none() | st.sampled_from("pqr")


@st.composite
def stories(draw: st.DrawFn) -> Story:
    patch = {oid: draw(patch_ids) for oid in "abcdefgh"}
    story = Story(limit=draw(st.integers(0, 9)))
    for oid, task, copy in draw(
        st.lists(st.tuples(oids, st.none() | tasks, st.booleans()), max_size=8)
    ):
        story.recorded(oid, task, patch[oid], copy)
    story.rewrites = draw(st.lists(st.tuples(oids, oids), max_size=10))
    for oid in draw(st.lists(oids, unique=True)):
        named = draw(st.lists(tasks, max_size=2))
        at, authored = draw(st.integers(BEGAN - 1, BEGAN)), draw(st.integers(0, 3))
        story.commit(oid, *named, patch=patch[oid] or "", at=at, authored=authored)
    return story


@settings(max_examples=150)
@given(stories(), st.randoms(use_true_random=False))
def test_laws(story: Story, shuffle: random.Random) -> None:
    found = story.resolve()
    for counts in (found.on_head, found.since_began):
        parts = (counts.resolved, counts.ambiguous, counts.unresolved)
        assert sum(parts) == counts.commits
    assert found.on_head.commits == len(story.head)
    assert found.on_head.resolved == len(found.resolved)
    assert found.on_head.ambiguous == len(found.ambiguous)
    recorded = {row.commit for row in story.rows}
    assert found.kept + found.moved + len(found.orphaned) == len(recorded)
    on_head = {commit.oid for commit in story.head}
    assert {row.work for row in (*found.resolved, *found.ambiguous)} <= on_head
    assert not on_head & {orphan.commit for orphan in found.orphaned}

    # what is written is read back, and the order of events is no matter
    text = msgspec.json.encode(found)
    assert msgspec.json.decode(text, type=Resolution) == found
    for rows in (story.rows, story.rewrites):
        shuffle.shuffle(rows)
    assert story.resolve() == found


@given(st.lists(st.tuples(oids, oids), max_size=20), st.sets(oids, max_size=3))
def test_what_is_carried_comes_from_where_it_can(
    pairs: list[tuple[str, str]], ends: set[str]
) -> None:
    after: dict[str, set[str]] = {}
    for old, new in pairs:
        after.setdefault(old, set()).add(new)
    given_ = carried(after, {oid: {oid} for oid in ends})
    for oid, sources in given_.items():
        assert sources <= ends
        expected = {
            source
            for old, new in pairs
            if new == oid
            for source in ({old} if old in ends else given_.get(old, set()))
        }
        assert sources == expected


def test_a_long_chain_ends_in_time() -> None:
    story = Story()
    chain = [f"{number:06}" for number in range(30_000)]
    story.rewrites = [*itertools.pairwise(chain), (chain[-1], chain[0])]
    story.recorded(chain[0], "P1-001")
    for oid in reversed(chain):
        story.commit(oid)
    found = story.resolve()
    assert found.on_head.rewrite == len(chain) - 1
    assert found.resolved[0] == CommitTasks(chain[-1], ("P1-001",), "rewrite", chain[0])
