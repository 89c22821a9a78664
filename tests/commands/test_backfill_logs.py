"""``backfill logs``: founding logs into the log, with real git."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.cli import Cli
from tests.support.repos import Repo

GOLDEN = Path(__file__).parents[1] / "golden" / "P1-009_execution_log.txt"
NAME = "P1-009_execution_log.txt"
LATER = "2026-01-01T00:00:00+00:00"
BERLIN = ("--timezone", "Europe/Berlin")


@pytest.fixture
def logs(cli: Cli) -> Path:
    """A directory with the founding example."""
    cli.now = LATER
    directory = cli.path / "logs"
    directory.mkdir()
    (directory / NAME).write_text(GOLDEN.read_text())
    return directory


def write(directory: Path, task: str, **changes: str) -> Path:
    """Write the founding example as another task's, with parts of it changed."""
    text = GOLDEN.read_text().replace("P1-009", task)
    for old, new in changes.items():
        text = text.replace(old.replace("__", ": "), new)
    path = directory / f"{task}_execution_log.txt"
    path.write_text(text)
    return path


def tree(cli: Cli) -> str:
    return Repo(cli.path).git("rev-parse", "refs/gitlog-track/log^{tree}")


def test_the_founding_example_has_the_founding_numbers(cli: Cli, logs: Path) -> None:
    answer = cli.try_run("backfill", "logs", str(logs))
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == "11 events of 1 task recorded; 0 unchanged, 0 refused\n"
    shown = json.loads(cli.run("show", "P1-009", "--format", "json"))
    figures = {
        name: (shown["measures"][name]["value"], shown["measures"][name]["label"])
        for name in ("duration", "token_count_used", "iterations_count")
    }
    label = f"BACKFILLED (from importer:logs 1 {NAME})"
    assert figures == {
        "duration": (720, label),
        "token_count_used": (3236, label),
        "iterations_count": (1, label),
    }
    assert shown["validation"]["valid"] is True
    assert cli.try_run("audit").code == 0


def test_run_twice_nothing_changes(cli: Cli, logs: Path) -> None:
    cli.run("backfill", "logs", str(logs))
    before = tree(cli)
    answer = cli.try_run("backfill", "logs", str(logs))
    assert answer.err == "0 events of 0 tasks recorded; 1 unchanged, 0 refused\n"
    assert tree(cli) == before


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "read as windows"])
def test_moved_renamed_or_encoded_otherwise_it_is_the_same_record(
    cli: Cli, logs: Path, encoding: str
) -> None:
    cli.run("backfill", "logs", str(logs))
    before = tree(cli)
    elsewhere = cli.path / "elsewhere"
    elsewhere.mkdir()
    text = GOLDEN.read_text()
    if encoding == "read as windows":
        data = text.encode().decode("cp1252").encode()
    else:
        data = text.replace("\n", "\r\n").encode(encoding)
    (elsewhere / "old.txt").write_bytes(data)
    answer = cli.try_run("backfill", "logs", "elsewhere/old.txt")
    assert answer.err == "0 events of 0 tasks recorded; 1 unchanged, 0 refused\n"
    assert tree(cli) == before


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(
    cli: Cli, logs: Path
) -> None:
    answer = cli.try_run("backfill", "logs", str(logs), "--dry-run")
    assert answer.out == f"{logs / NAME}: P1-009: 11 events\n"
    assert answer.err.startswith("11 events of 1 task would be recorded")
    assert cli.try_run("show", "P1-009").code == 4


def test_two_clones_that_import_one_file_have_one_record(
    cli: Cli, logs: Path, tmp_path: Path
) -> None:
    """Renamed in one of them, and with hooks that made other writers."""
    other = Cli(tmp_path / "other", cli.capsys, now=LATER)
    Repo(cli.path).commit("Begin")
    Repo(cli.path).git("clone", "-q", str(cli.path), str(other.path))
    other.run("init")
    renamed = other.path / "renamed.txt"
    renamed.write_text(GOLDEN.read_text())
    cli.run("backfill", "logs", str(logs))
    other.run("backfill", "logs", str(renamed))
    other.run("fetch", "origin")
    shown = json.loads(other.run("show", "P1-009", "--format", "json"))
    assert shown["validation"] == {
        "valid": True,
        "missing": [],
        "problems": shown["validation"]["problems"],
    }
    assert [e["kind"] for e in shown["events"]].count("task_started") == 1
    assert other.try_run("audit").code == 0


def test_a_log_that_grew_adds_what_is_new(cli: Cli, logs: Path) -> None:
    whole = GOLDEN.read_text()
    (logs / NAME).write_text(whole.partition("2025-10-04T22:08")[0])
    cli.run("backfill", "logs", str(logs))
    assert "in_progress" in cli.run("tasks")
    (logs / NAME).write_text(whole)
    answer = cli.try_run("backfill", "logs", str(logs))
    assert answer.err.startswith("5 events of 1 task recorded")
    assert cli.try_run("validate", "P1-009").code == 0


def test_a_log_that_says_otherwise_than_before_is_refused(cli: Cli, logs: Path) -> None:
    cli.run("backfill", "logs", str(logs))
    before = tree(cli)
    write(logs, "P1-009", END_TOKENS__110500="END_TOKENS: 120000")
    answer = cli.try_run("backfill", "logs", str(logs))
    assert answer.code == 1
    assert "attempt 1 ended 2 times" in answer.err
    assert tree(cli) == before


def test_a_task_that_was_tracked_live_is_left_alone(cli: Cli, logs: Path) -> None:
    cli.run("start", "P1-009", at="2025-10-04T22:00:00-05:00")
    cli.now = LATER
    before = tree(cli)
    answer = cli.try_run("backfill", "logs", str(logs))
    assert answer.code == 1
    assert "P1-009 was tracked live since 2025-10-04T22:00:00-05:00" in answer.err
    assert tree(cli) == before


def test_commits_and_notes_of_hooks_are_no_hindrance(cli: Cli, logs: Path) -> None:
    Repo(cli.path).commit("Begin\n\nTask: P1-009")
    cli.run("backfill", "logs", str(logs))
    shown = json.loads(cli.run("show", "P1-009", "--format", "json"))
    assert shown["validation"]["valid"] is True
    assert shown["measures"]["commits"]["evidence"] == "derived"
    assert shown["measures"]["duration"]["value"] == 720


def test_after_an_import_a_retry_is_live_and_a_start_refused(
    cli: Cli, logs: Path
) -> None:
    cli.run("backfill", "logs", str(logs))
    assert cli.try_run("start", "P1-009").code == 2
    cli.run("start", "P1-009", "--retry")
    cli.run("complete", "--tokens-used", "5", "--iterations", "1")
    answer = cli.try_run("backfill", "logs", str(logs))
    assert answer.err == "0 events of 0 tasks recorded; 1 unchanged, 0 refused\n"


def test_a_bad_file_is_named_and_the_others_go_in(cli: Cli, logs: Path) -> None:
    write(logs, "P1-010", END_TOKENS__110500="END_TOKENS: many")
    (logs / "P1-011_execution_log.txt").write_bytes(b"\x89PNG\x00")
    (logs / "P1-012_execution_log.txt").write_bytes(b"")
    write(logs, "P1-013")
    answer = cli.try_run("backfill", "logs", "logs")
    assert answer.code == 1
    assert "logs/P1-010_execution_log.txt:19: END_TOKENS: found 'many'" in answer.err
    assert "logs/P1-011_execution_log.txt:1: this is no text" in answer.err
    assert "logs/P1-012_execution_log.txt: the file is empty" in answer.err
    assert "22 events of 2 tasks recorded; 0 unchanged, 3 refused" in answer.err


def test_strange_files_are_named_and_none_is_waited_for(cli: Cli, logs: Path) -> None:
    os.mkfifo(logs / "P1-020_execution_log.txt")
    (logs / "P1-021_execution_log.txt").symlink_to(logs / NAME)
    (logs / "P1-022_execution_log.txt").mkdir()
    (logs / "loop").symlink_to(logs)
    huge = logs / "P1-023_execution_log.txt"
    with huge.open("wb") as file:
        file.truncate(100 << 20)
    answer = cli.try_run("backfill", "logs", "logs")
    assert "P1-020_execution_log.txt: it is no plain file" in answer.err
    assert "P1-021_execution_log.txt: it is a symbolic link" in answer.err
    assert "P1-023_execution_log.txt: the file has 104,857,600 bytes" in answer.err
    assert "11 events of 1 task recorded; 0 unchanged, 3 refused" in answer.err


def test_a_link_that_is_named_is_followed(cli: Cli, logs: Path) -> None:
    (cli.path / "link.txt").symlink_to(logs / NAME)
    assert "11 events" in cli.try_run("backfill", "logs", "link.txt").err


@pytest.mark.usefixtures("logs")
@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("nothing.txt",), 1, "nothing.txt: it cannot be read: No such file"),
        (("empty",), 1, "the directory holds no *_execution_log.txt"),
        (("logs", "--timezone", "Mars"), 2, "--timezone 'Mars' is no timezone"),
        (("logs", "--task", "a/b"), 2, "task name 'a/b' has '/'"),
        (("logs", "--phase", ".."), 2, "phase name '..'"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_meant(
    cli: Cli, args: tuple[str, ...], code: int, said: str
) -> None:
    (cli.path / "empty").mkdir()
    answer = cli.try_run("backfill", "logs", *args)
    assert answer.code == code
    assert said in answer.err


def test_instants_without_an_offset_need_a_timezone(cli: Cli, logs: Path) -> None:
    text = GOLDEN.read_text().replace("-05:00", "")
    (logs / NAME).write_text(text)
    answer = cli.try_run("backfill", "logs", "logs")
    assert answer.code == 1
    assert "has no offset from UTC" in answer.err
    assert "--timezone Europe/Berlin" in answer.err
    cli.run("backfill", "logs", "logs", *BERLIN)
    assert "2025-10-04T22:00:00+02:00" in cli.run("show", "P1-009", "--format", "log")


def test_the_task_is_the_files_or_its_names_or_the_option(cli: Cli, logs: Path) -> None:
    text = GOLDEN.read_text().replace("TASK: P1-009\n", "")
    (logs / NAME).unlink()
    (logs / "P2-001_execution_log.txt").write_text(text)
    (cli.path / "log.txt").write_text(text)
    assert "it names no task" in cli.try_run("backfill", "logs", "log.txt").err
    cli.run("backfill", "logs", "log.txt", "--task", "P2-002", "--phase", "Q7")
    cli.run("backfill", "logs", "logs", "--task", "P2-002")
    shown = cli.run("tasks", "--phase", "Q7")
    assert "P2-002" in shown
    assert "P2-001" not in shown
    assert "P2-001" in cli.run("tasks", "--phase", "P2")


@pytest.mark.parametrize("task", ["P1/009", "..", "a" * 65, "P1 009", "\u00e9"])
def test_a_name_that_is_none(cli: Cli, logs: Path, task: str) -> None:
    (logs / NAME).write_text(
        GOLDEN.read_text().replace("TASK: P1-009", f"TASK: {task}")
    )
    answer = cli.try_run("backfill", "logs", "logs")
    assert answer.code == 1
    assert f"logs/{NAME}:1: task name" in answer.err


def test_another_spelling_of_a_task_is_refused(cli: Cli, logs: Path) -> None:
    cli.run("backfill", "logs", "logs")
    write(logs, "p1-009")
    (logs / NAME).unlink()
    assert "is known as P1-009" in cli.try_run("backfill", "logs", "logs").err


def test_a_text_over_the_limits_is_refused_whole(cli: Cli, logs: Path) -> None:
    (logs / NAME).write_text(GOLDEN.read_text().replace("Tests started", "x" * 5_000))
    answer = cli.try_run("backfill", "logs", "logs")
    assert f"logs/{NAME}:13: text has 5" in answer.err
    assert cli.try_run("show", "P1-009").code == 4


def test_two_logs_of_one_task_that_differ(cli: Cli, logs: Path) -> None:
    copy = write(logs, "P1-009", END_TOKENS__110500="END_TOKENS: 120000")
    copy.rename(logs / "copy_execution_log.txt")
    (logs / NAME).write_text(GOLDEN.read_text())
    answer = cli.try_run("backfill", "logs", "logs")
    assert answer.code == 1
    assert "11 events of 1 task recorded; 0 unchanged, 1 refused" in answer.err


def test_equal_lines_stay_as_many_as_they_are(cli: Cli, logs: Path) -> None:
    line = "2025-10-04T22:06:00-05:00: BUG - again\n"
    (logs / NAME).write_text(
        GOLDEN.read_text().replace("2025-10-04T22:08", f"{line}{line}2025-10-04T22:08")
    )
    cli.run("backfill", "logs", "logs")
    cli.run("backfill", "logs", "logs")
    shown = json.loads(cli.run("show", "P1-009", "--format", "json"))
    assert shown["measures"]["bugs_encountered"]["value"] == 2


def test_thousands_of_files_and_nothing_is_tracked(repo: Repo) -> None:
    directory = repo.path / "logs"
    directory.mkdir()
    for number in range(2_500):
        (directory / f"T{number}_execution_log.txt").write_text(
            f"TASK: T{number}\nSTART_TIMESTAMP: 2025-10-04T22:00:00Z\n"
        )
    refused = repo.cli("backfill", "logs", "logs")
    assert refused.returncode == 4
    assert "tracking has not begun" in refused.stderr
    repo.track()
    done = repo.cli("backfill", "logs", "logs")
    assert (
        done.stderr == "2,500 events of 2,500 tasks recorded; 0 unchanged, 0 refused\n"
    )
