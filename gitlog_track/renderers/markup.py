"""GitHub-flavoured Markdown: text made harmless, and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gitlog_track.renderers.safe import safe_line

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~#@$&!]")
"""What could begin markup, a mention, a link, HTML or another cell."""


def plain_text(text: str) -> str:
    r"""Return text that shows as written, in one line, whatever it holds.

    Source: CommonMark 0.31, "Backslash escapes"; GitHub-flavoured Markdown, "Tables".

    >>> plain_text("a|b `c` <d>\n- e")
    'a\\|b \\`c\\` \\<d\\>\\\\n- e'
    """
    return _SPECIAL.sub(lambda m: f"\\{m[0]}", safe_line(text))


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1
) -> str:
    """Return a table; cells are Markdown already.

    Args:
        header: one title a column.
        rows: as many cells each.
        left: so many columns are aligned left, the others right.

    >>> print(table(["task", "s"], [["P1", "720"]]), end="")
    | task | s |
    |---|--:|
    | P1 | 720 |
    """
    bar = "".join("---|" if n < left else "--:|" for n in range(len(header)))
    lines = [_row(header), f"|{bar}\n", *map(_row, rows)]
    return "".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
