"""Claims written as `Key: value`: trailers, and fields with upper-case names.

Owns which line is such a claim and what its value is. Which task it speaks of is
the business of `gitlog_track.claims.grammar`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple, get_args

from gitlog_track.claims.phrases import BULLET
from gitlog_track.claims.quantity import EXPECTED, QuantityError, Unit, scan
from gitlog_track.claims.statement import (
    Budget,
    Form,
    Statement,
    is_estimate,
    shorten,
)
from gitlog_track.claims.vocabulary import Term, Vocabulary

STATUSES = {
    "complete": "complete",
    "completed": "complete",
    "done": "complete",
    "partial": "partial",
    "failed": "failed",
    "in_progress": "in_progress",
}

_KEY = re.compile(
    r"[ \t]{0,12}(?:[-*+] {1,3})?\*{0,2}(?P<key>[A-Za-z][A-Za-z0-9_-]{0,39})\*{0,2}"
    r"[ \t]{0,3}:\*{0,2}[ \t]{0,8}"
)
_NEXT_FIELD = re.compile(r"[ \t]?[,;|][ \t](?=[A-Z][A-Za-z_-]{3,39}:[ \t])")
_BULLET_STARTS = frozenset(" \t-*+\u20220123456789")
_BEGINS_LIKE_A_NUMBER = re.compile(r"[~\u2248<>=+\-\u2212 ]{0,3}[0-9]")
_TAIL = re.compile(
    r"[ \t]{0,2}(?:[a-z]{2,12}(?: [a-z]{2,12})?)?[^A-Za-z0-9(]{0,12}"
    r"(?:[(\[][^\n]{0,400}[)\]])?[^A-Za-z0-9]{0,12}$"
)
_REMARK = re.compile(r"[ \t]{1,3}\((?=[~0-9+-])")
_NOT_STATUS = re.compile(r"[^a-z_]+")
_UNITS: tuple[Unit, ...] = get_args(Unit)


class Line(NamedTuple):
    """One logical line of a paragraph: folded lines are joined.

    A tuple, since a message may have half a million of them.

    Attributes:
        text: the whole line.
        number: place among the paragraph's lines, from 0.
        key: of a `key: value` line, in lower case with underscores; else empty.
        value: behind a known key, stripped; else empty.
        shouted: a known key is written in capitals, as the founding fields are.
    """

    text: str
    number: int
    key: str = ""
    value: str = ""
    shouted: bool = False


def read_lines(paragraph: tuple[str, ...], known: frozenset[str]) -> list[Line]:
    """Return the logical lines of a paragraph.

    A folded line goes on with the key above it; plain lines go on with the sentence,
    list item or foreign key above them, which then is prose.

    Args:
        paragraph: physical lines.
        known: keys that begin a line of their own even where it is indented, and
            that no plain line goes on with.

    >>> read_lines(("Duration:", "  12m"), frozenset({"duration"}))[0].value
    '12m'
    """
    lines: list[Line] = []
    more: list[str] = []
    for physical in paragraph:
        found = _KEY.match(physical) if ":" in physical else None
        if lines and _goes_on(physical, found, lines[-1].key, known):
            more.append(physical)
            continue
        if more:
            lines[-1] = _joined(lines[-1], more)
            more = []
        lines.append(_line(physical, found, len(lines), known))
    if more:
        lines[-1] = _joined(lines[-1], more)
    return lines


def _goes_on(
    physical: str, found: re.Match[str] | None, above: str, known: frozenset[str]
) -> bool:
    """Tell whether a physical line belongs to the logical line with key `above`."""
    indented = physical[0] in " \t"
    if found is not None:
        return indented and above != "" and normalise(found["key"]) not in known
    if indented and above:
        return True
    return above not in known and not is_bullet(physical)


def _joined(line: Line, more: list[str]) -> Line:
    rest = " ".join(map(str.strip, more))
    if line.key and all(each[0] in " \t" for each in more):
        value = f"{line.value} {rest}".strip()
        return line._replace(text=f"{line.text} {rest}", value=value)
    return Line(f"{line.text.rstrip()} {rest}", line.number)


def _line(
    text: str, found: re.Match[str] | None, number: int, known: frozenset[str]
) -> Line:
    if found is None:
        return Line(text, number)
    written = found["key"]
    key = normalise(written)
    if key not in known:
        return Line(text, number, key)
    return Line(text, number, key, text[found.end() :].strip(), written.isupper())


def normalise(key: str) -> str:
    """Return a key as it is compared."""
    return key.lower().replace("-", "_")


def is_bullet(text: str) -> bool:
    """Tell whether a line begins an item of a list."""
    return text[0] in _BULLET_STARTS and BULLET.match(text) is not None


def read_fields(
    line: Line,
    words: Vocabulary,
    budget: Budget,
    *,
    in_block: bool,
    hours_per_day: Decimal | None = None,
) -> list[Statement]:
    """Return what a `key: value` line states; empty when it is no claim.

    Args:
        line: of a paragraph.
        words: the keys of claims.
        budget: of the message.
        in_block: the line stands in a block of trailers, where a key of one word
            is a key even if more text follows its value.
        hours_per_day: length of a working day, if configured.

    Raises:
        TooManyError: when the budget is spent.
    """
    if line.key not in words.known_keys:
        return []
    statements: list[Statement] = []
    for piece in _pieces(line, words.known_keys):
        if piece.key not in words.known_keys:
            continue
        budget.spend()
        _, term = words.term_of_key("task", piece.key)
        firm = in_block or piece.shouted or "_" in piece.key
        statements += _read_field(piece, term, hours_per_day, firm=firm)
    return statements


def _pieces(line: Line, known: frozenset[str]) -> Iterator[Line]:
    """Yield each of `A: 1, B: 2` as a line."""
    if line.value.count(":") == 0:
        yield line
        return
    for text in _NEXT_FIELD.split(line.text):
        yield _line(text, _KEY.match(text), line.number, known)


def _read_field(
    line: Line, term: Term, hours_per_day: Decimal | None, *, firm: bool
) -> Iterator[Statement]:
    form = Form.FIELD if line.shouted else Form.TRAILER
    base = Statement(form=form, key=line.key, words=shorten(line.text))
    value = line.value.strip("*_ ")
    if term.unit == "status":
        yield _status(base, value)
        return
    unit = next(unit for unit in _UNITS if unit == term.unit)
    bare = term.bare_unit or None
    try:
        found = scan(value, 0, unit, default_unit=bare, hours_per_day=hours_per_day)
    except QuantityError as err:
        found = None
        problem = str(err)
    else:
        problem = "" if found else _problem(value, unit)
    if found is None:
        if firm and problem and not is_estimate(value, 0, 0):
            yield replace(base, problem=problem)
        return
    quantity, end = found
    if is_estimate(value, 0, end) or not (firm or _is_tidy(line, value, end)):
        return
    yield replace(base, quantity=quantity)
    if unit == "s":
        yield from _remark(base, value, end, hours_per_day)


def _is_tidy(line: Line, value: str, end: int) -> bool:
    """Tell a capital key with nothing but a unit, a mark or a remark behind."""
    return line.text.lstrip(" \t-*+")[:1].isupper() and bool(_TAIL.match(value, end))


def _problem(value: str, unit: Unit) -> str:
    """Say why a value that begins like a number is none; else it claims nothing."""
    if _BEGINS_LIKE_A_NUMBER.match(value):
        return str(QuantityError(value, EXPECTED[unit]))
    return ""


def _status(base: Statement, value: str) -> Statement:
    word = value.partition("(")[0].lower().replace(" ", "_").replace("-", "_")
    status = STATUSES.get(_NOT_STATUS.sub("", word).strip("_"), "")
    if status:
        return replace(base, status=status)
    expected = ", ".join(dict.fromkeys(STATUSES.values()))
    found = ascii(value[:40])
    return replace(base, problem=f"found {found}, expected one of {expected}")


def _remark(
    base: Statement, value: str, end: int, hours_per_day: Decimal | None
) -> Iterator[Statement]:
    """Read the same duration said again: `0.83 hours (50 minutes)`."""
    opening = _REMARK.match(value, end)
    if opening is None:
        return
    at = opening.end()
    try:
        found = scan(value, at, "s", hours_per_day=hours_per_day)
    except QuantityError as err:
        yield replace(base, problem=str(err))
        return
    if found is None or is_estimate(value, at, found[1]):
        return
    again, behind = found
    directed = value[:behind].endswith(("ahead", "behind", "schedule", "plan"))
    if value[behind : behind + 1] in {")", ","} and (
        directed or base.key != "variance"
    ):
        yield replace(base, quantity=again)
