"""``backfill json``: task result files into the log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import Cli

LATER = "2026-01-01T00:00:00+00:00"


def result(day: int, **changes: object) -> dict[str, object]:
    return {
        "task_id": "daily_reflection",
        "started_at": f"2025-11-{day:02d}T14:00:00Z",
        "ended_at": f"2025-11-{day:02d}T14:00:12Z",
        "status": "success",
        **changes,
    }


@pytest.fixture
def results(cli: Cli) -> Path:
    """A directory with two runs of one task, and one of another that failed."""
    cli.now = LATER
    directory = cli.path / "results"
    directory.mkdir()
    error = {"type": "ValueError", "message": "no idea", "stack_trace": "at x"}
    ideas = result(5, task_id="idea_generation", status="failed", error=error)
    rows = {"a": result(6), "b": result(5), "c": ideas}
    for name, row in rows.items():
        (directory / f"{name}.json").write_text(json.dumps(row))
    return directory


def test_runs_of_one_task_are_its_attempts(cli: Cli, results: Path) -> None:
    answer = cli.try_run("backfill", "json", str(results))
    assert answer.err == "6 events of 2 tasks recorded; 0 unchanged, 0 refused\n"
    shown = json.loads(cli.run("show", "daily_reflection", "--format", "json"))
    assert [(e["kind"], e["attempt"]) for e in shown["events"]] == [
        ("task_started", 1),
        ("task_completed", 1),
        ("task_retried", 2),
        ("task_completed", 2),
    ]
    assert shown["measures"]["attempt_durations"]["value"] == [12, 12]
    ideas = json.loads(cli.run("show", "idea_generation", "--format", "json"))
    assert ideas["events"][-1]["error_type"] == "ValueError"
    assert cli.try_run("audit").code == 0


def test_a_task_is_found_by_the_trace_and_the_span_of_its_tracker(
    cli: Cli, results: Path
) -> None:
    trace, span = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    rows = [
        result(8),
        result(9, trace_id=trace, span_id=span),
        result(10, task_id="?/"),
    ]
    (results / "d.json").write_text(json.dumps(rows))
    answer = cli.try_run("backfill", "json", "results")
    assert "d.json:1: result 3: task name '?/'" in answer.err
    for part in (trace, trace[:6], span):
        found = json.loads(cli.run("trace", part, "--format", "json"))["tasks"]
        assert [(row["task"], row["attempt"]) for row in found] == [
            ("daily_reflection", 4)
        ]


def test_run_twice_and_with_a_later_run_only_that_is_added(
    cli: Cli, results: Path
) -> None:
    cli.run("backfill", "json", "results")
    again = cli.try_run("backfill", "json", "results")
    assert again.err == "0 events of 0 tasks recorded; 3 unchanged, 0 refused\n"
    (results / "d.jsonl").write_text(json.dumps(result(7)) + "\n")
    later = cli.try_run("backfill", "json", "results")
    assert later.err == "2 events of 1 task recorded; 3 unchanged, 0 refused\n"


def test_a_run_that_lies_before_what_is_there_is_refused(
    cli: Cli, results: Path
) -> None:
    cli.run("backfill", "json", "results")
    (results / "d.json").write_text(json.dumps(result(4)))
    answer = cli.try_run("backfill", "json", "results")
    assert answer.code == 1
    assert "lies before the start" in answer.err


def test_a_bad_result_of_a_list_is_named_and_the_others_go_in(
    cli: Cli, results: Path
) -> None:
    rows = [json.dumps(result(8)), "{", json.dumps(result(9, status="odd"))]
    (results / "d.jsonl").write_text("\n".join(rows))
    answer = cli.try_run("backfill", "json", "results")
    assert answer.code == 1
    assert "results/d.jsonl:2: this is no JSON" in answer.err
    assert "results/d.jsonl:3: status: found 'odd'" in answer.err
    assert "8 events of 2 tasks recorded; 0 unchanged, 2 refused" in answer.err


def test_many_runs_of_one_task_are_judged_together(cli: Cli, results: Path) -> None:
    """One by one they would be replayed 2,000 times; one of them overlaps another."""
    rows = [
        result(5, task_id="often", started_at=at, ended_at=at + 10)
        for at in range(1_700_000_000, 1_700_000_000 + 2_000 * 60, 60)
    ]
    rows[1_234]["ended_at"] = 1_700_000_000 + 1_235 * 60 + 30
    path = results / "often.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    answer = cli.try_run("backfill", "json", str(path))
    assert answer.code == 1
    assert "often.jsonl:1236: often: attempt 1236 began at" in answer.err
    assert "3,998 events of 1 task recorded; 0 unchanged, 1 refused" in answer.err
    again = cli.try_run("backfill", "json", str(path))
    assert "0 events of 0 tasks recorded; 1999 unchanged, 1 refused" in again.err
