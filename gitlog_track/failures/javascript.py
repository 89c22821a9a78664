"""Stack traces of JavaScript: V8 (Node.js, Chrome, Deno) and Firefox.

Source: V8's documentation of its stack trace API; MDN on ``Error.prototype.stack``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitlog_track.failures.trace import LOOK_BACK, Frame, Raised, Trace, file_stem

_HEAD = re.compile(
    r"(?<![\w$.])([\w$]*(?:Error|Exception))(?![\w$])(?: \[\w++\])?(?:: ?(.*))?$"
)
_OTHER_HEAD = re.compile(r"(?:Uncaught )?([A-Z][\w$]*+)(?:: (.*))?$")
_OMITTED = re.compile(r"\s*\.\.\. \d+ lines matching cause stack trace \.\.\.\s*$")
CAUSE = "[cause]:"
MEMBERS = "[errors]: ["
NATIVE = ("native", "<anonymous>")
ENGINE = ("node:", "internal/", "bun:", "ext:", "deno:", "chrome-extension:")
LIBRARIES = ("/node_modules/", "/vendor/")
_BOUND = re.compile(r" \[as [^\]]*+\]$")
_DIGEST = re.compile(r"[.-](?=[0-9A-Za-z_]*\d)[0-9A-Za-z_]{6,}$")
"""What a bundler puts into a file's name: ``app.3f2a1b9c.js``, ``main-BX3f9a_1.js``."""


def read(lines: Sequence[str]) -> Trace | None:
    """Return the last stack trace in some lines, with its causes."""
    reader = _Reader(lines)
    for number, line in enumerate(lines):
        reader.take(number, line)
    return reader.trace()


class _Reader:
    """Goes through the lines once: frames, and what names an error above them."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._begin()

    def _begin(self) -> None:
        self.raised: list[tuple[str, str, list[Frame]]] = []
        self.kept: list[str] = []
        self.end = 0

    def take(self, number: int, line: str) -> None:
        frame = _v8_frame(line) or _firefox_frame(line)
        if frame is not None:
            if not self.raised or self.end < number:
                self._head(number)
            self.raised[-1][2].append(frame)
        elif not (self.raised and self.end == number and _OMITTED.match(line)):
            return
        self.kept.append(line.rstrip().removesuffix(" {"))
        self.end = number + 1

    def _head(self, number: int) -> None:
        """Begin an error, in this trace if the one before says so."""
        found = self._named_above(number)
        before = self.lines[self.end - 1] if self.raised else ""
        if not before.endswith(",") and (
            found is None or CAUSE not in self.lines[found]
        ):
            self._begin()
        if found is None:
            self.raised.append(("", "", []))
            return
        if found and self.lines[found - 1].strip() == MEMBERS:
            group = self._named_above(found)
            if group is not None:
                self._raise(self.lines[group])
        self._raise(self.lines[found])

    def _named_above(self, number: int) -> int | None:
        """Return the nearest line above that names an error, not too far away."""
        earliest = max(self.end, number - LOOK_BACK)
        above = range(number - 1, earliest - 1, -1)
        named = next((n for n in above if _HEAD.search(self.lines[n])), None)
        if named is None and above and _OTHER_HEAD.match(self.lines[number - 1]):
            return number - 1
        return named

    def _raise(self, line: str) -> None:
        match = _HEAD.search(line) or _OTHER_HEAD.match(line)
        if match is None:
            return
        message = (match[2] or "").removesuffix(" {").rstrip()
        if line.lstrip().startswith("["):
            message = message.removesuffix("]")
        self.raised.append((match[1], message, []))
        self.kept.append(line.rstrip().removesuffix(" {"))

    def trace(self) -> Trace | None:
        if not self.raised:
            return None
        chain = tuple(
            Raised(kind, message, tuple(frames))
            for kind, message, frames in reversed(self.raised)
        )
        return Trace("javascript", chain, tuple(self.kept), self.end)


def _v8_frame(line: str) -> Frame | None:
    """Return the frame of ``at function (location)`` or ``at location``."""
    text = line.strip().removesuffix(" {").removesuffix(",")
    if not text.startswith("at "):
        return None
    function, _, location = text[3:].removesuffix(")").partition(" (")
    if not location:
        function, location = "", text[3:].removeprefix("async ")
    if location in NATIVE or location.startswith("index "):
        return Frame("", _function(function), in_app=False)
    if not _has_place(location) or ".rs:" in location:
        return None
    if location.startswith("eval at "):
        return Frame("<eval>", _function(function), in_app=True)
    return _frame_of(location, _function(function))


def _firefox_frame(line: str) -> Frame | None:
    """Return the frame of ``function@location``."""
    function, at, location = line.strip().partition("@")
    is_file = "://" in location or ".js:" in location
    if not (at and is_file and _has_place(location)) or " at " in function:
        return None
    inner = function.rpartition("*")[2].rstrip("/<")
    return _frame_of(location, inner or "<anonymous>")


def _has_place(location: str) -> bool:
    """Does it end in line and column?"""
    parts = location.rsplit(":", 2)
    return len(parts) == 3 and parts[1].isdecimal() and parts[2].isdecimal()


def _function(name: str) -> str:
    """Return a function's name without what depends on how it was called.

    >>> _function("async Object.load [as run]")
    'load'
    """
    name = _BOUND.sub("", name)
    for said in ("async ", "new ", "Object.", "Function."):
        name = name.removeprefix(said)
    return name or "<anonymous>"


def _frame_of(location: str, function: str) -> Frame:
    path = location.rsplit(":", 2)[0].partition("?")[0].replace("\\", "/")
    if path.startswith(ENGINE) or "/" not in path:
        # The engine's own files have no directory, the program's have a whole path.
        return Frame(path.removesuffix(".js"), function, in_app=False)
    for library in LIBRARIES:
        if library in path:
            return Frame(path.rpartition(library)[2], function, in_app=False)
    return Frame(_DIGEST.sub("", file_stem(path)), function, in_app=True)
