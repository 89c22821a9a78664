"""Marker comments of a document: their grammar, and where they stand.

``<!-- gitlog-track:begin table phase=P1 -->`` begins a block and ``<!-- gitlog-track:end
1f0c2a9b -->`` ends it; ``<!-- gitlog-track:value task=P1-009 measure=duration -->`` begins
a value within a line, which the same end marker ends. What Markdown shows as code is no
marker. A document holds data only: which table or value, of what; never how it is made.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from markdown_it import MarkdownIt

NAME = "gitlog-track:"
KINDS: Mapping[str, tuple[str, ...]] = {
    "table": ("phase",),
    "measures": ("task", "phase"),
    "lessons": ("phase",),
    "blockers": ("phase",),
}
"""What a block may hold, each with the keys that say of what."""
VALUE_KEYS = ("task", "phase", "measure")
STAMP = re.compile(r"[0-9a-f]{8}", re.ASCII)
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_TOKEN = re.compile(r"\\.|`+|<!--", re.DOTALL)
_RUN = re.compile(r"`+")


class MarkerError(Exception):
    """Why a marker cannot be followed, as one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a marker asks for.

    Attributes:
        kind: of :data:`KINDS`, or ``value``.
        keys: what of.
        line: the marker's, from 1.
    """

    kind: str
    keys: Mapping[str, str]
    line: int

    def __str__(self) -> str:
        return " ".join([self.kind, *(f"{k}={v}" for k, v in self.keys.items())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """One marker comment.

    Attributes:
        row: its line, from 0.
        start, stop: its columns there.
        request: what it asks for; None for an end.
        stamp: of an end: of the content that was generated last, or empty.
        problem: why it cannot be followed; then there is neither of both.
    """

    row: int
    start: int
    stop: int
    request: Request | None = None
    stamp: str = ""
    problem: str = ""


@dataclass(slots=True)
class _Run:
    """Lines that are read together: a code span or comment may go over several."""

    first: int
    text: str
    is_prose: bool
    lengths: list[int]
    _ticks: dict[int, list[int]] | None = field(default=None)

    def place(self, at: int) -> tuple[int, int]:
        """Return the row and column of an offset."""
        below = bisect_right(self.lengths, at)
        before = self.lengths[below - 1] if below else 0
        return self.first + below, at - before

    def behind_code(self, opening: re.Match[str]) -> int:
        """Return where a code span ends; where none begins, the end of its back-ticks."""
        if self._ticks is None:
            self._ticks = {}
            for run in _RUN.finditer(self.text):
                self._ticks.setdefault(len(run[0]), []).append(run.start())
        size = len(opening[0])
        closers = self._ticks.get(size, [])
        place = bisect_left(closers, opening.end())
        return closers[place] + size if place < len(closers) else opening.end()


def split_lines(text: str) -> list[str]:
    """Return a text's lines with their ends. Source: CommonMark 0.31, "line ending"."""
    return _LINE.findall(text)


def find_markers(lines: Sequence[str]) -> list[Marker]:
    """Return the markers of a document, in order, without those shown as code."""
    if not any(NAME in line for line in lines):
        return []
    return [marker for run in _runs(lines) for marker in _markers(run)]


def _runs(lines: Sequence[str]) -> Iterator[_Run]:
    """Yield what of a document is neither fenced nor indented code."""
    reader = MarkdownIt("commonmark").enable("table").disable("inline")
    seen = 0
    for token in reader.parse("".join(lines)):
        if token.type not in {"inline", "html_block"} or token.map is None:
            continue
        first, last = token.map
        if first < seen:
            continue  # another cell of the same row
        seen = last
        mine = lines[first:last]
        if any(NAME in line for line in mine):
            lengths = list(accumulate(map(len, mine)))
            yield _Run(first, "".join(mine), token.type == "inline", lengths)


def _markers(run: _Run) -> Iterator[Marker]:
    text, at = run.text, 0
    while token := _TOKEN.search(text, at):
        at = token.end()
        if token[0] == "<!--":
            end = text.find("-->", token.start() + 2)
            stop = end + 3 if end >= 0 else len(text)
            if text[at:stop].lstrip().startswith(NAME):
                yield _read(run, token.start(), stop)
            at = stop
        elif run.is_prose and token[0][0] == "`":
            at = run.behind_code(token)


def _read(run: _Run, start: int, stop: int) -> Marker:
    comment = run.text[start:stop]
    row, column = run.place(start)
    end = column + len(comment)
    body = comment[4:-3].strip()
    if not comment.endswith("-->") or "\n" in comment or "\r" in comment:
        text = "the marker does not end on its line; put --> behind it"
        return Marker(row=row, start=column, stop=end, problem=text)
    try:
        request, stamp = parse_marker(body, row + 1)
    except MarkerError as err:
        return Marker(row=row, start=column, stop=end, problem=str(err))
    return Marker(row=row, start=column, stop=end, request=request, stamp=stamp)


def parse_marker(body: str, line: int) -> tuple[Request | None, str]:
    """Read a marker: what it asks for; or None, of an end, and its stamp.

    Args:
        body: of the comment, from ``gitlog-track:`` on.
        line: where it stands, from 1.

    Raises:
        MarkerError: it says nothing that is known.

    >>> str(parse_marker("gitlog-track:begin table phase=P1", 3)[0])
    'table phase=P1'
    """
    word, *rest = body.removeprefix(NAME).split() or [""]
    match word:
        case "end":
            return None, _stamp(rest)
        case "value":
            return _value(_keys(rest, VALUE_KEYS), line), ""
        case "begin":
            return _block(rest, line), ""
        case _:
            found = f"{NAME}{word}"
            raise MarkerError(f"found {found!r}, expected begin, value or end")


def _stamp(rest: list[str]) -> str:
    stamp = " ".join(rest)
    if stamp and not STAMP.fullmatch(stamp):
        raise MarkerError(f"found {stamp!r} behind end, expected nothing or 8 digits")
    return stamp


def _value(keys: dict[str, str], line: int) -> Request:
    if "measure" not in keys or ("task" in keys) == ("phase" in keys):
        raise MarkerError("a value needs measure=NAME, and task=NAME or phase=NAME")
    return Request(kind="value", keys=keys, line=line)


def _block(rest: list[str], line: int) -> Request:
    kind = rest[0] if rest else ""
    if kind not in KINDS:
        raise MarkerError(f"found block {kind!r}, expected {_or(KINDS)}")
    keys = _keys(rest[1:], KINDS[kind])
    if kind == "measures" and len(keys) != 1:
        raise MarkerError("measures needs task=NAME or phase=NAME")
    return Request(kind=kind, keys=keys, line=line)


def _keys(pairs: list[str], known: Sequence[str]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for pair in pairs:
        key, _, name = pair.partition("=")
        if key not in known or not name:
            expected = _or([f"{each}=NAME" for each in known])
            raise MarkerError(f"found {pair!r}, expected {expected}")
        if key in keys:
            raise MarkerError(f"{key} stands there twice")
        keys[key] = name
    return keys


def _or(names: Mapping[str, object] | Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
