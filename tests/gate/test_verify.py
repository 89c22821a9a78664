"""What cannot be read or seen is refused, unless the gate is off."""

from __future__ import annotations

import os

import pytest

from gitlog_track.config import Answer
from gitlog_track.gate.judge import Judge
from gitlog_track.gate.ledger import Ledger
from gitlog_track.gate.policy import Policy
from gitlog_track.gate.verify import Verifier
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import RawObject
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
