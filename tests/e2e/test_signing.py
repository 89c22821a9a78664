"""Folds are signed where the policy asks, and ``audit`` checks it."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import time
from pathlib import Path

import pytest

from gitlog_track.commands.main import run
from gitlog_track.log import signing
from gitlog_track.log.layout import LOG_REF
from tests.support.cli import inside
from tests.support.gate import GOOD, Project
from tests.support.hooks import executable
from tests.support.repos import Repo


@pytest.mark.skipif(not os.path.exists("/usr/bin/ssh-keygen"), reason="no ssh-keygen")
def test_folds_are_signed_and_audit_asks_for_it(repo: Repo, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(
        ["ssh-keygen", "-qt", "ed25519", "-N", "", "-f", str(key)], check=True
    )
    allowed = tmp_path / "allowed"
    allowed.write_text(f"committer@example.org {key.with_suffix('.pub').read_text()}")
    for name, value in {
        "gpg.format": "ssh",
        "user.signingKey": str(key),
        "gpg.ssh.allowedSignersFile": str(allowed),
        "log.showSignature": "true",
    }.items():
        repo.git("config", name, value)
    repo.track(fold="sync")
    repo.ours("start", "P1-001")
    first = repo.git("rev-parse", LOG_REF)
    text = '[log]\nfold = "sync"\nsign = true\n'
    config = repo.path / ".gitlog-track.toml"
    config.write_text(text)
    repo.ours("note", "signed")
    repo.commit("Work")
    repo.git("verify-commit", LOG_REF)
    done = repo.cli("audit")
    assert (done.returncode, done.stdout.count("has no good signature")) == (1, 1)
    config.write_text(f'{text}signed_since = "{first}"\n')
    assert repo.cli("audit").returncode == 0
    allowed.write_text("")  # a valid signature of nobody that is known
    assert repo.cli("audit").returncode == 1
    repo.git("config", "user.signingKey", str(tmp_path / "gone"))
    done = repo.cli("note", "cannot be signed")
    assert "cannot be signed" in done.stderr
    assert len(os.listdir(repo.journal)) == 1
    assert "unsigned" not in repo.git("for-each-ref")


def test_a_passphrase_that_nobody_types_is_not_waited_for(
    tracked: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids = tmp_path / "pids"
    hangs = executable(
        tmp_path / "gpg", f"#!/bin/sh\necho $$ >>{pids}\nexec sleep 60\n"
    )
    tracked.git("config", "gpg.program", str(hangs))
    config = tracked.path / ".gitlog-track.toml"
    config.write_text('[log]\nfold = "sync"\nsign = true\n')
    monkeypatch.setattr(signing, "PATIENCE_S", 0.5)
    said = io.StringIO()
    begin = time.monotonic()
    with inside(tracked.path), contextlib.redirect_stderr(said):
        run(["start", "P1-001"])
        assert run(["fold"]) == 4
    assert time.monotonic() - begin < 20
    assert "was not signed within 0.5 s: does something wait" in said.getvalue()
    assert "nothing is lost meanwhile" in said.getvalue()
    assert len(os.listdir(tracked.journal)) == 1
    assert "unsigned" not in tracked.git("for-each-ref")
    for pid in pids.read_text().split():
        gone = not os.path.exists(f"/proc/{pid}")
        assert gone or "Z" in Path(f"/proc/{pid}/stat").read_text()
    config.write_text('[log]\nfold = "sync"\n')
    tracked.ours("fold")
    assert len(tracked.events("task_started")) == 1


@pytest.mark.parametrize("signer", ["exit 1", "exec sleep 60"])
def test_a_key_that_fails_or_waits_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signer: str
) -> None:
    """The events wait; whoever reads or pushes gets the log as it is, and is told so."""
    project = Project.make(tmp_path)
    work = project.work
    project.push("origin", "main")
    tip = work.git("rev-parse", LOG_REF)
    gpg = executable(tmp_path / "gpg", f"#!/bin/sh\n{signer}\n")
    work.git("config", "gpg.program", str(gpg))
    (work.path / ".gitlog-track.toml").write_text("[log]\nsign = true\n")
    monkeypatch.setattr(signing, "PATIENCE_S", 0.5)
    begin = time.monotonic()
    out = io.StringIO()
    with inside(work.path), contextlib.redirect_stderr(io.StringIO()):
        run(["note", "waits", "--task", "P1-010"])
    for command in (
        *("report", "show P1-009", "verify HEAD~0..HEAD", "validate P1-009", "tasks"),
        *("claim P1-009", "fetch", "sync", "status"),
    ):
        said, out = io.StringIO(), io.StringIO()
        streams = (contextlib.redirect_stderr(said), contextlib.redirect_stdout(out))
        with inside(work.path), streams[0], streams[1]:
            assert run(command.split(" ")) in {0, 1}, (command, said.getvalue())
        text = said.getvalue() + out.getvalue()
        assert text.count("signed") == 1, (command, text)
    assert f"log at {tip[:12]}" in out.getvalue()
    assert "not folded: the log commit" in out.getvalue()
    assert "empty so far" not in out.getvalue()
    project.branch("topic", GOOD)
    done = project.push("origin", "topic")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the newest events are not in the log yet") == 1
    assert time.monotonic() - begin < 30
    assert len(os.listdir(work.journal)) == 1
