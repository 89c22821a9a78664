"""The pre-commit framework's pre-push stage, alone and beside our native hook."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitlog_track.log.layout import LOG_REF
from tests.support.gate import BAD, GOOD, Project, is_refused, nothing_received
from tests.support.hooks import executable
from tests.support.repos import Repo

CONFIG = """\
repos:
- repo: local
  hooks:
  - id: gitlog-track-pre-push
    name: gitlog-track pre-push
    entry: gitlog-track hook pre-push
    language: system
    stages: [pre-push]
    always_run: true
    pass_filenames: false
    verbose: true
"""


@pytest.fixture(autouse=True)
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put this checkout's command on PATH; what it says is counted in a file."""
    script = f'#!/bin/sh\nexec "{sys.executable}" -m gitlog_track "$@"\n'
    executable(tmp_path / "bin" / "gitlog-track", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")


def install_framework(project: Project, *args: str) -> None:
    (project.work.path / ".pre-commit-config.yaml").write_text(CONFIG)
    project.work.git("add", ".pre-commit-config.yaml")
    command = ("-m", "pre_commit", "install", "--hook-type", "pre-push", *args)
    done = project.work.run(sys.executable, *command)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def framed(project: Project) -> Project:
    """Under the framework only: our native hooks are gone, the log is there."""
    for hook in (project.work.common / "hooks").iterdir():
        hook.unlink()
    install_framework(project)
    return project


@pytest.mark.parametrize("order", [1, -1])
def test_a_bad_branch_behind_a_good_one_is_refused(framed: Project, order: int) -> None:
    framed.branch("good", GOOD)
    framed.branch("bad", BAD)
    with nothing_received(framed):
        done = framed.push("origin", *["good", "bad"][::order])
        assert is_refused(done, "GT004"), done.stdout


@pytest.mark.slow
def test_good_branches_are_pushed(framed: Project) -> None:
    framed.branch("good", GOOD)
    framed.branch("fine", GOOD)
    done = framed.push("origin", "good", "fine")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {"refs/heads/good", "refs/heads/fine"} <= set(framed.received())


def test_the_log_goes_along_under_the_framework_too(framed: Project) -> None:
    framed.branch("good", GOOD)
    assert framed.push("--dry-run", "origin", "good").returncode == 0
    assert LOG_REF not in framed.received()
    assert framed.push("origin", "good").returncode == 0
    assert LOG_REF in framed.received()


@pytest.mark.parametrize("refs", [(LOG_REF,), ("good", LOG_REF)])
def test_a_push_of_the_log_itself_says_nothing_false(
    framed: Project, refs: tuple[str, ...]
) -> None:
    framed.branch("good", GOOD)
    done = framed.push("origin", *refs)
    said = done.stdout + done.stderr
    assert (done.returncode, "without its log" in said) == (0, False), said
    assert framed.received()[LOG_REF] == framed.work.git("rev-parse", LOG_REF)


def test_an_atomic_push_says_nothing_false(framed: Project) -> None:
    framed.branch("good", GOOD)
    done = framed.work.cli("push", "--atomic", "good")
    said = done.stdout + done.stderr
    assert (done.returncode, "without its log" in said) == (0, False), said
    assert {"refs/heads/good", LOG_REF} <= set(framed.received())


@pytest.mark.parametrize(
    "refspecs",
    [(f"+{LOG_REF}~1:{LOG_REF}",), ("good", f":{LOG_REF}")],
)
def test_the_shared_log_is_not_lost_under_the_framework(
    framed: Project, refspecs: tuple[str, ...]
) -> None:
    framed.branch("good", GOOD)
    framed.work.git("push", "-q", "--no-verify", "origin", LOG_REF)
    with nothing_received(framed):
        done = framed.push("origin", *refspecs)
        assert is_refused(done, "push refused"), done.stdout + done.stderr


@pytest.mark.parametrize(("message", "passes"), [(BAD, False), (GOOD, True)])
def test_the_first_push_without_from_and_to_is_judged(
    framed: Project, tmp_path: Path, message: str, passes: bool
) -> None:
    empty = Repo.init(tmp_path / "empty.git", "--bare")
    framed.work.git("remote", "add", "empty", "../empty.git")
    framed.branch("first", message, "root")
    done = framed.push("empty", "first")
    assert (done.returncode == 0) is passes, done.stdout
    assert is_refused(done, "GT004") is not passes
    assert bool(empty.git("for-each-ref")) is passes


@pytest.mark.slow
def test_a_bad_tag_on_a_new_commit_is_refused(framed: Project) -> None:
    framed.tag("v1", BAD, framed.branch("topic", "Go on"))
    with nothing_received(framed):
        assert is_refused(framed.push("origin", "topic", "v1"), "GT004")


@pytest.mark.slow
def test_an_unpushed_local_branch_that_is_bad_is_named(framed: Project) -> None:
    bad = framed.branch("elsewhere", BAD)
    framed.branch("good", GOOD)
    done = framed.push("origin", "good")
    assert is_refused(done, bad[:12])
    assert "elsewhere" in done.stdout + done.stderr


def test_a_clone_in_which_init_never_ran_is_judged_too(framed: Project) -> None:
    other = framed.work.path.parent / "fresh"
    framed.work.git("clone", "-q", str(framed.origin.path), str(other))
    fresh = Project(Repo(other), framed.origin)
    install_framework(fresh)
    fresh.branch("bad", BAD)
    with nothing_received(framed):
        assert is_refused(fresh.push("origin", "bad"), "GT002")


def framework_first(project: Project) -> None:
    for hook in (project.work.common / "hooks").iterdir():
        hook.unlink()
    install_framework(project)
    project.work.ours("init")


def native_first(project: Project) -> None:
    install_framework(project)


def framework_twice(project: Project) -> None:
    install_framework(project)
    install_framework(project)
    project.work.ours("init")


@pytest.mark.slow
@pytest.mark.parametrize("order", [framework_first, native_first, framework_twice])
def test_beside_the_native_hook_a_push_is_judged_once_with_all_refs(
    project: Project, order: Callable[[Project], None]
) -> None:
    order(project)
    project.branch("good", GOOD)
    bad = project.branch("bad", BAD)
    with nothing_received(project):
        done = project.push("origin", "good", "bad")
        said = done.stdout + done.stderr
        assert is_refused(done, "GT004"), said
        assert said.count(f"GT004 refused: {bad[:12]}") == 1
    raw = project.commit(BAD)
    project.work.git("update-ref", "-d", "refs/heads/bad")
    with nothing_received(project):
        done = project.push("origin", f"{raw}:refs/heads/raw")
        assert is_refused(done, "GT004"), "only the native hook sees a raw id"
    assert project.push("origin", "good").returncode == 0


@pytest.mark.slow
def test_a_native_hook_that_git_cannot_run_is_no_reason_to_do_nothing(
    project: Project,
) -> None:
    install_framework(project)
    (project.work.common / "hooks" / "pre-push.legacy").chmod(0o644)
    project.branch("bad", BAD)
    with nothing_received(project):
        assert is_refused(project.push("origin", "bad"), "GT004")


@pytest.mark.slow
def test_forced_installation_leaves_the_frameworks_entry_to_judge(
    project: Project,
) -> None:
    install_framework(project, "-f")
    assert not (project.work.common / "hooks" / "pre-push.legacy").exists()
    project.branch("good", GOOD)
    project.branch("bad", BAD)
    with nothing_received(project):
        assert is_refused(project.push("origin", "good", "bad"), "GT004")


@pytest.mark.slow
def test_uninstalling_the_framework_leaves_the_native_hook(project: Project) -> None:
    install_framework(project)
    command = ("-m", "pre_commit", "uninstall", "--hook-type", "pre-push")
    assert project.work.run(sys.executable, *command).returncode == 0
    project.branch("bad", BAD)
    with nothing_received(project):
        assert is_refused(project.push("origin", "bad"), "GT004")
