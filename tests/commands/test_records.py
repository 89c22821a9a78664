"""``exception`` and ``execution``: every field of the specification, and its files."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from gitlog_track.record_files.reader import read_record
from tests.support.cli import Cli
from tests.support.repos import Repo

FILES = Path(__file__).parent.parent / "record_files"
EXECUTION = FILES / "execution.md"
EXCEPTION = FILES / "exception.md"
LATER = "2026-11-21T12:00:00+00:00"


TRACE = """\
Traceback (most recent call last):
  File "app/main.py", line 3, in main
    save()
OSError: disk is full
"""


@pytest.fixture
def prod(cli: Cli) -> Cli:
    """A task in production is current."""
    options = ("--env", "prod", "--risk", "high", "--description", "Ship it")
    cli.run("start", "P1-001", *options)
    return cli


def _last(tracked: Repo, kind: str) -> dict[str, Any]:
    return tracked.events(kind)[-1]


def test_an_exception_holds_every_field(prod: Cli, tracked: Repo) -> None:
    Path("stack.txt").write_text(TRACE)
    fields = {
        "severity": "critical",
        "env": "stage",
        "trigger": "contract_ambiguity",
        "root_cause": "Two readings",
        "contract_reference": "4.2",
        "proposed_fix": "Say which",
        "workaround": "Asked",
        "error_type": "OSError",
    }
    options = [
        part
        for name, value in fields.items()
        for part in (f"--{name.replace('_', '-')}", value)
    ]
    stack = str(Path("stack.txt").absolute())
    prod.run("exception", "It stopped", "--id", "EX-1", *options, "--stack", stack)
    found = _last(tracked, "exception_recorded")
    expected = {**fields, "exception_id": "EX-1", "what_happened": "It stopped"}
    assert expected.items() <= found.items()
    assert "OSError: disk is full" in found["stack"]
    assert "save()" not in found["stack"]
    assert found["stack_hash"].startswith("v1:")
    assert (found["task"], found["provenance"]) == ("P1-001", "live")


def test_a_stack_trace_says_what_was_not_said(prod: Cli, tracked: Repo) -> None:
    Path("stack.txt").write_text(TRACE)
    prod.run("exception", "--stack", str(Path("stack.txt").absolute()))
    found = _last(tracked, "exception_recorded")
    assert (found["what_happened"], found["error_type"]) == ("disk is full", "OSError")


def test_what_is_not_said_of_an_exception(prod: Cli, tracked: Repo) -> None:
    answer = prod.try_run("exception", "It stopped")
    found = _last(tracked, "exception_recorded")
    assert (found["severity"], found["trigger"], found["env"]) == (
        *("error", "other"),
        "prod",
    )
    assert "root_cause" not in found
    assert found["exception_id"].startswith("exc-")
    assert f"exception {found['exception_id']} recorded for P1-001" in answer.err
    prod.run("exception", "It stopped", at="2025-10-04T22:00:01-05:00")
    assert _last(tracked, "exception_recorded")["exception_id"] != found["exception_id"]


def test_an_execution_holds_every_field(prod: Cli, tracked: Repo) -> None:
    prod.run(
        *("execution", "Draft the plan", "--outcome", "partial", "--env", "dev"),
        *("--risk", "low", "--state", "PLAN → DRAFT", "--trigger", "multi_step"),
        *("--tool", "git=clean = yes", "--tool", "make", "--step", "a", "--step", "b"),
        *("--issue", "slow", "--no-contract-gaps"),
    )
    expected = {
        "description": "Draft the plan",
        "outcome": "partial",
        "env": "dev",
        "risk": "low",
        "state_from": "PLAN",
        "state_to": "DRAFT",
        "trigger": "multi_step",
        "tools": [
            {"name": "git", "result": "clean = yes"},
            {"name": "make", "result": ""},
        ],
        "steps": ["a", "b"],
        "issues": ["slow"],
        "contract_gaps": [],
    }
    assert expected.items() <= _last(tracked, "execution_recorded").items()


def test_what_is_not_said_of_an_execution_is_the_tasks(
    prod: Cli, tracked: Repo
) -> None:
    prod.run("execution", "--outcome", "Success")
    found = _last(tracked, "execution_recorded")
    expected = {"description": "Ship it", "env": "prod", "risk": "high"}
    assert {
        **expected,
        "outcome": "success",
        "trigger": "other",
    }.items() <= found.items()
    assert not {"tools", "issues", "contract_gaps", "state_from"} & set(found)


def test_without_a_task_a_record_waits_to_be_assigned(cli: Cli, tracked: Repo) -> None:
    cli.run("exception", "It stopped", "--id", "EX-1")
    cli.run("execution", "Tidy up", "--outcome", "success")
    found = [
        *tracked.events("exception_recorded"),
        *tracked.events("execution_recorded"),
    ]
    assert [event.get("task") for event in found] == [None, None]
    assert cli.try_run("exception", "Again", "--id", "ex-1").code == 2
    cli.run("start", "P1-001")
    cli.run("assign", str(found[0]["id"]), "--task", "P1-001")
    answer = cli.try_run("exception", "Again", "--id", "EX-1")
    assert (answer.code, "P1-001 has an exception EX-1 already" in answer.err) == (
        2,
        True,
    )


@pytest.mark.parametrize(
    ("path", "kind"), [(EXECUTION, "execution"), (EXCEPTION, "exception")]
)
def test_a_file_of_the_specification_is_recorded_once(
    cli: Cli, tracked: Repo, path: Path, kind: str
) -> None:
    cli.run("start", "P1-009", at=LATER)
    cli.run(kind, "--from", str(path))
    again = cli.try_run(kind, "--from", str(path))
    assert (again.code, "already: nothing recorded" in again.err) == (0, True)
    (found,) = tracked.events(f"{kind}_recorded")
    said = read_record(path.read_text())
    assert (found["task"], found["provenance"]) == ("P1-009", "backfilled")
    assert found["recorded_at"] == "2026-11-21T12:00:00.000+00:00"
    assert found["at"].startswith(said.at.isoformat()[:19])
    assert found["env"] == said.env
    assert "clock" not in cli.try_run("validate", "P1-009").out


def test_a_file_comes_from_standard_input_and_for_the_task_that_is_named(
    cli: Cli, tracked: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.run("start", "P1-002", at=LATER)
    data = io.TextIOWrapper(io.BytesIO(EXECUTION.read_bytes()))
    monkeypatch.setattr(sys, "stdin", data)
    cli.run("execution", "--from", "-", "--task", "P1-002")
    assert _last(tracked, "execution_recorded")["task"] == "P1-002"


@pytest.mark.parametrize("by", ["command", "backfill"])
def test_two_executions_of_one_instant_are_two(
    cli: Cli, tracked: Repo, tmp_path: Path, by: str
) -> None:
    """They differ in what stands below; the second was said to be there already."""
    texts = EXECUTION.read_text(), EXECUTION.read_text() + "\n## Steps\n- Another\n"
    cli.now = LATER
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.md"
        path.write_text(text)
        if by == "command":
            assert "recorded for" in cli.try_run("execution", "--from", str(path)).err
        else:
            cli.run("backfill", "markdown", str(path))
    assert len(tracked.events("execution_recorded")) == 2


@pytest.mark.parametrize("by", ["command", "backfill"])
def test_another_exception_of_one_id_and_instant_is_refused(
    cli: Cli, tracked: Repo, tmp_path: Path, by: str
) -> None:
    cli.run("start", "P1-009", at=LATER)
    cli.run("exception", "--from", str(EXCEPTION))
    path = tmp_path / "other.md"
    before, after = EXCEPTION.read_text().split("## Root Cause\n", 1)
    path.write_text(f"{before}## Root Cause\nAnother. {after}")
    told = {
        "command": ("exception", "--from", str(path)),
        "backfill": ("backfill", "markdown", str(path), "--task", "P1-009"),
    }
    answer = cli.try_run(*told[by])
    assert answer.code == {"command": 2, "backfill": 1}[by]
    assert f"{path}:1: P1-009 has another exception" in answer.err
    assert len(tracked.events("exception_recorded")) == 1


def test_a_file_of_the_other_kind_is_none(cli: Cli, tracked: Repo) -> None:
    answer = cli.try_run("execution", "--from", str(EXCEPTION), at=LATER)
    assert (answer.code, "tells of an exception" in answer.err) == (2, True)
    assert "gitlog-track exception --from" in answer.err
    assert tracked.events() == []


@pytest.mark.parametrize("first", ["P1-001", None])
def test_a_file_that_names_no_task_is_recorded_once_for_all_tasks(
    cli: Cli, tracked: Repo, tmp_path: Path, first: str | None
) -> None:
    cli.now = LATER
    path = tmp_path / "ex.md"
    path.write_text(EXCEPTION.read_text().replace("**Task:** P1-009\n", ""))
    if first:
        cli.run("start", first)
    cli.run("exception", "--from", str(path))
    assert "1 unchanged" in cli.try_run("backfill", "markdown", str(path)).err
    cli.run("start", "P1-002")
    again = cli.try_run("exception", "--from", str(path))
    said = f"is recorded for {first or 'no task'} already: nothing recorded"
    assert (again.code, said in again.err) == (0, True)
    assert len(tracked.events("exception_recorded")) == 1
    path.write_text(path.read_text().replace("## Root Cause\n", "## Root Cause\nNo. "))
    cli.run("exception", "--from", str(path))
    assert {e.get("task") for e in tracked.events("exception_recorded")} == {
        first,
        "P1-002",
    }


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_a_file_is_read_in_the_encodings_of_backfill(
    cli: Cli, tracked: Repo, tmp_path: Path, encoding: str
) -> None:
    text = EXCEPTION.read_text().replace("## Root Cause\n", "## Root Cause\nCafé. ")
    path = tmp_path / "encoded.md"
    path.write_bytes(text.encode(encoding))
    cli.run("exception", "--from", str(path), at=LATER)
    assert _last(tracked, "exception_recorded")["root_cause"].startswith("Café. ")


def test_a_file_recorded_within_a_trace_keeps_the_link_to_it(
    cli: Cli, tracked: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    monkeypatch.setenv("TRACEPARENT", link)
    cli.run("exception", "--from", str(EXCEPTION), at=LATER)
    assert _last(tracked, "exception_recorded")["link"] == link


def test_an_imported_record_does_not_move_the_beginning_of_tracking(
    cli: Cli, tracked: Repo
) -> None:
    tracked.commit("before")
    cli.run("start", "P1-009", at=LATER)
    before = _figures(cli)
    cli.run("exception", "--from", str(EXCEPTION))
    assert _figures(cli) == before


def test_a_timezone_is_that_of_the_file(
    cli: Cli, tracked: Repo, tmp_path: Path
) -> None:
    path = tmp_path / "local.md"
    path.write_text(EXCEPTION.read_text().replace("+01:00", ""))
    answer = cli.try_run("exception", "--from", str(path), at=LATER)
    assert answer.code == 2
    assert f"{path}:3: 2026-01-10 16:05:30 has no offset" in answer.err
    assert "--timezone" in answer.err
    cli.run("exception", "--from", str(path), "--timezone", "Europe/Berlin")
    found = _last(tracked, "exception_recorded")
    assert found["at"] == "2026-01-10T16:05:30.000+01:00"


BAD = {
    "nothing": (("exception",), "nothing says what happened"),
    "blank": (("exception", " "), "nothing says what happened"),
    "severity": (
        ("exception", "x", "--severity", "fatal"),
        "'fatal' is not one of 'warning', 'error', 'critical'",
    ),
    "trigger": (
        ("exception", "x", "--trigger", "y"),
        "'missing_criticals', 'self_test_gate_failure', 'contract_ambiguity', 'other'",
    ),
    "env": (("exception", "x", "--env", "y"), "'dev', 'stage', 'prod'"),
    "id": (("exception", "x", "--id", "a/b"), "exception name 'a/b' has '/'"),
    "too long": (("exception", "x" * 5000), "what_happened has 5000 bytes"),
    "no stack": (
        ("exception", "x", "--stack", "gone"),
        "gone cannot be read: No such file",
    ),
    "no file": (("exception", "--from", "gone"), "gone cannot be read: No such file"),
    "directory": (("exception", "--from", "."), ". cannot be read: Is a directory"),
    "both": (
        ("exception", "x", "--from", "y"),
        "--from says it all: it goes with --task, not with 'x'",
    ),
    "both options": (
        ("execution", "--outcome", "success", "--from", "y"),
        "--from says it all: it goes with --task, not with --outcome",
    ),
    "both id": (("exception", "--id", "x", "--from", "y"), "not with --id"),
    "zone": (
        ("exception", "--from", str(EXCEPTION), "--timezone", "Mars/North"),
        "--timezone 'Mars/North' is no timezone",
    ),
    "zone path": (
        ("exception", "--from", str(EXCEPTION), "--timezone", "../../etc"),
        "is no timezone",
    ),
    "future": (("exception", "--from", str(EXCEPTION)), "lies in the future"),
    "long ago": (
        ("exception", "--from", str(EXCEPTION.with_name("year_1.md"))),
        "year_1.md:3: 0001-01-01T00:00:00Z lies before 1970-01-02, so before any",
    ),
    "no outcome": (
        ("execution", "x"),
        "expected --outcome success or partial or failed",
    ),
    "outcome": (
        ("execution", "x", "--outcome", "great"),
        "'great' is not one of 'success', 'partial', 'failed'",
    ),
    "no text": (
        ("execution", "--outcome", "success"),
        "nothing says what was executed: no task has no description either",
    ),
    "state": (
        ("execution", "x", "--outcome", "success", "--state", "DRAFT"),
        "'DRAFT' is no transition; expected one like PLAN → DRAFT",
    ),
    "tool": (
        ("execution", "x", "--outcome", "success", "--tool", "=ok"),
        "--tool '=ok' names no tool",
    ),
    "issues": (
        ("execution", "x", "--outcome", "success", "--issue", "a", "--no-issues"),
        "--no-issues contradicts --issue",
    ),
}


@pytest.mark.parametrize(("args", "words"), BAD.values(), ids=BAD)
def test_one_clear_sentence(
    cli: Cli, tracked: Repo, args: tuple[str, ...], words: str
) -> None:
    answer = cli.try_run(*args)
    assert answer.code in {2, 4}
    assert words in " ".join(answer.err.split())
    assert "Traceback" not in answer.err
    assert tracked.events() == []


def test_a_file_that_is_too_large_is_refused_soon(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "large.md"
    with path.open("wb") as file:
        file.truncate(100 << 20)
    answer = cli.try_run("exception", "--from", str(path))
    assert (answer.code, "has more than 1024 KiB" in answer.err) == (2, True)


def test_before_init_nothing_is_recorded(repo: Repo, capsys: Any) -> None:
    answer = Cli(repo.path, capsys).try_run("exception", "x")
    assert (answer.code, "gitlog-track init" in answer.err) == (4, True)


def test_no_measure_of_a_task_changes(prod: Cli, tracked: Repo) -> None:
    before = _figures(prod), _measures(prod)
    prod.run("exception", "It stopped")
    prod.run("execution", "Draft", "--outcome", "failed", "--issue", "a bug")
    assert len(tracked.events()) == 3
    assert (_figures(prod), _measures(prod)) == before


def _figures(cli: Cli) -> str:
    """Return the report, whatever log it is of."""
    text = cli.run("report", "--format", "json")
    tip = json.loads(text)["log"]
    return text.replace(tip, "TIP").replace(tip[:12], "TIP")


def _measures(cli: Cli) -> object:
    text = cli.run("show", "P1-001", "--format", "json")
    tip = json.loads(text)["log"][:12]
    shown = json.loads(text.replace(tip, "TIP"))
    return shown["measures"], shown["validation"]
