"""A verdict as text, JUnit XML, or GitHub annotations; JSON is in ``machine``."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from gitlog_track.gate.verdict import Verdict, Violation
from gitlog_track.renderers.safe import safe, safe_line

GITHUB_ANNOTATIONS = 10
"""Source: GitHub's documentation, workflow commands: 10 of a kind a step."""
GITHUB_SUMMARY_BYTES = 1 << 20
SHOWN = 50


def verdict_text(verdict: Verdict) -> str:
    """Return the verdict for people: each violation with what mends it."""
    lines = [line for v in verdict.violations[:SHOWN] for line in _lines(v)]
    left = len(verdict.violations) - SHOWN
    if left > 0:
        lines.append(f"... and {left} more")
    notes = [f"note: {safe_line(note)}" for note in verdict.notes]
    return "\n".join([*lines, *notes, summary_line(verdict)]) + "\n"


def summary_line(verdict: Verdict) -> str:
    """Return how much was judged, and the answer."""
    return (
        f"{verdict.commits} commits, {verdict.claims} claims, "
        f"{len(verdict.violations)} violations: {verdict.answer}"
    )


def _lines(violation: Violation) -> Iterator[str]:
    word = "refused" if violation.blocks else "warning"
    where = f"{violation.commit[:12]} {safe_line(violation.title)}".strip()
    yield f"{violation.rule} {word}: {where}".rstrip(": ")
    if violation.claimed:
        yield f"  claim:  {safe_line(violation.claimed)}"
    if violation.logged:
        yield f"  log:    {safe_line(violation.logged)} ({violation.evidence})"
    yield f"  reason: {safe_line(violation.message)}"
    yield f"  mend:   {safe_line(violation.fix)}"


def verdict_junit(verdict: Verdict) -> str:
    """Return JUnit XML: one failed case a violation, or one that passed."""
    cases = "".join(_case(violation) for violation in verdict.violations)
    if not verdict.violations:
        cases = f"  <testcase name={_attribute(summary_line(verdict))}/>\n"
    total = max(1, len(verdict.violations))
    failures = sum(violation.blocks for violation in verdict.violations)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuite name="gitlog-track verify" tests="{total}" failures="{failures}">\n'
        f"{cases}</testsuite>\n"
    )


def _case(violation: Violation) -> str:
    name = f"{violation.rule} {violation.commit[:12]} {safe_line(violation.title)}"
    text = escape(safe("\n".join(_lines(violation))))
    if not violation.blocks:
        return f"  <testcase name={_attribute(name)}/>\n"
    message = _attribute(safe_line(violation.message))
    return (
        f"  <testcase name={_attribute(name)}>\n"
        f"    <failure message={message}>{text}</failure>\n  </testcase>\n"
    )


def _attribute(text: str) -> str:
    return f'"{escape(text)}"'


def verdict_github(verdict: Verdict) -> str:
    """Return workflow commands: at most ten errors and ten warnings, then the answer."""
    errors = [v for v in verdict.violations if v.blocks]
    warnings = [v for v in verdict.violations if not v.blocks]
    lines = [
        *(_annotation("error", v) for v in errors[:GITHUB_ANNOTATIONS]),
        *(_annotation("warning", v) for v in warnings[:GITHUB_ANNOTATIONS]),
    ]
    return "\n".join([*lines, summary_line(verdict)]) + "\n"


def _annotation(command: str, violation: Violation) -> str:
    title = _property(f"{violation.rule} {violation.commit[:12]}")
    return f"::{command} title={title}::{_data(safe(chr(10).join(_lines(violation))))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(safe_line(text)).replace(":", "%3A").replace(",", "%2C")


def github_summary(verdict: Verdict) -> str:
    """Return the job summary in Markdown, under GitHub's limit of 1 MiB."""
    head = f"### gitlog-track verify\n\n{summary_line(verdict)}\n"
    if not verdict.violations:
        return head
    rows = ["", "| rule | commit | claim | log | reason |", "|---|---|---|---|---|"]
    size = 0
    for violation in verdict.violations:
        row = _row(violation)
        size += len(row.encode())
        if size > GITHUB_SUMMARY_BYTES // 2:
            rows.append("| ... | | | | more were left out |")
            break
        rows.append(row)
    return head + "\n".join(rows) + "\n"


def _row(violation: Violation) -> str:
    cells = (
        violation.rule,
        violation.commit[:12],
        violation.claimed,
        violation.logged,
        violation.message,
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    # Quotes say nothing between tags, and the "#" of their entity would be escaped below.
    shown = escape(safe_line(text)[:400], quote=False)
    for mark in ("\\", "|", "`", "*", "_", "[", "]", "@", "#"):
        shown = shown.replace(mark, f"\\{mark}")
    return shown
