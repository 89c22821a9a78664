"""Stack traces of Java, Kotlin and what else runs on its machine.

Source: Java's documentation of ``Throwable.printStackTrace``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitlog_track.failures.trace import LOOK_BACK, Frame, Raised, Trace

_FRAME = re.compile(r"(\s*+)at ([^\s()]++)\(([^()]*+)\)")
_LOCATION = re.compile(
    r"(?:[\w$.-]+\.(?:java|kt|kts|scala|groovy|clj)(?::\d+)?"
    r"|Native Method|Unknown Source|<generated>|\w+:\d+)$"
)
_NEXT = re.compile(r"(\s*+)(Caused by|Suppressed): ([\w$.]++)(?:: (.*))?\s*$")
_HEADS = (
    re.compile(r"(?<![\w$.])([\w$.]*(?:Exception|Error|Throwable))(?:: (.*))?\s*$"),
    re.compile(
        r"(?:Exception in thread \"[^\"]*+\" |(?=[\w$]++\.))"
        r"([\w$]++(?:\.[\w$]++)*+)(?:: (.*))?\s*$"
    ),
)
"""What names an exception: a name that says so anywhere in a line, else one in front."""
_ALONE = re.compile(r"([A-Z][\w$]*+)(?:: (.*))?\s*$")
"""A type without a package, right above the first frame."""
_OMITTED = re.compile(r"\s*\.\.\. \d+ (?:more|common frames omitted)\s*$")

STANDARD = (
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "com.sun.",
    "jakarta.",
    "kotlin.",
    "kotlinx.",
    "scala.",
    "groovy.",
    "org.codehaus.groovy.",
    "clojure.",
    "android.",
    "com.android.",
    "dalvik.",
)
"""Packages of the languages and their platforms; other libraries a trace cannot tell."""

_NUMBERS = re.compile(r"(\$|Accessor|Proxy)\d+")


def read(lines: Sequence[str]) -> Trace | None:
    """Return the last stack trace in some lines, with its causes."""
    reader = _Reader(lines)
    for number, line in enumerate(lines):
        reader.take(number, line)
    return reader.trace()


class _Reader:
    """Goes through the lines once.

    A trace is printed from the outermost exception to its root cause. What is suppressed
    is deeper indented, kept as text, and no part of the chain.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._begin()

    def _begin(self) -> None:
        self.raised: list[tuple[str, str, list[Frame]]] = []
        self.kept: list[str] = []
        self.end = 0
        self.suppressed_at: int | None = None

    def take(self, number: int, line: str) -> None:
        frame = _FRAME.match(line)
        if frame and _LOCATION.match(frame[3]):
            self._frame(number, frame)
        elif self.raised and (following := _NEXT.match(line)):
            self._next(following)
        elif not (self.raised and self.end == number and _OMITTED.match(line)):
            return
        self.kept.append(line.rstrip())
        self.end = number + 1

    def _frame(self, number: int, frame: re.Match[str]) -> None:
        first = not self.raised or (self.end < number and self.raised[-1][2])
        if first:
            self._head(number)
        if self.suppressed_at is not None and len(frame[1]) <= self.suppressed_at:
            self.suppressed_at = None
        if self.suppressed_at is None:
            self.raised[-1][2].append(_frame_of(frame[2]))

    def _head(self, number: int) -> None:
        """Begin a trace: its first line stands above, maybe behind a long message."""
        earliest = max(self.end, number - LOOK_BACK)
        self._begin()
        match = _named_in(self.lines[earliest:number])
        self.raised.append((match[1], match[2] or "", []) if match else ("", "", []))
        self.kept += [match.string.rstrip()] if match else []

    def _next(self, match: re.Match[str]) -> None:
        indent = len(match[1])
        if self.suppressed_at is not None and indent >= self.suppressed_at:
            return
        if match[2] == "Suppressed":
            self.suppressed_at = indent
            return
        self.suppressed_at = None
        self.raised.append((match[3], match[4] or "", []))

    def trace(self) -> Trace | None:
        if not self.raised:
            return None
        chain = tuple(
            Raised(kind, message, tuple(frames))
            for kind, message, frames in reversed(self.raised)
        )
        return Trace("java", chain, tuple(self.kept), self.end)


def _named_in(lines: Sequence[str]) -> re.Match[str] | None:
    """Return what names an exception, in the last of some lines that does."""
    says_so, in_front = _HEADS
    found = (match for line in reversed(lines) if (match := says_so.search(line)))
    others = (match for line in reversed(lines) if (match := in_front.match(line)))
    alone = (match for line in lines[-1:] if (match := _ALONE.match(line)))
    return next(found, None) or next(others, None) or next(alone, None)


def _frame_of(name: str) -> Frame:
    """Return a frame, its class without module and loader and without numbers.

    Lambdas and proxies are classes made while it runs, and their names are never the
    same twice: of those the class around them is kept.
    """
    path, _, method = name.rpartition(".")
    outside, made, _ = path.partition("$$")
    kind = _NUMBERS.sub(r"\1", outside.rpartition("/")[2])
    return Frame(
        f"{kind}$$" if made else kind,
        _NUMBERS.sub(r"\1", method),
        in_app=not kind.startswith(STANDARD),
    )
