"""Every rule refuses its own bad example and lets its good one pass."""

from __future__ import annotations

import os

import pytest

from gitlog_track.gate.judge import Judge
from gitlog_track.gate.ledger import Ledger
from gitlog_track.gate.policy import Policy
from gitlog_track.gate.rules import RULES, Rule, explain
from gitlog_track.gate.verdict import Violation
from gitlog_track.gate.verify import Verifier
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import RawObject
from tests.support.gate import Project

SEEN_ELSEWHERE = {"GT007", "GT011"}
"""Rules about where the log and the history are, not about the message."""


def judged(
    project: Project,
    message: str,
    *,
    is_remote: bool = False,
    tip: str | None = None,
    is_boundary: bool = False,
) -> tuple[Violation, ...]:
    common = str(project.work.common)
    git = Git(common, os.environ)
    log = (
        tip
        if tip is not None
        else project.work.git("rev-parse", "refs/gitlog-track/log")
    )
    judge = Judge(Ledger(git, common, log or None), Policy(), is_remote)
    raw = b"tree %s\n\n%s" % (b"0" * 40, message.encode())
    boundary = frozenset({"a" * 40}) if is_boundary else frozenset()
    verifier = Verifier(judge, boundary=boundary)
    return verifier.verify([RawObject("a" * 40, raw)]).violations


@pytest.mark.parametrize("rule", [r for r in RULES if r not in SEEN_ELSEWHERE])
def test_a_bad_example_is_refused_with_its_rule(project: Project, rule: str) -> None:
    found = judged(project, RULES[rule].bad)
    assert rule in {v.rule for v in found}
    assert all(v.blocks for v in found)


@pytest.mark.parametrize(
    "rule", [r for r in RULES if r not in {*SEEN_ELSEWHERE, "GT009"}]
)
def test_a_bad_example_breaks_no_other_rule(project: Project, rule: str) -> None:
    assert {v.rule for v in judged(project, RULES[rule].bad)} == {rule}


@pytest.mark.parametrize("rule", RULES)
def test_a_good_example_passes(project: Project, rule: str) -> None:
    assert judged(project, RULES[rule].good) == ()


def test_without_a_log_on_the_readers_side_a_claim_is_gt007(project: Project) -> None:
    found = judged(project, RULES["GT007"].bad, is_remote=True, tip="")
    assert [v.rule for v in found] == ["GT007"]


def test_at_a_shallow_boundary_a_claim_is_gt011(project: Project) -> None:
    found = judged(project, RULES["GT011"].bad, is_boundary=True)
    assert [v.rule for v in found] == ["GT011"]


def test_a_log_that_is_not_there_is_gt011(project: Project) -> None:
    found = judged(project, RULES["GT011"].bad, tip="1" * 40)
    assert [v.rule for v in found] == ["GT011"]


@pytest.mark.parametrize("rule", RULES)
def test_a_page_shows_both_examples_and_the_way_out(rule: str) -> None:
    found = RULES[rule]
    page = explain(found)
    for words in (f"{found.id}: {found.title}", "Refused:", "Passes:", found.fix):
        assert words in page
    for example in (found.bad, found.good):
        assert all(line in page for line in example.strip().split("\n"))


def test_ids_are_those_of_the_design() -> None:
    assert list(RULES) == [f"GT{number:03d}" for number in range(1, 12)]
    assert all(rule.id == name for name, rule in RULES.items())


def test_a_page_word_for_word() -> None:
    rule = Rule(
        id="GT000",
        title="a title",
        why="Because.",
        bad="\nX it  \n\n  Task: A\n\n",
        good="Do XX\n",
        fix="do it X",
    )
    assert explain(rule) == (
        "GT000: a title\n\nBecause.\n\nRefused:\n\n\n    X it\n\n      Task: A\n\n"
        "Passes:\n\n    Do XX\n\nWhat to do: do it X.\n"
    )
