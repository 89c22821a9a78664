"""An ordinary push takes the log along: after the gate, where it is asked to."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlog_track.log.layout import LOG_REF
from tests.support.gate import BAD, GOOD, Project, is_refused, tell
from tests.support.hooks import executable
from tests.support.remotes import TRACKING
from tests.support.repos import Repo
from tests.support.shared_log import colleague, log_here, log_there


def test_a_push_takes_the_log_along(project: Project) -> None:
    project.branch("topic", GOOD)
    done = project.push("origin", "topic")
    assert (done.returncode, "gitlog-track" in done.stderr) == (0, False)
    assert log_there(project) == log_here(project)
    assert project.work.git("rev-parse", TRACKING) == log_here(project)


def test_a_push_of_nothing_takes_the_log_along_too(project: Project) -> None:
    assert project.push("origin", "main").returncode == 0
    assert log_there(project) == log_here(project)


def test_what_the_gate_refuses_publishes_nothing(project: Project) -> None:
    project.branch("topic", BAD)
    assert is_refused(project.push("origin", "topic"), "GT004")
    assert log_there(project) is None


def test_a_server_that_asks_for_the_log_takes_an_ordinary_push(
    project: Project,
) -> None:
    project.serve()
    project.branch("topic", GOOD)
    done = project.push("origin", "topic")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("remote", ["deploy", "../fork.git"])
def test_other_remotes_get_no_log(project: Project, remote: str) -> None:
    fork = Repo.init(project.work.path.parent / "fork.git", "--bare")
    project.work.git("remote", "add", "deploy", "../fork.git")
    assert project.push(remote, "main").returncode == 0
    assert LOG_REF not in fork.git("for-each-ref")


def test_a_listed_remote_gets_it(project: Project) -> None:
    fork = Repo.init(project.work.path.parent / "fork.git", "--bare")
    project.work.git("remote", "add", "fork", "../fork.git")
    project.configure('[sync]\nremotes = ["fork"]\n')
    assert project.push("fork", "main").returncode == 0
    assert project.push("origin", "main").returncode == 0
    assert LOG_REF in fork.git("for-each-ref")
    assert log_there(project) is None


def test_it_can_be_switched_off(project: Project) -> None:
    project.configure("[sync]\non_push = false\n")
    assert project.push("origin", "main").returncode == 0
    assert log_there(project) is None


def test_init_without_sync_writes_it_down(repo: Repo) -> None:
    repo.ours("init", "--no-sync")
    text = (repo.path / ".gitlog-track.toml").read_text()
    assert "on_push = false" in text
    assert repo.cli("init", "--no-sync").stderr == "nothing to change\n"


def test_init_without_sync_holds_for_a_clone_of_a_configured_project(
    project: Project,
) -> None:
    before = (project.work.path / ".gitlog-track.toml").read_text()
    said = project.work.cli("init", "--no-sync").stderr
    assert "gitlog-track.syncOnPush = false: no push from this clone" in said
    assert (project.work.path / ".gitlog-track.toml").read_text() == before
    assert project.work.cli("init", "--no-sync").stderr == "nothing to change\n"
    assert project.push("origin", "main").returncode == 0
    assert log_there(project) is None
    project.work.git("config", "--unset", "gitlog-track.syncOnPush")
    project.branch("topic", GOOD)
    assert project.push("origin", "topic").returncode == 0
    assert log_there(project) == log_here(project)


def test_a_push_of_the_log_itself_is_left_alone(project: Project) -> None:
    done = project.push("origin", "main", LOG_REF)
    assert done.returncode == 0, done.stderr
    assert log_there(project) == log_here(project)


def test_the_users_own_hooks_run_once(project: Project, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    chained = project.work.common / "hooks" / "pre-push.gitlog-track-chained"
    executable(chained, f"#!/bin/sh\ncat >/dev/null\necho ran >>{ran}\n")
    assert project.push("origin", "main").returncode == 0
    assert ran.read_text() == "ran\n"
    assert log_there(project) == log_here(project)


def test_a_colleagues_news_are_merged_on_the_way(project: Project) -> None:
    assert project.push("origin", "main").returncode == 0
    bob = colleague(project)
    tell(bob.path, "2025-10-04T22:40:00-05:00", "start", "P7-001")
    bob.ours("push")
    tell(project.work.path, "2025-10-04T22:41:00-05:00", "start", "P8-001")
    done = project.push("origin", "main")
    assert (done.returncode, "gitlog-track" in done.stderr) == (0, False)
    assert {"P7-001", "P8-001"} <= {
        e["task"] for e in project.work.events("task_started")
    }
    assert log_there(project) == log_here(project)


def test_from_a_linked_worktree_it_goes_along_too(project: Project) -> None:
    project.work.git("worktree", "add", "-q", "-b", "side", "../side", "main")
    side = Repo(project.work.path.parent / "side")
    done = side.run("git", "push", "-q", "origin", "side")
    assert (done.returncode, done.stderr) == (0, "")
    assert log_there(project) == log_here(project)
