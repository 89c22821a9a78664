"""The log as the gate asks it: each account once, pins, and histories that are cut off."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from gitlog_track.gate.account import Account
from gitlog_track.gate.ledger import Ledger
from gitlog_track.git.objects import MissingObjectError
from gitlog_track.git.process import Git
from tests.support.gate import Project

LOG = "refs/gitlog-track/log"


def ledger(path: Path, tip: str | None) -> Ledger:
    common = str(path / ".git")
    return Ledger(Git(common, os.environ), common, tip)


@pytest.fixture
def commits(project: Project) -> list[str]:
    """The log's commits, the newest first."""
    return project.work.git("rev-list", LOG).split()


def test_a_pin_is_a_commit_of_the_log_by_its_id(
    project: Project, commits: list[str]
) -> None:
    asked = ledger(project.work.path, commits[0])
    for commit in commits:
        assert asked.pinned(commit) == asked.pinned(commit[:7]) == commit
        assert asked.pinned(commit) == commit
    older = ledger(project.work.path, commits[1])
    assert older.pinned(commits[0]) is None


@pytest.mark.parametrize("length", [6, 41])
def test_what_is_no_id_is_no_pin(
    project: Project, commits: list[str], length: int
) -> None:
    pin = (commits[0] + "0")[:length]
    assert ledger(project.work.path, commits[0]).pinned(pin) is None
    assert ledger(project.work.path, commits[0]).pinned(commits[0].upper()) is None


def test_without_a_log_nothing_is_pinned(project: Project, commits: list[str]) -> None:
    assert ledger(project.work.path, None).pinned(commits[0]) is None


def test_in_a_log_that_is_cut_off_nobody_can_tell(
    project: Project, commits: list[str], tmp_path: Path
) -> None:
    short = tmp_path / "short"
    url = project.work.path.as_uri()
    subprocess.run(["git", "init", "-q", str(short)], check=True)
    fetch = ["git", "-C", str(short), "fetch", "-q", "--depth=1", url, f"{LOG}:{LOG}"]
    subprocess.run(fetch, check=True)
    asked = ledger(short, commits[0])
    assert asked.pinned(commits[0]) == commits[0]
    with pytest.raises(
        MissingObjectError, match=f"pinned commit {commits[1]} or not"
    ) as caught:
        asked.pinned(commits[1])
    assert caught.value.hint == "git fetch --unshallow"


def test_an_account_is_of_a_subject_at_a_commit_and_read_once(
    project: Project, commits: list[str]
) -> None:
    asked = ledger(project.work.path, commits[0])
    now = asked.account("task", "P1-009", None)
    assert now.has_ended
    assert asked.account("task", "p1-009", commits[0]) is now
    begun = asked.account("task", "P1-009", commits[1])
    assert begun.exists
    assert not begun.has_ended
    phase = asked.account("phase", "P1", None)
    assert asked.account("phase", "P1", commits[1]).measures != phase.measures
    assert not asked.account("phase", "P7", None).exists


def test_without_a_log_nothing_exists(project: Project) -> None:
    asked = ledger(project.work.path, None)
    nothing = asked.account("task", "P1-009", None)
    assert nothing == Account("P1-009", nothing.measures, False, False, ())
    assert not asked.account("phase", "P1", None).exists
