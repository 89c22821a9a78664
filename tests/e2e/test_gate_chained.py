"""The pre-push hook with another hook behind it, and with what it needs gone."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.gate_hooks import pre_push
from gitlog_track.services import push
from tests.support.gate import BAD, GOOD, ZERO, Project, is_refused, nothing_received
from tests.support.hooks import executable
from tests.support.repos import Repo

LOG = "refs/gitlog-track/log"


def chain(project: Project, code: int) -> Path:
    told = project.work.path.parent / "told"
    script = f'#!/bin/sh\necho "$@" >"{told}"\ncat >>"{told}"\nexit {code}\n'
    hooks = project.work.common / "hooks"
    executable(hooks / "pre-push.gitlog-track-chained", script)
    return told


def test_a_chained_hook_gets_every_line_and_all_arguments(project: Project) -> None:
    told = chain(project, 0)
    ids = [project.branch(name, GOOD) for name in ("b0", "b1")]
    assert project.push("origin", "b0", "b1").returncode == 0
    first, *rest = told.read_text().splitlines()
    assert first == "origin ../origin.git"
    assert sorted(rest) == [
        f"refs/heads/b{n} {oid} refs/heads/b{n} {ZERO}" for n, oid in enumerate(ids)
    ]


def test_a_chained_hook_refuses_what_the_gate_lets_through(project: Project) -> None:
    chain(project, 3)
    project.branch("topic", GOOD)
    assert project.push("origin", "topic").returncode != 0
    assert "refs/heads/topic" not in project.received()


def test_a_chained_hook_cannot_overrule_the_gate(project: Project) -> None:
    chain(project, 0)
    project.branch("topic", BAD)
    with nothing_received(project):
        assert is_refused(project.push("origin", "topic"), "GT004")


def test_a_hook_that_was_there_before_init_is_chained(
    tmp_path: Path, repo: Repo
) -> None:
    executable(repo.common / "hooks" / "pre-push", "#!/bin/sh\ncat >../told\nexit 5\n")
    repo.track(fold="sync")
    repo.commit("base")
    target = Repo.init(tmp_path / "target.git", "--bare")
    assert repo.run("git", "push", str(target.path), "main").returncode != 0
    assert "refs/heads/main" in (tmp_path / "told").read_text()


def spoil_interpreter(project: Project) -> None:
    hook = project.work.common / "hooks" / "pre-push"
    lines = hook.read_text().splitlines(keepends=True)
    kept = [
        "gt_python=/nowhere/python\n" if s.startswith("gt_python=") else s
        for s in lines
    ]
    hook.write_text("".join(kept))


def spoil_log(project: Project) -> None:
    (project.work.common / LOG).write_text("")


def spoil_log_objects(project: Project) -> None:
    tip = project.work.git("rev-parse", LOG)
    path = project.work.common / "objects" / tip[:2] / tip[2:]
    path.chmod(0o600)
    path.write_bytes(b"damaged")


def spoil_config(project: Project) -> None:
    project.configure("[gate]\nmode = \n")


def spoil_config_measure(project: Project) -> None:
    project.configure("[gate.tolerance]\nnosuch = 1\n")


SPOILED = [spoil_interpreter, spoil_log, spoil_log_objects, spoil_config, spoil_config_measure]  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda f: f.__name__)
def test_the_gate_fails_closed_with_a_sentence(
    project: Project, spoil: Callable[[Project], None]
) -> None:
    project.branch("topic", GOOD)
    spoil(project)
    with nothing_received(project):
        done = project.push("origin", "topic")
        assert is_refused(done)
        assert "gitlog-track: " in done.stderr or "GT011" in done.stderr
    assert project.push("--no-verify", "origin", "topic").returncode == 0


@pytest.mark.parametrize("error", [RuntimeError, MemoryError, KeyError, RecursionError])
@pytest.mark.parametrize(
    ("argument", "part"),
    [("--native", "verify_push"), ("", "verify_superset")],
)
def test_a_bug_of_ours_is_a_refusal_in_one_sentence(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: type[Exception],
    argument: str,
    part: str,
) -> None:
    def fail(*_: object) -> None:
        raise error("no more")

    (project.work.common / "hooks" / "pre-push").unlink()
    monkeypatch.setattr(push, part, fail)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    monkeypatch.chdir(project.work.path)
    assert pre_push([argument] if argument else [], Surroundings()) == 1
    told = capsys.readouterr().err
    assert told.startswith("gitlog-track: cannot verify this push: ")
    assert told.count("\n") == 1
