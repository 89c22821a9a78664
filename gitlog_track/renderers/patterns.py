"""Patterns for people to read, for a hand-over in Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from gitlog_track.failures.patterns import KnownFix, Pattern
from gitlog_track.renderers.markup import plain_text, table
from gitlog_track.renderers.safe import clipped, safe_line

SHOWN = 20
"""So many patterns are told one by one; JSON has all."""
TITLE_LENGTH = 70
FIXES = 5
TASKS = 5
FIX_WORDS = {
    "fix": "fixed",
    "resolution": "resolved",
    "workaround": "worked around",
    "commit": "task closed by commit",
    "proposed_fix": "proposed",
}
TO_FILL = "..."


def patterns_text(patterns: Sequence[Pattern], handoff_to: str) -> str:
    """Return patterns as text, the most frequent first.

    Args:
        patterns: in that order.
        handoff_to: who takes them over; empty for nobody.
    """
    lines = [f"[HANDOFF TO {safe_line(handoff_to)}]", ""] if handoff_to else []
    lines.append(_sum(patterns))
    for number, pattern in enumerate(patterns[:SHOWN], 1):
        lines += ["", f"{number}. {clipped(_title(pattern), TITLE_LENGTH)}"]
        lines += [f"   {line}" for line in _facts(pattern)]
    lines += _omitted(patterns)
    return "\n".join(lines) + "\n"


def patterns_markdown(patterns: Sequence[Pattern], handoff_to: str) -> str:
    """Return patterns as Markdown, with fields to fill in for whoever takes them over.

    The heading is the founding specification's: ``[HANDOFF TO JEN]``.
    """
    to = plain_text(handoff_to)
    heading = f"[HANDOFF TO {to}]" if to else "## Patterns"
    parts = [f"{heading}\n", f"{_sum(patterns)}\n"]
    shown = patterns[:SHOWN]
    if shown:
        header = ("pattern", "kind", "last seen", "n", "tasks")
        parts.append(table(header, [_row(pattern) for pattern in shown], left=3))
    for number, pattern in enumerate(shown, 1):
        title = plain_text(clipped(_title(pattern), TITLE_LENGTH))
        facts = "".join(f"- {plain_text(line)}\n" for line in _facts(pattern))
        parts += [
            f"### {number}. {title}\n",
            f"**Pattern summary**\n\n{facts}",
            f"**Proposed change**\n\n{TO_FILL}\n",
            f"**Expected effect**\n\n{TO_FILL}\n",
        ]
    parts += [f"{line}\n" for line in _omitted(patterns) if line]
    return "\n".join(parts)


def patterns_body(
    patterns: Sequence[Pattern], last: int | None, handoff_to: str
) -> dict[str, object]:
    """Return what ``patterns --format json`` adds to the envelope."""
    return {
        "last": last,
        "handoff_to": handoff_to or None,
        "occurrences": sum(pattern.count for pattern in patterns),
        "patterns": [asdict(pattern) for pattern in patterns],
    }


def _sum(patterns: Sequence[Pattern]) -> str:
    count = sum(pattern.count for pattern in patterns)
    return f"{_number(len(patterns), 'pattern')} in {_number(count, 'occurrence')}"


def _omitted(patterns: Sequence[Pattern]) -> list[str]:
    more = len(patterns) - SHOWN
    return ["", f"and {more:,} more: --format json"] if more > 0 else []


def _title(pattern: Pattern) -> str:
    return pattern.title or "(nothing was said)"


def _row(pattern: Pattern) -> tuple[str, ...]:
    return (
        plain_text(clipped(_title(pattern), TITLE_LENGTH)),
        plain_text(", ".join(pattern.kinds)),
        f"{pattern.last_seen:%Y-%m-%d}",
        f"{pattern.count:,}",
        f"{len(pattern.tasks):,}",
    )


def _facts(pattern: Pattern) -> list[str]:
    days = sorted({f"{at:%Y-%m-%d}" for at in (pattern.first_seen, pattern.last_seen)})
    facts = [f"{_tally(pattern.kinds)}; {_tasks(pattern)}; {' to '.join(days)}"]
    about = (
        ("env", pattern.environments),
        ("severity", pattern.severities),
        ("recorded", pattern.provenances),
    )
    facts.append("; ".join(f"{word}: {_tally(of)}" for word, of in about if of))
    if pattern.stack_hash:
        facts.append(f"stack {safe_line(pattern.stack_hash)}")
    facts += [_fix(fix) for fix in pattern.fixes[:FIXES]]
    if (more := len(pattern.fixes) - FIXES) > 0:
        facts.append(f"and {more:,} more that ended it")
    return facts


def _tally(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{safe_line(name)} ({count:,})" for name, count in counts.items())


def _tasks(pattern: Pattern) -> str:
    if not pattern.tasks:
        return "of no task"
    named = ", ".join(pattern.tasks[:TASKS])
    more = len(pattern.tasks) - TASKS
    return f"{named} and {more:,} more tasks" if more > 0 else named


def _fix(fix: KnownFix) -> str:
    words, of = FIX_WORDS[fix.kind], f" ({fix.task})" if fix.task else ""
    text = fix.text[:12] if fix.kind == "commit" else clipped(fix.text, TITLE_LENGTH)
    return f"{words}: {text}{of}" if text else f"{words}{of}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
