"""``validate``: what CI asks of logs; each gap named, exit code 0, 1 or 4."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from gitlog_track.commands.progress import counted
from gitlog_track.errors import LogError
from tests.support.cli import Cli
from tests.support.examples import line
from tests.support.founding_phase import tell_p1_009
from tests.support.gate import tell
from tests.support.planted import plant
from tests.support.repos import Repo

LATER = "2025-10-05T12:00:00-05:00"
OPEN, THIN, PHASE = "P1-010", "P1-011", "P1"


def at(clock: str) -> str:
    return f"2025-10-04T{clock}-05:00"


@pytest.fixture
def told(cli: Cli) -> Cli:
    """P1-009 is complete, P1-010 open, P1-011 ended without figures; P1 was started."""
    tell(cli.path, at("20:00:00"), "phase", "start", PHASE)
    tell_p1_009(cli.path)
    tell(cli.path, at("22:20:00"), "start", THIN)
    tell(cli.path, at("22:21:00"), "complete")
    tell(cli.path, at("22:30:00"), "start", OPEN)
    cli.now = LATER
    return cli


def body(cli: Cli, *args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cli.try_run("validate", *args).out)
    return found


def test_one_log_is_held_against_what_is_required(told: Cli) -> None:
    assert told.try_run("validate", "P1-009").out == "P1-009: valid\n"
    answer = told.try_run("validate", "P1-009", THIN, THIN)
    assert answer.code == 1
    assert answer.out == (
        "P1-009: valid\nP1-011: NOT valid\n"
        "  missing: START_TOKENS\n  missing: END_TOKENS\n  missing: ITERATIONS\n"
    )
    assert answer.err == "2 checked, 1 not valid\n"


def test_an_open_task_that_is_asked_for_is_not_complete(told: Cli) -> None:
    answer = told.try_run("validate", OPEN)
    assert answer.code == 1
    assert "missing: END_TIMESTAMP" in answer.out


def test_all_takes_open_tasks_and_phases_as_they_are(told: Cli) -> None:
    answer = told.try_run("validate", "--all")
    assert answer.code == 1
    assert [row for row in answer.out.split("\n") if row and row[0] != " "] == [
        "P1-009: valid",
        "P1-010: valid so far (in_progress)",
        "P1-011: NOT valid",
        "phase P1: valid",
    ]
    done = ("complete", "--task", THIN, "--tokens-used", "5", "--iterations", "1")
    tell(told.path, at("22:40:00"), "start", THIN, "--retry")
    tell(told.path, at("22:41:00"), *done)
    assert told.try_run("validate", THIN).code == 1  # the first attempt did not say
    ended = json.loads(told.run("show", THIN, "--format", "json"))["events"][1]["id"]
    told.run("correct", ended, "--reason", "counted", "--set", "tokens_used=0")
    assert told.try_run("validate", "--all").code == 0


def test_quiet_shows_failures_only(told: Cli) -> None:
    answer = told.try_run("-q", "validate", "--all")
    assert (answer.code, answer.out.split("\n")[0]) == (1, "P1-011: NOT valid")
    assert "P1-009" not in answer.out
    assert answer.err == ""
    assert told.try_run("-q", "validate", "P1-009").out == ""


def test_json_tells_the_same(told: Cli) -> None:
    whole = body(told, "--all", "--format", "json")
    assert whole["schema"] == 1
    assert len(whole["log"]) == 40
    assert whole["valid"] is False
    sound = {"valid": True, "missing": [], "problems": []}
    missing = ["START_TOKENS", "END_TOKENS", "ITERATIONS"]
    assert whole["tasks"] == [
        {"task": "P1-009", "status": "complete", **sound},
        {"task": OPEN, "status": "in_progress", **sound},
        {
            "task": THIN,
            "status": "complete",
            **sound,
            "valid": False,
            "missing": missing,
        },
    ]
    assert whole["phases"] == [{"phase": PHASE, **sound}]
    shown = json.loads(told.run("show", THIN, "--format", "json"))
    assert shown["validation"] == {**sound, "valid": False, "missing": missing}


def test_the_founding_task_imported_afterwards_warns_and_is_valid(cli: Cli) -> None:
    notes = {"provenance": "backfilled", "source": "import:P1-009_execution_log.txt"}
    lines = [
        line("task_started", 1, at=at("22:00:00"), start_tokens=107_264, **notes),
        line("note_recorded", 2, at=at("22:01:15"), text="Created it", **notes),
        line("task_completed", 3, at=at("22:12:00"), end_tokens=110_500, iterations=1,
             bugs=0, **notes),
    ]  # fmt: skip
    plant(cli.path, {"P1-009": lines})
    answer = cli.try_run("validate", "P1-009", at=LATER)
    assert answer.code == 0
    assert answer.out.startswith("P1-009: valid\n  warning: task_started ")
    (row,) = body(cli, "P1-009", "--format", "json")["tasks"]
    assert [(p["code"], p["invalid"]) for p in row["problems"]] == [
        ("rounded_instant", False)
    ]


def test_the_future_is_told_by_the_clock_of_the_command(told: Cli) -> None:
    told.now = at("22:05:00")
    answer = told.try_run("validate", "P1-009")
    assert answer.code == 0
    assert "lies in the future" in answer.out.replace("\n", " ")


def test_problems_of_open_tasks_and_of_phases_count(cli: Cli) -> None:
    early = line("bug_found", 2, at=at("21:00:00"), text="x")
    begin = line("task_started", 1, at=at("22:00:00"))
    plant(cli.path, {"P1-009": [begin, early]})
    assert cli.try_run("validate", "--all", at=LATER).code == 1
    plant(cli.path, {"P1-009": [begin]}, {"P1": [b"cut"]})
    answer = cli.try_run("validate", "--all", at=LATER)
    assert answer.code == 1
    assert "phase P1: NOT valid\n  problem: a line cannot be read" in answer.out


@pytest.mark.parametrize("args", [("--all",), ("P1-009",), ("-q", "--all")])
def test_without_a_log_nothing_can_be_said(cli: Cli, args: tuple[str, ...]) -> None:
    quiet, rest = args[:-1], args[-1]
    answer = cli.try_run(*quiet, "validate", rest)
    assert (answer.code, answer.out) == (4, "")
    assert "there is no log: not fetched, or nothing tracked yet" in answer.err
    assert answer.err.endswith("  gitlog-track start TASK\n")


@pytest.mark.parametrize(
    ("remote", "command"),
    [("origin", "gitlog-track fetch"), ("up", "gitlog-track fetch REMOTE")],
)
def test_without_a_log_a_clone_is_told_to_fetch_it(
    cli: Cli, remote: str, command: str
) -> None:
    Repo(cli.path).git("remote", "add", remote, "../none.git")
    answer = cli.try_run("validate", "--all")
    assert answer.err.endswith(f"  {command}, or gitlog-track start TASK\n")


def test_a_task_without_a_log_is_not_valid_where_others_have_one(told: Cli) -> None:
    answer = told.try_run("validate", "P1-001")
    assert answer.code == 1
    assert "task P1-001 has no log" in answer.out


def test_a_field_that_is_no_measure_is_a_wrong_configuration(told: Cli) -> None:
    (told.path / ".gitlog-track.toml").write_text('[validation]\nrequired = ["FUN"]\n')
    answer = told.try_run("validate", "P1-009")
    assert answer.code == 2
    assert "'FUN'" in answer.err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def ticking(step: float) -> Any:
    clock = iter(range(1000))
    return lambda: next(clock) * step


@pytest.mark.parametrize(
    ("stream", "step", "shown"),
    [
        (Terminal(), 0.5, "\r\x1b[K2 logs\r\x1b[K3 logs\r\x1b[K"),
        (Terminal(), 0.3, ""),
        (io.StringIO(), 0.5, ""),
    ],
)
def test_progress_is_shown_on_a_terminal_after_a_second(
    stream: io.StringIO, step: float, shown: str
) -> None:
    assert list(counted("abc", "logs", stream, ticking(step))) == ["a", "b", "c"]
    assert stream.getvalue() == shown


def test_a_failure_clears_the_progress() -> None:
    def broken() -> Any:
        yield from range(3)
        raise LogError("cut")

    stream = Terminal()
    with pytest.raises(LogError, match="cut"):
        list(counted(broken(), "logs", stream, ticking(1)))
    assert stream.getvalue().endswith("\x1b[K")
