"""Objects one by one: what is judged, what is refused unseen, which command mends it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from gitlog_track.claims.grammar import Options
from gitlog_track.config import Answer
from gitlog_track.errors import LogError
from gitlog_track.gate.judge import Judge
from gitlog_track.gate.ledger import Ledger
from gitlog_track.gate.policy import Policy
from gitlog_track.gate.rules import RULES
from gitlog_track.gate.verdict import Verdict, Violation
from gitlog_track.gate.verify import (
    OBJECTS_IN_BATCH,
    Verifier,
    cannot_verify,
    joined,
)
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import RawObject
from tests.support.ledgers import TASK, Told
from tests.support.repos import Repo

HEADERS = b"tree %s\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n" % (b"1" * 40)
CUT_SHORT = RawObject("a" * 40, HEADERS + b"Add it\n", is_whole=False)
CUT_OFF = RawObject("b" * 40, HEADERS + b"Add more\n")


@pytest.mark.parametrize(
    ("mode", "found", "answer"),
    [
        ("block", ["GT008", "GT011"], "fail"),
        ("warn", ["GT008", "GT011"], "pass"),
        ("off", [], "pass"),
    ],
)
def test_what_is_cut_short_or_cut_off_is_refused_unless_the_gate_is_off(
    repo: Repo, mode: Answer, found: list[str], answer: str
) -> None:
    common = str(repo.common)
    ledger = Ledger(Git(common, os.environ), common, None)
    judge = Judge(ledger, Policy(mode=mode))
    verifier = Verifier(judge, boundary=frozenset({CUT_OFF.oid}))
    verdict = verifier.verify([CUT_SHORT, CUT_OFF])
    assert [violation.rule for violation in verdict.violations] == found
    assert (verdict.answer, verdict.commits) == (answer, 2)


def test_what_is_refused_unseen_says_why() -> None:
    verifier = Verifier(Judge(Told({}), Policy()), boundary=frozenset({CUT_OFF.oid}))
    short, off = verifier.verify([CUT_SHORT, CUT_OFF]).violations
    assert short.message == "its message has over 16 MiB"
    assert off.message == "the history is cut off at this commit"
    assert [short.title, off.title] == ["Add it", "Add more"]
    assert [short.commit, off.commit] == [CUT_SHORT.oid, CUT_OFF.oid]
    assert [short.fix, off.fix] == [RULES["GT008"].fix, RULES["GT011"].fix]


def commit(number: int, message: str, *headers: str) -> RawObject:
    rows = [f"tree {'1' * 40}", *headers, "author A <a> 1 +0000", "", message]
    return RawObject(f"{number:040x}", "\n".join(rows).encode())


def claim(number: int, value: str, *headers: str) -> RawObject:
    body = f"Add part {number}\n\nTask: P1-009\nTokens-Used: {value}\n"
    return commit(number, body, *headers)


def verify(objects: Iterator[RawObject] | list[RawObject], head: str = "") -> Verdict:
    return Verifier(Judge(Told({"": TASK}), Policy()), head).verify(objects)


def test_commits_and_claims_are_counted() -> None:
    found = verify([claim(1, "3,236"), commit(2, "Tidy\n"), claim(3, "2,400")])
    assert (found.commits, found.claims) == (3, 2)
    assert [(v.rule, v.commit) for v in found.violations] == [("GT004", f"{3:040x}")]


def test_a_title_is_the_first_line_and_no_more_than_can_be_shown() -> None:
    long = commit(1, f"\n{'x' * 130}\n\nTask: P1-009\nTokens-Used: 1\n")
    (found,) = verify([long]).violations
    assert found.title == "x" * 120


HEAD = claim(1, "1", f"parent {'2' * 40}")


@pytest.mark.parametrize(
    ("one", "head", "command"),
    [
        (HEAD, HEAD.oid, "git commit --amend"),
        (HEAD, "", f"git rebase -i {HEAD.oid[:12]}^ and reword it"),
        (HEAD, "f" * 40, f"git rebase -i {HEAD.oid[:12]}^ and reword it"),
        (claim(1, "1"), "", "git rebase -i --root and reword it"),
        (
            RawObject("3" * 40, claim(1, "1").raw.replace(b"tree ", b"object ", 1)),
            "",
            "make the tag anew: git tag -f -a NAME",
        ),
    ],
    ids=["HEAD", "earlier", "of another branch", "root", "tag"],
)
def test_the_fix_is_the_command_that_changes_this_message(
    one: RawObject, head: str, command: str
) -> None:
    (found,) = verify([one], head).violations
    assert found.fix.split("; ")[0] == command


def test_a_message_that_speaks_of_a_parent_is_a_root_all_the_same() -> None:
    text = "Add\n\nparent of all\nparent none\n\nTask: P1-009\nTokens-Used: 1\n"
    (found,) = verify([commit(1, text)]).violations
    assert "--root" in found.fix


def broken(*objects: RawObject) -> Iterator[RawObject]:
    yield from objects
    raise LogError("the history cannot be read", hint="git fsck")


@pytest.mark.parametrize("before", [0, 1, OBJECTS_IN_BATCH, OBJECTS_IN_BATCH + 1])
def test_what_came_before_an_error_is_judged_and_the_rest_refused(before: int) -> None:
    found = verify(broken(*(claim(n, "2,400") for n in range(before))))
    assert found.commits == found.claims == before
    assert [v.rule for v in found.violations] == ["GT004"] * before + ["GT011"]
    assert found.violations[-1] == Violation(
        rule="GT011",
        commit="",
        title="",
        message="the history cannot be read",
        fix="git fsck",
    )


@pytest.mark.parametrize("count", [0, 1, OBJECTS_IN_BATCH, OBJECTS_IN_BATCH + 1])
def test_every_object_is_judged_in_batches_of_any_size(count: int) -> None:
    assert verify([claim(n, "2,400") for n in range(count)]).commits == count


def test_without_a_hint_the_rule_says_what_to_do() -> None:
    assert cannot_verify("it is gone").fix == RULES["GT011"].fix


def test_an_object_of_two_sources_is_judged_once() -> None:
    one, two, three = (claim(n, "1") for n in (1, 2, 3))
    assert list(joined([one, two, one], [two, three])) == [one, two, three]


def test_what_is_refused_unseen_claims_nothing() -> None:
    verifier = Verifier(Judge(Told({}), Policy()), boundary=frozenset({CUT_OFF.oid}))
    assert verifier.verify([CUT_SHORT, CUT_OFF]).claims == 0


def test_a_title_ends_with_its_line() -> None:
    (found,) = verify([claim(7, "1")]).violations
    assert found.title == "Add part 7"


def test_messages_are_read_as_the_project_says() -> None:
    policy = Policy(options=Options(task_key="story"))
    verifier = Verifier(Judge(Told({"": TASK}), policy))
    said = commit(1, "Add\n\nStory: P1-009\nTokens-Used: 3,236\n")
    assert verifier.verify([said]).violations == ()
    (found,) = verifier.verify([claim(2, "3,236")]).violations
    assert found.rule == "GT001"
