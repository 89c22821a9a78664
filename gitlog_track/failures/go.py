"""Panics and goroutine traces of Go.

Source: Go's documentation of ``runtime`` and ``runtime/debug``, and their output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitlog_track.failures.trace import Frame, Raised, Trace

_PANIC = re.compile(r"\t*(panic|fatal error): (.*)$")
_GOROUTINE = re.compile(r"goroutine \d++[^\[]{0,80}\[[^\]]*+\]:\s*$")
_PLACE = re.compile(r"\s++(\S.*?):\d+(?: \+0x[0-9a-f]+)?\s*$")
_RECOVERED = re.compile(r"(?: \[recovered(?:, repanicked)?\])+$")
_VALUE_TYPE = re.compile(r"\(([\w./*]++)\)")
_RUNTIME = "runtime error: "
_INNER = re.compile(r"\.(?:func|gowrap)\d+(?:\.\d+)*|-fm$|\[\.\.\.\]")

STANDARD = frozenset(
    (
        "archive",
        "bufio",
        "bytes",
        "cmp",
        "compress",
        "container",
        "context",
        "crypto",
        "database",
        "debug",
        "embed",
        "encoding",
        "errors",
        "expvar",
        "flag",
        "fmt",
        "go",
        "hash",
        "html",
        "image",
        "index",
        "internal",
        "io",
        "iter",
        "log",
        "maps",
        "math",
        "mime",
        "net",
        "os",
        "path",
        "plugin",
        "reflect",
        "regexp",
        "runtime",
        "slices",
        "sort",
        "strconv",
        "strings",
        "structs",
        "sync",
        "syscall",
        "testing",
        "text",
        "time",
        "unicode",
        "unique",
        "unsafe",
        "vendor",
        "weak",
    )
)
"""First elements of the standard library's import paths."""


def read(lines: Sequence[str]) -> Trace | None:
    """Return the last trace in some lines: its panics, and the goroutine they were in.

    The goroutines that are listed behind it only tell what else was going on.
    """
    reader = _Reader()
    for number, line in enumerate(lines):
        reader.take(number, line)
    return reader.trace()


class _Reader:
    """Goes through the lines once: panics, then goroutines, of which the first counts."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.panics: list[tuple[str, str]] = []
        self.frames: list[Frame] = []
        self.goroutines = 0
        self.call = ""
        self.kept: list[str] = []
        self.end = 0

    def take(self, number: int, line: str) -> None:
        if panic := _PANIC.match(line):
            self._panic(panic)
        elif _GOROUTINE.match(line):
            self.goroutines += 1
        elif self.goroutines != 1 or not self._in_goroutine(line):
            return
        if self.goroutines <= 1:
            self.kept.append(line.rstrip())
            self.end = number + 1

    def _panic(self, match: re.Match[str]) -> None:
        if self.goroutines:
            self._begin()
        self.panics.append((match[1], _RECOVERED.sub("", match[2])))

    def _in_goroutine(self, line: str) -> bool:
        if place := _PLACE.match(line):
            if not self.call:
                return False
            if not self.call.startswith("created by "):
                self.frames.append(_frame_of(self.call, place[1]))
            self.call = ""
            return True
        self.call = line if line[:1].strip() and _is_call(line) else ""
        return bool(self.call)

    def trace(self) -> Trace | None:
        if not self.goroutines:
            return None
        said = [_raised(word, message) for word, message in self.panics]
        first, *rest = said or [("", "")]
        chain = (
            Raised(*first, tuple(self.frames)),
            *(Raised(kind, message, ()) for kind, message in rest),
        )
        return Trace("go", chain, tuple(self.kept), self.end)


def _is_call(line: str) -> bool:
    return line.startswith("created by ") or line.rstrip().endswith(")")


def _raised(word: str, message: str) -> tuple[str, str]:
    """Return the type of a panic, as far as it is told, and its message."""
    if message.startswith(_RUNTIME):
        return "runtime error", message.removeprefix(_RUNTIME)
    if match := _VALUE_TYPE.match(message):
        return match[1], message[match.end() :].strip()
    return word, message


def _frame_of(call: str, path: str) -> Frame:
    """Return the frame of ``import/path.(*Type).Method(arguments)``."""
    name = call[: call.rfind("(")] if "(" in call else call
    dot = name.find(".", name.rfind("/") + 1)
    module, function = (name[:dot], name[dot + 1 :]) if dot >= 0 else ("runtime", name)
    is_library = "/pkg/mod/" in path or f"/vendor/{module}/" in path
    is_standard = module.partition("/")[0] in STANDARD
    return Frame(
        module,
        _INNER.sub("", function),
        in_app=not (is_library or is_standard),
    )
