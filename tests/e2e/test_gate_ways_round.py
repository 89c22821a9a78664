"""Ways round the gate, and ways in which it stood in its own way, that a review found."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import pytest

from tests.support.cli import Cli
from tests.support.gate import BAD, GOOD, Project, is_refused
from tests.support.repos import Repo

LOG = "refs/gitlog-track/log"


@pytest.fixture
def served(project: Project) -> Project:
    """The bare repository judges; nothing on the client's side does."""
    project.serve()
    project.work.git("config", "core.hooksPath", "/dev/null")
    return project


def test_a_line_that_is_no_event_does_not_get_into_a_servers_log(
    served: Project,
) -> None:
    assert served.push("origin", LOG).returncode == 0
    work = served.work
    path = next(
        name
        for name in work.git("ls-tree", "-r", "--name-only", LOG).split("\n")
        if name.startswith("tasks/")
    )
    blob = work.git("cat-file", "-p", f"{LOG}:{path}") + '\n{"a":1}\n'
    stream = (
        f"commit {LOG}\ncommitter A <a@example.org> 1 +0000\ndata 1\nx\n"
        f"from {LOG}^0\nM 100644 inline {path}\ndata {len(blob.encode())}\n{blob}\n"
    )
    assert work.run("git", "fast-import", "--quiet", stdin=stream).returncode == 0
    done = served.push("origin", LOG)
    assert done.returncode != 0
    assert "a line cannot be read" in done.stderr


def test_a_servers_configuration_leaves_old_history_out(
    served: Project, tmp_path: Path
) -> None:
    empty = Project(served.work, Repo.init(tmp_path / "empty.git", "--bare"))
    empty.serve()
    served.work.git("remote", "add", "empty", "../empty.git")
    old = served.branch("topic", BAD)
    assert is_refused(served.push("empty", "topic", LOG), "GT004")
    empty.origin.git("config", "--add", "gitlog-track.baseline", old)
    done = served.push("empty", "topic", LOG)
    assert done.returncode == 0, done.stderr


def test_a_servers_own_mode_goes_before_the_trees(served: Project) -> None:
    served.push("origin", LOG)
    served.origin.git("config", "gitlog-track.mode", "off")
    served.branch("topic", BAD)
    assert served.push("origin", "topic").returncode == 0
    served.origin.git("config", "gitlog-track.mode", "sometimes")
    served.branch("other", BAD)
    assert is_refused(served.push("origin", "other"), "sometimes")


def test_a_policy_that_cannot_be_read_locks_no_server(served: Project) -> None:
    served.push("origin", LOG)
    served.commit_config("from_a_newer_version = 1\n")
    served.work.git("push", "-q", "../origin.git", "main", check=False)
    served.origin.git("fetch", "-q", str(served.work.path), "+main:main")
    served.branch("bad", BAD)
    served.branch("good", GOOD)
    assert is_refused(served.push("origin", "bad"), "GT004")
    assert served.push("origin", "good").returncode == 0


def test_a_server_keeps_a_log_under_another_name(served: Project) -> None:
    served.origin.git("config", "gitlog-track.ref", "refs/heads/metrics")
    served.work.git("update-ref", "refs/heads/metrics", LOG)
    served.branch("topic", GOOD)
    assert served.push("origin", "topic", "metrics").returncode == 0
    assert served.push("origin", ":refs/heads/metrics").returncode != 0


def test_what_another_remote_has_is_not_known_to_this_one(
    project: Project, tmp_path: Path
) -> None:
    for name in ("a", "a/b"):
        bare = Repo.init(tmp_path / f"{name.replace('/', '-')}.git", "--bare")
        project.work.git("remote", "add", name, str(bare.path))
    project.branch("topic", BAD)
    assert project.push("--no-verify", "a/b", "topic").returncode == 0
    assert is_refused(project.push("a", "topic"), "GT004")


def test_verify_says_so_where_nothing_tells_what_is_new(project: Project) -> None:
    project.branch("topic", BAD)
    project.work.git("checkout", "-q", "--detach", "topic")
    project.work.git("update-ref", "refs/remotes/pull/1/merge", "HEAD")
    done = project.work.cli("verify")
    assert done.returncode == 4
    assert "name a range" in done.stderr
    assert project.work.cli("verify", "origin/main..HEAD").returncode == 1


def test_five_hundred_tags_cost_no_process_each(project: Project) -> None:
    for number in range(500):
        path = project.work.common / "refs" / "tags" / f"t{number}"
        path.write_text(project.work.head() + "\n")
    project.push("origin", "main", LOG)
    begin = time.monotonic()
    done = project.push("origin", "--tags")
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - begin < 10


def test_require_log_lets_a_completed_task_be_claimed(cli: Cli, tracked: Repo) -> None:
    tracked.write(
        ".gitlog-track.toml", '[log]\nfold = "sync"\n[gate]\nrequire_log = "block"\n'
    )
    cli.run("start", "P1-009")
    tracked.commit("Work")
    cli.run("complete")
    tracked.write("more", "more")
    tracked.git("add", "-A")
    message = ("-m", "Finish", "-m", tracked.ours("claim"))
    done = tracked.run("git", "commit", "-q", *message)
    assert (done.returncode, done.stderr) == (0, "")
    tracked.write("more", "even more")
    stranger = tracked.run("git", "commit", "-qa", "-m", "Do\n\nTask: P9-999")
    assert stranger.returncode != 0
    assert "P9-999 has no log" in stranger.stderr


def test_a_commit_does_not_wait_for_somebody_elses_fold(tracked: Repo) -> None:
    tracked.ours("start", "P1-009")
    lock = os.open(tracked.common / "gitlog-track" / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    begin = time.monotonic()
    try:
        tracked.commit("Do it\n\nDuration: 12 minutes")
    finally:
        os.close(lock)
    assert time.monotonic() - begin < 8
