"""The paragraphs of a message, without what nobody states in them.

Leaves out fenced and indented code, quotations, diffs and the lines that git
generates; takes the indentation of `git merge --squash` away. Does not know keys or
claims, only that a folded line belongs to the `key: value` line above it.

One pass over the lines, with a bounded amount of work for each.
"""

import re
from collections.abc import Iterator

Paragraph = tuple[str, ...]
"""Lines without blank ones; a line that begins with a blank continues another."""

_SQUASHED = "Squashed commit of the following:"
_SQUASH_HEADER = re.compile(
    r"(?:commit [0-9a-f]{7,64}\b|Author:[ ]|Date:[ ]|Merge:[ ])"
)
_FENCE = re.compile(r" {0,3}(?:(`{3,})[^`\n]{0,80}|(~{3,})[^\n]{0,80})$")
_KEY_LINE = re.compile(
    r"(?:[-*+] )?\*{0,2}[A-Za-z][A-Za-z0-9_-]{0,39}\*{0,2}[ \t]{0,3}:"
)
_DIFF_START = re.compile(r"diff --(?:git|cc|combined) |@@ -[0-9]|Index: \S+$")
_DIFF_LINES = (
    *(" ", "+", "-", "@", "\\", "diff ", "index ", "new ", "old ", "deleted "),
    *("similarity ", "dissimilarity ", "rename ", "copy ", "Binary ", "GIT binary "),
)
_GENERATED = re.compile(
    r"(?:[*+-] )?(?:(?:Revert|Reapply) \"|(?:fixup|squash|amend)! "
    r"|Merge (?:branch|branches|pull request|remote-tracking|tag|tags|commit|commits)"
    r"(?![A-Za-z])|This reverts commit |\(cherry picked from commit )"
)


def split_paragraphs(text: str) -> list[Paragraph]:
    r"""Return the paragraphs that may hold claims, in order.

    >>> split_paragraphs("Add x\n\nDuration:\n  12m\n    code\n> quoted")
    [('Add x',), ('Duration:', '  12m', '    code')]
    """
    paragraphs: list[Paragraph] = []
    current: list[str] = []
    for line in _readable_lines(text):
        if line:
            current.append(line)
        elif current:
            paragraphs.append(tuple(current))
            current = []
    if current:
        paragraphs.append(tuple(current))
    return paragraphs


def _readable_lines(text: str) -> Iterator[str]:
    """Yield lines; an empty one stands for whatever parts two paragraphs."""
    in_diff = folds = False
    after_break = True
    for line in _without_fences(_without_squash_indent(text)):
        first = line[:1]
        if not first or line.isspace() or _is_break(line, first):
            yield ""
            folds, after_break = False, True
            continue
        if in_diff or first in "d@I":
            in_diff = _continues_diff(line, in_diff=in_diff)
            if in_diff:
                yield ""
                continue
        if line.startswith(("    ", "\t")) and not folds:
            continue
        if (after_break or first in "*+-") and _GENERATED.match(line):
            continue
        if first not in " \t":
            folds = ":" in line and _KEY_LINE.match(line) is not None
        after_break = False
        yield line


def _is_break(line: str, first: str) -> bool:
    """Tell a divider or a quotation, which part paragraphs and are not read.

    Everything behind a divider is read: git itself shows trailers on both sides of
    it, in different commands (git-interpret-trailers(1), `--no-divider`).
    """
    if first == ">":
        return True
    return first == "-" and line.startswith("---") and not line.strip("- \t")


def _continues_diff(line: str, *, in_diff: bool) -> bool:
    if _DIFF_START.match(line):
        return True
    return in_diff and line.startswith(_DIFF_LINES)


def _without_squash_indent(text: str) -> list[str]:
    lines = text.split("\n")
    if _SQUASHED not in text:
        return lines
    return [
        "" if _SQUASH_HEADER.match(line) else (line.removeprefix("    "))
        for line in lines
    ]


def _without_fences(lines: list[str]) -> list[str]:
    """Blank out closed fenced blocks; one that is never closed hides nothing."""
    marks = [
        (number, found[1] or found[2])
        for number, line in enumerate(lines)
        if ("```" in line or "~~~" in line) and (found := _FENCE.match(line))
    ]
    start, opener = -1, ""
    for number, mark in marks:
        if not opener:
            start, opener = number, mark
        elif mark.startswith(opener) and lines[number].strip() == mark:
            lines[start : number + 1] = [""] * (number + 1 - start)
            opener = ""
    return lines
