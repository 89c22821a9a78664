"""A log that is wanted here is fetched before a claim is refused for want of it."""

from __future__ import annotations

from pathlib import Path

from gitlog_track.log.layout import LOG_REF
from tests.support.gate import GOOD, Project, is_refused, tell
from tests.support.hooks import executable
from tests.support.shared_log import clone_of, colleague, log_here, log_there


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


def of_a_colleague(project: Project) -> None:
    """Claim what only the remote's log backs."""
    assert project.push("origin", "main").returncode == 0
    bob = colleague(project)
    tell(bob.path, "2025-10-04T22:40:00-05:00", "start", "P7-001")
    tell(bob.path, "2025-10-04T22:52:00-05:00", "complete", "--tokens-used", "5")
    bob.ours("push")
    project.branch("topic", "Pick it\n\nTask: P7-001\nDuration: 12m\n")


def test_a_push_that_carries_no_log_fetches_none_either(project: Project) -> None:
    of_a_colleague(project)
    project.configure("[sync]\non_push = false\n")
    assert is_refused(project.push("origin", "topic"), "GT002")
    paths = project.work.git("ls-tree", "-r", "--name-only", LOG_REF)
    assert "P7-001" not in paths


def test_the_late_fetch_has_the_settings_of_the_push(
    project: Project, tmp_path: Path
) -> None:
    of_a_colleague(project)
    project.work.git("remote", "set-url", "origin", "ssh://127.0.0.1/x.git")
    script = (
        f'#!/bin/sh\nfor last; do :; done\neval "${{last%% *}} {project.origin.path}"\n'
    )
    ssh = executable(tmp_path / "wrapper", script)
    settings = ("-c", f"core.sshCommand={ssh}", "-c", "ssh.variant=simple")
    done = project.work.run("git", *settings, "push", "origin", "topic")
    assert (done.returncode, "gitlog-track" in done.stderr) == (0, False), done.stderr
    assert log_there(project) == log_here(project)


def test_verify_fetches_a_log_that_is_absent(project: Project, tmp_path: Path) -> None:
    project.branch("topic", GOOD)
    assert project.push("origin", "main", "topic").returncode == 0
    ci = clone_of(project, tmp_path / "ci")
    done = ci.cli("verify", "origin/main..origin/topic")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert ci.git("rev-parse", LOG_REF) == log_here(project)


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
