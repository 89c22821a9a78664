"""Judge the claims of one message against the log, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from gitlog_track.claims.grammar import Claim, Form, Reading
from gitlog_track.claims.quantity import holds, overlap
from gitlog_track.errors import GitlogTrackError
from gitlog_track.gate.ledger import Ledger
from gitlog_track.gate.policy import Policy
from gitlog_track.gate.rules import RULES
from gitlog_track.gate.verdict import Violation
from gitlog_track.measures.catalogue import find
from gitlog_track.measures.measure import Level, Measure

if TYPE_CHECKING:
    from gitlog_track.gate.account import Account
    from gitlog_track.measures.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The message that is judged.

    Attributes:
        commit: hex id of the commit or tag.
        title: first line of the message.
        amend: the command that changes the message.
    """

    commit: str
    title: str
    amend: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges messages by one policy against one log.

    Attributes:
        ledger: the log.
        policy: of the project.
        is_remote: is this the reader's side (a server, CI), where a log that is not
            there was not brought along?
    """

    ledger: Ledger
    policy: Policy
    is_remote: bool = False

    def violations(self, judged: Judged, reading: Reading) -> list[Violation]:
        """Return what is wrong with a message; nothing where the gate is off."""
        if self.policy.mode == "off":
            return []
        found = [
            *self._unreadable(judged, reading),
            *self._contradictions(judged, reading),
        ]
        for claim in self._considered(reading):
            found += self._judge(judged, claim)
        if self.policy.mode == "warn":
            found = [replace(violation, blocks=False) for violation in found]
        return found

    def _unreadable(self, judged: Judged, reading: Reading) -> Iterator[Violation]:
        if reading.unreadable:
            text = f"the message cannot be read: {reading.unreadable}"
            yield _violation("GT008", judged, text)

    def _contradictions(self, judged: Judged, reading: Reading) -> Iterator[Violation]:
        seen: dict[tuple[object, str, str], Claim] = {}
        for claim in self._considered(reading):
            if claim.quantity is None:
                continue
            # At two points of the log, before and after a retry, two values can be true.
            key = (claim.subject, claim.measure, claim.pin)
            first = seen.setdefault(key, claim)
            if first.quantity and not overlap(first.quantity, claim.quantity):
                text = f"{claim.words!r} contradicts {first.words!r}"
                found = _violation("GT009", judged, text, claim)
                yield self._weighed(found, first, claim)

    def _considered(self, reading: Reading) -> Iterator[Claim]:
        for claim in reading.claims:
            if claim.form is not Form.PROSE or self.policy.prose != "off":
                yield claim

    def _judge(self, judged: Judged, claim: Claim) -> list[Violation]:
        try:
            found = self._refusal(judged, claim)
        except GitlogTrackError as err:
            found = _violation("GT011", judged, f"the log cannot be read: {err}", claim)
        if found is None:
            return []
        return [self._weighed(found, claim)]

    def _weighed(self, found: Violation, *claims: Claim) -> Violation:
        """Return a violation that only warns where the project wants that of prose."""
        in_prose = any(claim.form is Form.PROSE for claim in claims)
        warns = in_prose and self.policy.prose == "warn"
        return replace(found, blocks=found.blocks and not warns)

    def _refusal(self, judged: Judged, claim: Claim) -> Violation | None:
        if claim.problem:
            return _violation("GT008", judged, claim.problem, claim)
        if claim.subject is None:
            text = "the message claims a metric but names no one task or phase"
            return _violation("GT001", judged, text, claim)
        if self.is_remote and self.ledger.tip is None:
            text = "the log is neither here nor in this push"
            return _violation("GT007", judged, text, claim)
        pin = self.ledger.pinned(claim.pin) if claim.pin else None
        if claim.pin and pin is None:
            text = f"the log does not contain the pinned commit {claim.pin[:40]}"
            return _violation("GT010", judged, text, claim)
        account = self.ledger.account(claim.subject.kind, claim.subject.name, pin)
        found = self._against(judged, claim, account)
        return self._corrected_later(judged, claim, account) if found is None else found

    def _corrected_later(
        self, judged: Judged, claim: Claim, pinned: Account
    ) -> Violation | None:
        """Warn where what was true at the pin rests on evidence corrected since."""
        if claim.subject is None or not claim.pin:
            return None
        now = self.ledger.account(claim.subject.kind, claim.subject.name, None)
        if not (now.corrected - pinned.corrected) & pinned.events:
            return None
        found = self._against(judged, claim, now)
        if found is None:
            return None
        text = f"true at its pin, but the log was corrected since: {found.message}"
        return replace(found, message=text, blocks=False)

    def _against(
        self,
        judged: Judged,
        claim: Claim,
        account: Account,
    ) -> Violation | None:
        measure = find(claim.measure, Level(claim.level))
        if measure is None or claim.subject is None:
            return _violation("GT005", judged, "no such measure", claim)
        kind, name = claim.subject.kind, account.name
        if not account.exists:
            text = f"{kind} {name} has no log: NOT MEASURED"
            return _violation("GT002", judged, text, claim)
        if account.problems:
            text = f"the log of {kind} {name} is not sound: {account.problems[0]}"
            return _violation("GT003", judged, text, claim)
        value = account.measures.get(measure.id)
        if measure.needs_end and not account.has_ended:
            text = f"task {name} has not ended: complete the task first"
            fix = f"gitlog-track complete --task {name}, then claim again"
            return replace(_violation("GT003", judged, text, claim), fix=fix)
        if value is None or not value.is_known:
            text = f"{measure.id} of {name} is NOT MEASURED"
            return _violation("GT005", judged, text, claim)
        return self._compare(judged, claim, account, measure, value)

    def _compare(
        self,
        judged: Judged,
        claim: Claim,
        account: Account,
        measure: Measure,
        value: Value,
    ) -> Violation | None:
        least = self.policy.least_evidence(measure.id)
        logged = written(value, measure)
        evidence = value.evidence.value
        if value.evidence < least:
            text = f"{measure.id} of {account.name} is {evidence}, not {least.value}"
            found = _violation("GT006", judged, text, claim)
        elif not self._holds(claim, account, measure, value):
            text = f"claimed {claim.words!r}; the log says {logged}"
            found = _violation("GT004", judged, text, claim)
        else:
            return None
        return replace(found, logged=logged, evidence=evidence)

    def _holds(
        self,
        claim: Claim,
        account: Account,
        measure: Measure,
        value: Value,
    ) -> bool:
        if claim.status:
            return value.text == claim.status
        if claim.quantity is None or value.number is None:
            return False
        tolerance = self.policy.tolerance.get(measure.id, Decimal(0))
        if not holds(
            claim.quantity,
            value.number,
            tolerance=tolerance,
            or_floor=claim.or_floor,
        ):
            return False
        stated = claim.quantity.total
        if stated is None:
            return True
        total = total_of(account, measure, value)
        return total is None or total == stated


def total_of(account: Account, measure: Measure, value: Value) -> Decimal | None:
    """Return M of a measure that is N of M, or None where there is none."""
    if measure.total_of:
        total = account.measures.get(measure.total_of)
        return total.number if total else None
    return Decimal(value.n) if value.n is not None else None


def written(value: Value, measure: Measure) -> str:
    """Return a logged value exactly, with its unit."""
    if value.number is None:
        return str(value.value)
    number = value.number.normalize()
    exact = f"{number:f}" if number == round(number, 6) else f"{round(number, 6):f}"
    return exact + {"s": " s", "%": "%"}.get(measure.unit, "")


def _violation(
    rule: str,
    judged: Judged,
    message: str,
    claim: Claim | None = None,
) -> Violation:
    subject = claim.subject if claim else None
    fix = f"{judged.amend}; {RULES[rule].fix}"
    if subject and rule in {"GT004", "GT010"}:
        fix = f"{judged.amend}; gitlog-track claim {subject.name} prints what holds"
    return Violation(
        rule=rule,
        commit=judged.commit,
        title=judged.title,
        subject=subject.name if subject else "",
        measure=claim.measure if claim else "",
        claimed=claim.words if claim else "",
        message=message,
        fix=fix,
    )
