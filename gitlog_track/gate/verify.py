"""Verify: every new commit and tag of a push or range, claim by claim.

Most messages claim nothing; a cheap test lets them go by unparsed. What cannot be read
or seen is never "no claim": it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from gitlog_track.claims.grammar import read_claims
from gitlog_track.claims.message import read_commit
from gitlog_track.claims.sieve import build_sieve
from gitlog_track.claims.vocabulary import Vocabulary, vocabulary
from gitlog_track.errors import GitlogTrackError
from gitlog_track.gate.judge import Judge, Judged
from gitlog_track.gate.rules import RULES
from gitlog_track.gate.verdict import Verdict, Violation
from gitlog_track.git.pushes import RawObject
from gitlog_track.measures.catalogue import MEASURES

OBJECTS_IN_BATCH = 256


@cache
def words() -> Vocabulary:
    """Return the keys and nouns of all measures that can be claimed."""
    return vocabulary(MEASURES)


@cache
def sieve() -> Callable[[Sequence[bytes]], list[bool]]:
    """Return the cheap test on raw commits and tags, many at a time."""
    return build_sieve(words())


@dataclass(frozen=True, slots=True)
class Verifier:
    """Judges raw objects one after the other.

    Attributes:
        judge: by which policy and log.
        head: the commit that ``git commit --amend`` would change; empty for none.
        boundary: commits at which a shallow history is cut off.
    """

    judge: Judge
    head: str = ""
    boundary: frozenset[str] = frozenset()

    def verify(self, objects: Iterable[RawObject]) -> Verdict:
        """Return the verdict on commits and tags; never raises."""
        commits = claims = 0
        violations: list[Violation] = []
        try:
            for batch in _batches(objects):
                commits += len(batch)
                for one in self._suspects(batch):
                    found, number = self._judge(one)
                    claims += number
                    violations += found
        except GitlogTrackError as err:
            violations.append(cannot_verify(str(err), err.hint))
        return Verdict(commits=commits, claims=claims, violations=tuple(violations))

    def _suspects(self, batch: list[RawObject]) -> Iterator[RawObject]:
        """Yield what has to be parsed, or cannot be read or seen."""
        if self.judge.policy.mode == "off":
            return
        marks = sieve()([one.raw for one in batch])
        for one, marked in zip(batch, marks, strict=True):
            if marked or not one.is_whole or one.oid in self.boundary:
                yield one

    def _judge(self, one: RawObject) -> tuple[list[Violation], int]:
        message = read_commit(one.raw)
        title = message.text.strip().partition("\n")[0][:120]
        judged = Judged(commit=one.oid, title=title, amend=self._amend(one))
        if not one.is_whole:
            text = "its message has over 16 MiB"
            return [self._refuse("GT008", judged, text)], 0
        if one.oid in self.boundary:
            text = "the history is cut off at this commit"
            return [self._refuse("GT011", judged, text)], 0
        reading = read_claims(message, words(), self.judge.policy.options)
        return self.judge.violations(judged, reading), len(reading.claims)

    def _refuse(self, rule: str, judged: Judged, text: str) -> Violation:
        return Violation(
            rule=rule,
            commit=judged.commit,
            title=judged.title,
            message=text,
            fix=RULES[rule].fix,
            blocks=self.judge.policy.mode == "block",
        )

    def _amend(self, one: RawObject) -> str:
        if one.oid == self.head:
            return "git commit --amend"
        if one.raw.startswith(b"object "):
            return "make the tag anew: git tag -f -a NAME"
        is_root = b"\nparent " not in one.raw.partition(b"\n\n")[0]
        above = "--root" if is_root else f"{one.oid[:12]}^"
        return f"git rebase -i {above} and reword it"


def _batches(objects: Iterable[RawObject]) -> Iterator[list[RawObject]]:
    """Yield objects in batches; what came before an error is judged all the same."""
    source = iter(objects)
    failed: GitlogTrackError | None = None
    while failed is None:
        batch: list[RawObject] = []
        try:
            batch.extend(islice(source, OBJECTS_IN_BATCH))
        except GitlogTrackError as err:
            failed = err
        if batch:
            yield batch
        elif failed is None:
            return
    raise failed


def cannot_verify(text: str, hint: str | None = None) -> Violation:
    """Return the violation of rule GT011: what cannot be seen is not let through."""
    return Violation(
        rule="GT011",
        commit="",
        title="",
        message=text,
        fix=hint or RULES["GT011"].fix,
    )


def joined(*parts: Iterable[RawObject]) -> Iterator[RawObject]:
    """Yield objects of several sources, each object once."""
    seen: set[str] = set()
    for part in parts:
        for one in part:
            if one.oid not in seen:
                seen.add(one.oid)
                yield one
