"""``--cause`` and ``show --graph``."""

from __future__ import annotations

import json

import pytest

from tests.commands.test_patterns import events, last_id
from tests.support.cli import Cli
from tests.support.golden import Golden
from tests.support.schema import check_schema

TAKE_CAUSES = (
    *("note", "iteration", "bug", "fix", "blocker", "lesson", "fail", "exception"),
    "execution",
)


@pytest.mark.parametrize("command", TAKE_CAUSES)
def test_an_event_names_what_led_to_it(cli: Cli, command: str) -> None:
    cli.run("start", "P1-001", "--env", "dev")
    begin = last_id(cli, "P1-001")
    cli.run("note", "first")
    note = last_id(cli, "P1-001")
    more = ("--outcome", "success") if command == "execution" else ()
    cli.run(
        command,
        "it",
        *more,
        "--cause",
        begin[:8],
        "--cause",
        note,
        "--cause",
        note[:10],
    )
    caused = [event for event in events(cli, "P1-001") if event.get("causes")]
    assert caused[0]["causes"] == [begin, note]


def test_a_start_may_follow_from_another_task(cli: Cli) -> None:
    cli.run("start", "P1-001")
    cli.run("note", "too slow")
    note = last_id(cli, "P1-001")
    cli.run("start", "P1-002", "--cause", f"p1-001:{note[:6]}")
    assert events(cli, "P1-002")[0]["causes"] == [f"P1-001:{note}"]
    cli.run("fail", "--task", "P1-002")
    cli.run("start", "P1-002", "--retry", "--cause", f"P1-001:{note}")
    assert events(cli, "P1-002")[-1]["causes"] == [f"P1-001:{note}"]


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("ffff", "--cause: no event of P1-001 begins with 'ffff'; expected one"),
        ("", "begins with ''; expected one"),
        ("P9-009:ab", "--cause: no event of P9-009 begins with 'ab'"),
        ("../x:ab", "task name '../x' has '/'"),
        ("x' OR 1=1", 'no event of P1-001 begins with "x\' OR 1=1"'),
        ("\0", "no event of P1-001"),
        ("\udcff", "no event of P1-001"),
    ],
)
def test_an_unknown_cause_is_refused_and_nothing_recorded(
    cli: Cli, cause: str, said: str
) -> None:
    cli.run("start", "P1-001")
    answer = cli.try_run("note", "it", "--cause", cause)
    assert answer.code == 2
    assert said in answer.err
    assert len(events(cli, "P1-001")) == 1


@pytest.fixture
def told(cli: Cli) -> Cli:
    """A task that was tried twice, with a bug and its fix, because of another one."""
    minute = "2026-01-05T08:{:02d}:00+01:00".format
    cli.run("start", "P1-001", at=minute(0))
    cli.run("note", "the \x1b[31mserver is slow", at=minute(1))
    slow = f"P1-001:{last_id(cli, 'P1-001')}"
    cli.run("start", "P1-002", "--cause", slow, at=minute(2))
    cli.run("bug", "off by 1", at=minute(3))
    bug = last_id(cli, "P1-002")
    cli.run("fix", "count from 0", "--bug", bug, at=minute(4))
    fix = last_id(cli, "P1-002")
    cli.run("blocker", "no access", "--cause", bug, at=minute(5))
    cli.run("unblock", last_id(cli, "P1-002"), "asked", at=minute(6))
    cli.run("note", "alone", at=minute(7))
    cli.run("lesson", "count first", "--cause", bug, "--cause", fix, at=minute(8))
    cli.run("fail", "gave up", at=minute(9))
    cli.run("start", "P1-002", "--retry", at=minute(10))
    cli.run("complete", at=minute(11))
    return cli


def without_ids(cli: Cli, text: str) -> str:
    """Replace ids, which follow from the clone, by numbers in the order of the log."""
    ids = [str(e["id"]) for task in ("P1-001", "P1-002") for e in events(cli, task)]
    for number, event_id in enumerate(ids, 1):
        text = text.replace(event_id[:8], f"event-{number:02d}")
    return text


def test_the_graph_is_a_tree(told: Cli, golden: Golden) -> None:
    text = told.run("show", "P1-002", "--graph")
    golden.check("graph.txt", without_ids(told, text))
    assert "\x1b" not in text
    assert "alone" not in text


def test_a_terminal_without_unicode_gets_ascii(
    told: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = told.run("show", "P1-002", "--graph")
    monkeypatch.setattr("rich.console.Console.encoding", "ascii")
    drawn = told.run("show", "P1-002", "--graph")
    assert drawn.isascii()
    shapes = str.maketrans({"─": "-", "└": "`", "├": "|", "│": "|"})
    assert drawn == text.translate(shapes)


def test_the_graph_for_programs(told: Cli) -> None:
    body = json.loads(told.run("show", "P1-002", "--graph", "--format", "json"))
    check_schema(body, "graph")
    relations = [edge["relation"] for edge in body["edges"]]
    assert sorted(relations) == [
        *["cause"] * 4,
        *["end"] * 2,
        "fix",
        "resolution",
        "retry",
    ]
    assert (body["unknown"], body["cycles"]) == ([], [])


def test_circles_and_unknown_events_are_shown_as_such(cli: Cli) -> None:
    cli.run("start", "P1-001")
    cli.run("note", "first")
    first = last_id(cli, "P1-001")
    cli.run("note", "second", "--cause", first)
    second = last_id(cli, "P1-001")
    causes = json.dumps([second, "f" * 32, "P9-009:gone\x1b", "a/b:c"])
    cli.run("correct", first, "--reason", "test", "--set", f"causes={causes}")
    text = cli.run("show", "P1-001", "--graph")
    assert text.count("(cycle: it is above)") == 1
    assert f"{'f' * 32}  is in no log, or was retracted" in text
    assert "P9-009: gone\\x1b  is in no log" in text
    body = json.loads(cli.run("show", "P1-001", "--graph", "--format", "json"))
    check_schema(body, "graph")
    assert len(body["cycles"]) == 1
    assert len(body["unknown"]) == 3


def test_a_task_without_causes_says_so(cli: Cli) -> None:
    cli.run("start", "P1-001")
    assert cli.run("show", "--graph") == "nothing in P1-001 names a cause\n"


def test_a_founding_log_has_no_graph(cli: Cli) -> None:
    cli.run("start", "P1-001")
    answer = cli.try_run("show", "--graph", "--format", "log")
    assert answer.code == 2
    assert "no part of a founding log" in answer.err
