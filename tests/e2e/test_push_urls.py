"""Where the log goes is where the push goes, whatever names and URLs say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gitlog_track.log.layout import LOG_REF
from tests.support.gate import Project, tell
from tests.support.repos import Repo
from tests.support.shared_log import log_here, log_there


@pytest.fixture
def mirror(project: Project) -> Repo:
    """Another bare repository, which has the code and no log."""
    made = Repo.init(project.work.path.parent / "mirror.git", "--bare")
    project.work.git("push", "-q", "--no-verify", str(made.path), "main")
    return made


def log_of(repo: Repo) -> str:
    return repo.git("for-each-ref", "--format=%(objectname)", LOG_REF)


@pytest.fixture
def minutes() -> Iterator[str]:
    return (f"2025-10-04T22:{minute}:00-05:00" for minute in range(20, 60))


def pushes(project: Project, *args: str) -> str:
    done = project.push(*args)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_a_push_url_gets_the_log_and_gives_its_own(
    project: Project, mirror: Repo, minutes: Iterator[str]
) -> None:
    work = project.work
    pushes(project, "origin", "main")
    first = log_here(project)
    work.git("remote", "set-url", "--push", "origin", str(mirror.path))
    for task in ("P7-001", "P7-002"):
        assert "gitlog-track" not in pushes(project, "origin", "main")
        assert (log_of(mirror), log_there(project)) == (log_here(project), first)
        tell(work.path, next(minutes), "start", task)
    assert "1 log commit is not on origin yet" in work.ours("status")
    said = work.cli("sync").stderr
    assert said.startswith(f"origin ({mirror.path}): pushed; the log is at")
    assert log_of(mirror) == log_here(project)
    bob = Repo.init(work.path.parent / "bob")
    bob.git("remote", "add", "origin", str(mirror.path))
    bob.ours("init")
    bob.ours("fetch")
    tell(bob.path, next(minutes), "start", "P7-003")
    bob.ours("push")
    tell(work.path, next(minutes), "start", "P7-004")
    pushes(project, "origin", "main")
    assert log_of(mirror) == log_here(project)
    assert "P7-003" in {event["task"] for event in work.events("task_started")}


def test_each_of_several_push_urls_is_an_exchange_of_its_own(
    project: Project, mirror: Repo, minutes: Iterator[str]
) -> None:
    work, origin = project.work, project.origin
    for url in (origin.path, mirror.path):
        work.git("remote", "set-url", "--add", "--push", "origin", str(url))
    assert "gitlog-track" not in pushes(project, "origin", "main")
    assert log_of(origin) == log_of(mirror) == log_here(project)
    tell(work.path, next(minutes), "start", "P7-001")
    origin.git("update-ref", "-d", LOG_REF)
    said = pushes(project, "origin", "main")
    assert f"the log is gone from origin ({origin.path})" in said
    assert log_of(mirror) == log_here(project)
    done = work.cli("sync", "--accept-rewrite")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the log is at") == 2
    assert log_of(origin) == log_of(mirror) == log_here(project)
    assert work.cli("doctor", "--remote", "origin").stdout.count("keeps and gives") == 2


def test_a_password_in_a_url_is_not_shown(project: Project) -> None:
    url = "https://ann:secret@127.0.0.1:9/x.git"
    project.work.git("remote", "set-url", "--push", "origin", url)
    done = project.work.cli("sync")
    assert done.returncode == 4
    assert "secret" not in done.stderr
    assert "origin (https://127.0.0.1:9/x.git) cannot be reached" in done.stderr


def test_settings_of_the_push_alone_say_where_it_goes(
    project: Project, mirror: Repo
) -> None:
    setting = f"remote.origin.pushurl={mirror.path}"
    done = project.work.run("git", "-c", setting, "push", "-q", "origin", "main")
    assert (done.returncode, done.stderr) == (0, "")
    assert (log_of(mirror), log_there(project)) == (log_here(project), None)


def test_a_rule_for_pushes_is_followed(project: Project, mirror: Repo) -> None:
    work = project.work
    work.git("config", f"url.{mirror.path}.pushInsteadOf", "../origin.git")
    assert "gitlog-track" not in pushes(project, "origin", "main")
    assert (log_of(mirror), log_there(project)) == (log_here(project), None)
    assert f"origin ({mirror.path})" in work.cli("sync").stderr


# a remote's name that comes to stand for another server


@pytest.mark.parametrize("carry", ["a push", "sync", "the push command"])
def test_another_server_of_the_same_name_begins_anew(
    project: Project, mirror: Repo, carry: str
) -> None:
    work = project.work
    pushes(project, "origin", "main")
    first = log_here(project)
    work.git("remote", "set-url", "origin", str(mirror.path))
    assert "the log is not on origin yet" in work.ours("status")
    if carry == "a push":
        assert "gitlog-track" not in pushes(project, "origin", "main")
    else:
        work.ours("sync" if carry == "sync" else "push")
    assert log_of(mirror) == log_there(project) == first
    assert "origin" not in work.ours("status")
    assert work.ours("sync") == ""
    text = (work.common / "gitlog-track" / "remotes").read_text()
    assert text.endswith(" origin\n")
    assert str(mirror.path) not in text


# a URL in a remote's place


def test_the_url_of_a_listed_remote_carries_the_log(project: Project) -> None:
    pushes(project, "../origin.git", "main")
    assert log_there(project) == log_here(project)
    assert "origin" not in project.work.ours("status")


def test_the_url_of_an_unlisted_remote_does_not(project: Project, mirror: Repo) -> None:
    project.work.git("remote", "add", "mirror", str(mirror.path))
    pushes(project, str(mirror.path), "main")
    assert log_of(mirror) == ""


# mirrors


def test_a_mirror_remote_takes_the_log_by_its_name(
    project: Project, minutes: Iterator[str]
) -> None:
    work = project.work
    work.git("config", "remote.origin.mirror", "true")
    work.ours("push")
    assert log_there(project) == log_here(project)
    tell(work.path, next(minutes), "start", "P7-001")
    done = work.cli("push", "--atomic", "main")
    assert done.returncode == 0, done.stderr
    assert log_there(project) == log_here(project)
    done = work.cli("doctor")
    assert "origin is a mirror: a plain git push there publishes" in done.stdout


def test_a_push_of_tracking_refs_is_said_in_one_line(project: Project) -> None:
    pushes(project, "origin", "main")
    said = pushes(project, "--mirror", "origin")
    rows = [row for row in said.split("\n") if row.startswith("gitlog-track: ")]
    assert len(rows) == 1
    assert "publishes refs/gitlog-track-remote/origin/log" in rows[0]
    assert "refs/gitlog-track-remote/origin/log" in project.received()
