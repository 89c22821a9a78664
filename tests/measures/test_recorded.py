"""What the log says of commits: gathered from tasks or parts, squash merges among them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.measures.recorded import Recorded, RecordedCommit
from gitlog_track.measures.resolution import CommitOnHead, Orphan, Resolution, resolve
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from tests.support.examples import OID, OTHER_OID, line

MADE = "f" * 40
P1, P2 = "P1-001", "P2-001"


def rewritten(task: str | None, cause: str, *old: str) -> bytes:
    pairs = [[oid, MADE] for oid in old]
    return line("commits_rewritten", 2, task=task, cause=cause, pairs=pairs)


def state(task: str, *lines: bytes) -> TaskState:
    return replay(task, lines)


def commit(task: str, oid: str) -> bytes:
    return line("commit_recorded", 1, task=task, commit=oid, operation="commit")


def resolved(recorded: Recorded, *on_head: str) -> Resolution:
    head = [CommitOnHead(oid, 2**40, oid, has_patch=True) for oid in on_head]
    return resolve(recorded, head, lambda _: {})


def test_a_squash_merge_carries_the_work_of_all_its_tasks_without_a_doubt() -> None:
    states = [
        state(P1, commit(P1, OID), rewritten(P1, "squash", OID)),
        state(P2, commit(P2, OTHER_OID), rewritten(P2, "squash", OTHER_OID)),
    ]
    recorded = Recorded.of(states)
    assert recorded.rewrites == ((OID, MADE), (OTHER_OID, MADE))
    assert recorded.squashes == ((MADE, P1), (MADE, P2))
    found = resolved(recorded, MADE)
    (row,) = found.resolved
    assert (row.tasks, row.way) == ((P1, P2), "recorded")
    assert (found.ambiguous, found.moved, found.orphaned) == ((), 2, ())
    assert found.work() == {P1: (MADE,), P2: (MADE,)}


def test_a_rewrite_of_two_tasks_that_is_no_squash_is_a_doubt() -> None:
    states = [
        state(P1, commit(P1, OID), rewritten(P1, "rebase", OID)),
        state(P2, commit(P2, OTHER_OID), rewritten(P2, "rebase", OTHER_OID)),
    ]
    recorded = Recorded.of(states)
    assert recorded.squashes == ()
    (row,) = resolved(recorded, MADE).ambiguous
    assert (row.tasks, row.way) == ((P1, P2), "rewrite")


def test_a_squash_merge_that_no_task_tells_of_is_a_rewrite_alone() -> None:
    heap = state("", rewritten(None, "squash", OID))
    recorded = Recorded.of([heap, state(P1, commit(P1, OID))])
    assert (recorded.squashes, recorded.rewrites) == ((), ((OID, MADE),))
    (row,) = resolved(recorded, MADE).resolved
    assert (row.tasks, row.way) == ((P1,), "rewrite")


def test_commits_squashed_into_one_are_one_row_for_each_task() -> None:
    recorded = Recorded.of([state(P1, rewritten(P1, "squash", OID, OTHER_OID))])
    assert recorded.squashes == ((MADE, P1),)
    assert len(recorded.rewrites) == 2


def test_without_head_all_that_was_recorded_is_lost_with_its_tasks() -> None:
    commits = (
        *(RecordedCommit("b", P2), RecordedCommit("b", P1), RecordedCommit("b", P1)),
        *(RecordedCommit("a", None), RecordedCommit("b", None)),
    )
    found = resolve(Recorded(commits=commits), [], lambda _: {})
    assert found.orphaned == (Orphan("a", ()), Orphan("b", (P1, P2)))
    assert (found.head, found.on_head.commits) == (None, 0)


_OIDS = st.sampled_from("abc")
_ROWS = st.builds(
    Recorded,
    tasks=st.lists(st.sampled_from([P1, P2]), max_size=2).map(tuple),
    commits=st.lists(st.builds(RecordedCommit, _OIDS, st.just(P1)), max_size=2).map(
        tuple
    ),
    rewrites=st.lists(st.tuples(_OIDS, _OIDS), max_size=2).map(tuple),
    squashes=st.lists(st.tuples(_OIDS, st.just(P1)), max_size=2).map(tuple),
    began_s=st.none() | st.integers(0, 9),
)


def test_parts_together_say_all_and_tracking_began_with_the_first() -> None:
    one = Recorded(tasks=(P1,), commits=(RecordedCommit("a", P1),), began_s=7)
    other = Recorded(rewrites=(("a", "b"),), squashes=(("b", P2),), began_s=3)
    assert Recorded.together([one, Recorded(), other]) == Recorded(
        tasks=(P1,),
        commits=(RecordedCommit("a", P1),),
        rewrites=(("a", "b"),),
        squashes=(("b", P2),),
        began_s=3,
    )
    assert Recorded.together([]) == Recorded()


@given(st.lists(_ROWS, max_size=4), st.integers(0, 4))
def test_how_parts_were_put_together_is_no_matter(
    parts: list[Recorded], cut: int
) -> None:
    halves = [Recorded.together(parts[:cut]), Recorded.together(parts[cut:])]
    assert Recorded.together(halves) == Recorded.together(parts)
