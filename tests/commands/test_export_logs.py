"""``export logs``: the founding logs out of the log, and back again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import Cli
from tests.support.repos import Repo


def measures(cli: Cli, task: str) -> dict[str, object]:
    found = json.loads(cli.run("show", task, "--format", "json"))["measures"]
    return {name: value["value"] for name, value in found.items()}


def tell_rich_task(cli: Cli) -> None:
    """A task with every kind of event, in two attempts."""
    repo = Repo(cli.path)
    start = (
        *("start", "P1-009", "--estimate", "1h30m", "--start-tokens", "107,264"),
        *("--coverage-target", ">80%", "--performance-target", "IPC latency<5ms"),
        *("--projected-outcome", "it works", "--label", "core", "--label", "with CoT"),
        *("--env", "dev", "--risk", "low", "--phase", "Q1"),
        *("--description", "Parse the header\nTASK: no key"),
    )
    steps: tuple[tuple[str, ...], ...] = (
        ("note", "BUG - only a note"),
        ("bug", "off by one"),
        ("fix", "count from 0"),
        ("blocker", "no network", "--critical"),
        ("iteration", "review"),
        ("pause", "lunch"),
        ("resume",),
        ("lesson", "read the RFC\nfirst"),
        ("interaction", "--count", "3"),
        ("hallucination", "no such flag"),
        ("context-switch", "incident"),
        ("measure", "test_coverage_actual=87.5%", "IPC latency=2.8ms"),
        ("measure", "doc_completeness=n/a", "--reason", "no code yet"),
        ("milestone", "tests_completion", "--check", "types=pass"),
        ("run", "--label", "tests", "--", "true"),
        ("fail", "broken", "--end-tokens", "108,000", "--bugs", "2"),
        ("start", "P1-009", "--retry", "--start-tokens", "0"),
        ("milestone", "validation"),
        (
            *(
                "complete",
                "--end-tokens",
                "2,236",
                "--iterations",
                "2",
                "--no-blockers",
            ),
            *("--success", "pass", "--actual-outcome", "it works"),
        ),
    )
    cli.run(*start, at="2025-10-04T22:00:00.250-05:00")
    repo.commit("Live\n\nTask: P1-009")
    for number, step in enumerate(steps, 1):
        cli.run(*step, at=f"2025-10-04T22:{number:02d}:07-05:00")
    cli.run(
        "milestone",
        "final_approval",
        "--task",
        "P1-009",
        at="2025-10-04T23:00:00-05:00",
    )


@pytest.fixture
def empty(cli: Cli, tmp_path: Path) -> Cli:
    """Another repository, tracked and without a log."""
    repo = Repo.init(tmp_path / "empty")
    repo.track(fold="sync")
    return Cli(repo.path, cli.capsys, now="2099-01-01T00:00:00+00:00")


def test_a_rich_task_has_the_same_measures_after_export_and_backfill(
    cli: Cli, empty: Cli, tmp_path: Path
) -> None:
    tell_rich_task(cli)
    directory = tmp_path / "logs"
    cli.run("export", "logs", str(directory))
    empty.run("backfill", "logs", str(directory))
    assert measures(empty, "P1-009") == measures(cli, "P1-009")
    assert (
        empty.run("show", "P1-009", "--format", "log")
        == (directory / "P1-009_execution_log.txt").read_text()
    )
    assert empty.try_run("audit").code == 0


def test_the_founding_phase_has_the_same_measures(
    founding: Cli, empty: Cli, tmp_path: Path
) -> None:
    directory = tmp_path / "logs"
    founding.run("export", "logs", str(directory))
    assert len(list(directory.iterdir())) == 13
    empty.run("backfill", "logs", str(directory))
    for task in ("P1-001", "P1-005", "P1-009", "P1-010"):
        assert measures(empty, task) == measures(founding, task)


def test_run_twice_nothing_changes(cli: Cli, tmp_path: Path) -> None:
    cli.run("start", "P1-001")
    directory = tmp_path / "made" / "logs"
    first = cli.try_run("export", "logs", str(directory))
    assert first.err.endswith("1 files written, 0 were there already\n")
    before = (directory / "P1-001_execution_log.txt").stat()
    before_ns = (before.st_ino, before.st_mtime_ns)
    again = cli.try_run("export", "logs", str(directory))
    assert again.err.endswith("0 files written, 1 were there already\n")
    after = (directory / "P1-001_execution_log.txt").stat()
    assert (after.st_ino, after.st_mtime_ns) == before_ns


def test_what_says_something_else_is_not_overwritten(cli: Cli, tmp_path: Path) -> None:
    for task in ("P1-001", "P1-002"):
        cli.run("start", task)
    (tmp_path / "P1-002_execution_log.txt").write_text("mine")
    answer = cli.try_run("export", "logs", str(tmp_path))
    assert answer.code == 4
    assert "says something else than the log; nothing was written" in answer.err
    assert not (tmp_path / "P1-001_execution_log.txt").exists()
    cli.run("export", "logs", str(tmp_path), "--force")
    assert "TASK: P1-002" in (tmp_path / "P1-002_execution_log.txt").read_text()


def test_one_task_only_and_none_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    for task in ("P1-001", "P1-002"):
        cli.run("start", task)
    cli.run("export", "logs", str(tmp_path), "--task", "P1-002")
    assert [p.name for p in tmp_path.glob("*.txt")] == ["P1-002_execution_log.txt"]
    assert cli.try_run("export", "logs", str(tmp_path), "--task", "P9-001").code == 4
    assert cli.try_run("export", "logs", str(tmp_path), "--task", "../x").code == 2


def test_a_directory_that_cannot_be_made(cli: Cli, tmp_path: Path) -> None:
    cli.run("start", "P1-001")
    (tmp_path / "file").write_text("")
    answer = cli.try_run("export", "logs", str(tmp_path / "file" / "below"))
    assert answer.code == 4
    assert "Not a directory" in answer.err
