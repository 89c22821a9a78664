"""Whatever becomes of the log, the push of the code goes on, and soon."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from gitlog_track.commands import gate_hooks
from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.gate_hooks import pre_push
from gitlog_track.errors import GitlogTrackError
from gitlog_track.log.merge import Merger
from gitlog_track.services import on_push
from tests.support.cli import inside
from tests.support.gate import GOOD, Project, tell
from tests.support.hooks import executable
from tests.support.shared_log import colleague, log_here, log_there


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("read -r a b ref; case $ref in refs/heads/*) ;; *) exit 1 ;; esac", "does not take"),
        ("read -r a b ref; case $ref in refs/heads/*) ;; *) sleep 30 ;; esac", "in time"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_one_line_and_the_code_goes(
    project: Project, script: str, words: str
) -> None:
    executable(project.origin.path / "hooks" / "pre-receive", f"#!/bin/sh\n{script}\n")
    project.branch("topic", GOOD)
    begin = time.monotonic()
    done = project.push("origin", "topic")
    assert time.monotonic() - begin < 12  # 5 s, on a machine with much to do
    assert done.returncode == 0, done.stderr
    assert "refs/heads/topic" in project.received()
    said = [line for line in done.stderr.split("\n") if "gitlog-track" in line]
    assert len(said) == 1
    assert "the code goes without its log, the next push carries it" in said[0]
    assert words in said[0]
    (project.origin.path / "hooks" / "pre-receive").unlink()
    assert project.push("origin", "topic").returncode == 0
    assert log_there(project) == log_here(project)


HOLD = """
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_another_sync_at_work_is_not_waited_for(project: Project) -> None:
    lock = project.work.common / "gitlog-track" / "sync-lock"
    held = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert held.stdout is not None
    held.stdout.readline()
    done = project.push("origin", "main")
    held.communicate()
    assert done.returncode == 0
    assert "another process has been syncing" in done.stderr


def waits(*_: object) -> str:
    time.sleep(30)
    return ""


def tries_again(*_: object) -> str:
    """Stand for a retry: it takes whatever goes wrong for a reason to go on."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(Exception):
            time.sleep(0.5)
    return ""


@pytest.mark.parametrize("work", [waits, tries_again])
def test_a_merge_that_takes_too_long_is_stopped_and_nothing_is_lost(
    project: Project, monkeypatch: pytest.MonkeyPatch, work: Callable[..., str]
) -> None:
    monkeypatch.setattr(on_push, "BUDGET_S", -0.3)
    monkeypatch.setattr(on_push, "carry", work)
    said = io.StringIO()
    line = io.TextIOWrapper(io.BytesIO(b""))
    monkeypatch.setattr(sys, "stdin", line)
    begin = time.monotonic()
    with inside(project.work.path), contextlib.redirect_stderr(said):
        assert pre_push(["--native", "origin", "x"], Surroundings()) == 0
    assert time.monotonic() - begin < 10
    assert "the code goes without its log" in said.getvalue()
    assert "it took longer than 0.2 s" in said.getvalue()
    assert project.push("origin", "main").returncode == 0
    assert log_there(project) == log_here(project)


def test_the_time_is_over_also_inside_of_a_merges_retries(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.push("origin", "main").returncode == 0
    bob = colleague(project)
    tell(bob.path, "2025-10-04T22:40:00-05:00", "start", "P7-001")
    bob.ours("push")
    tell(project.work.path, "2025-10-04T22:41:00-05:00", "start", "P8-001")

    def never_there(*_: object) -> bool:
        try:
            time.sleep(30)
        except GitlogTrackError:
            return False
        return True

    said = io.StringIO()
    origin = str(project.origin.path)
    begin = time.monotonic()
    with monkeypatch.context() as patch:
        patch.setattr(gate_hooks, "GRACE_S", 2 - on_push.BUDGET_S)
        patch.setattr(Merger, "_landed", never_there)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
        with inside(project.work.path), contextlib.redirect_stderr(said):
            assert pre_push(["--native", "origin", origin], Surroundings()) == 0
    assert time.monotonic() - begin < 10
    assert "it took longer than 2 s" in said.getvalue()
    assert project.push("origin", "main").returncode == 0
    assert log_there(project) == log_here(project)
