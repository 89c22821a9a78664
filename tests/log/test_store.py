"""Reading back: one task, all tasks, all phases, however the log came to be."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gitlog_track.git import objects
from gitlog_track.log.layout import LOG_REF, Subject
from gitlog_track.log.store import LogReader
from gitlog_track.model.events import NoteRecorded
from gitlog_track.model.task import TaskState
from tests.support.clones import Clone


def texts(state: TaskState) -> list[str]:
    return [note.text for note in state.of(NoteRecorded)]


def test_one_task_reads_its_own_events_only(clone: Clone) -> None:
    for task in ("P1-001", "P1-002", "P1-001"):
        clone.record(task=task, text=f"of {task}")
    clone.fold()
    assert texts(clone.log.state(Subject("task", "P1-001"))) == ["of P1-001"] * 2
    assert texts(clone.log.state(Subject("task", "P1-002"))) == ["of P1-002"]
    assert clone.log.state(Subject("task", "P1-003")).stored == ()


def test_all_tasks_come_in_the_order_of_names_with_all_their_segments(
    clone: Clone,
) -> None:
    for number in range(70):
        clone.record(task=f"P1-{number % 3}", text=str(number))
        if number % 20 == 0:
            clone.fold()
    for number in range(200):
        clone.record(task="P1-0", text=str(100 + number))
    clone.fold()
    states = list(clone.log.states("task"))
    assert [s.name for s in states] == ["P1-0", "P1-1", "P1-2"]
    assert sum(len(s.stored) for s in states) == 270
    for state in states:
        assert state == clone.log.state(Subject("task", state.name))
        assert texts(state) == sorted(texts(state), key=int)


def test_tasks_phases_and_unassigned_are_kept_apart(clone: Clone) -> None:
    clone.record(task="P1", text="task")
    clone.record(subject="phase", task="P1", text="phase")
    clone.record(subject="unassigned", task="", text="free")
    clone.fold()
    log = clone.log
    assert [texts(s) for s in log.states("task")] == [["task"]]
    assert [texts(s) for s in log.states("phase")] == [["phase"]]
    assert texts(log.unassigned()) == ["free"]
    assert texts(log.state(Subject("phase", "p1"))) == ["phase"]


def test_a_packed_log_reads_the_same(clone: Clone) -> None:
    for number in range(30):
        clone.record(task=f"T-{number}", text="x" * 500)
        if number % 7 == 0:
            clone.fold()
    clone.fold()
    before = list(clone.log.states("task"))
    clone.run("gc", "-q", "--prune=now")
    assert list(clone.log.states("task")) == before


def test_an_older_log_commit_reads_as_it_was(clone: Clone) -> None:
    clone.record(text="first")
    clone.fold()
    old = clone.tip
    clone.record(text="second")
    clone.fold()
    then = LogReader(clone.git, clone.home.common_dir, old)
    assert texts(then.state(Subject("task", "P1-009"))) == ["first"]


def test_a_fetched_log_reads_the_same(clone: Clone, tmp_path: Path) -> None:
    clone.record(text="x")
    clone.fold()
    other = Clone.make(tmp_path / "other")
    spec = f"{LOG_REF}:{LOG_REF}"
    subprocess.run(
        ["git", "fetch", "-q", str(clone.path), spec], cwd=other.path, check=True
    )
    assert list(other.log.states("task")) == list(clone.log.states("task"))


def test_more_segments_than_fit_one_request_are_read(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "REQUESTS_IN_PIPE", 3)
    for number in range(10):
        clone.record(task=f"T-{number}", text=str(number))
    clone.fold()
    assert sorted(t for s in clone.log.states("task") for t in texts(s)) == sorted(
        "0123456789"
    )
