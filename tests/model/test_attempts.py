"""Attempts one after another: what overlaps, what was never resumed, whose clock it was."""

from __future__ import annotations

import pytest

from gitlog_track.model.events import NoteRecorded
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from tests.support.examples import OTHER_WRITER, line, stored

Told = tuple[str, int, dict[str, object]]
START: Told = ("task_started", 0, {})
FAILED: Told = ("task_failed", 10, {})
SECOND: dict[str, object] = {"attempt": 2}
DONE: Told = ("task_completed", 30, SECOND)


def at(minute: float) -> str:
    whole = int(minute)
    second = round((minute - whole) * 60)
    return f"2025-10-04T22:{whole:02d}:{second:02d}.000-05:00"


def play(*told: Told) -> TaskState:
    lines = [
        line(kind, n, at=at(minute), **fields)
        for n, (kind, minute, fields) in enumerate(told, 1)
    ]
    return replay("P1-009", lines)


def problems(state: TaskState) -> list[tuple[str, bool]]:
    return [(problem.code, problem.invalid) for problem in state.problems]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        pytest.param([START, FAILED, ("task_retried", 20, SECOND), DONE], "", id="sound"),
        pytest.param([START, FAILED, ("task_retried", 10, SECOND), DONE], "", id="at once"),
        pytest.param(
            [START, FAILED, ("task_retried", 9, SECOND), DONE],
            f"attempt 2 began at {at(9).replace('.000', '')}, before attempt 1 ended at "
            f"{at(10).replace('.000', '')}",
            id="too early"),
        pytest.param(
            [START, ("task_retried", 20, SECOND), DONE],
            "attempt 2 began but attempt 1 never ended", id="never ended"),
        pytest.param([START, FAILED, DONE], "", id="retry not recorded"),
    ],
)  # fmt: skip
def test_an_attempt_ends_before_the_next_begins(told: list[Told], said: str) -> None:
    state = play(*told)
    found = [p.text for p in state.problems if p.code == "overlapping_attempts"]
    assert found == ([said] if said else [])
    assert state.is_valid is (not said)


@pytest.mark.parametrize(
    ("told", "is_open"),
    [
        ([("task_paused", 5, {})], True),
        ([("task_paused", 5, {}), ("task_resumed", 6, {})], False),
        ([("task_paused", 5, {}), ("task_paused", 6, {})], True),
        ([("task_resumed", 4, {}), ("task_paused", 5, {})], True),
        (
            [
                *(("task_paused", 2, {}), ("task_resumed", 3, {})),
                *(("task_paused", 5, {}), ("task_resumed", 6, {})),
            ],
            False,
        ),
        ([], False),
    ],
)
def test_a_pause_that_was_never_resumed_lasts_to_the_end(
    told: list[Told], is_open: bool
) -> None:
    state = play(START, *told, FAILED)
    assert problems(state) == [("never_resumed", False)] * is_open
    shown = at(5).replace(".000", "")
    assert all(shown in problem.text for problem in state.problems)
    assert problems(play(START, *told)) == []


def test_a_pause_after_the_end_is_told_as_that_alone() -> None:
    state = play(START, FAILED, ("task_paused", 20, {}))
    assert problems(state) == [("after_end", True)]


def test_a_counter_may_begin_anew_with_a_retry_but_not_run_backwards() -> None:
    first: Told = ("task_started", 0, {"start_tokens": 500})
    end: Told = ("task_completed", 30, {**SECOND, "end_tokens": 400})
    anew: Told = ("task_retried", 20, {**SECOND, "start_tokens": 0})
    assert problems(play(first, FAILED, anew, end)) == []
    on: Told = ("task_retried", 20, SECOND)
    (problem,) = play(first, FAILED, on, end).problems
    assert problem.text == "end tokens 400 are below 500 at the start"


@pytest.mark.parametrize("imported", [(), (2,), (3,), (2, 3)])
def test_only_clocks_that_were_read_can_have_been_off(
    imported: tuple[int, ...],
) -> None:
    lines = [
        line(
            "note_recorded",
            seq,
            at=at(minute),
            text="x",
            provenance="backfilled" if seq in imported else "live",
        )
        for seq, minute in ((2, 20), (3, 10))
    ]
    found = problems(replay("P1-009", [line("task_started", 1, at=at(0)), *lines]))
    assert found == [("clock_skew", False)] * (not imported)


def test_the_first_clock_that_was_off_is_told_and_small_steps_are_not() -> None:
    minutes = (1, 2, 1.98, 5, 4, 3)
    lines = [
        line("note_recorded", seq, at=at(minute), text="x")
        for seq, minute in enumerate(minutes, 1)
    ]
    state = replay("P1-009", lines)
    (problem,) = state.problems
    before, after = state.events[3:5]
    assert problem.text == (
        f"event {after.id} follows {before.id} in order but is dated 0:01:00 earlier"
    )


def test_an_event_is_brought_by_the_first_correction_that_can_be_read() -> None:
    heap = stored("note_recorded", 1, task=None, text="heap")
    copy = {k: heap[k] for k in ("kind", "at", "text", "provenance", "source")}
    replacements = (
        {"text": "alone it carries nothing"},
        {**copy, "at": "never"},
        {**copy, "text": "carried"},
        {"text": "corrected"},
    )
    lines = [
        line(
            "event_corrected", seq, event=heap["id"], reason="r", replacement=changed
        )
        for seq, changed in enumerate(replacements, 1)
    ]  # fmt: skip
    for count, texts in enumerate(([], [], [], ["carried"], ["corrected"])):
        state = replay("P1-009", lines[:count])
        assert [(note.text, note.seq) for note in state.of(NoteRecorded)] == [
            (text, 3) for text in texts
        ]
        assert state.corrected == ({heap["id"]} if count == 4 else frozenset())


def test_a_newer_kind_of_event_changes_nothing_and_is_no_problem() -> None:
    fields = stored("note_recorded", 2, text="x", writer=OTHER_WRITER)
    newer = line("note_recorded", 2, text="x", writer=OTHER_WRITER).replace(
        b"note_recorded", b"tea_drunk"
    )
    state = replay("P1-009", [line("task_started", 1), newer])
    assert (len(state.events), len(state.stored)) == (1, 2)
    assert state.problems == ()
    assert state.stored[1].event.id == fields["id"]
