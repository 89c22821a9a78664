"""``tasks`` and ``trace``: what is listed, in which form, and what is refused."""

from __future__ import annotations

import json

import pytest

from tests.support.cli import Cli
from tests.support.repos import Repo
from tests.support.schema import check_schema


@pytest.fixture
def told(cli: Cli) -> Cli:
    """Three tasks: one done, one failed and tried again, one just begun."""
    (cli.path / "f").write_text("x")
    hour = "2026-01-05T{:02d}:00:00+01:00".format
    cli.run("start", "P1-001", "--label", "agent", "--description", "The \x1b[31mheader", at=hour(8))  # fmt: skip
    cli.run("complete", at=hour(9))
    cli.run("start", "P1-002", "--estimate", "1h", at=hour(10))
    cli.run("fail", "--error-type", "TimeoutError", at=hour(11))
    cli.run("start", "P1-002", "--retry", at=hour(12))
    cli.run("start", "P2-001", at=hour(13))
    return cli


@pytest.mark.parametrize("text", ["ÄNDERE", "ändere", "STRASSE", "Straße"])
def test_a_search_knows_letters_beyond_ascii(cli: Cli, text: str) -> None:
    cli.run("start", "P1-001", "--description", "Ändere die Straße")
    assert [row["task"] for row in rows(cli, "tasks", "--search", text)] == ["P1-001"]


def rows(cli: Cli, *args: str) -> list[dict[str, object]]:
    answer = json.loads(cli.run(*args, "--format", "json"))
    check_schema(answer, "tasks")
    found = answer["tasks"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("args", "names"),
    [
        ((), ["P2-001", "P1-002", "P1-001"]),
        (("--limit", "1"), ["P2-001"]),
        (("--limit", "0"), []),
        (("--status", "complete"), ["P1-001"]),
        (("--phase", "p1", "--status", "in_progress"), ["P1-002"]),
        (("--label", "agent"), ["P1-001"]),
        (("--search", "HEADER"), ["P1-001"]),
        (("--since", "2026-01-05T10:00+01:00"), ["P2-001", "P1-002"]),
        (("--until", "2026-01-05T10:00:00+01:00"), ["P1-001"]),
        (("--since", "2026-01-06"), []),
        (("--provenance", "backfilled"), []),
        (("--task", "p1-002"), ["P1-002"]),
    ],
)
def test_tasks_are_listed_newest_first(
    told: Cli, args: tuple[str, ...], names: list[str]
) -> None:
    assert [row["task"] for row in rows(told, "tasks", *args)] == names


def test_one_row_an_attempt(told: Cli) -> None:
    found = rows(told, "tasks", "--attempts", "--phase", "P1")
    said = [(r["task"], r["attempt"], r["status"], r["error_type"]) for r in found]
    assert said == [
        ("P1-002", 2, "in_progress", ""),
        ("P1-002", 1, "failed", "TimeoutError"),
        ("P1-001", 1, "complete", ""),
    ]


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ((), ["P2-001/1", "P1-002/2", "P1-002/1", "P1-001/1"]),
        (("--status", "failed"), ["P1-002/1"]),
        (("--status", "not_started"), []),
        (("--task", "p1-002", "--limit", "1"), ["P1-002/2"]),
        (("--label", "agent"), ["P1-001/1"]),
        (("--search", "timeouterror"), ["P1-002/1"]),
        (("--since", "2026-01-05T11:00+01:00"), ["P2-001/1", "P1-002/2"]),
        (("--until", "2026-01-05T10:00+01:00"), ["P1-001/1"]),
        (("--provenance", "backfilled"), []),
        (
            ("--phase", "P1", "--limit", "1000000000"),
            ["P1-002/2", "P1-002/1", "P1-001/1"],
        ),
        (("--phase", "P2", "--limit", str(10**30)), ["P2-001/1"]),
        (("--search", "' OR 1=1 --"), []),
        (("--search", "\0"), []),
        (("--label", "\udcff", "--task", "../../x"), []),
    ],
)
def test_attempts_are_chosen_by_what_they_are(
    told: Cli, args: tuple[str, ...], found: list[str]
) -> None:
    listed = rows(told, "tasks", "--attempts", *args)
    assert [f"{row['task']}/{row['attempt']}" for row in listed] == found


def test_a_row_carries_measures_with_their_evidence(told: Cli) -> None:
    [row] = rows(told, "tasks", "--task", "P1-002")
    measures = row["measures"]
    assert isinstance(measures, dict)
    assert measures["estimated_duration"]["value"] == 3600
    assert measures["estimated_duration"]["label"].startswith("DECLARED")
    assert "token_count_used" not in measures


def test_text_is_a_table_of_80_columns_without_escapes(told: Cli) -> None:
    for args in (("tasks",), ("tasks", "--attempts")):
        text = told.run(*args)
        assert max(map(len, text.splitlines())) <= 80
        assert "TimeoutError" in text or args == ("tasks",)
        assert "\x1b" not in text


def test_a_trace_is_asked_for_by_its_beginning(tracked: Repo, told: Cli) -> None:
    tracked.git("commit", "-q", "--allow-empty", "-m", "root")
    told.run("start", "P3-001", at="2026-01-05T15:00:00+01:00")
    [row] = rows(told, "tasks", "--task", "P3-001")
    trace = str(row["trace_id"])
    for digits in (trace, trace[:6], trace[:4].upper()):
        assert [r["task"] for r in rows(told, "trace", digits)] == ["P3-001"]
    assert "P3-001" in told.run("trace", trace)


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("trace", "beef"), 1, "no trace id and no span id begins with beef"),
        (
            ("trace", "abc"),
            2,
            "'abc' is no trace id and no span id: expected 32 or 16 hex",
        ),
        (("trace", "a%_b"), 2, "is no trace id"),
        (("tasks", "--since", "yesterday"), 2, "'yesterday' is no date and no instant"),
        (
            ("tasks", "--since", "2030-01-01", "--until", "2020-01-01"),
            2,
            "is not before --until 2020-01-01",
        ),
        (("tasks", "--status", "done"), 2, "'done' is not one of"),
        (("tasks", "--limit", "-1"), 2, "-1 is not in the range"),
        (("tasks", "--phase", "nowhere"), 0, "no such tasks"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_sentence(
    told: Cli, args: tuple[str, ...], code: int, said: str
) -> None:
    answer = told.try_run(*args)
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err


def test_a_date_without_offset_is_local(told: Cli) -> None:
    told.now = "2026-01-05T20:00:00+05:00"
    found = rows(told, "tasks", "--since", "2026-01-05T17:30", "--until", "2026-01-06")
    assert found == []
    found = rows(told, "tasks", "--since", "2026-01-05T16:00")
    assert [row["task"] for row in found] == ["P2-001"]
