"""Each command that records one event, and what the log says afterwards."""

from __future__ import annotations

import json
import signal
import sys
from typing import Any

import pytest

from tests.support.cli import Cli
from tests.support.repos import Repo


@pytest.fixture
def open_task(cli: Cli) -> Cli:
    cli.run("start", "P1-001", "--performance-target", "ipc<5ms")
    return cli


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (("note", "hello"), {"kind": "note_recorded", "text": "hello"}),
        (("iteration", "rework"), {"kind": "iteration_recorded", "reason": "rework"}),
        (("bug", "off by one"), {"kind": "bug_found", "text": "off by one"}),
        (("fix", "count from 0"), {"kind": "bug_fixed", "text": "count from 0"}),
        (
            ("blocker", "no key", "--critical"),
            {"kind": "blocker_hit", "critical": True},
        ),
        (("lesson", "read first"), {"kind": "lesson_learned", "text": "read first"}),
        (("hallucination", "a file"), {"kind": "hallucination_recorded", "count": 1}),
        (("interaction", "--count", "3"), {"kind": "interaction_recorded", "count": 3}),
        (("context-switch",), {"kind": "context_switched"}),
        (("pause", "lunch"), {"kind": "task_paused", "reason": "lunch"}),
        (
            ("milestone", "validation", "--check", "cargo test=✅"),
            {
                "milestone": "validation",
                "validation_results": [{"check": "cargo test", "result": "pass"}],
            },
        ),
        (
            ("measure", "TEST_COVERAGE=87%"),
            {"measure": "test_coverage_actual", "value": "87", "unit": "%"},
        ),
        (
            ("measure", "ipc=2.8ms"),
            {
                "measure": "performance_actual",
                "name": "ipc",
                "value": "2.8",
                "unit": "ms",
            },
        ),
        (
            ("measure", "test_coverage_actual=n/a", "--reason", "no code yet"),
            {"not_applicable": True, "reason": "no code yet"},
        ),
    ],
)
def test_one_command_one_event(
    open_task: Cli,
    tracked: Repo,
    args: tuple[str, ...],
    expected: dict[str, Any],
) -> None:
    open_task.run(*args)
    event = tracked.events(task="P1-001")[-1]
    assert expected.items() <= event.items()
    assert event["at"] == "2025-10-04T22:00:00.000-05:00"
    assert event["phase"] == "P1"
    assert event["actor"] == "C O Mitter <committer@example.org>"


@pytest.mark.parametrize("check", ["pass", "=pass", " =fail", "lint"])
def test_a_check_without_a_name_is_refused(
    open_task: Cli, tracked: Repo, check: str
) -> None:
    answer = open_task.try_run("milestone", "validation", "--check", check)
    assert answer.code == 2
    assert "names no check" in answer.err
    assert "NAME=RESULT" in answer.err
    assert not tracked.events("milestone_reached")


def test_pause_and_resume_make_active_time(cli: Cli) -> None:
    cli.run("start", "P1-001", at="2025-10-04T10:00:00Z")
    cli.run("pause", at="2025-10-04T10:10:00Z")
    assert cli.try_run("pause").code == 2
    cli.run("resume", at="2025-10-04T10:40:00Z")
    assert cli.try_run("resume").code == 2
    cli.run("complete", at="2025-10-04T11:00:00Z")
    measures = json.loads(cli.run("show", "P1-001", "--format", "json"))["measures"]
    assert measures["duration"]["value"] == 3600
    assert measures["active_duration"]["value"] == 1800


def test_a_retry_opens_the_next_attempt_in_the_same_trace(
    cli: Cli, tracked: Repo
) -> None:
    tracked.commit("Begin")
    cli.run("start", "P1-001", at="2025-10-04T10:00:00Z")
    cli.run("fail", "it broke", at="2025-10-04T10:30:00Z")
    cli.run("start", "P1-001", "--retry", at="2025-10-04T11:00:00Z")
    cli.run("complete", at="2025-10-04T11:20:00Z")
    first, *_, last = tracked.events(task="P1-001")
    assert last["attempt"] == 2
    assert last["trace_id"] == first["trace_id"]
    assert last["retry_of"] == first["span_id"] != last["span_id"]
    measures = json.loads(cli.run("show", "P1-001", "--format", "json"))["measures"]
    assert measures["attempt_durations"]["value"] == [1800, 1200]
    assert measures["iterations_count"]["value"] == 2
    assert measures["status"]["value"] == "complete"


def test_a_retry_may_begin_with_a_new_counter(cli: Cli) -> None:
    cli.run("start", "P1-001", "--start-tokens", "107264")
    cli.run("fail", "--end-tokens", "108264")
    cli.run("start", "P1-001", "--retry", "--start-tokens", "0")
    cli.run("complete", "--end-tokens", "500")
    shown = json.loads(cli.run("show", "P1-001", "--format", "json"))
    assert shown["measures"]["token_count_used"]["value"] == 1500
    assert shown["validation"]["problems"] == []


def test_a_correction_is_shown_and_nothing_is_removed(cli: Cli, tracked: Repo) -> None:
    cli.run("start", "P1-001", "--start-tokens", "100")
    event = tracked.events("task_started")[0]["id"]
    cli.run("correct", event[:8], "--reason", "typo", "--set", "start_tokens=1000")
    cli.run("complete", "--end-tokens", "1500")
    shown = json.loads(cli.run("show", "P1-001", "--format", "json"))
    assert shown["measures"]["token_count_used"]["value"] == 500
    assert "CORRECTED" in shown["measures"]["start_tokens"]["label"]
    assert shown["events"][0]["start_tokens"] == 100


def test_an_event_can_be_retracted(cli: Cli, tracked: Repo) -> None:
    cli.run("start", "P1-001")
    cli.run("bug", "none really")
    event = tracked.events("bug_found")[0]["id"]
    cli.run("correct", event, "--reason", "no bug")
    measures = json.loads(cli.run("show", "P1-001", "--format", "json"))["measures"]
    assert measures["bugs_encountered"]["value"] is None


def test_unassigned_events_are_counted_listed_and_bound(
    cli: Cli, tracked: Repo
) -> None:
    head = tracked.commit("Before any task")
    assert "2 events have no task" in cli.run("status")
    listed = cli.run("assign").split("\n")
    event = next(line.split()[0] for line in listed if head[:12] in line)
    cli.run("start", "P1-001")
    cli.run("assign", event, "--task", "P1-001")
    assert "1 event has no task" in cli.run("status")
    measures = json.loads(cli.run("show", "P1-001", "--format", "json"))["measures"]
    assert measures["commits"]["value"] == [head]
    assert "assigned already" in cli.try_run("assign", event, "--task", "P1-001").err


def test_blockers_are_resolved_by_their_event(cli: Cli, tracked: Repo) -> None:
    cli.run("start", "P1-001")
    cli.run("blocker", "no key")
    event = tracked.events("blocker_hit")[0]["id"]
    cli.run("unblock", event[:10], "got it")
    assert tracked.events("blocker_resolved")[0]["blocker"] == event
    assert cli.try_run("unblock", tracked.events("task_started")[0]["id"]).code == 2


def test_phases_have_events_of_their_own(cli: Cli, tracked: Repo) -> None:
    cli.run("phase", "start", "P1", "--estimate", "42.5h", "--deliverable", "core")
    cli.run("phase", "milestone", "P1", "first_code")
    cli.run("phase", "review", "P1", "--projections", "12", "--projections-held", "11")
    kinds = [e["kind"] for e in tracked.events() if e["phase"] == "P1"]
    assert kinds == ["phase_started", "phase_milestone_reached", "phase_reviewed"]
    assert tracked.events("phase_started")[0]["estimated_duration_s"] == 153000
    assert cli.try_run("phase", "start", "p1").code == 2


def test_run_passes_everything_through(cli: Cli, tracked: Repo) -> None:
    cli.run("start", "P1-001")
    done = tracked.cli(
        "run", "--label", "x", "--", "sh", "-c", "echo out; echo err >&2; exit 7"
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")
    done = tracked.cli("run", "--", "sh", "-c", "kill -TERM $$")
    assert done.returncode == 128 + 15
    assert tracked.cli("run", "--", "no-such-program").returncode == 127
    codes = [e["exit_code"] for e in tracked.events("command_finished")]
    assert codes == [7, 143, 127]


@pytest.mark.parametrize(
    ("name", "content", "code", "reason"),
    [
        ("no-such-program", None, 127, "No such file or directory"),
        ("./no-program", b"\0\1\2", 126, "Exec format error"),
        ("./no-program/x", b"#!/bin/sh\n", 126, "Not a directory"),
        ("./", None, 126, "Permission denied"),
    ],
)
def test_run_says_why_a_command_cannot_be_started(
    tracked: Repo, name: str, content: bytes | None, code: int, reason: str
) -> None:
    if content is not None:
        file = tracked.path / "no-program"
        file.write_bytes(content)
        file.chmod(0o755)
    done = tracked.cli("run", "--", name)
    said = f"gitlog-track: {name} cannot be started: {reason}\n"
    assert (done.returncode, done.stderr) == (code, said)
    assert [e["exit_code"] for e in tracked.events("command_finished")] == [code]


def test_run_leaves_a_status_of_127_to_the_command_that_had_it(tracked: Repo) -> None:
    done = tracked.cli("run", "--", "sh", "-c", "exit 127")
    assert (done.returncode, done.stderr) == (127, "")


@pytest.mark.parametrize("name", ["PIPE", "XFSZ", "HUP"])
def test_run_gives_the_command_the_signals_a_shell_would(
    tracked: Repo, name: str
) -> None:
    number = getattr(signal, f"SIG{name}")
    # Whoever started the tests may have ignored it, as nohup does.
    before = signal.signal(number, signal.SIG_DFL)
    try:
        done = tracked.cli("run", "--", "sh", "-c", f"kill -{name} $$; exit 3")
    finally:
        signal.signal(number, before)
    assert done.returncode == 128 + number


def test_run_leaves_ignored_what_was_ignored(tracked: Repo) -> None:
    ours = f"exec {sys.executable} -m gitlog_track run --"
    command = f"trap '' HUP INT; {ours} sh -c 'kill -HUP $$; kill -INT $$; exit 3'"
    assert tracked.run("sh", "-c", command).returncode == 3


def test_run_outside_tracking_still_runs(repo: Repo) -> None:
    done = repo.cli("run", "--", "sh", "-c", "exit 5")
    assert done.returncode == 5
    assert "not recorded" in done.stderr


def test_a_phase_whose_only_start_was_retracted_has_no_count(cli: Cli) -> None:
    cli.run("start", "P1-001")
    [begun] = json.loads(cli.run("show", "--format", "json"))["events"]
    cli.run("correct", begun["id"], "--reason", "typo")
    said = cli.run("report")
    assert "NOT MEASURED/" not in said
    assert [row.split()[:2] for row in said.splitlines() if "P1" in row] == [
        ["P1", "-"]
    ]


def test_an_event_of_the_task_that_ended_last_is_corrected(cli: Cli) -> None:
    cli.run("start", "P1-001", "--description", "first", at="2025-10-04T22:00:00-05:00")
    cli.run("complete", at="2025-10-04T22:10:00-05:00")
    cli.run("start", "P1-002", at="2025-10-04T22:20:00-05:00")
    cli.run("note", "x" * 200)
    cli.run("complete", "--tokens-used", "7", at="2025-10-04T22:30:00-05:00")
    shown = cli.run("show", "P1-002").splitlines()
    [row] = [line for line in shown if "task_completed" in line]
    cli.run("correct", row.split()[0], "--reason", "typo", "--set", "tokens_used=8")

    assert max(map(len, shown)) <= 80
    assert len(row.split()[0]) == 8
    body = json.loads(cli.run("show", "P1-002", "--format", "json"))
    assert body["measures"]["token_count_used"]["value"] == 8
    again = cli.run("show", "P1-002")
    assert "task_completed  (corrected)" in again
    assert "event_corrected  typo" in again


def test_without_any_task_there_is_nothing_to_correct(cli: Cli) -> None:
    answer = cli.try_run("correct", "abc", "--reason", "r")
    assert (answer.code, answer.out) == (2, "")
    assert "no task is current" in answer.err


def test_a_retracted_event_stays_in_sight_and_can_be_brought_back(cli: Cli) -> None:
    cli.run("start", "P1-001")
    cli.run("note", "right")
    [row] = [s for s in cli.run("show").splitlines() if "note_recorded" in s]
    cli.run("correct", row.split()[0], "--reason", "gone")
    assert "note_recorded  (retracted) right" in cli.run("show")
    cli.run("correct", row.split()[0], "--reason", "back", "--set", "text=left")
    assert "note_recorded  (corrected) left" in cli.run("show")
