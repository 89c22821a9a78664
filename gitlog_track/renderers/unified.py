"""A document's edits as a unified diff, in time that grows with what changed.

Source: POSIX diff, "Diff -u Output Format".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from gitlog_track.renderers.documents import Edit

CONTEXT = 3


@dataclass(frozen=True, slots=True)
class _Change:
    """Rows *first* to *last* (the end excluded) become *lines*."""

    first: int
    last: int
    lines: Sequence[str]


def unified_diff(path: str, lines: Sequence[str], edits: Sequence[Edit]) -> str:
    """Return the diff, which ``git apply`` and ``patch`` take; empty without edits.

    Args:
        path: shown in its head.
        lines: before the edits.
        edits: in order.
    """
    changes = [change for edit in edits for change in _changes(lines, edit)]
    if not changes:
        return ""
    head = f"--- a/{path}\n+++ b/{path}\n"
    grown = 0
    hunks = []
    for group in _groups(changes):
        hunks.append(_hunk(lines, group, grown))
        grown += sum(len(c.lines) - (c.last - c.first) for c in group)
    return head + "".join(hunks)


def _changes(lines: Sequence[str], edit: Edit) -> Iterator[_Change]:
    """Yield what of an edit differs."""
    old = lines[edit.first : edit.last]
    matcher = SequenceMatcher(None, old, edit.lines, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            yield _Change(edit.first + i, edit.first + j, edit.lines[k:m])


def _groups(changes: Sequence[_Change]) -> Iterator[list[_Change]]:
    group = [changes[0]]
    for change in changes[1:]:
        if change.first - group[-1].last > 2 * CONTEXT:
            yield group
            group = []
        group.append(change)
    yield group


def _hunk(lines: Sequence[str], group: Sequence[_Change], grown: int) -> str:
    first = max(0, group[0].first - CONTEXT)
    last = min(len(lines), group[-1].last + CONTEXT)
    rows: list[str] = []
    at = first
    for change in group:
        rows += [_row(" ", line) for line in lines[at : change.first]]
        rows += [_row("-", line) for line in lines[change.first : change.last]]
        rows += [_row("+", line) for line in change.lines]
        at = change.last
    rows += [_row(" ", line) for line in lines[at:last]]
    more = sum(len(c.lines) - (c.last - c.first) for c in group)
    old, new = last - first, last - first + more
    return f"@@ -{first + 1},{old} +{first + 1 + grown},{new} @@\n{''.join(rows)}"


def _row(mark: str, line: str) -> str:
    if line.endswith("\n"):
        return f"{mark}{line}"
    # Line ends of old Macs are not those of a diff.
    ending = "" if line.endswith("\r") else "\\ No newline at end of file\n"
    return f"{mark}{line}\n{ending}"
