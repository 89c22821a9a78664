"""Read a stack trace, whatever language it is of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from gitlog_track.failures import go, java, javascript, python, rust
from gitlog_track.failures.trace import Trace
from gitlog_track.scrubbing.scrub import clipped

READERS: Mapping[str, Callable[[Sequence[str]], Trace | None]] = {
    "python": python.read,
    "javascript": javascript.read,
    "java": java.read,
    "rust": rust.read,
    "go": go.read,
}
LINE_LENGTH = 4_096
"""What is read of a line; no frame is longer."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*+m")


def read_stack(text: str) -> Trace | None:
    """Return the stack trace that a text ends in; None where none is known in it.

    Several may stand in a text, as of attempts before or of commands that started one
    another: the last is the one that was not survived. Takes time linear in the text,
    and never fails.

    >>> trace = read_stack('''Traceback (most recent call last):
    ...   File "/home/me/app/run.py", line 3, in main
    ...     load(path)
    ... ValueError: no number: 7''')
    >>> trace.chain[0].type, trace.chain[0].frames[0].module
    ('ValueError', 'run')
    """
    lines = [
        clipped(line, LINE_LENGTH).rstrip("\r") for line in plain(text).split("\n")
    ]
    found = (read(lines) for read in READERS.values())
    return max(
        (trace for trace in found if trace is not None),
        key=lambda trace: (trace.end, len(trace.lines)),
        default=None,
    )


def plain(text: str) -> str:
    """Return a text without the colours of a terminal."""
    return _COLOUR.sub("", text) if "\x1b" in text else text
