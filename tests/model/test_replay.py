"""Replay: its laws, corrections, attempts, and what makes a log no proof."""

from __future__ import annotations

from datetime import datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.model.events import (
    BugFixed,
    BugFound,
    MilestoneReached,
    NoteRecorded,
    TaskCompleted,
    TaskStarted,
)
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from tests.support.examples import OTHER_WRITER, line, stored
from tests.support.strategies import logs

TASK = "P1-009"


def at(minute: int, second: int = 0) -> str:
    return f"2025-10-04T22:{minute:02d}:{second:02d}.000-05:00"


def play(*lines: bytes) -> TaskState:
    return replay(TASK, lines)


def codes(state: TaskState, *, invalid: bool | None = None) -> list[str]:
    return [p.code for p in state.problems if invalid in {None, p.invalid}]


def begin(seq: int = 1, minute: int = 0, **fields: object) -> bytes:
    return line("task_started", seq, at=at(minute), **fields)


def end(seq: int, minute: int, **fields: object) -> bytes:
    return line("task_completed", seq, at=at(minute), **fields)


@given(logs(), st.integers())
def test_order_and_repetition_of_lines_are_no_matter(
    lines: list[bytes], seed: int
) -> None:
    again = [*lines, *lines[::2], *lines[:1]]
    Random(seed).shuffle(again)  # no secret
    assert replay(TASK, again) == replay(TASK, lines)


@given(logs(), st.lists(st.sampled_from([b"junk", b"{}", b"cut", b"[1"]), max_size=3))
def test_broken_lines_change_nothing_but_the_verdict(
    lines: list[bytes], junk: list[bytes]
) -> None:
    clean, mixed = replay(TASK, lines), replay(TASK, [*junk, *lines, *junk])
    assert mixed.events == clean.events
    assert codes(mixed).count("broken_line") == len(set(junk))
    assert mixed == replay(TASK, [*lines, *reversed(junk)])


@given(logs())
def test_replaying_what_is_stored_gives_the_same_state(lines: list[bytes]) -> None:
    state = replay(TASK, lines)
    again = replay(TASK, [s.line for s in state.stored])
    assert (again.events, again.stored) == (state.events, state.stored)
    assert set(again.problems) <= set(state.problems)


@given(logs(), st.integers(0, 9))
def test_a_union_of_two_halves_is_the_whole(lines: list[bytes], cut: int) -> None:
    assert replay(TASK, [*lines[cut:], *lines[:cut]]) == replay(TASK, lines)


def test_no_lines_are_a_task_that_was_not_started() -> None:
    state = play()
    assert (state.status, state.attempts, state.problems) == ("not_started", (), ())


# corrections


def correction(seq: int, event_id: object, replacement: object) -> bytes:
    return line(
        "event_corrected", seq, event=event_id, reason="r", replacement=replacement
    )


def test_the_last_correction_in_order_wins() -> None:
    note = stored("note_recorded", 2, text="first")
    raw = line("note_recorded", 2, text="first")
    fixes = [correction(n, note["id"], {"text": f"fix {n}"}) for n in (3, 4, 5)]
    for order in ([raw, *fixes], [*reversed(fixes), raw]):
        state = play(begin(), *order)
        assert [n.text for n in state.of(NoteRecorded)] == ["fix 5"]
        assert state.corrected == {note["id"]}
        assert state.is_valid


def test_a_retraction_takes_the_event_out_and_keeps_its_line() -> None:
    note = stored("note_recorded", 2, text="wrong")
    raw = line("note_recorded", 2, text="wrong")
    state = play(begin(), raw, correction(3, note["id"], None))
    assert list(state.of(NoteRecorded)) == []
    assert raw in [s.line for s in state.stored]


def test_a_later_correction_brings_a_retracted_event_back() -> None:
    note = stored("note_recorded", 2, text="wrong")
    raw = line("note_recorded", 2, text="wrong")
    fixes = [
        correction(3, note["id"], None),
        correction(4, note["id"], {"text": "right"}),
    ]
    assert [n.text for n in play(begin(), raw, *fixes).of(NoteRecorded)] == ["right"]


def test_a_second_correction_keeps_the_fields_of_the_first() -> None:
    found = stored("bug_fixed", 2, text="wrong", bug=None)
    raw = line("bug_fixed", 2, text="wrong", bug=None)
    fixes = [
        correction(3, found["id"], {"text": "right"}),
        correction(4, found["id"], {"bug": "a" * 32}),
        correction(5, found["id"], {"at": "never"}),
    ]
    for order in ([raw, *fixes], [*reversed(fixes), raw]):
        assert [(b.text, b.bug) for b in play(begin(), *order).of(BugFixed)] == [
            ("right", "a" * 32)
        ]


def test_an_event_brought_back_has_all_fields_corrected_so_far() -> None:
    found = stored("bug_fixed", 2, text="wrong", bug=None)
    fixes = [
        correction(3, found["id"], {"text": "right"}),
        correction(4, found["id"], None),
        correction(5, found["id"], {"bug": "a" * 32}),
    ]
    raw = line("bug_fixed", 2, text="wrong", bug=None)
    assert list(play(begin(), raw, *fixes[:2]).of(BugFixed)) == []
    assert [(b.text, b.bug) for b in play(begin(), raw, *fixes).of(BugFixed)] == [
        ("right", "a" * 32)
    ]


def test_an_assigned_event_stays_when_it_is_corrected_afterwards() -> None:
    heap = stored("note_recorded", 1, task=None, text="heap")
    kept = {"id", "seq", "writer", "task", "phase", "entry", "recorded_at"}
    copy = {k: v for k, v in heap.items() if k not in kept}
    bound = correction(2, heap["id"], copy)
    later = correction(3, heap["id"], {"text": "better"})
    state = play(begin(), bound, later)
    assert [(n.text, n.seq) for n in state.of(NoteRecorded)] == [("better", 2)]
    assert state.corrected == {heap["id"]}
    gone = play(begin(), bound, later, correction(4, heap["id"], None))
    assert list(gone.of(NoteRecorded)) == []


def test_a_correction_that_cannot_be_read_leaves_the_event_as_it_was() -> None:
    note = stored("note_recorded", 2, text="as it was")
    raw = line("note_recorded", 2, text="as it was")
    state = play(begin(), raw, correction(3, note["id"], {"at": "never"}))
    assert [n.text for n in state.of(NoteRecorded)] == ["as it was"]


def test_a_correction_of_nothing_changes_nothing() -> None:
    assert (
        play(begin(), correction(2, "f" * 32, {"text": "x"})).corrected == frozenset()
    )


def test_a_corrected_instant_is_the_one_that_is_judged() -> None:
    ended = stored("task_completed", 2, at=at(0))
    raw = [begin(minute=10), end(2, 0)]
    assert "end_before_begin" in codes(play(*raw))
    state = play(*raw, correction(3, ended["id"], {"at": at(30)}))
    assert "end_before_begin" not in codes(state)
    assert state.ended is not None
    assert state.ended.at == datetime.fromisoformat(at(30))


def test_assign_brings_an_event_along_in_its_order() -> None:
    heap = stored("milestone_reached", 9, task=None, milestone="validation", at=at(5))
    copy = {k: heap[k] for k in ("kind", "at", "milestone", "provenance", "source")}
    later = line("milestone_reached", 3, milestone="validation", at=at(7))
    state = play(begin(), correction(2, heap["id"], copy), later)
    brought, last = sorted(state.of(MilestoneReached), key=lambda e: e.seq)
    assert (brought.id, brought.task, brought.seq) == (heap["id"], TASK, 2)
    assert last.at == datetime.fromisoformat(at(7))
    assert state.last(MilestoneReached) == last
    assert state.is_valid


# attempts and status


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([], "not_started"),
        ([begin()], "in_progress"),
        ([begin(), end(2, 5)], "complete"),
        ([begin(), end(2, 5, status="partial")], "partial"),
        ([begin(), line("task_failed", 2, at=at(5))], "failed"),
    ],
)
def test_status(lines: list[bytes], status: str) -> None:
    assert play(*lines).status == status


def test_a_retry_opens_the_next_attempt() -> None:
    lines = [
        begin(),
        line("task_failed", 2, at=at(5)),
        line("task_retried", 3, at=at(6), attempt=2),
    ]
    state = play(*lines)
    assert [a.number for a in state.attempts] == [1, 2]
    assert state.status == "in_progress"
    assert state.ended is None
    done = play(*lines, end(4, 9, attempt=2))
    assert done.status == "complete"
    assert isinstance(done.ended, TaskCompleted)
    assert done.is_valid


# problems


def test_two_starts_apart_count_from_the_earliest_and_are_flagged() -> None:
    state = play(begin(2, 5), begin(1, 3, writer=OTHER_WRITER), end(3, 9))
    assert state.started is not None
    assert state.started.at == datetime.fromisoformat(at(3))
    assert codes(state) == ["started_twice"]
    assert state.is_valid
    assert len(list(state.of(TaskStarted))) == 2


def test_the_earliest_start_counts_whatever_the_order() -> None:
    state = play(begin(1, 5), begin(2, 3, writer=OTHER_WRITER))
    assert state.started is not None
    assert state.started.at == datetime.fromisoformat(at(3))
    assert "before_begin" not in codes(state)


WORK_KINDS: list[tuple[str, dict[str, object]]] = [
    ("task_paused", {}),
    ("task_resumed", {}),
    ("iteration_recorded", {}),
    ("usage_recorded", {"output": 1}),
    ("measurement_recorded", {"measure": "tests_passed", "value": "1"}),
    ("bug_found", {"text": "x"}),
]
AFTER_KINDS: list[tuple[str, dict[str, object]]] = [
    ("note_recorded", {"text": "x"}),
    ("lesson_learned", {"text": "x"}),
    ("commit_recorded", {"commit": "a" * 40, "operation": "commit"}),
    ("commit_attempted", {}),
    ("commits_rewritten", {"cause": "amend", "pairs": []}),
    ("milestone_reached", {"milestone": "final_approval"}),
]


@pytest.mark.parametrize(("kind", "fields"), WORK_KINDS)
def test_work_after_the_end_is_no_proof(kind: str, fields: dict[str, object]) -> None:
    state = play(begin(), end(2, 5), line(kind, 3, at=at(6), **fields))
    assert codes(state) == ["after_end"]
    assert not state.is_valid
    assert play(begin(), line(kind, 2, at=at(4), **fields), end(3, 5)).is_valid


@pytest.mark.parametrize(("kind", "fields"), AFTER_KINDS)
def test_some_things_may_follow_the_end(kind: str, fields: dict[str, object]) -> None:
    state = play(begin(), end(2, 5), line(kind, 3, at=at(6), **fields))
    assert codes(state) == []


@pytest.mark.parametrize(("kind", "fields"), [*WORK_KINDS, AFTER_KINDS[-1]])
def test_work_before_the_beginning_is_no_proof(
    kind: str, fields: dict[str, object]
) -> None:
    state = play(begin(1, 10), line(kind, 2, at=at(3), **fields))
    assert "before_begin" in codes(state, invalid=True)


def test_a_commit_may_be_older_than_the_start() -> None:
    kind, fields = AFTER_KINDS[2]
    assert play(line(kind, 1, at=at(3), **fields), begin(2, 10)).is_valid


def test_work_without_a_start_is_no_proof() -> None:
    assert codes(play(line("bug_found", 1, text="x"))) == ["no_begin"]
    assert codes(play(end(1, 3))) == ["no_begin"]


def test_a_log_of_commits_alone_is_no_error() -> None:
    kind, fields = AFTER_KINDS[2]
    assert play(line(kind, 1, **fields)).problems == ()


def test_an_end_before_the_beginning_is_no_proof() -> None:
    state = play(begin(1, 10), end(2, 5))
    assert {"end_before_begin", "before_begin"} <= set(codes(state, invalid=True))


def test_two_ends_of_one_attempt_are_no_proof() -> None:
    state = play(begin(), end(2, 5), end(3, 6, writer=OTHER_WRITER))
    assert codes(state, invalid=True) == ["ended_twice"]
    assert state.ended is not None
    assert state.ended.at == datetime.fromisoformat(at(6))


def test_counters_that_run_backwards_are_an_error_of_the_log() -> None:
    state = play(begin(start_tokens=500), end(2, 5, end_tokens=400))
    assert codes(state, invalid=True) == ["tokens_backwards"]
    assert play(begin(start_tokens=500), end(2, 5, end_tokens=500)).is_valid


@pytest.mark.parametrize(("seconds", "found"), [(2, []), (3, ["clock_skew"])])
def test_a_clock_that_ran_back_is_flagged_beyond_a_tolerance(
    seconds: int, found: list[str]
) -> None:
    late = line("note_recorded", 2, text="x", at=at(1, 10))
    early = line("note_recorded", 3, text="y", at=at(1, 10 - seconds))
    state = play(begin(), late, early)
    assert codes(state) == found
    assert state.is_valid


def test_events_of_two_writers_at_one_place_are_no_clock_skew() -> None:
    one = line("note_recorded", 2, text="x", at=at(9))
    other = line("note_recorded", 2, text="y", at=at(1), writer=OTHER_WRITER)
    assert codes(play(begin(), one, other)) == []


def test_one_id_told_in_two_ways_is_tampering() -> None:
    raw = line("bug_found", 2, text="was 3", at=at(1))
    forged = raw.replace(b"was 3", b"was 1")
    for order in ((raw, forged), (forged, raw)):
        state = play(begin(), *order)
        assert codes(state, invalid=True) == ["contradiction"]
        assert len(list(state.of(BugFound))) == 1


def test_an_event_under_a_foreign_id_is_tampering() -> None:
    state = play(begin(), line("bug_found", 2, text="x", at=at(1), id="f" * 32))
    assert codes(state, invalid=True) == ["wrong_id"]


def test_problems_are_sentences_that_name_the_event() -> None:
    bug = stored("bug_found", 3, text="x", at=at(6))
    raw = line("bug_found", 3, text="x", at=at(6))
    (problem,) = play(begin(), end(2, 5), raw).problems
    assert str(bug["id"]) in problem.text
    assert "after the end" in problem.text
