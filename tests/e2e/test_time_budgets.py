"""Whatever talks to a remote ends in time, names it, and leaves all as it was."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitlog_track.commands.gate_hooks import _with_late_log
from gitlog_track.commands.progress import waiting_for
from gitlog_track.git.transport import RemoteTooSlowError
from gitlog_track.log.layout import LOG_REF
from gitlog_track.services import incoming, late_log, sync, time_limit
from gitlog_track.services.fork import joined_log
from gitlog_track.services.push import parse_push, verify_push
from tests.support.cli import Cli, inside
from tests.support.gate import GOOD, Project
from tests.support.hooks import executable
from tests.support.remotes import TRACKING, Server, Site
from tests.support.repos import Repo


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_log, "ASKED_S", 1.0)
    for module in (late_log, time_limit):
        monkeypatch.setattr(module, "GRACE_S", 0.5)


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < 30


def hang(repo: Repo, tmp_path: Path) -> None:
    """Let whatever talks to origin wait for ever."""
    script = executable(tmp_path / "sleeper", "#!/bin/sh\nexec sleep 60\n")
    for key in ("uploadpack", "receivepack"):
        repo.git("config", f"remote.origin.{key}", str(script))


@pytest.fixture
def hung(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """A clone without a log, whose origin has one and does not answer any more."""
    project.branch("topic", GOOD)
    project.branch("quiet", "Go on")
    project.work.git("push", "-q", "--no-verify", "origin", "topic", "quiet", LOG_REF)
    path = tmp_path / "ci"
    project.work.git("clone", "-q", str(project.origin.path), str(path))
    hang(Repo(path), tmp_path)
    return Cli(path, capsys)


@pytest.mark.parametrize("name", ["fetch", "push", "sync"])
def test_a_remote_that_hangs_is_given_up_by_name(
    project: Project,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    hang(project.work, tmp_path)
    answer = Cli(project.work.path, capsys).try_run(name, "--timeout", "1")
    assert answer.code == 4
    assert "origin did not answer in time" in answer.err
    assert "--timeout SECONDS" in answer.err


def test_a_report_without_its_log_is_none(hung: Cli) -> None:
    answer = hung.try_run("report")
    assert (answer.code, answer.out) == (4, "")
    assert "the log was not fetched: origin did not answer in time" in answer.err
    assert "gitlog-track fetch" in answer.err


@pytest.mark.parametrize(("branch", "code"), [("topic", 4), ("quiet", 0)])
def test_a_claim_is_not_refused_for_a_log_that_was_not_seen(
    hung: Cli, branch: str, code: int
) -> None:
    answer = hung.try_run("verify", f"origin/main..origin/{branch}")
    assert answer.code == code
    assert "origin did not answer in time" in answer.err


@pytest.mark.parametrize("source", ["origin", "named by a URL"])
def test_a_forks_log_is_not_waited_for_for_ever(tmp_path: Path, source: str) -> None:
    site = Site.of(Server.make(tmp_path / "server.git"), tmp_path / "ann")
    hang(Repo(site.path), tmp_path)
    url = f"ext::{tmp_path / 'sleeper'}"
    site.run("config", "protocol.ext.allow", "always")
    with pytest.raises(RemoteTooSlowError, match="did not answer in time"):
        joined_log(site.workspace, "origin" if source == "origin" else url, 1.0)
    assert site.text("for-each-ref") == ""


def forever(*_: object, **__: object) -> tuple[str, ...]:
    while True:
        time.sleep(0.01)


def test_what_takes_for_ever_to_judge_is_left_too(
    hung: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = Repo(hung.path)
    repo.git("config", "--unset", "remote.origin.uploadpack")
    monkeypatch.setattr(sync, "judge_incoming", forever)
    monkeypatch.setattr("gitlog_track.commands.sync.GRACE_S", 0.5)
    answer = hung.try_run("fetch", "--timeout", "1")
    assert answer.code == 4
    assert "origin was given up: it took longer than 1.5 s" in answer.err
    assert LOG_REF not in repo.git("for-each-ref")
    assert TRACKING not in repo.git("for-each-ref")
    answer = hung.try_run("report")
    assert answer.code == 4
    assert "was not fetched from origin: it took longer than" in answer.err


def test_what_is_waited_for_is_said_on_a_terminal_after_a_while() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def said(stream: io.StringIO, wait_s: float) -> str:
        with waiting_for("ori\x1bgin", stream, patience_s=0.1):
            time.sleep(wait_s)
        return stream.getvalue()

    assert said(Terminal(), 0.5) == "waiting for ori\\x1bgin ...\n"
    assert said(Terminal(), 0.0) == ""
    assert said(io.StringIO(), 0.5) == ""


@pytest.mark.parametrize("seconds", ["0", "-1", "inf", "x"])
def test_a_time_that_is_none_is_refused(cli: Cli, seconds: str) -> None:
    assert cli.try_run("sync", "--timeout", seconds).code == 2


@pytest.mark.parametrize("is_asked_for", [False, True])
def test_what_was_not_judged_of_a_log_is_said(
    hung: Cli, monkeypatch: pytest.MonkeyPatch, is_asked_for: bool
) -> None:
    repo = Repo(hung.path)
    repo.git("config", "--unset", "remote.origin.uploadpack")
    url = repo.git("remote", "get-url", "origin")
    more = ("--log-from", url) if is_asked_for else ()
    monkeypatch.setattr(incoming, "STEPS_JUDGED", 0)
    answer = hung.try_run("verify", "origin/main..origin/topic", *more)
    assert answer.code == 0, answer.out
    assert "new log commits the lines were judged, not every step" in answer.err


def test_the_gate_says_it_too(hung: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(hung.path)
    repo.git("config", "--unset", "remote.origin.uploadpack")
    repo.ours("init")
    monkeypatch.setattr(incoming, "STEPS_JUDGED", 0)
    head, zero = repo.git("rev-parse", "origin/topic"), "0" * 40
    repo.git("update-ref", "-d", "refs/remotes/origin/topic")
    with inside(repo.path):
        workspace = hung.surroundings().workspace()
        lines = parse_push(f"x {head} refs/heads/x {zero}\n")
        hung.capsys.readouterr()
        verdict = _with_late_log(
            workspace, lambda: verify_push(workspace, "origin", lines)
        )
    assert verdict.answer == "pass"
    assert "the lines were judged, not every step" in hung.capsys.readouterr().err
