"""Tracebacks of Python: chained, grouped, and of syntax errors.

Source: Python's documentation of ``traceback``, and its output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitlog_track.failures.trace import Frame, Raised, Trace, file_stem

HEADER = "Traceback (most recent call last):"
LINKS = (
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)
_FRAME = re.compile(r'(\s*+)File "([^"]*+)", line \d++(?:, in (.+))?\s*$')
_RAISED = re.compile(r"([^\W\d][\w.]*+)(?::(?: (.*))?)?\s*$")
_IN_GROUP = re.compile(r"(\s*+)[|+] ?(.*)$")
_SEPARATOR = re.compile(r"(?:-\+)?-{4,}(?: (?:\d+|\.\.\.) -{4,})?\s*$")
_REPEATED = re.compile(r"\s*\[Previous line repeated \d+ more times?\]\s*$")

LIBRARIES = ("/site-packages/", "/dist-packages/")
_STANDARD = re.compile(r"/lib(?:64)?/python3[.\d]*+/|/Python3\d*+/Lib/|\.zip/")
SAY_NOTHING = ("__init__", "__main__")
"""Files that are named by their directory, which is the package."""
COMPREHENSIONS = ("<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>")
"""Frames that some versions have and others do not; the function around them follows."""


def read(lines: Sequence[str]) -> Trace | None:
    """Return the last traceback in some lines, with what it is chained to."""
    reader = _Reader()
    for number, line in enumerate(lines):
        reader.take(number, line)
    return reader.trace()


class _Reader:
    """Goes through the lines once; what is not known as the traceback's is dropped."""

    def __init__(self) -> None:
        self.prefix = ""
        self._begin()

    def _begin(self) -> None:
        self.raised: list[tuple[int, Raised]] = []
        self.frames: list[Frame] = []
        self.kept: list[str] = []
        self.end = 0
        self.indent: int | None = None
        """Of the open traceback; None where none is."""
        self.continues = False
        """Does the next traceback belong to those before?"""

    def take(self, number: int, line: str) -> None:
        line = line.removeprefix(self.prefix)
        depth, body = _outside_group(line)
        if body.rstrip().endswith(HEADER):
            taken = self._header(line, depth, body)
            line = line.removeprefix(self.prefix)
        else:
            taken = (
                self._frame(depth, body)
                or self._exception(depth, body)
                or self._link(depth, body)
            )
        if taken:
            self.kept.append(line.rstrip())
            self.end = number + 1

    def _header(self, line: str, depth: int, body: str) -> bool:
        if not self.continues:
            self._begin()
            before = line[: line.rindex(HEADER)]
            self.prefix = "" if not before.strip(" |+") or depth else before
        self.continues = False
        self.frames = []
        self.indent = 0 if self.prefix else len(body) - len(body.lstrip())
        return True

    def _frame(self, depth: int, body: str) -> bool:
        match = _FRAME.match(body)
        if match is None:
            return self.indent is not None and bool(_REPEATED.match(body))
        if self.indent is None:
            # A syntax error in the main script has no header.
            if not self.continues:
                self._begin()
            self.indent = max(0, len(match[1]) - 2)
            self.frames = []
        del depth
        if match[3] not in COMPREHENSIONS:
            self.frames.append(_frame_of(match[2], match[3] or ""))
        return True

    def _exception(self, depth: int, body: str) -> bool:
        bare = self.indent is None
        if bare and not (self.continues and depth):
            return False
        stripped = body.lstrip()
        if not bare and len(body) - len(stripped) != self.indent:
            return False
        match = _RAISED.match(stripped)
        if match is None:
            return False
        kind = match[1].removeprefix("__main__.")
        frames = () if bare else tuple(reversed(self.frames))
        self.raised.append((depth, Raised(kind, match[2] or "", frames)))
        self.indent = None
        self.continues = False
        return True

    def _link(self, depth: int, body: str) -> bool:
        if not self.raised:
            return False
        if body.strip() in LINKS or (depth and _SEPARATOR.match(body)):
            self.continues = True
            return True
        return False

    def trace(self) -> Trace | None:
        if not self.raised:
            return None
        # A group stands before its members, which are what it was raised for.
        ordered = sorted(self.raised, key=lambda found: -found[0])
        chain = tuple(raised for _, raised in ordered)
        return Trace("python", chain, tuple(self.kept), self.end)


def _outside_group(line: str) -> tuple[int, str]:
    """Return how deep in groups a line stands, 0 for outside, and its text."""
    match = _IN_GROUP.match(line)
    return (len(match[1]) + 1, match[2]) if match else (0, line)


def _frame_of(path: str, function: str) -> Frame:
    path = path.replace("\\", "/")
    for library in LIBRARIES:
        if library in path:
            return Frame(_dotless(path.rpartition(library)[2]), function, in_app=False)
    if path.startswith("<frozen "):
        return Frame(path[len("<frozen ") : -1], function, in_app=False)
    if match := _STANDARD.search(path):
        return Frame(_dotless(path[match.end() :]), function, in_app=False)
    stem = file_stem(path)
    if stem in SAY_NOTHING and "/" in path:
        stem = f"{path.split('/')[-2]}/{stem}"
    return Frame(stem, function, in_app=True)


def _dotless(path: str) -> str:
    return path.removesuffix(".py")
