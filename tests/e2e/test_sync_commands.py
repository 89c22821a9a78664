"""What people see of an exchange: ``sync``, ``fetch``, ``push``, ``status``."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlog_track.log.layout import LOG_REF
from tests.support.gate import GOOD, Project, tell
from tests.support.repos import Repo
from tests.support.shared_log import clone_of, log_here


def test_status_tells_what_is_not_pushed(project: Project) -> None:
    work = project.work
    assert "the log is not on origin yet" in work.ours("status")
    assert project.push("origin", "main").returncode == 0
    assert "origin" not in work.ours("status")
    tell(work.path, "2025-10-04T22:41:00-05:00", "start", "P8-001")
    assert "1 log commit is not on origin yet" in work.ours("status")


def test_the_commands_say_what_they_did(project: Project, tmp_path: Path) -> None:
    work = project.work
    here = log_here(project)[:12]
    assert work.cli("push").stderr == f"origin: pushed; the log is at {here}\n"
    assert (
        work.cli("sync").stderr == f"origin: nothing new there; the log is at {here}\n"
    )
    assert work.cli("-q", "sync").stderr == ""
    ci = clone_of(project, tmp_path / "ci")
    assert (
        ci.cli("fetch").stderr == f"origin: its log is here now; the log is at {here}\n"
    )
    assert ci.cli("sync", "nowhere").returncode == 4
    work.git("remote", "remove", "origin")
    done = work.cli("sync")
    assert (done.returncode, "no remote to sync with" in done.stderr) == (2, True)


def test_another_name_is_synced_alike(tmp_path: Path) -> None:
    origin = Repo.init(tmp_path / "origin.git", "--bare")
    work = Repo.init(tmp_path / "work")
    text = '[log]\nref = "refs/heads/gitlog-track"\nfold = "sync"\n'
    (work.path / ".gitlog-track.toml").write_text(text)
    work.git("remote", "add", "origin", str(origin.path))
    work.ours("init")
    work.ours("start", "P1-001")
    work.commit("Begin")
    work.git("push", "-q", "origin", "main")
    names = origin.git("for-each-ref", "--format=%(refname)").split("\n")
    assert names == ["refs/heads/gitlog-track", "refs/heads/main"]


def test_a_relative_url_counts_from_the_top(project: Project, tmp_path: Path) -> None:
    """A path that was typed counts from where the user is."""
    work = project.work
    below = work.path / "src" / "deep"
    below.mkdir(parents=True)
    assert work.git("remote", "get-url", "origin") == "../origin.git"
    for asked in (
        ["push"],
        ["sync", "../../../origin.git"],
        ["doctor", "--remote", "origin"],
    ):
        done = work.cli("-C", str(below), *asked)
        assert "cannot be reached" not in done.stderr + done.stdout
        assert done.returncode == 0, done.stderr
    project.branch("topic", GOOD)
    for name, place in (("topic", []), ("again", ["../../../origin.git"])):
        project.branch(name, GOOD)
        done = work.cli("-C", str(below), "push", *place, "--atomic", name)
        assert done.returncode == 0, done.stderr
    ci = clone_of(project, tmp_path / "ci")
    ci.git("remote", "set-url", "origin", "../origin.git")
    (ci.path / "src").mkdir()
    assert ci.cli("-C", str(ci.path / "src"), "report").returncode == 0
    assert ci.git("rev-parse", LOG_REF) == log_here(project)


@pytest.mark.parametrize(
    "asked",
    [
        ("sync",),
        ("push", "--atomic", "main"),
        ("doctor", "--remote"),
        ("verify", "HEAD~0..HEAD", "--log-from"),
    ],
)
@pytest.mark.parametrize("has_server", [True, False])
def test_a_password_that_was_typed_is_not_shown(
    project: Project, asked: tuple[str, ...], has_server: bool
) -> None:
    """Whether the remote answers, here from the place that a rule of git's names."""
    work = project.work
    url = "http://ann:secret@127.0.0.1:9/x.git"
    if has_server:
        work.git("config", f"url.{project.origin.path}.insteadOf", url)
    done = work.cli(*asked, url)
    said = done.stdout + done.stderr
    assert "secret" not in said, said
    assert "http://127.0.0.1:9/x.git" in said, said
