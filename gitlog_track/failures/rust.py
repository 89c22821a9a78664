"""Panics of Rust, and the error chains that ``anyhow`` prints.

Source: Rust's documentation of ``std::backtrace`` and ``anyhow``, and their output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitlog_track.failures.trace import Frame, Raised, Trace, file_stem

_PANIC = re.compile(r"\s*+thread '[^']*+'(?: \(\d++\))? panicked at (.*)$")
_OLD_PANIC = re.compile(r"'(.*)', ([^']+\.rs:\d+:\d+)$")
_PLACE = re.compile(r"([^\s'].*\.rs):\d+(?::\d+)?:?$")
_ERROR = re.compile(r"Error: (.*)$")
_CAUSE = re.compile(r"\s+(?:(\d++): )?(.*)$")
_FRAME = re.compile(r"\s*\d++:\s++(?:0x[0-9a-f]++ - )?(\S.*)$")
_AT = re.compile(r"\s++at (.+?)(?::\d+){1,2}$")
_DIGEST = re.compile(r"::h[0-9a-f]{16}$|\[[0-9a-f]{6,16}\]")
_INNER = re.compile(r"::\{+(?:closure|closure_env|impl|constant)(?:#\d+)?\}+")

_LIBRARY = re.compile(r"/rustc/|/\.cargo/|/rustlib/src/|/vendor/[\w.+-]{1,80}/src/")
STANDARD = (
    "std::",
    "core::",
    "alloc::",
    "test::",
    "proc_macro::",
    "anyhow::",
    "eyre::",
)
"""Crates of the language, and one that makes errors."""


def read(lines: Sequence[str]) -> Trace | None:
    """Return the last panic or error chain in some lines, with its backtrace."""
    reader = _Reader()
    for number, line in enumerate(lines):
        reader.take(number, line)
    return reader.trace()


class _Reader:
    """Goes through the lines once; ``part`` is what the next line may be."""

    def __init__(self) -> None:
        self._begin("")

    def _begin(self, part: str) -> None:
        self.part = part
        self.type = ""
        self.messages: list[str] = []
        self.place = ""
        self.frames: list[Frame] = []
        self.name = ""
        self.kept: list[str] = []
        self.end = 0
        self.is_trace = False

    def take(self, number: int, line: str) -> None:
        if panic := _PANIC.match(line):
            self._panic(panic[1])
        elif error := _ERROR.match(line):
            self._begin("error")
            self.type, self.messages = "Error", [error[1]]
        elif not (self.part and self._continues(line)):
            return
        self.kept.append(line.rstrip())
        self.end = number + 1

    def _panic(self, said: str) -> None:
        """Begin a panic; since Rust 1.73 its message stands in the next line."""
        old = _OLD_PANIC.match(said)
        self._begin("error" if old else "message")
        self.type, self.is_trace = "panic", True
        self.place = old[2] if old else said
        self.messages = [old[1]] if old else []

    def _continues(self, line: str) -> bool:
        """Is a line behind the first one still of the trace?"""
        text = line.strip()
        if self.part == "message":
            self.messages, self.part = [text], "error"
            return True
        if text in ("stack backtrace:", "Stack backtrace:", "Caused by:"):
            self.part = "causes" if text == "Caused by:" else "frames"
            self.is_trace = True
            return True
        if self.part == "causes":
            return self._cause(line)
        return self.part == "frames" and self._frame(line)

    def _cause(self, line: str) -> bool:
        match = _CAUSE.match(line) if line.strip() else None
        if match is None:
            self.part = "error"
            return False
        if match[1] or self.messages[1:] == []:
            self.messages.append(match[2])
            return True
        return False

    def _frame(self, line: str) -> bool:
        if place := _AT.match(line):
            if self.name:
                self.frames.append(_frame_of(self.name, place[1]))
                self.name = ""
            return True
        self._without_place()
        if match := _FRAME.match(line):
            self.name = match[1]
            return True
        if line.strip() and not line[:1].isspace():
            self.part = "error"
        return False

    def _without_place(self) -> None:
        if self.name:
            self.frames.append(_frame_of(self.name, ""))
            self.name = ""

    def trace(self) -> Trace | None:
        self._without_place()
        if not self.is_trace:
            return None
        if not self.frames and (match := _PLACE.match(self.place)):
            self.frames = [Frame(file_stem(match[1]), "", in_app=True)]
        messages = self.messages or [""]
        root = Raised(self.type, messages[-1], tuple(self.frames))
        outer = [Raised(self.type, text, ()) for text in reversed(messages[:-1])]
        return Trace("rust", (root, *outer), tuple(self.kept), self.end)


def _frame_of(name: str, path: str) -> Frame:
    plain = _INNER.sub("", _plain_path(_DIGEST.sub("", name)))
    module, _, function = plain.rpartition("::")
    is_library = plain.startswith(STANDARD) or _LIBRARY.search(path) is not None
    # What has no crate is of C, or of the runtime.
    return Frame(module, function, in_app=bool(module) and not is_library)


def _plain_path(name: str) -> str:
    """Return a function's path without type arguments; of a trait's, the type's own.

    >>> _plain_path("<app::Job<T> as core::ops::FnOnce<A>>::call_once")
    'app::Job::call_once'
    >>> _plain_path("<app::Job>::run::<u8>")
    'app::Job::run'
    """
    end = _end_of_type(name)
    if not end:
        return _without_arguments(name)
    own = name[1 : end - 1].lstrip("<&*[(").partition(" as ")[0]
    for said in ("mut ", "const ", "dyn "):
        own = own.removeprefix(said)
    return _without_arguments(own) + _without_arguments(name[end:])


def _end_of_type(name: str) -> int:
    """Return where the type ends that stands in angle brackets in front; 0 for none."""
    depth = 0
    for at, char in enumerate(name):
        depth += (char == "<") - (char == ">")
        if depth <= 0:
            return at + 1 if at else 0
    return 0


def _without_arguments(path: str) -> str:
    kept: list[str] = []
    depth = 0
    for char in path.replace("::<", "<"):
        if char == "<":
            depth += 1
        elif char == ">":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(char)
    return "".join(kept)
