"""``report``: which tasks it is about, and where it is written."""

from __future__ import annotations

import json
import os
import stat
from typing import Any

import pytest

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.instants import parse_instant
from gitlog_track.errors import UsageProblem
from tests.support.cli import Cli
from tests.support.gate import tell

ALL = 13


def report(cli: Cli, *args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cli.run("report", "--format", "json", *args))
    return found


def tasks(found: dict[str, Any]) -> list[str]:
    return [task for phase in found["phases"] for task in phase["tasks"]]


@pytest.mark.parametrize(
    ("args", "count"),
    [
        ((), ALL),
        (("--phase", "p1"), ALL),
        (("--task", "p1-009"), 1),
        (("--since", "2025-10-17"), 1),
        (("--since", "2025-10-17T09:00:00Z"), 1),
        (("--since", "2025-10-17T09:00:01+00:00"), 0),
        (("--until", "2025-10-04T09:15:00+00:00"), 1),
        (("--since", "2025-10-06", "--until", "2025-10-08"), 2),
        (("--phase", "P1", "--since", "2025-10-16"), 2),
    ],
)
def test_tasks_are_chosen(founding: Cli, args: tuple[str, ...], count: int) -> None:
    found = report(founding, *args)
    assert len(tasks(found)) == count
    assert found["overall"]["tasks_total"]["value"] == (count or None)
    assert len(found["phases"]) == (1 if count else 0)


def test_a_task_alone_has_nothing_of_its_phase(founding: Cli) -> None:
    found = report(founding, "--task", "P1-009")
    (phase,) = found["phases"]
    assert phase["measures"]["total_tokens_used"]["value"] == 3236
    assert phase["measures"]["biggest_win"]["value"] is None


def test_a_date_is_midnight_where_the_command_runs(founding: Cli) -> None:
    """P1-009 began on the 5th at 03:00 UTC; west of it that is the evening before."""
    since = ("--since", "2025-10-05", "--until", "2025-10-06")
    assert tasks(report(founding, *since)) == ["P1-009"]
    founding.now = "2025-10-18T12:00:00-05:00"
    assert tasks(report(founding, *since)) == []


def test_a_moment_has_the_offset_that_clocks_had_then() -> None:
    """Europe/Berlin 2025: summer time ends on 26 October at 01:00 UTC."""
    change_s = 1_761_440_400

    def offset_s(at_ns: int) -> int:
        return 7200 if at_ns < change_s * 1_000_000_000 else 3600

    around = Surroundings(offset_s=offset_s)
    found = [
        parse_instant(around, "--since", text)
        for text in (
            "2025-10-26",
            "2025-10-26T01:30",
            "2025-10-26T12:00",
            "2025-10-27",
            "2025-10-26T12:00Z",
        )
    ]
    assert [each.isoformat() for each in found] == [
        "2025-10-26T00:00:00+02:00",
        "2025-10-26T01:30:00+02:00",
        "2025-10-26T12:00:00+01:00",
        "2025-10-27T00:00:00+01:00",
        "2025-10-26T12:00:00+00:00",
    ]


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59:59"])
def test_the_ends_of_the_calendar_are_moments_too(cli: Cli, text: str) -> None:
    assert cli.try_run("report", "--since", text).code == 0


@pytest.mark.parametrize("text", ["yesterday", "", "2025-13-01", "04.10.2025", "5"])
@pytest.mark.parametrize("option", ["--since", "--until"])
def test_what_is_no_moment_is_refused(cli: Cli, option: str, text: str) -> None:
    answer = cli.try_run("report", option, text)
    assert answer.code == 2
    assert f"{option} {text!r} is no date and no instant" in answer.err


def test_a_span_that_ends_before_it_begins_is_refused(cli: Cli) -> None:
    args = ("--since", "2025-10-05", "--until", "2025-10-04")
    answer = cli.try_run("report", *args)
    assert answer.code == 2
    assert "is not before --until" in answer.err
    with pytest.raises(UsageProblem):
        parse_instant(Surroundings(), "--since", "never")


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("--phase", "P2"), "nearest: P1"),
        (("--task", "P1-0009"), "nearest: P1-009"),
        (("--task", "q"), "gitlog-track tasks"),
        (("--phase", "nope"), "gitlog-track tasks"),
    ],
)
def test_what_the_log_does_not_know_is_named(
    founding: Cli, args: tuple[str, str], hint: str
) -> None:
    answer = founding.try_run("report", *args)
    assert (answer.code, answer.out) == (4, "")
    assert f"{args[1]} has no log: NOT MEASURED" in answer.err
    assert f"\n  {hint}" in answer.err


def test_tasks_with_and_without_a_label(cli: Cli) -> None:
    for number, label in enumerate(["ai", "ai", ""], 1):
        begin, end = (f"2025-10-0{number}T1{n}:00:00+00:00" for n in (0, number))
        extra = ("--label", label) if label else ()
        tell(cli.path, begin, "start", f"P1-00{number}", *extra)
        tell(cli.path, end, "complete", "--tokens-used", f"{number}000")
    compared = report(cli, "--compare", "ai")["comparison"]
    assert compared["label"] == "ai"
    sides = [compared[side] for side in ("with", "without")]
    assert [side["tasks_total"]["value"] for side in sides] == [2, 1]
    assert [side["tokens_per_task_avg"]["value"] for side in sides] == [1500, 3000]
    text = cli.run("report", "--compare", "ai")
    assert "Tasks with and without the label ai" in text
    assert "No task has this label." in cli.run("report", "--compare", "AI")
    assert report(cli)["comparison"] is None


def test_what_is_known_less_well_counts_as_missing(founding: Cli) -> None:
    found = report(founding, "--min-evidence", "derived")["overall"]
    assert found["total_tokens_used"]["label"] == "NOT MEASURED"
    assert found["actual_total"]["value"] == 38.2 * 3600
    assert founding.try_run("report", "--min-evidence", "missing").code == 2


def test_a_file_is_written_whole_and_keeps_its_mode(founding: Cli) -> None:
    path = founding.path / "out.md"
    path.write_text("before")
    path.chmod(0o640)
    assert founding.run("report", "--format", "md", "-o", "out.md") == ""
    assert path.read_text().startswith("# Report\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [p.name for p in founding.path.iterdir() if "gitlog-track-" in p.name] == []


def test_a_link_stays_a_link(founding: Cli) -> None:
    link = founding.path / "link.csv"
    link.symlink_to("target.csv")
    founding.run("report", "--format", "csv", "-o", "link.csv")
    assert link.is_symlink()
    assert (founding.path / "target.csv").read_text().startswith("phase,task,")


@pytest.mark.parametrize("path", [".", "none/out.json", "x" * 300])
def test_what_cannot_be_written_is_one_sentence(founding: Cli, path: str) -> None:
    answer = founding.try_run("report", "--format", "json", "-o", path)
    assert (answer.code, answer.out) == (4, "")
    assert answer.err.startswith(f"gitlog-track: cannot write {path}: ")
    assert answer.err.count("\n") == 1


def test_a_failure_leaves_the_file_as_it_was(
    founding: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = founding.path / "out.md"
    path.write_text("before")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    # The index is put in place by the same call, and does without.
    answer = founding.try_run("report", "--format", "md", "-o", "out.md")
    assert (answer.code, path.read_text()) == (4, "before")
    assert "No space left on device" in answer.err
    assert [p.name for p in founding.path.iterdir() if "gitlog-track-" in p.name] == []


def test_a_dash_is_stdout(founding: Cli) -> None:
    printed = founding.run("report", "--format", "md")
    assert founding.run("report", "--format", "md", "-o", "-") == printed


def test_what_is_no_regular_file_is_written_to_and_not_replaced(founding: Cli) -> None:
    """A pipe of our own, never a device: a test run as root could replace that."""
    pipe = founding.path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        founding.run("report", "-o", "pipe")
        assert stat.S_ISFIFO(pipe.stat().st_mode)
        assert os.read(reader, 5) == b"phase"
    finally:
        os.close(reader)


def test_at_least_one_processor_is_used() -> None:
    assert 1 <= Surroundings().workers <= (os.cpu_count() or 1)
