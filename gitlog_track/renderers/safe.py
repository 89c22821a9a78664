"""Text that others wrote, made fit for a terminal.

Control characters could move the cursor, set the title or hide what follows; bidi marks
could turn a number around; XML cannot hold U+FFFE and U+FFFF at all. Source: Unicode
Standard Annex 9, "Explicit Directional Embeddings"; ECMA-48 for C0 and C1.
"""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]",
)


def safe(text: str) -> str:
    r"""Return text with every unsafe character shown as an escape.

    Tabs and newlines stay; use :func:`safe_line` where one line is wanted.

    >>> safe("red \x1b[31m")
    'red \\x1b[31m'
    """
    return _UNSAFE.sub(_escape, text)


def safe_line(text: str) -> str:
    r"""Return text as one safe line.

    >>> safe_line("a\nb")
    'a\\nb'
    """
    return safe(text).replace("\n", "\\n").replace("\t", " ")


def clipped(text: str, limit: int) -> str:
    r"""Return text as one safe line of at most *limit* characters.

    >>> clipped("a long\nstory", 9)
    'a long...'
    """
    line = safe_line(text[: limit + 1])
    return line if len(line) <= limit else line[: limit - 3] + "..."


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
