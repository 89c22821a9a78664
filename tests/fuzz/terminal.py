"""What reaches a terminal, byte for byte, and what of it may not."""

from __future__ import annotations

import contextlib
import io
import os
import unicodedata
from collections.abc import Callable
from unittest import mock

from gitlog_track.commands.context import Surroundings

MAY_STAND = {"\n", "\t"}
"""The only characters of the categories Cc and Cs that may reach a terminal."""
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""The classes of the bidi controls. Source: Unicode Standard Annex 9, table 4."""


class Screen(io.StringIO):
    """A terminal that keeps what is written to it.

    It says that it is one, or click would take escape sequences out by itself.
    """

    def isatty(self) -> bool:
        return True


def printed(show: Callable[[Surroundings], object]) -> str:
    """Return what the program's own console prints, raw, in 80 columns.

    Args:
        show: prints by the surroundings that every command has. On a dumb terminal rich
            writes no escape sequence of its own: whatever is there came from outside.
    """
    screen = Screen()
    streams = (contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen))
    with mock.patch.dict(os.environ, {"TERM": "dumb"}), streams[0], streams[1]:
        show(Surroundings(environment={}))
    return screen.getvalue()


def assert_showable(raw: str) -> None:
    """Check that what was printed moves no cursor, hides nothing, turns nothing around.

    Raises:
        AssertionError: it holds a control character other than newline and tab, half of
            a surrogate pair, or a bidi control.
    """
    bad = {c for c in set(raw) if _can_harm(c)}
    lines = [line for line in raw.split("\n") if not bad.isdisjoint(line)]
    assert not bad, f"printed raw: {bad!r} in {lines[:5]!r}"


def _can_harm(character: str) -> bool:
    is_control = unicodedata.category(character) in {"Cc", "Cs"}
    turns = unicodedata.bidirectional(character) in TURNING
    return turns or (is_control and character not in MAY_STAND)
