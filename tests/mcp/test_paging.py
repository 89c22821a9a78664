"""Pages: together the whole, no task twice, each of bounded size, cursors checked."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.mcp.paging import ANSWER_BYTES, MAX_LIMIT
from gitlog_track.mcp.rows import ROW_BYTES, TEXT_BYTES, cut
from tests.support.agents import Agent, Planted, names
from tests.support.cli import Cli

COUNT = 130


@pytest.fixture
def many(cli: Cli) -> Planted:
    """Tasks of which some began at one instant, some never, and some failed."""
    told = Planted(cli.path)
    for number in range(COUNT):
        name, minute = f"P{number % 3}-{number:03d}", number // 4
        if number % 10 == 3:
            told.tell("note_recorded", name, minute, text="only noted")
            continue
        told.tell("task_started", name, minute)
        if number % 2:
            told.tell("task_failed", name, 100 + number // 8)
    told.write()
    return told


@pytest.mark.parametrize("limit", [1, 7, MAX_LIMIT, 10**9])
@pytest.mark.parametrize("asked", [{}, {"status": "failed"}, {"phase": "P1"}])
def test_all_pages_together_are_the_whole_without_doubles(
    cli: Cli, many: Planted, asked: dict[str, object], limit: int
) -> None:
    if limit == 1 and not asked:
        limit = 3  # a hundred and thirty connections say no more than forty
    whole = [row["task"] for row in json.loads(cli.run("tasks", *_options(asked), "--format", "json"))["tasks"]]  # fmt: skip
    assert 0 < len(whole) <= len(many.tasks)
    pages = list(Agent.of(cli).pages("tasks_list", limit=limit, **asked))
    assert [name for page in pages for name in names(page)] == whole
    assert all(len(page["tasks"]) <= min(limit, MAX_LIMIT) for page in pages)


def _options(asked: dict[str, object]) -> list[str]:
    return [word for name, value in asked.items() for word in (f"--{name}", str(value))]


def test_pages_of_failures_are_the_whole_too(cli: Cli, many: Planted) -> None:
    asking = Agent.of(cli)
    whole = names(asking.call("tasks_last_failed", limit=100))
    failed = [name for name, lines in many.tasks.items() if b"task_failed" in lines[-1]]
    assert sorted(whole) == sorted(failed)
    pages = asking.pages("tasks_last_failed", limit=9)
    assert [name for page in pages for name in names(page)] == whole


def test_a_cursor_stays_while_the_log_grows(cli: Cli, many: Planted) -> None:
    asking = Agent.of(cli)
    before = [name for page in asking.pages("tasks_list") for name in names(page)]
    seen = []
    for number, page in enumerate(asking.pages("tasks_list", limit=30)):
        seen += names(page)
        many.tell("task_started", f"P9-{number:03d}", 10_000 + number)
        many.write()
    assert seen == before


def test_a_limit_that_is_cut_is_said(cli: Cli, many: Planted) -> None:
    del many
    page = Agent.of(cli).call("tasks_list", limit=10**9)
    assert len(page["tasks"]) == MAX_LIMIT
    assert page["notes"] == ["limit is cut to 100; next_cursor gets the rest"]
    assert Agent.of(cli).call("tasks_list", limit=10**300)["notes"] == page["notes"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"phase": "P1"}, "belongs to another tool or to other filters"),
        ({"since": "2020-01-01"}, "belongs to another tool or to other filters"),
    ],
)
def test_a_cursor_belongs_to_its_question(
    cli: Cli, many: Planted, asked: dict[str, object], said: str
) -> None:
    del many
    asking = Agent.of(cli)
    cursor = asking.call("tasks_list", limit=2)["next_cursor"]
    assert said in asking.refused("tasks_list", cursor=cursor, **asked)
    assert said in asking.refused("tasks_last_failed", cursor=cursor)
    assert names(asking.call("tasks_list", cursor=cursor, limit=50))


def test_a_cursor_that_was_changed_is_refused(cli: Cli, many: Planted) -> None:
    del many
    asking = Agent.of(cli)
    cursor = asking.call("tasks_list", limit=2)["next_cursor"]
    middle = len(cursor) // 2
    other = "A" if cursor[middle] != "A" else "B"
    for bad in (
        cursor[:middle] + other + cursor[middle + 1 :],
        cursor[:-2],
        f"{cursor}AAAA",
        "1",
        "' OR 1=1 --",
        "../../etc/passwd",
        "\0",
        "é",
        "A" * 100_000,
    ):
        said = asking.refused("tasks_list", cursor=bad)
        assert said.startswith("cursor "), bad
        assert "is none that this tool gave" in said
        assert "call again with next_cursor as it was given" in said


def test_no_answer_is_longer_than_25_000_tokens(cli: Cli) -> None:
    """The worst that a log can hold: every text and every list as long as allowed."""
    told = Planted(cli.path)
    worst = '"\\\x1b\u202e\U0001f600' * 100
    for number in range(12):
        name = f"P1-{number:03d}"
        told.tell("task_started", name, 0, description=worst, labels=[f"{worst[:200]}{n}" for n in range(40)], projected_outcome=worst, trace_id=f"abcd{number:028x}")  # fmt: skip
        for kind in ("lesson_learned", "blocker_hit"):
            for minute in range(20):
                told.tell(kind, name, minute, text=worst)
        for minute in range(20):
            told.tell("measurement_recorded", name, minute, measure="performance_actual", value="1", unit="ms", name=worst[:60], method="command")  # fmt: skip
        for attempt in range(1, 31):
            told.tell("task_failed", name, attempt * 2, attempt=attempt, error_type=worst, message=worst, stack_hash=worst, actual_outcome=worst)  # fmt: skip
            told.tell("task_retried", name, attempt * 2 + 1, attempt=attempt + 1)
    told.write()
    asking = Agent.of(cli)
    for page in (
        *asking.pages("tasks_list", limit=100),
        asking.call("tasks_list", task="P1-001"),
        asking.call("tasks_by_trace", trace_id="abcd"),
        *asking.pages("tasks_last_failed", limit=100),
    ):
        assert page["tasks"]
        sizes = [_size(row) for row in page["tasks"]]
        assert max(sizes) <= ROW_BYTES
        assert _size(page) <= ANSWER_BYTES
    first = asking.call("tasks_list", limit=100)
    assert first["notes"] == [f"{len(first['tasks'])} tasks fill this answer; next_cursor gets more"]  # fmt: skip
    by_trace = asking.call("tasks_by_trace", trace_id="abcd")
    assert by_trace["notes"][0].endswith("of 12 tasks fit: give more digits")
    [row, *_] = first["tasks"]
    assert (row["attempts_total"], len(row["attempts"])) == (31, 10)
    assert row["labels"][-1] == "... and 30 more"


def _size(value: object) -> int:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode())


@given(st.text(st.characters(codec="utf-8")), st.integers(10, TEXT_BYTES))
def test_a_text_is_cut_by_its_size_in_json(text: str, limit: int) -> None:
    shown = cut(text, limit)
    assert _size(shown) - 2 <= limit
    assert shown == cut(text, 10_000_000) or shown.endswith("...")
