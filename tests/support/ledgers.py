"""A ledger that is told what the log says, for tests of what the gate makes of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from gitlog_track.claims.grammar import Reading, read_claims
from gitlog_track.claims.message import read_message
from gitlog_track.errors import GitlogTrackError
from gitlog_track.gate.account import Account
from gitlog_track.gate.judge import Judge, Judged
from gitlog_track.gate.ledger import Ledger
from gitlog_track.gate.policy import Policy
from gitlog_track.gate.verdict import Violation
from gitlog_track.gate.verify import words
from gitlog_track.git.process import Git
from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.value import Value

PIN = "1234567"
PINNED = PIN * 5 + "12345"
JUDGED = Judged(commit="a" * 40, title="Add it", amend="git commit --amend")


def number(
    text: str, evidence: Evidence = Evidence.DECLARED, n: int | None = None
) -> Value:
    return Value(number=Decimal(text), evidence=evidence, n=n)


TASK = Account(
    name="P1-009",
    measures={
        "duration": number("720", Evidence.DERIVED),
        "token_count_used": number("3236"),
        "tests_passed": number("7"),
        "tests_total": number("8"),
        "status": Value(text="complete", evidence=Evidence.DECLARED),
    },
    exists=True,
    has_ended=True,
    problems=(),
    events=frozenset({"e1", "e2"}),
)


class Told(Ledger):
    """Answers from a table of accounts by commit; the empty commit is the tip."""

    def __init__(
        self, accounts: Mapping[str, Account | GitlogTrackError], tip: str | None = "t"
    ) -> None:
        super().__init__(Git(os.devnull, {}), os.devnull, tip)
        self.accounts = accounts

    def pinned(self, pin: str) -> str | None:
        return PINNED if pin == PIN else None

    def account(self, kind: str, name: str, commit: str | None) -> Account:
        found = self.accounts.get(commit or "", replace(TASK, name=name, exists=False))
        if isinstance(found, GitlogTrackError):
            raise found
        assert kind in {"task", "phase"}
        return found


def reading(body: str) -> Reading:
    """Read a message of a subject line and a body."""
    return read_claims(read_message(f"Add it\n\n{body}\n".encode()), words())


def refusals(
    body: str,
    *accounts: Account | GitlogTrackError,
    policy: Policy | None = None,
    **judge: bool,
) -> list[Violation]:
    """Judge a message by what the log says at its tip, and, if given, at the pin."""
    told = Told(dict(zip(("", PINNED), accounts or (TASK,), strict=False)))
    return Judge(told, policy or Policy(), **judge).violations(JUDGED, reading(body))
