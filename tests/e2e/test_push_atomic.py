"""``push --atomic``: branch and log, or neither."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from gitlog_track.commands.main import run
from gitlog_track.git.transport import Pushed, Transport
from tests.support.cli import inside
from tests.support.gate import BAD, GOOD, Project, tell
from tests.support.hooks import executable
from tests.support.shared_log import clone_of, colleague, log_here, log_there


def test_branch_and_log_go_together_or_not_at_all(project: Project) -> None:
    project.branch("topic", GOOD)
    done = project.work.cli("push", "--atomic", "topic")
    assert done.returncode == 0, done.stderr
    assert log_there(project) == log_here(project)
    assert "refs/heads/topic" in project.received()
    tell(project.work.path, "2025-10-04T22:41:00-05:00", "start", "P8-001")
    before = project.received()
    project.branch("topic", "Another history")
    done = project.work.cli("push", "--atomic", "topic")
    assert (done.returncode, project.received()) == (4, before)
    assert "nothing was pushed to origin: refs/heads/topic" in done.stderr
    project.branch("bad", BAD)
    done = project.work.cli("push", "--atomic", "bad")
    assert (done.returncode, project.received()) == (4, before)
    assert "GT004" in done.stderr


def test_together_also_where_a_colleague_was_faster(project: Project) -> None:
    assert project.push("origin", "main").returncode == 0
    bob = colleague(project)
    tell(bob.path, "2025-10-04T22:40:00-05:00", "start", "P7-001")
    bob.ours("push")
    project.branch("topic", GOOD)
    done = project.work.cli("push", "--atomic", "topic")
    assert done.returncode == 0, done.stderr
    assert "refs/heads/topic" in project.received()
    assert log_there(project) == log_here(project)


def test_a_clone_that_never_fetched_the_log(project: Project, tmp_path: Path) -> None:
    """The claim is backed by the log that came just before."""
    assert project.push("origin", "main").returncode == 0
    bob = clone_of(project, tmp_path / "bob")
    bob.ours("init")
    bob.git("commit", "-q", "--no-verify", "--allow-empty", "-m", GOOD)
    bob.git("branch", "topic")
    done = bob.cli("push", "--atomic", "topic")
    assert done.returncode == 0, done.stderr
    assert "refs/heads/topic" in project.received()


def test_nothing_untrue_is_said_where_a_race_is_lost(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert project.push("origin", "main").returncode == 0
    bob = colleague(project)
    real = Transport.push_atomically
    tries: list[object] = []

    def push(self: Transport, *args: Any, **kwargs: Any) -> list[Pushed]:
        if not tries:
            tell(bob.path, "2025-10-04T22:40:00-05:00", "start", "P7-001")
            bob.ours("push")
        tries.append(args)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Transport, "push_atomically", push)
    tell(project.work.path, "2025-10-04T22:41:00-05:00", "start", "P8-001")
    project.branch("topic", GOOD)
    with inside(project.work.path):
        assert run(["push", "--atomic", "topic"]) == 0
    said = capfd.readouterr().err
    assert len(tries) == 2
    assert "goes without its log" not in said, said
    assert "was not fetched" not in said, said
    assert log_there(project) == log_here(project)


def test_a_transport_that_hangs_is_ended_whole(
    project: Project, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    text = f"#!/bin/sh\necho $$ >>{pids}\nsleep 60\n"
    hangs = executable(tmp_path / "receive-pack", text)
    project.work.git("config", "remote.origin.receivepack", str(hangs))
    project.branch("topic", GOOD)
    done = project.work.cli("push", "--atomic", "topic", "--timeout", "2")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    time.sleep(0.1)
    for pid in pids.read_text().split():
        gone = not os.path.exists(f"/proc/{pid}")
        assert gone or "Z" in Path(f"/proc/{pid}/stat").read_text()
