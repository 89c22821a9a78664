"""``export markdown``: the specification's files, the same in every clone."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.exporters.markdown import name_files
from gitlog_track.model.records import ExceptionRecorded, ExecutionRecorded
from gitlog_track.record_files.reader import Record, read_record
from tests.support.cli import Cli
from tests.support.repos import Repo

AT = datetime(2026, 1, 10, 14, 30, tzinfo=UTC)


@pytest.fixture
def told(cli: Cli) -> Cli:
    """Three executions of two tasks, and three exceptions, on both sides of midnight UTC."""
    cli.run("start", "P1-001", "--description", "Parse", at="2026-01-10T08:00:00-05:00")
    cli.run("execution", "One", "--outcome", "success", at="2026-01-10T09:00:00-05:00")
    cli.run("execution", "Two", "--outcome", "failed", at="2026-01-10T18:59:59-05:00")
    cli.run("execution", "Three", "--outcome", "failed", at="2026-01-10T19:00:00-05:00")
    cli.run("exception", "a", "--id", "EX", at="2026-01-10T19:00:01-05:00")
    cli.run("start", "P1-002", at="2026-01-10T19:00:02-05:00")
    cli.run("exception", "b", "--id", "ex", at="2026-01-10T19:00:03-05:00")
    cli.run("execution", "Four", "--outcome", "partial", at="2026-01-10T19:00:04-05:00")
    return cli


ALL = [
    "2026-01-10-P1-001-2.md",
    "2026-01-10-P1-001.md",
    "2026-01-11-P1-001.md",
    "2026-01-11-P1-002.md",
    "exceptions/2026-01-11-EX.md",
    "exceptions/2026-01-11-ex-2.md",
]


def _files(directory: Path) -> list[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*.md"))


def test_there_is_a_file_for_every_record_named_by_its_day_in_utc(
    told: Cli, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "logs"
    answer = told.try_run("export", "markdown", str(out))
    assert (answer.code, answer.out) == (0, "")
    assert "6 files written, 0 were there already" in answer.err
    assert _files(out) == ALL
    second = read_record((out / ALL[0]).read_text())
    assert isinstance(second, ExecutionRecorded)
    assert (second.task, second.description, second.outcome) == (
        "P1-001",
        "Two",
        "failed",
    )
    exception = read_record((out / ALL[5]).read_text())
    assert isinstance(exception, ExceptionRecorded)
    assert (exception.task, exception.what_happened) == ("P1-002", "b")


def test_run_again_nothing_changes(told: Cli, tmp_path: Path) -> None:
    told.run("export", "markdown", str(tmp_path / "out"))
    before = {name: os.stat(tmp_path / "out" / name).st_mtime_ns for name in ALL}
    answer = told.try_run("export", "markdown", str(tmp_path / "out"))
    assert "0 files written, 6 were there already" in answer.err
    assert {n: os.stat(tmp_path / "out" / n).st_mtime_ns for n in ALL} == before


def test_what_says_something_else_stays_until_it_is_forced(
    told: Cli, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    told.run("export", "markdown", str(out))
    for name in (ALL[1], ALL[4]):
        (out / name).write_text("mine\n")
    (out / ALL[2]).unlink()
    answer = told.try_run("export", "markdown", str(out))
    assert answer.code == 4
    assert f"{out / ALL[1]} says something else than the log (and 1 more)" in answer.err
    assert "--force" in answer.err
    assert (out / ALL[1]).read_text() == "mine\n"
    assert not (out / ALL[2]).exists()
    answer = told.try_run("export", "markdown", str(out), "--force")
    assert "3 files written, 3 were there already" in answer.err
    assert _files(out) == ALL
    assert [name for name in os.listdir(out) if name.startswith(".")] == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--task", "p1-002"), [ALL[3], ALL[5]]),
        (("--since", "2026-01-10T23:59:59Z"), [ALL[0], *ALL[2:]]),
        (("--until", "2026-01-10T23:59:59Z"), [ALL[1]]),
        (("--task", "P9-9"), []),
    ],
)
def test_some_of_the_records_keep_the_names_they_have_among_all(
    told: Cli, tmp_path: Path, options: tuple[str, ...], expected: list[str]
) -> None:
    told.run("export", "markdown", str(tmp_path / "out"), *options)
    assert _files(tmp_path / "out") == expected


def test_what_was_assigned_is_exported_once(
    cli: Cli, tracked: Repo, tmp_path: Path
) -> None:
    cli.run("exception", "a", "--id", "EX", at="2026-01-10T19:00:01Z")
    cli.run("exception", "b", "--id", "EY", at="2026-01-10T19:00:02Z")
    cli.run("execution", "c", "--outcome", "success")
    cli.run("start", "P1-001")
    event = tracked.events("exception_recorded")[0]
    cli.run("assign", str(event["id"]), "--task", "P1-001")
    cli.run("export", "markdown", str(tmp_path / "out"))
    assert _files(tmp_path / "out") == [
        "2026-01-10-unassigned.md",
        "exceptions/2026-01-10-EX.md",
        "exceptions/2026-01-10-EY.md",
    ]
    text = (tmp_path / "out" / "2026-01-10-unassigned.md").read_text()
    assert text.startswith("# Execution Log: NOT MEASURED\n")
    assert read_record(text).task is None


def test_a_correction_counts_and_a_retraction(
    told: Cli, tracked: Repo, tmp_path: Path
) -> None:
    first, second = tracked.events("execution_recorded", "P1-001")[:2]
    options = ("--task", "P1-001", "--reason", "wrong")
    told.run("correct", str(first["id"]), *options, "--set", "outcome=partial")
    told.run("correct", str(second["id"]), *options)
    told.run("export", "markdown", str(tmp_path / "out"), "--task", "P1-001")
    assert _files(tmp_path / "out") == [ALL[1], ALL[2], ALL[4]]
    assert "## Outcome\nPartial" in (tmp_path / "out" / ALL[1]).read_text()


def test_an_end_without_a_record_is_told_where_the_specification_asks_for_one(
    cli: Cli, tracked: Repo, tmp_path: Path
) -> None:
    (tracked.path / ".gitlog-track.toml").write_text("[records]\nautomatic = []\n")
    cli.run(
        "start",
        "P1-001",
        "--env",
        "prod",
        "--description",
        "Ship",
        at="2026-01-10T10:00Z",
    )
    cli.run("complete", at="2026-01-10T11:00Z")
    cli.run("start", "P1-002", "--env", "dev")
    cli.run("complete")
    out = tmp_path / "out"
    cli.run("export", "markdown", str(out))
    assert _files(out) == []
    (tracked.path / ".gitlog-track.toml").write_text("")
    cli.run("export", "markdown", str(out))
    assert _files(out) == ["2026-01-10-P1-001.md"]
    assert (out / "2026-01-10-P1-001.md").read_text() == (
        "# Execution Log: P1-001\n\n"
        "**Timestamp:** 2026-01-10T11:00:00Z\n**ENV:** prod\n**RISK:** NOT MEASURED\n"
        "**STATE Transition:** NOT MEASURED\n**Trigger:** prod_deployment\n\n"
        "## Task\nShip\n\n## Tools Used\nNOT MEASURED\n\n## Outcome\nSuccess\n\n"
        "## Issues\nNOT MEASURED\n\n## Contract Gaps\nNOT MEASURED\n"
    )
    assert tracked.events("execution_recorded") == []


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda out: out.write_text(""), "is a file"),
        (lambda out: (out / "2026-01-10-P1-001.md").mkdir(parents=True), "is no file"),
        (lambda out: os.symlink("/proc/nowhere", out), "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(
    told: Cli, tmp_path: Path, prepare: object, words: str
) -> None:
    out = tmp_path / "out"
    assert callable(prepare)
    prepare(out)
    answer = told.try_run("export", "markdown", str(out))
    assert answer.code in {2, 4}
    assert words in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("linked", ["file", "dangling", "directory"])
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_no_link_below_the_directory_is_written_through(
    told: Cli, tmp_path: Path, linked: str, force: tuple[str, ...]
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    told.run("export", "markdown", str(out))
    (first, *_) = sorted((out / "exceptions").iterdir())
    elsewhere.mkdir()
    if linked == "directory":
        place = out / "exceptions"
        place.rename(tmp_path / "before")
        place.symlink_to(elsewhere)
    else:
        place = first
        first.unlink()
        first.symlink_to(elsewhere / "mine")
    if linked == "file":
        (elsewhere / "mine").write_text("mine")
    answer = told.try_run("export", "markdown", str(out), *force)
    assert (answer.code, f"{place} is a symbolic link" in answer.err) == (4, True)
    texts = [path.read_text() for path in elsewhere.iterdir()]
    assert texts == (["mine"] if linked == "file" else [])


def test_a_link_to_the_directory_itself_is_followed(told: Cli, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    told.run("export", "markdown", str(tmp_path / "out"))
    assert list((tmp_path / "real").iterdir())


def test_without_a_log_there_is_nothing_to_export(cli: Cli, tmp_path: Path) -> None:
    answer = cli.try_run("export", "markdown", str(tmp_path / "out"))
    assert (answer.code, "there is no log" in answer.err) == (4, True)
    assert not (tmp_path / "out").exists()


ids = st.sampled_from(
    ["EX", "ex", "EX-2", "ex-2-2", "../x", "a b", "CON", "", "é", "x" * 80]
)


def _exception(number: int, exception_id: str) -> Record:
    return ExceptionRecorded(
        at=AT,
        id=f"{number:032x}",
        exception_id=exception_id,
        trigger="other",
        severity="error",
        what_happened="x",
    )


@given(st.lists(ids, max_size=12), st.randoms())
def test_names_are_safe_and_alike_whatever_the_order(
    wanted: list[str], random: object
) -> None:
    records = [_exception(number, name) for number, name in enumerate(wanted)]
    shuffled = records.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    named = list(name_files(records))
    assert named == list(name_files(shuffled))
    paths = [one.path for one in named]
    assert len({path.lower() for path in paths}) == len(records)
    for path in paths:
        folder, name = path.split("/")
        assert folder == "exceptions"
        assert name.startswith("2026-01-10-")
        assert len(name) < 100
        assert name.isascii()
        assert not set(name) & set('\\:*?"<>| \0')
