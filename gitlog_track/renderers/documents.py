"""Documents with places to fill in: text and contents in, changes out.

The stamp of an end marker is a digest of what was generated last, so that text which
somebody edited by hand is told from text that is merely out of date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from gitlog_track.renderers.markers import (
    NAME,
    Marker,
    MarkerError,
    Request,
    find_markers,
    split_lines,
)

STAMP_DIGITS = 8
_ALONE = re.compile(r"[ \t>]*")
_ENDS = re.compile(r"[\r\n]+\Z")

Answer = Callable[[Request], list[str]]
"""Gives the generated lines of a place: of a value, exactly one.

Raises MarkerError where there is no such task, phase or measure.
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a document cannot be filled in: a line, from 1, and one sentence."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A block or a value: what is asked for, and where its content stands.

    Attributes:
        request: what is asked for.
        begin, end: its markers.
    """

    request: Request
    begin: Marker
    end: Marker

    @property
    def is_block(self) -> bool:
        """Does it hold lines, rather than a part of one?"""
        return self.request.kind != "value"


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines *first* to *last* (rows from 0, the end excluded) become *lines*."""

    first: int
    last: int
    lines: tuple[str, ...]


@dataclass(slots=True)
class Filled:
    """What filling in a document comes to.

    Attributes:
        lines: as they were, with their ends.
        edits: what changes, in order.
        changed: the places that the edits are about.
        edited: places that somebody edited by hand; only force changes them.
        problems: why it cannot be filled in; then the rest means nothing.
    """

    lines: list[str]
    edits: list[Edit] = field(default_factory=list)
    changed: list[Request] = field(default_factory=list)
    edited: list[Request] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The document as it should be."""
        return "".join(apply(self.lines, self.edits))


def fill(text: str, answer: Answer, *, force: bool) -> Filled:
    """Fill in a document.

    Args:
        text: of the document, without a byte order mark.
        answer: gives what is asked for.
        force: overwrite what was edited by hand.
    """
    found = Filled(split_lines(text))
    places = _pair(find_markers(found.lines), found)
    for row, mine in _by_row(places):
        if mine[0].is_block:
            _fill_block(mine[0], found, answer, force=force)
        else:
            _fill_values(row, mine, found, answer, force=force)
    found.problems.sort(key=lambda problem: problem.line)
    return found


def _pair(markers: Sequence[Marker], found: Filled) -> Iterator[Place]:
    """Yield the places that markers make; what fits nowhere becomes a problem."""
    begin: Marker | None = None
    for marker in markers:
        line = marker.row + 1
        if marker.problem:
            found.problems.append(Problem(line, marker.problem))
        elif marker.request is not None:
            if begin is not None:
                found.problems.append(_unended(begin, f"before line {line}"))
            begin = marker
        elif begin is None or begin.request is None:
            found.problems.append(Problem(line, "there is nothing to end here"))
        else:
            place = Place(request=begin.request, begin=begin, end=marker)
            text = _misplaced(place, found.lines)
            if text:
                found.problems.append(Problem(begin.row + 1, text))
            else:
                yield place
            begin = None
    if begin is not None:
        found.problems.append(_unended(begin, "in this document"))


def _unended(begin: Marker, where: str) -> Problem:
    text = f"{begin.request} has no end {where}: <!-- {NAME}end --> belongs behind it"
    return Problem(begin.row + 1, text)


def _misplaced(place: Place, lines: Sequence[str]) -> str:
    begin, end = place.begin, place.end
    if not place.is_block:
        return "" if begin.row == end.row else "a value ends on the line it begins on"
    alone = _is_alone(begin, lines) and _is_alone(end, lines)
    if alone and begin.row < end.row:
        return ""
    return "begin and end of a block each stand alone on a line"


def _is_alone(marker: Marker, lines: Sequence[str]) -> bool:
    line = lines[marker.row]
    before, after = line[: marker.start], line[marker.stop :]
    return _ALONE.fullmatch(before) is not None and not after.strip()


def _by_row(places: Iterator[Place]) -> Iterator[tuple[int, list[Place]]]:
    """Yield blocks one by one, and values line by line."""
    held: list[Place] = []
    for place in places:
        if held and (place.is_block or place.begin.row != held[0].begin.row):
            yield held[0].begin.row, held
            held = []
        if place.is_block:
            yield place.begin.row, [place]
        else:
            held.append(place)
    if held:
        yield held[0].begin.row, held


def _fill_block(place: Place, found: Filled, answer: Answer, *, force: bool) -> None:
    first, last = place.begin.row + 1, place.end.row
    head, tail = found.lines[first - 1], found.lines[last]
    ending = _ENDS.search(head)
    old = [_ENDS.sub("", line) for line in found.lines[first:last]]
    prefix = head[: place.begin.start]
    given = _answered(place, found, answer)
    if given is None:
        return
    new = [f"{prefix}{line}".rstrip() for line in ("", *given, "")]
    if not _is_due(place, old, new, found, force=force):
        return
    newline = ending[0] if ending else "\n"
    mark = f"{tail[: place.end.start]}{_end(new)}{tail[place.end.stop :]}"
    lines = (*(f"{line}{newline}" for line in new), mark)
    found.edits.append(Edit(first, last + 1, lines))


def _fill_values(
    row: int, places: Sequence[Place], found: Filled, answer: Answer, *, force: bool
) -> None:
    line = found.lines[row]
    parts, at = [], 0
    for place in places:
        start, stop = place.begin.stop, place.end.start
        given = _answered(place, found, answer)
        if given is None or not _is_due(
            place, [line[start:stop]], given, found, force=force
        ):
            continue
        parts += [line[at:start], *given, _end(given)]
        at = place.end.stop
    if parts:
        found.edits.append(Edit(row, row + 1, ("".join([*parts, line[at:]]),)))


def _answered(place: Place, found: Filled, answer: Answer) -> list[str] | None:
    try:
        return answer(place.request)
    except MarkerError as err:
        found.problems.append(Problem(place.request.line, str(err)))
        return None


def _is_due(
    place: Place, old: list[str], new: list[str], found: Filled, *, force: bool
) -> bool:
    """Has a place to be filled in anew? Keeps account of it."""
    stamp = place.end.stamp
    if old == new and stamp == _digest(new):
        return False
    is_empty = not any(line.strip(" \t>") for line in old)
    is_ours = old == new or is_empty or stamp == _digest(old)
    if not is_ours:
        found.edited.append(place.request)
    if is_ours or force:
        found.changed.append(place.request)
    return is_ours or force


def _end(content: Sequence[str]) -> str:
    return f"<!-- {NAME}end {_digest(content)} -->"


def _digest(content: Sequence[str]) -> str:
    """Return the stamp of some lines, whatever their ends are in the file."""
    text = "\n".join(content).encode("utf-8", "surrogatepass")
    return sha256(text).hexdigest()[:STAMP_DIGITS]


def apply(lines: Sequence[str], edits: Sequence[Edit]) -> list[str]:
    """Return the lines with edits in order made."""
    result: list[str] = []
    at = 0
    for edit in edits:
        result += [*lines[at : edit.first], *edit.lines]
        at = edit.last
    return [*result, *lines[at:]]
