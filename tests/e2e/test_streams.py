"""Where stdout cannot be written: one sentence and exit 4, never a bug."""

from __future__ import annotations

import sys

import pytest

from tests.support.hooks import try_sh
from tests.support.repos import Repo

COMMANDS = [
    "report",
    "report --format json",
    "show",
    "status",
    "validate P1-001",
    "doctor",
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("stdout", "said"),
    [(">/dev/full", "No space left on device"), (">&-", "stdout is closed")],
)
def test_an_answer_that_cannot_be_written(
    tracked: Repo,
    command: str,
    stdout: str,
    said: str,
) -> None:
    tracked.ours("start", "P1-001")
    done = try_sh(tracked, f"{sys.executable} -m gitlog_track {command} {stdout}")
    assert done.returncode == 4
    assert done.stderr == f"gitlog-track: cannot write the answer: {said}\n"


def test_recording_needs_no_stdout(tracked: Repo) -> None:
    script = f"{sys.executable} -m gitlog_track start P1-001"
    assert try_sh(tracked, f"{script} >&- 2>&- <&-").returncode == 0
    assert [e["kind"] for e in tracked.events(task="P1-001")] == ["task_started"]
