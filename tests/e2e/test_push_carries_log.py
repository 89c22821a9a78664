"""An ordinary push takes the log along: after the gate, and never in its way."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.gate_hooks import pre_push
from gitlog_track.commands.parent import asks_for_dry_run
from gitlog_track.log.layout import LOG_REF
from gitlog_track.services import on_push
from tests.support.cli import inside
from tests.support.gate import BAD, GOOD, Project, is_refused, tell
from tests.support.hooks import executable
from tests.support.remotes import TRACKING
from tests.support.repos import Repo


def log_there(project: Project) -> str | None:
    return project.received().get(LOG_REF)


def log_here(project: Project) -> str:
    return project.work.git("rev-parse", LOG_REF)


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
    (repo.path / ".gitlog-track.toml").write_text("")
    said = repo.cli("init", "--no-sync").stderr
    assert "was not changed: set on_push = false below [sync]" in said


@pytest.mark.parametrize("flag", ["--dry-run", "-n", "-nq", "--dry"])
@pytest.mark.skipif(sys.platform != "linux", reason="only /proc shows command lines")
def test_a_dry_run_pushes_no_log(project: Project, flag: str) -> None:
    assert project.push(flag, "origin", "main").returncode == 0
    assert log_there(project) is None


@pytest.mark.parametrize(
    ("args", "dry"),
    [
        ("origin main", False),
        ("--dry-run", True),
        ("-n", True),
        ("-fn origin", True),
        ("-on origin", False),
        ("-o n origin", False),
        ("--no-verify origin", False),
        ("--delete origin x", False),
        ("--dry-run --no-dry-run origin", False),
        ("origin -- -n", False),
    ],
)
def test_which_words_ask_for_a_dry_run(args: str, dry: bool) -> None:
    assert asks_for_dry_run(args.split()) == dry


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


def colleague(project: Project) -> Repo:
    path = project.work.path.parent / "bob"
    subprocess.run(
        ["git", "clone", "-q", str(project.origin.path), str(path)], check=True
    )
    bob = Repo(path)
    bob.ours("init")
    bob.ours("fetch")
    return bob


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("read -r a b ref; case $ref in refs/heads/*) ;; *) exit 1 ;; esac", "does not take"),
        ("read -r a b ref; case $ref in refs/heads/*) ;; *) sleep 30 ;; esac", "in time"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_one_line_and_the_code_goes(
    project: Project, script: str, words: str
) -> None:
    executable(project.origin.path / "hooks" / "pre-receive", f"#!/bin/sh\n{script}\n")
    project.branch("topic", GOOD)
    begin = time.monotonic()
    done = project.push("origin", "topic")
    assert time.monotonic() - begin < 12  # 5 s, on a machine with much to do
    assert done.returncode == 0, done.stderr
    assert "refs/heads/topic" in project.received()
    said = [line for line in done.stderr.split("\n") if "gitlog-track" in line]
    assert len(said) == 1
    assert "the code goes without its log, the next push carries it" in said[0]
    assert words in said[0]
    (project.origin.path / "hooks" / "pre-receive").unlink()
    assert project.push("origin", "topic").returncode == 0
    assert log_there(project) == log_here(project)


HOLD = """
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_another_sync_at_work_is_not_waited_for(project: Project) -> None:
    lock = project.work.common / "gitlog-track" / "sync-lock"
    held = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert held.stdout is not None
    held.stdout.readline()
    done = project.push("origin", "main")
    held.communicate()
    assert done.returncode == 0
    assert "another process has been syncing" in done.stderr


def test_a_merge_that_takes_too_long_is_stopped_and_nothing_is_lost(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_push, "BUDGET_S", -0.3)
    monkeypatch.setattr(on_push, "carry", lambda *_: time.sleep(30))
    said = io.StringIO()
    line = io.TextIOWrapper(io.BytesIO(b""))
    monkeypatch.setattr(sys, "stdin", line)
    with inside(project.work.path), contextlib.redirect_stderr(said):
        assert pre_push(["--native", "origin", "x"], Surroundings()) == 0
    assert "the code goes without its log: it took longer than 0.2 s" in said.getvalue()
    assert project.push("origin", "main").returncode == 0
    assert log_there(project) == log_here(project)


def test_from_a_linked_worktree_it_goes_along_too(project: Project) -> None:
    project.work.git("worktree", "add", "-q", "-b", "side", "../side", "main")
    side = Repo(project.work.path.parent / "side")
    done = side.run("git", "push", "-q", "origin", "side")
    assert (done.returncode, done.stderr) == (0, "")
    assert log_there(project) == log_here(project)


# want of a log


def test_a_claim_whose_log_a_colleague_has_is_judged_by_it(project: Project) -> None:
    assert project.push("origin", "main").returncode == 0
    bob = colleague(project)
    tell(bob.path, "2025-10-04T22:40:00-05:00", "start", "P7-001")
    tell(bob.path, "2025-10-04T22:52:00-05:00", "complete", "--tokens-used", "5")
    bob.ours("push")
    project.branch("topic", "Pick it\n\nTask: P7-001\nDuration: 12m\n")
    done = project.push("origin", "topic")
    assert done.returncode == 0, done.stderr
    project.branch("other", "Pick it\n\nTask: P7-001\nDuration: 13m\n")
    assert is_refused(project.push("origin", "other"), "GT004")


def test_verify_fetches_a_log_that_is_absent(project: Project, tmp_path: Path) -> None:
    project.branch("topic", GOOD)
    assert project.push("origin", "main", "topic").returncode == 0
    ci = clone_of(project, tmp_path / "ci")
    done = ci.cli("verify", "origin/main..origin/topic")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert ci.git("rev-parse", LOG_REF) == log_here(project)


def clone_of(project: Project, path: Path) -> Repo:
    subprocess.run(
        ["git", "clone", "-q", str(project.origin.path), str(path)], check=True
    )
    return Repo(path)


def test_verify_and_report_say_that_no_log_was_fetched(
    project: Project, tmp_path: Path
) -> None:
    project.branch("topic", GOOD)
    assert project.push("--no-verify", "origin", "topic").returncode == 0
    ci = clone_of(project, tmp_path / "ci")
    done = ci.cli("verify", "origin/main..origin/topic")
    assert (done.returncode, done.stderr) == (1, "gitlog-track: origin has no log\n")
    assert "GT007" in done.stdout
    ci.git("remote", "set-url", "origin", "/no/such.git")
    done = ci.cli("report")
    assert "the log was not fetched: origin cannot be reached" in done.stderr
    assert "No log here yet" in done.stdout


def test_a_forks_log_is_joined_for_one_run(project: Project, tmp_path: Path) -> None:
    assert project.push("origin", "main").returncode == 0
    fork = colleague(project)
    tell(fork.path, "2025-10-04T22:40:00-05:00", "start", "P7-001")
    tell(fork.path, "2025-10-04T22:52:00-05:00", "complete", "--tokens-used", "5")
    message = "Pick it\n\nTask: P7-001\nDuration: 12m\n"
    fork.git("commit", "-q", "--allow-empty", "-m", message)
    ci = clone_of(project, tmp_path / "ci")
    ci.git("fetch", "-q", str(fork.path), "main:pr")
    assert ci.cli("verify", "main..pr").returncode == 1
    before = ci.git("rev-parse", LOG_REF)
    done = ci.cli("verify", "main..pr", "--log-from", str(fork.path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert ci.git("rev-parse", LOG_REF) == before
    ci.git("fetch", "-q", str(fork.path), f"{LOG_REF}:refs/fork/log")
    assert ci.cli("verify", "main..pr", "--log-from", "refs/fork/log").returncode == 0
    done = ci.cli("verify", "main..pr", "--log-from", "/no/such.git")
    assert (done.returncode, "cannot be reached" in done.stderr) == (4, True)
    done = ci.cli("verify", "main..pr", "--log-from", "refs/no/log")
    assert (done.returncode, "there is no ref refs/no/log" in done.stderr) == (2, True)
    assert "run-" not in ci.git("for-each-ref")


def test_a_remotes_log_is_joined_and_its_rewrite_still_told(
    project: Project, tmp_path: Path
) -> None:
    assert project.push("origin", "main").returncode == 0
    ci = clone_of(project, tmp_path / "ci")
    assert ci.cli("sync").returncode == 0
    refs = ci.git("for-each-ref")
    tree = project.origin.git("rev-parse", f"{LOG_REF}^{{tree}}")
    made = project.origin.git("commit-tree", tree, "-m", "rewritten")
    project.origin.git("update-ref", LOG_REF, made)
    assert ci.git("rev-parse", "refs/remotes/origin/HEAD")
    done = ci.cli("verify", "HEAD", "--log-from", "origin")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ci.git("for-each-ref") == refs
    done = ci.cli("sync")
    assert (done.returncode, "was rewritten" in done.stderr) == (4, True)


# both or neither


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


# what people see


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


def test_doctor_probes_a_remote_and_leaves_nothing(project: Project) -> None:
    assert project.push("origin", "main").returncode == 0
    before = project.received()
    done = project.work.cli("doctor", "--remote", "origin")
    assert done.returncode == 0, done.stdout
    assert "origin takes, keeps and gives back refs like" in done.stdout
    assert "origin has the log as it is here" in done.stdout
    assert project.received() == before


def test_doctor_offers_a_name_that_the_host_takes(project: Project) -> None:
    only = "while read -r a b ref; do case $ref in refs/heads/*) ;; *) exit 1 ;; esac; done"
    executable(project.origin.path / "hooks" / "pre-receive", f"#!/bin/sh\n{only}\n")
    done = project.work.cli("doctor", "--remote", "origin")
    assert done.returncode == 1
    assert "origin refuses refs/gitlog-track/log" in done.stdout
    assert "origin refuses refs/notes/gitlog-track" in done.stdout
    assert 'set log.ref = "refs/heads/gitlog-track"' in done.stdout
    assert set(project.received()) == {"refs/heads/main"}


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
