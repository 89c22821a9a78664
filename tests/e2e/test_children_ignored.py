"""Whoever starts us may ignore the ends of children: SIGCHLD stays so over an exec."""

from __future__ import annotations

import sys

from tests.support.repos import Repo

IGNORING = (
    "import os, signal, sys\n"
    "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
    "os.execvp(sys.argv[1], sys.argv[1:])"
)
PROGRAM = (sys.executable, "-m", "gitlog_track")


def test_commands_wait_for_git_where_children_are_ignored(
    tracked: Repo,
) -> None:
    def ignoring(*command: str) -> str:
        done = tracked.run(sys.executable, "-c", IGNORING, *command)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        assert "not folded" not in done.stderr
        return done.stdout

    ignoring(*PROGRAM, "start", "P1-001")
    ignoring(*PROGRAM, "run", "--", "git", "commit", "--allow-empty", "-qm", "work")
    ignoring(*PROGRAM, "fold")
    ignoring(*PROGRAM, "complete")
    (commit,) = tracked.events("commit_recorded")
    assert commit["commit"] == tracked.head()
    assert [event["exit_code"] for event in tracked.events("command_finished")] == [0]
    assert tracked.events("task_completed")


def test_a_command_fails_with_its_own_status_where_children_are_ignored(
    tracked: Repo,
) -> None:
    command = (*PROGRAM, "run", "--", "sh", "-c", "exit 7")
    assert tracked.run(sys.executable, "-c", IGNORING, *command).returncode == 7
