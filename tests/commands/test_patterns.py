"""``patterns``: text, Markdown to hand over, JSON; which executions count."""

from __future__ import annotations

import json

import pytest

from tests.support.cli import Cli
from tests.support.golden import Golden
from tests.support.schema import check_schema

HOUR = "2026-01-{:02d}T{:02d}:00:00+01:00".format


def events(cli: Cli, task: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        cli.run("show", task, "--format", "json")
    )["events"]
    return found


def last_id(cli: Cli, task: str) -> str:
    return str(events(cli, task)[-1]["id"])


@pytest.fixture
def told(cli: Cli) -> Cli:
    """Two tasks in which the same goes wrong, and what was learnt."""
    cli.run("start", "P1-001", "--env", "prod", at=HOUR(5, 8))
    cli.run("bug", "off by 3", at=HOUR(5, 9))
    cli.run("fix", "count from 0", "--bug", last_id(cli, "P1-001"))
    cli.run("blocker", "no access to \x1b[31mhost", "--critical", at=HOUR(5, 10))
    cli.run("unblock", last_id(cli, "P1-001"), "asked | got it")
    cli.run(
        "fail", "no answer after 30 s", "--error-type", "TimeoutError", at=HOUR(5, 11)
    )
    cli.run("start", "P1-002", at=HOUR(6, 8))
    cli.run(
        "fail", "no answer after 7 s", "--error-type", "TimeoutError", at=HOUR(6, 9)
    )
    cli.run("start", "P2-001", at=HOUR(7, 8))
    cli.run("exception", "tool `curl` gone", "--workaround", "used wget", at=HOUR(7, 9))
    cli.run("execution", "fetch all", "--outcome", "partial", "--issue", "off by 11", "--contract-gap", "nobody says <how>", at=HOUR(7, 10))  # fmt: skip
    cli.run("lesson", "ask first", at=HOUR(7, 11))
    return cli


def test_patterns_as_text(told: Cli, golden: Golden) -> None:
    golden.check("patterns.txt", told.run("patterns"))


def test_patterns_to_hand_over(told: Cli, golden: Golden) -> None:
    golden.check("patterns.md", told.run("patterns", "--handoff-to", "JEN"))


def found(cli: Cli, *args: str) -> dict[str, list[str]]:
    """Return the kinds of each pattern by its title."""
    answer = json.loads(cli.run("patterns", "--format", "json", *args))
    check_schema(answer, "patterns")
    assert answer["occurrences"] == sum(p["count"] for p in answer["patterns"])
    return {p["title"]: sorted(p["kinds"]) for p in answer["patterns"]}


def test_patterns_for_programs(told: Cli) -> None:
    assert found(told) == {
        "TimeoutError: no answer after <duration>": ["exception"],
        "off by <n>": ["bug", "issue"],
        "no access to \x1b[<n>mhost": ["blocker"],
        "tool <text> gone": ["exception"],
        "nobody says <how>": ["contract_gap"],
        "ask first": ["lesson"],
    }


@pytest.mark.parametrize(
    ("last", "missing"),
    [
        # P2-001 began, then an exception and an execution were recorded.
        (1, {"TimeoutError: no answer after <duration>", "tool <text> gone"}),
        (2, {"TimeoutError: no answer after <duration>"}),
        (3, {"TimeoutError: no answer after <duration>"}),
        (4, set[str]()),  # the exception that P1-002's failure was
        (10**9, set[str]()),
        (10**30, set[str]()),
    ],
)
def test_the_last_executions_are_counted_together(
    told: Cli, last: int, missing: set[str]
) -> None:
    titles = found(told, "--last", str(last)).keys()
    every = {"TimeoutError: no answer after <duration>", "tool <text> gone"}
    assert every - titles == missing


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("--last", "0"), 2, "0 is not in the range"),
        (("--last", "-1"), 2, "-1 is not in the range"),
        (("--last", "x"), 2, "'x' is not a valid integer"),
        (("--format", "xml"), 2, "'xml' is not one of"),
    ],
)
def test_what_cannot_be_asked(
    told: Cli, args: tuple[str, ...], code: int, said: str
) -> None:
    answer = told.try_run("patterns", *args)
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err


def test_whoever_takes_over_may_have_any_name(told: Cli) -> None:
    name = "J](x) <b>\x1b[31m\n# no"
    for form in ("md", "text", "json"):
        text = told.run("patterns", "--handoff-to", name, "--format", form)
        assert "\x1b" not in text
        assert "\n# no" not in text
    first = told.run("patterns", "--handoff-to", name).split("\n")[0]
    assert first == "[HANDOFF TO J\\](x) \\<b\\>\\\\x1b\\[31m\\\\n\\# no]"


def test_a_log_without_any_says_so(cli: Cli) -> None:
    cli.run("start", "P1-001")
    assert cli.run("patterns") == "0 patterns in 0 occurrences\n"
    assert found(cli) == {}


def test_many_patterns_are_cut_and_counted(cli: Cli) -> None:
    cli.run("start", "P1-001")
    for letter in "abcdefghijklmnopqrstuvw":
        cli.run("lesson", f"about {letter}{letter}")
    assert cli.run("patterns").endswith("\nand 3 more: --format json\n")
    assert len(found(cli)) == 23


def test_without_a_log_nothing_can_be_said(cli: Cli) -> None:
    assert cli.try_run("patterns").code == 4
