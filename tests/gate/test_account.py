"""What the log says of a task or phase, as claims are held against it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitlog_track.gate.account import Account, read_phase, read_task, read_tasks
from gitlog_track.git.process import Git
from gitlog_track.log.store import LogReader
from tests.support.gate import Project, at, tell

LOG = "refs/gitlog-track/log"


def reader(path: Path) -> LogReader:
    common = str(path / ".git")
    git = Git(common, os.environ)
    tip = git.run("rev-parse", LOG).decode().strip()
    return LogReader(git, common, tip)


def phase(path: Path, name: str) -> Account:
    log = reader(path)
    return read_phase(log, read_tasks(log), name)


def test_a_task_is_told_with_its_events_and_what_was_corrected(
    project: Project,
) -> None:
    path = project.work.path
    before = read_task(reader(path), "p1-009")
    assert (before.name, before.exists, before.has_ended) == ("P1-009", True, True)
    assert before.problems == ()
    assert before.corrected == frozenset()
    assert len(before.events) >= 2
    event = min(before.events)
    tell(
        path, at("23:00:00"), "correct", event, "--reason", "a typo", "--task", "P1-009"
    )
    after = read_task(reader(path), "P1-009")
    assert after.corrected == {event}
    assert after.events > before.events


def test_a_phase_is_what_its_tasks_and_its_own_events_say(project: Project) -> None:
    path = project.work.path
    found = phase(path, "p1")
    assert (found.exists, found.has_ended) == (True, True)
    assert found.measures["tasks_total"].number
    tell(path, at("23:00:00"), "phase", "start", "P7", "--estimate", "2h")
    own = phase(path, "p7")
    assert own.name == "P7"
    assert (own.exists, own.has_ended, own.problems) == (True, False, ())
    assert not phase(path, "P8").exists


def test_what_is_wrong_with_a_task_is_wrong_with_its_phase(project: Project) -> None:
    path = project.work.path
    sound = phase(path, "P1")
    assert sound.problems == ()
    tell(path, at("19:00:00"), "start", "P1-030")
    tell(path, at("18:00:00"), "complete", "--task", "P1-030")
    task = read_task(reader(path), "P1-030")
    if not task.problems:
        pytest.fail("a task that ends before it begins is sound?")
    found = phase(path, "P1")
    assert found.problems == tuple(f"task P1-030: {text}" for text in task.problems)
