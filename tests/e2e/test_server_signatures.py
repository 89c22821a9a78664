"""A server whose policy asks for signed folds looks at each new log commit."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.gate import Project, at, is_refused, nothing_received, tell

LOG = "refs/gitlog-track/log"
SIGNED = '[log]\nfold = "sync"\nsign = true\n'

pytestmark = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="no ssh-keygen to sign with"
)


@pytest.fixture
def served(project: Project, tmp_path: Path) -> Project:
    """A server that has the log so far, and knows one signer; nothing asks yet."""
    project.serve()
    work = project.work
    work.git("config", "core.hooksPath", "/dev/null")
    assert project.push("origin", LOG).returncode == 0
    key = tmp_path / "key"
    command = ["ssh-keygen", "-qt", "ed25519", "-N", "", "-f", str(key)]
    subprocess.run(command, check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"committer@example.org {key.with_suffix('.pub').read_text()}")
    work.git("config", "gpg.format", "ssh")
    work.git("config", "user.signingKey", str(key))
    project.origin.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    return project


def ask_for_signatures(project: Project, since: str = "") -> None:
    """Put the policy on the server's main branch."""
    text = f'{SIGNED}signed_since = "{since}"\n' if since else SIGNED
    project.commit_config(text)
    assert project.push("origin", "main").returncode == 0


def fold(project: Project, minute: int, *, signed: bool) -> str:
    project.configure(SIGNED if signed else '[log]\nfold = "sync"\n')
    tell(project.work.path, at(f"22:{minute}:00"), "note", "x", "--task", "P1-009")
    return project.work.git("rev-parse", LOG)


def test_signed_folds_are_taken_and_unsigned_ones_refused(served: Project) -> None:
    ask_for_signatures(served)
    fold(served, 20, signed=True)
    done = served.push("origin", LOG)
    assert done.returncode == 0, done.stderr
    bad = fold(served, 21, signed=False)
    fold(served, 22, signed=True)
    with nothing_received(served):
        done = served.push("origin", LOG)
        assert is_refused(done, f"log commit {bad[:12]} has no good signature"), (
            done.stderr
        )


def test_a_signer_that_the_server_does_not_know_is_none(
    served: Project, tmp_path: Path
) -> None:
    ask_for_signatures(served)
    fold(served, 20, signed=True)
    (tmp_path / "allowed").write_text("")
    with nothing_received(served):
        assert is_refused(served.push("origin", LOG), "has no good signature")


def test_nothing_is_asked_before_the_policy_is_there(served: Project) -> None:
    fold(served, 20, signed=False)
    served.commit_config(SIGNED)
    assert served.push("origin", "main", LOG).returncode == 0


def test_a_first_push_of_the_log_is_asked_since_signing_began(served: Project) -> None:
    since = served.work.git("rev-parse", LOG)
    served.origin.git("update-ref", "-d", LOG)
    ask_for_signatures(served)
    fold(served, 20, signed=True)
    with nothing_received(served):
        done = served.push("origin", LOG)
        assert is_refused(done, "has no good signature, nor have "), done.stderr
    ask_for_signatures(served, since)
    assert served.push("origin", LOG).returncode == 0


def test_a_merge_needs_no_signature(served: Project) -> None:
    ask_for_signatures(served)
    work = served.work
    base = work.git("rev-parse", LOG)
    theirs = fold(served, 20, signed=True)
    work.git("update-ref", LOG, base)
    fold(served, 21, signed=True)
    work.git("push", "-q", "--no-verify", "origin", f"{theirs}:{LOG}")
    served.configure(SIGNED)
    work.ours("fetch", "origin")
    assert len(work.git("rev-list", "--min-parents=2", LOG).split()) == 1
    done = served.push("origin", LOG)
    assert done.returncode == 0, done.stderr
