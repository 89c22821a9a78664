"""Where stdout cannot be written: one sentence and exit 4, never a bug."""

from __future__ import annotations

import re
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


def test_a_warning_that_cannot_be_written_stops_nothing(tracked: Repo) -> None:
    """As where stderr is a file on a disk that is full."""
    script = f"{sys.executable} -m gitlog_track start P1-001"
    assert try_sh(tracked, f"{script} 2>/dev/full").returncode == 0
    assert try_sh(tracked, f"{script} 2>/dev/full").returncode == 2
    assert [e["kind"] for e in tracked.events(task="P1-001")] == ["task_started"]


@pytest.mark.parametrize(
    "locale",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
)
@pytest.mark.parametrize(
    "command",
    ["report", "report --format csv", "show P1-001", "docs template task P1-001"],
)
def test_what_stdout_cannot_say_is_escaped(
    tracked: Repo, command: str, locale: dict[str, str]
) -> None:
    tracked.ours("start", "P1-001", "--projected-outcome", "die Straße ändern")
    tracked.ours("lesson", "Maß")
    tracked.ours("complete", "--success", "pass")
    done = tracked.cli(*command.split(), env=locale)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"Stra(ß|\\xdf)e|Ma(ß|\\xdf)", done.stdout)
