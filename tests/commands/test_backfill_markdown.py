"""``backfill markdown``: the specification's files into the log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import Cli
from tests.support.repos import Repo

EXECUTION = """\
# Execution Log: P1-009

**Timestamp:** 2025-10-04T14:30:00Z
**ENV:** dev
**RISK:** low
**STATE Transition:** PLAN \u2192 DRAFT

## Task
Scaffold the extension

## Tools Used
- npm: compiled

## Outcome
Success

## Issues
None

## Contract Gaps
None
"""
EXCEPTION = """\
# Exception: EX-1

**Timestamp:** 2025-10-04T14:30:00Z
**Severity:** error
**ENV:** dev

## What Happened
The tool failed; ask joe@example.org

## Root Cause
Unknown

## Contract Reference
4.2

## Proposed Fix
Retry

## Workaround Used
By hand
"""
LATER = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def files(cli: Cli) -> Path:
    """A directory as the specification lays it out."""
    cli.now = LATER
    directory = cli.path / "executions"
    (directory / "exceptions").mkdir(parents=True)
    (directory / "2025-10-04-P1-009.md").write_text(EXECUTION)
    (directory / "exceptions" / "2025-10-04-EX-1.md").write_text(EXCEPTION)
    return directory


def records(cli: Cli) -> list[tuple[object, object]]:
    found = Repo(cli.path).events()
    return [
        (e["kind"], e.get("task"))
        for e in found
        if e["kind"] in {"execution_recorded", "exception_recorded"}
    ]


def test_an_execution_of_its_task_and_an_exception_of_none(
    cli: Cli, files: Path
) -> None:
    answer = cli.try_run("backfill", "markdown", str(files))
    assert answer.code == 0
    assert answer.err == (
        "1 e-mail address removed from the texts\n"
        "2 events of 1 task recorded; 0 unchanged, 0 refused\n"
    )
    assert sorted(records(cli), key=str) == [
        ("exception_recorded", None),
        ("execution_recorded", "P1-009"),
    ]
    (exception,) = Repo(cli.path).events("exception_recorded")
    assert exception["what_happened"] == "The tool failed; ask <email>"
    assert exception["provenance"] == "backfilled"
    assert cli.try_run("audit").code == 0
    again = cli.try_run("backfill", "markdown", str(files))
    assert "0 events of 0 tasks recorded; 2 unchanged, 0 refused" in again.err


def test_a_record_is_added_to_a_task_that_was_tracked_live(
    cli: Cli, files: Path
) -> None:
    cli.run("start", "P1-009", at="2025-10-04T14:00:00+00:00")
    cli.now = LATER
    cli.run("backfill", "markdown", str(files), "--task", "P1-009")
    assert records(cli) == [
        ("exception_recorded", "P1-009"),
        ("execution_recorded", "P1-009"),
    ] or records(cli) == [
        ("execution_recorded", "P1-009"),
        ("exception_recorded", "P1-009"),
    ]
    shown = json.loads(cli.run("show", "P1-009", "--format", "json"))
    assert shown["status"] == "in_progress"


def test_what_the_log_was_exported_to_adds_nothing(cli: Cli, tmp_path: Path) -> None:
    cli.run("start", "P1-009")
    cli.run("execution", "Deploy it", "--outcome", "success")
    directory = tmp_path / "out"
    cli.run("export", "markdown", str(directory))
    answer = cli.try_run("backfill", "markdown", str(directory))
    assert answer.err == "0 events of 0 tasks recorded; 1 unchanged, 0 refused\n"


def test_a_file_that_is_none_is_named_with_its_line(cli: Cli, files: Path) -> None:
    (files / "README.md").write_text("# Read me\n")
    bad = EXCEPTION.replace("Severity:** error", "Severity:** dire")
    (files / "exceptions" / "bad.md").write_text(bad)
    naive = EXECUTION.replace("14:30:00Z", "14:30:00")
    (files / "naive.md").write_text(naive)
    answer = cli.try_run("backfill", "markdown", str(files))
    assert answer.code == 1
    assert "README.md:1: '# Read me' is no title" in answer.err
    assert "bad.md:4: " in answer.err
    assert "naive.md:3: " in answer.err
    assert "2 events of 1 task recorded; 0 unchanged, 3 refused" in answer.err


def test_another_exception_of_one_id_is_refused(cli: Cli, files: Path) -> None:
    other = EXCEPTION.replace("The tool failed", "Another tool failed")
    (files / "exceptions" / "other.md").write_text(other)
    answer = cli.try_run("backfill", "markdown", str(files))
    assert answer.code == 1
    assert "other.md:1: no task has another exception EX-1" in answer.err


def test_what_a_command_took_from_the_file_is_known(cli: Cli, files: Path) -> None:
    path = str(files / "exceptions" / "2025-10-04-EX-1.md")
    cli.run("exception", "--from", path)
    answer = cli.try_run("backfill", "markdown", path)
    assert answer.err == "0 events of 0 tasks recorded; 1 unchanged, 0 refused\n"
    assert [kind for kind, _ in records(cli)] == ["exception_recorded"]
