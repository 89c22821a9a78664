"""A task's life, with the clock in our hands: what is allowed, what is refused and why."""

from __future__ import annotations

import subprocess
from decimal import Decimal

import pytest

from gitlog_track.errors import LogError, UsageProblem
from gitlog_track.log.layout import UNASSIGNED, Subject
from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.task import Measures, measure_task
from gitlog_track.measures.validation import validate_task
from gitlog_track.model.events import EventCorrected, NoteRecorded
from gitlog_track.model.task import TaskState
from gitlog_track.services.correct import assign, correct, unassigned_events
from gitlog_track.services.current import current_task
from gitlog_track.services.lifecycle import (
    end,
    pause,
    require_open,
    resume,
    start,
    switch,
)
from gitlog_track.services.record import find_event, record, task_state
from gitlog_track.services.status import read_status
from gitlog_track.services.workspace import Workspace
from tests.services.conftest import Desk

TASK = "P1-009"


def begin(desk: Desk, task: str = TASK, **fields: object) -> None:
    start(desk.workspace, task, fields, retry=False)


def complete(desk: Desk, task: str = TASK, **fields: object) -> None:
    end(desk.workspace, task, {"kind": "task_completed", **fields}, "complete")


def fail(desk: Desk, task: str = TASK) -> None:
    end(desk.workspace, task, {"kind": "task_failed"}, "fail")


def state(desk: Desk, task: str = TASK) -> TaskState:
    return task_state(desk.workspace, task)


def measures(desk: Desk) -> Measures:
    return measure_task(state(desk))


def note(desk: Desk, text: str, subject: Subject | None = None) -> None:
    fields = {"kind": "note_recorded", "text": text}
    record(desk.workspace, subject or Subject("task", TASK), fields, "note")


def test_the_founding_story_p1_009(desk: Desk) -> None:
    begin(desk, start_tokens=107_264)
    desk.at(720)
    complete(desk, end_tokens=110_500, iterations=1, bugs=0)
    found = measures(desk)
    assert found["duration"].number == 720
    assert found["duration"].evidence is Evidence.DERIVED
    assert found["token_count_used"].number == 3_236
    began = found["begin_timestamp"].instant
    assert began is not None
    assert began.isoformat() == "2025-10-04T22:00:00-05:00"
    required = desk.config.required
    assert validate_task(state(desk), required).is_valid


def test_starting_makes_a_task_current_and_ending_none(desk: Desk) -> None:
    begin(desk)
    assert current_task(desk.workspace) == TASK
    complete(desk)
    assert current_task(desk.workspace) is None


def test_ending_another_task_leaves_the_current_one(desk: Desk) -> None:
    begin(desk, "P1-001")
    begin(desk, "P1-002")
    complete(desk, "P1-001")
    assert current_task(desk.workspace) == "P1-002"
    assert switch(desk.workspace, "P1-001").previous == "P1-002"
    assert current_task(desk.workspace) == "P1-001"


def test_a_second_start_is_refused_with_what_to_do(desk: Desk) -> None:
    begin(desk)
    with pytest.raises(
        UsageProblem, match="was started at 2025-10-04T22:00:00"
    ) as caught:
        begin(desk)
    assert caught.value.hint == f"gitlog-track switch {TASK}"
    complete(desk)
    with pytest.raises(UsageProblem) as caught:
        begin(desk)
    assert caught.value.hint == f"gitlog-track start {TASK} --retry"


def test_a_retry_is_the_next_attempt_of_a_task_that_ended(desk: Desk) -> None:
    with pytest.raises(
        UsageProblem, match="never started, so there is nothing to retry"
    ):
        start(desk.workspace, TASK, {}, retry=True)
    begin(desk)
    with pytest.raises(UsageProblem, match="attempt 1 of task P1-009 has not ended"):
        start(desk.workspace, TASK, {}, retry=True)
    desk.at(60)
    fail(desk)
    desk.at(100)
    assert start(desk.workspace, TASK, {}, retry=True).attempt == 2
    desk.at(160)
    complete(desk)
    found = measures(desk)
    assert found["attempt_durations"].value == (Decimal(60), Decimal(60))
    assert found["iterations_count"].number == 2
    assert found["status"].value == "complete"


def test_a_retry_changes_nothing_that_was_set_at_the_start(desk: Desk) -> None:
    begin(desk)
    fail(desk)
    with pytest.raises(UsageProblem, match="cannot change projected_outcome"):
        start(desk.workspace, TASK, {"projected_outcome": "x"}, retry=True)


def test_pauses(desk: Desk) -> None:
    begin(desk)
    with pytest.raises(UsageProblem, match="is not paused"):
        resume(desk.workspace, TASK, "")
    desk.at(60)
    pause(desk.workspace, TASK, "lunch")
    with pytest.raises(UsageProblem, match="paused already"):
        pause(desk.workspace, TASK, "")
    desk.at(120)
    resume(desk.workspace, TASK, "")
    desk.at(180)
    complete(desk)
    assert measures(desk)["active_duration"].number == 120
    with pytest.raises(UsageProblem, match=r"it ended at .* *"):
        pause(desk.workspace, TASK, "")


def test_a_pause_ends_with_its_attempt(desk: Desk) -> None:
    begin(desk)
    pause(desk.workspace, TASK, "lunch")
    fail(desk)
    start(desk.workspace, TASK, {}, retry=True)
    with pytest.raises(UsageProblem, match="is not paused"):
        resume(desk.workspace, TASK, "")
    pause(desk.workspace, TASK, "again")


@pytest.mark.parametrize("command", ["complete", "pause", "note"])
def test_nothing_can_be_done_to_a_task_that_was_not_started(
    desk: Desk, command: str
) -> None:
    with pytest.raises(
        UsageProblem, match=f"cannot {command} task {TASK}: it was never"
    ):
        require_open(desk.workspace, TASK, command)
    assert state(desk).stored == ()


def test_counters_do_not_run_backwards(desk: Desk) -> None:
    begin(desk, start_tokens=500)
    with pytest.raises(UsageProblem, match="400 are below start tokens 500"):
        complete(desk, end_tokens=400)
    assert state(desk).ended is None
    complete(desk, end_tokens=500)
    assert measures(desk)["token_count_used"].number == 0


def test_a_clock_that_goes_backwards_is_told_and_gives_no_proof(desk: Desk) -> None:
    desk.at(600)
    begin(desk)
    desk.at(0)
    complete(desk)
    codes = {p.code for p in state(desk).problems}
    assert {"end_before_begin", "clock_skew"} <= codes
    assert not validate_task(state(desk), ()).is_valid


@pytest.mark.parametrize("name", ["", "a b", "../x", "-rf", "x" * 65])
def test_a_bad_name_is_refused_before_anything_is_recorded(
    desk: Desk, name: str
) -> None:
    with pytest.raises(UsageProblem, match="task name"):
        begin(desk, name)
    with pytest.raises(UsageProblem, match="phase name"):
        begin(desk, TASK, phase=name)
    assert desk.clone.waiting == []
    assert desk.clone.tip is None


def test_a_name_in_another_case_is_refused_with_the_first(desk: Desk) -> None:
    begin(desk)
    for act in (
        lambda: begin(desk, "p1-009"),
        lambda: switch(desk.workspace, "p1-009"),
    ):
        with pytest.raises(UsageProblem, match="p1-009 is known as P1-009"):
            act()


def test_where_tracking_has_not_begun_nothing_is_recorded(desk: Desk) -> None:
    (desk.clone.path / ".git" / "gitlog-track" / "settings").unlink()
    with pytest.raises(LogError, match="tracking has not begun") as caught:
        begin(desk)
    assert caught.value.hint == "gitlog-track init"


def test_each_worktree_has_its_own_current_task(desk: Desk) -> None:
    begin(desk)
    desk.clone.run("worktree", "add", "-q", "../side")
    side = desk.clone.path / ".git" / "worktrees" / "side" / "gitlog-track" / "current"
    assert current_task(desk.workspace) == TASK
    assert not side.exists()
    assert subprocess.run(["git", "status", "--porcelain"], cwd=desk.clone.path,
                          capture_output=True, check=True).stdout == b""  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"../x\n", b"\xff\n", b"a b\n"])
def test_a_damaged_current_task_is_none(desk: Desk, content: bytes) -> None:
    begin(desk)
    (desk.clone.path / ".git" / "gitlog-track" / "current").write_bytes(content)
    assert current_task(desk.workspace) is None


# status


def test_status_tells_the_elapsed_time_against_the_estimate(desk: Desk) -> None:
    begin(desk, estimated_duration_s=3_600)
    desk.at(90.5)
    found = read_status(desk.workspace)
    assert (found.task, found.status, found.estimated_s) == (TASK, "in_progress", 3_600)
    assert found.elapsed_s == Decimal("90.5")
    assert (found.waiting, found.unassigned, found.phase) == (0, 0, "P1")


def test_status_says_what_waits_and_why(desk: Desk) -> None:
    begin(desk)
    desk.clone.run("update-ref", "refs/gitlog-track/log", "HEAD")
    found = read_status(desk.workspace)
    assert found.waiting == 1
    assert "format.json" in found.waiting_because


def test_status_folds_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(desk)
    folds: list[int] = []
    fold = Workspace.fold

    def counted(workspace: Workspace) -> int:
        folds.append(fold(workspace))
        return folds[-1]

    monkeypatch.setattr(Workspace, "fold", counted)
    assert read_status(desk.workspace).waiting == 0
    assert folds == [1]


# corrections


def test_a_correction_changes_a_value_and_says_so(desk: Desk) -> None:
    begin(desk, start_tokens=5)
    desk.at(60)
    complete(desk, end_tokens=9)
    ended = state(desk).ended
    assert ended is not None
    correct(desk.workspace, TASK, ended.id[:10], "misread", {"end_tokens": "19"})
    found = measures(desk)["token_count_used"]
    assert (found.number, found.evidence) == (Decimal(14), Evidence.DECLARED)
    assert measures(desk)["end_tokens"].is_corrected


def test_a_retraction_takes_an_event_out(desk: Desk) -> None:
    begin(desk)
    note(desk, "wrong")
    (event,) = state(desk).of(NoteRecorded)
    assert correct(desk.workspace, TASK, event.id, "never happened", {}) == event.id
    assert list(state(desk).of(NoteRecorded)) == []
    assert state(desk).is_valid


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"writer": "x"}, "writer of an event cannot be corrected"),
        ({"texts": "x"}, "no field 'texts'"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2025-10-04T22:00:00"}, "at"),
        ({"text": "x" * 5_000}, "more than 4096"),
        ({"labels": "[1.5]"}, "no field 'labels'"),
        ({"causes": "[1.5]"}, "causes"),
        ({"causes": "[" * 5_000 + "]" * 5_000}, "causes|nested|deep"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    desk: Desk, changes: dict[str, str], said: str
) -> None:
    begin(desk)
    note(desk, "x")
    (event,) = state(desk).of(NoteRecorded)
    with pytest.raises(UsageProblem, match=said):
        correct(desk.workspace, TASK, event.id, "r", changes)
    assert len(state(desk).stored) == 2


@pytest.mark.parametrize("prefix", ["", "zzz", "f" * 32])
def test_an_id_that_names_no_event_is_refused(desk: Desk, prefix: str) -> None:
    begin(desk)
    note(desk, "x")
    with pytest.raises(UsageProblem, match="expected one"):
        find_event(state(desk), prefix)


def test_an_unassigned_event_is_bound_to_a_task_once(desk: Desk) -> None:
    begin(desk)
    desk.at(30)
    note(desk, "free", UNASSIGNED)
    heap = desk.workspace.log().unassigned()
    (event_id,) = unassigned_events(heap)
    assert assign(desk.workspace, [event_id[:8], event_id], TASK) == 1
    (brought,) = state(desk).of(NoteRecorded)
    assert (brought.id, brought.text, brought.task) == (event_id, "free", TASK)
    assert unassigned_events(desk.workspace.log().unassigned()) == []
    assert read_status(desk.workspace).unassigned == 0
    with pytest.raises(UsageProblem, match="is assigned already"):
        assign(desk.workspace, [event_id], TASK)
    assert state(desk).is_valid
    assert len(list(state(desk).of(EventCorrected))) == 1


# validation


def test_validation_names_each_missing_field(desk: Desk) -> None:
    begin(desk)
    found = validate_task(state(desk), desk.config.required)
    assert found.missing == (
        "END_TIMESTAMP",
        "START_TOKENS",
        "END_TOKENS",
        "ITERATIONS",
        "STATUS",
    )
    assert not found.is_valid


def test_a_declared_amount_stands_for_both_counters(desk: Desk) -> None:
    begin(desk)
    desk.at(60)
    complete(desk, tokens_used=5, iterations=1)
    assert validate_task(state(desk), desk.config.required).is_valid


def test_what_does_not_apply_is_not_missing(desk: Desk) -> None:
    begin(desk)
    fields = {"kind": "measurement_recorded", "measure": "doc_completeness",
              "not_applicable": True, "reason": "none"}  # fmt: skip
    record(desk.workspace, Subject("task", TASK), fields, "measure")
    assert validate_task(state(desk), ("DOC_COMPLETENESS",)).is_valid
    assert not validate_task(state(desk), ("TEST_COVERAGE_ACTUAL",)).is_valid


def test_a_task_without_a_log_is_not_valid(desk: Desk) -> None:
    found = validate_task(state(desk, "P9-999"), ("TASK", "STATUS"))
    assert found.missing == ("TASK", "STATUS")
    assert [p.code for p in found.problems] == ["no_log"]
