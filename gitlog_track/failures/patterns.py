"""Occurrences that are the same thing again: grouped, counted, with what ended them. Pure.

The order in which occurrences are given is no matter: every clone groups them alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gitlog_track.failures.occurrences import FixKind, Occurrence
from gitlog_track.failures.template import template_of

FIX_KINDS: tuple[FixKind, ...] = (
    *("fix", "resolution", "workaround", "commit", "proposed_fix"),
)
"""In the order in which they are shown: what was done before what was only proposed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One occurrence and the task it belongs to; empty where none was known."""

    task: str
    occurrence: Occurrence

    @property
    def order(self) -> tuple[datetime, str, str, str]:
        """By time; by whatever no two of them share where that is the same."""
        one = self.occurrence
        return one.at, one.event, one.kind, one.text


@dataclass(frozen=True, slots=True, order=True)
class KnownFix:
    """What ended an occurrence, as somebody recorded it.

    Attributes:
        kind: see :class:`gitlog_track.failures.occurrences.Fix`.
        text: as recorded; of a commit its id.
        task: whose event says so.
    """

    kind: FixKind
    text: str
    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Occurrences that are the same by stack hash or by the template of their text.

    Attributes:
        stack_hash: empty where they are the same by their texts.
        title: template of the last one's text.
        count: of occurrences.
        kinds, environments, severities, provenances: how many of each, by name; what
            nobody said is left out.
        tasks: names, sorted.
        first_seen, last_seen: instants.
        example: text of the last one.
        fixes: what is known to have ended any of them; the closing commit only of the
            last one, since it follows all of them.
    """

    stack_hash: str
    title: str
    count: int
    kinds: Mapping[str, int]
    environments: Mapping[str, int]
    severities: Mapping[str, int]
    provenances: Mapping[str, int]
    tasks: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    example: str
    fixes: tuple[KnownFix, ...]


def find_patterns(seen: Iterable[Seen]) -> list[Pattern]:
    """Return occurrences as patterns: the most frequent first, then the widest spread."""
    groups: dict[tuple[str, str], list[Seen]] = {}
    for one in seen:
        groups.setdefault(_key(one.occurrence), []).append(one)
    patterns = [_pattern(stack, found) for (stack, _), found in groups.items()]
    return sorted(patterns, key=_rank)


def _rank(pattern: Pattern) -> tuple[int, int, float, str, str]:
    age = -pattern.last_seen.timestamp()
    spread = len(pattern.tasks)
    return (-pattern.count, -spread, age, pattern.stack_hash, pattern.title)


def _key(occurrence: Occurrence) -> tuple[str, str]:
    """Return the stack hash, or else the template of the text."""
    stack = occurrence.stack_hash
    return (stack, "") if stack else ("", _template(occurrence))


def _template(occurrence: Occurrence) -> str:
    said = (occurrence.error_type, occurrence.text)
    return template_of(": ".join(part for part in said if part))


def _pattern(stack: str, found: list[Seen]) -> Pattern:
    found.sort(key=lambda one: one.order)
    all_of = [one.occurrence for one in found]
    last = all_of[-1]
    return Pattern(
        stack_hash=stack,
        title=_template(last),
        count=len(found),
        kinds=_counts(one.kind for one in all_of),
        environments=_counts(one.env for one in all_of),
        severities=_counts(one.severity for one in all_of),
        provenances=_counts(one.provenance for one in all_of),
        tasks=tuple(sorted({one.task for one in found if one.task})),
        first_seen=all_of[0].at,
        last_seen=last.at,
        example=last.text,
        fixes=_fixes(found),
    )


def _counts(names: Iterable[str]) -> dict[str, int]:
    """Return how often each name is there, the most frequent first."""
    counted = Counter(name for name in names if name)
    return dict(sorted(counted.items(), key=lambda row: (-row[1], row[0])))


def _fixes(found: list[Seen]) -> tuple[KnownFix, ...]:
    known = {
        KnownFix(fix.kind, fix.text, one.task)
        for one in found
        for fix in one.occurrence.fixes
        if fix.kind != "commit" or one is found[-1]
    }
    return tuple(
        sorted(known, key=lambda fix: (FIX_KINDS.index(fix.kind), fix.text, fix.task))
    )
