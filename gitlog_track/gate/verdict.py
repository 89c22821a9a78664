"""What the gate says: one verdict for one push or range, with every violation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Answer = Literal["pass", "fail", "cannot-verify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One refusal.

    Attributes:
        rule: its id.
        commit: hex id of the commit or tag object.
        title: first line of its message.
        subject: task or phase; empty where none is named.
        measure: id; empty where it is not about one.
        claimed: the claim's own words.
        logged: what the log says, for people; empty where it says nothing.
        evidence: of the logged value.
        message: what is wrong, one sentence.
        fix: the command that mends it.
        blocks: does it stop the push, or only warn?
    """

    rule: str
    commit: str
    title: str
    subject: str = ""
    measure: str = ""
    claimed: str = ""
    logged: str = ""
    evidence: str = ""
    message: str
    fix: str
    blocks: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer.

    Attributes:
        commits: how many commits and tags were judged.
        claims: how many claims were found in them.
        violations: in the order of the commits.
        notes: what a person should know beside, where something is refused.
    """

    commits: int
    claims: int
    violations: tuple[Violation, ...]
    notes: tuple[str, ...] = ()

    @property
    def answer(self) -> Answer:
        """``pass``, ``fail``, or ``cannot-verify`` where that is all that is wrong."""
        blocking = {v.rule for v in self.violations if v.blocks}
        if not blocking:
            return "pass"
        return "cannot-verify" if blocking == {"GT011"} else "fail"
