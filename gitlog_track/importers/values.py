"""Values as the founding documents write them: a number, its word, a remark behind it.

``2,450 tokens``, ``1 (completed first try)``, ``0.83 hours (50 minutes)``, ``100% (all of
it)``. A reader gives None where nothing is said, and raises ValueError with a sentence
where something is said that it cannot read.
"""

from __future__ import annotations

import re
from decimal import Decimal

from gitlog_track.claims.quantity import EXPECTED, QuantityError, Unit, scan
from gitlog_track.model.limits import MAX_COUNT, MAX_DURATION_S

PASS, PENDING, FAIL = "pass", "pending", "fail"
MARKS = {
    "\N{WHITE HEAVY CHECK MARK}": PASS,
    "\N{HEAVY CHECK MARK}": PASS,
    "\N{HOURGLASS WITH FLOWING SAND}": PENDING,
    "\N{CROSS MARK}": FAIL,
}
"""The founding documents' marks."""
CRITERIA = {
    **dict.fromkeys(("pass", "passed", "success", "met", "ok"), PASS),
    **dict.fromkeys(("pending", "in_progress"), PENDING),
    **dict.fromkeys(("fail", "failed", "failure", "missed"), FAIL),
}
STATUSES = {
    **dict.fromkeys(("complete", "completed", "done", "success"), "complete"),
    "partial": "partial",
    **dict.fromkeys(("failed", "fail", "failure", "error"), "failed"),
    **dict.fromkeys(("in_progress", "pending", "running", "started"), "in_progress"),
}
OF_MARK = {PASS: "complete", PENDING: "in_progress", FAIL: "failed"}
NUMBER = r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?"
UNIT = r"[^\s\d,.;()<>=][^<>=;()]{0,15}?"
_UNSAID = re.compile(
    r"(?:not measured|tbd)(?:\s*\(.*\))?|estimated \(no logs\)",
    re.IGNORECASE | re.DOTALL,
)
_TARGET = re.compile(
    rf"(?:(?P<name>[^<>=;]{{1,200}}?)\s*)?(?P<comparator>[<>]=?|=)\s*(?P<value>{NUMBER})"
    rf"\s*(?P<unit>{UNIT})?",
    re.ASCII,
)
_PERCENTAGE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)\s*%?(?:\s+\(.*\))?", re.DOTALL)
_BEHIND = re.compile(r"\s*[A-Za-z ]{0,30}(?:\(.*\))?", re.DOTALL)
_NOT_APPLICABLE = re.compile(
    r"n/?a(?:\s*\((?P<reason>.*)\))?", re.IGNORECASE | re.DOTALL
)


def is_said(text: str) -> bool:
    """Does a field say something, rather than that it was not measured or filled in?

    >>> [is_said(t) for t in ("0", "_____", "<COUNT BUGS>", "NOT MEASURED (no log)")]
    [True, False, False, False]
    """
    said = text.strip()
    is_placeholder = said.startswith("<") and said.endswith(">")
    return bool(said.strip("_")) and not is_placeholder and not _UNSAID.fullmatch(said)


def not_applicable(text: str) -> str | None:
    """Return why a measure does not apply, of ``N/A (no code yet)``; None for a value."""
    found = _NOT_APPLICABLE.fullmatch(text.strip())
    return None if found is None else found["reason"] or "no reason given"


def count(text: str) -> int | None:
    """Return a whole number, with its word and a remark or without.

    Raises:
        ValueError: it is said, and cannot be read so.

    >>> count("110,500"), count("107264/200000"), count("1 (completed first try)")
    (110500, 107264, 1)
    """
    if not is_said(text) or not_applicable(text) is not None:
        return None
    number = _quantity(text, "count")
    if number % 1 or number > MAX_COUNT:
        raise ValueError(f"found {text[:60]!r}, expected {EXPECTED['count']}")
    return int(number)


def duration_s(text: str) -> int | None:
    """Return whole seconds, rounded half up.

    Raises:
        ValueError: it is said, and cannot be read so.

    >>> duration_s("0.83 hours (50 minutes)"), duration_s("1 hour")
    (2988, 3600)
    """
    if not is_said(text) or not_applicable(text) is not None:
        return None
    number = _quantity(text, "s")
    if number > MAX_DURATION_S:
        raise ValueError(f"{text[:60]!r} cannot be: it is over 100 years")
    return int(number + Decimal("0.5"))


def _quantity(text: str, unit: Unit) -> Decimal:
    """Return the number a text begins with; an estimate or a range is none."""
    said = text.strip()
    if unit == "count" and said.isascii() and said.isdecimal() and len(said) < 16:
        return Decimal(said)  # nearly all of them, and ten times as fast
    try:
        found = scan(said, 0, unit) if said[:1].isdecimal() else None
    except QuantityError as err:
        raise ValueError(str(err)) from err
    if found and found[0].low == found[0].high and _BEHIND.fullmatch(said, found[1]):
        return found[0].low
    raise ValueError(f"found {said[:60]!r}, expected {EXPECTED[unit]}")


def percentage(text: str) -> str:
    """Return the number of a percentage from 0 to 100, as written.

    Raises:
        ValueError: it is said, and cannot be read so.

    >>> percentage("87.5% (of lines)")
    '87.5'
    """
    found = _PERCENTAGE.fullmatch(text.strip())
    if found is None or Decimal(found[1]) > 100:
        raise ValueError(f"found {text[:60]!r}, expected {EXPECTED['%']}")
    return found[1]


def target(text: str, default_name: str = "") -> dict[str, object]:
    """Return the fields of a target: ``ipc <5ms``, or ``>80%`` where it has a name.

    Raises:
        ValueError: it is said, and cannot be read so.

    >>> target("IPC latency <5ms")["name"]
    'IPC latency'
    """
    found = _TARGET.fullmatch(text.strip())
    name = (found["name"] or default_name) if found else ""
    if found is None or not name:
        wanted = ">80%" if default_name else "ipc <5ms"
        raise ValueError(f"found {text[:60]!r}, expected a target such as {wanted}")
    unit = found["unit"] or ""
    comparator, value = found["comparator"], found["value"]
    return {"name": name, "comparator": comparator, "value": value, "unit": unit}


def criteria(text: str) -> str | None:
    """Return pass, pending or fail, of a word or a mark.

    Raises:
        ValueError: it is said, and cannot be read so.

    >>> criteria("✅ PASS")
    'pass'
    """
    if not is_said(text):
        return None
    mark, word = _mark_and_word(text)
    found = CRITERIA.get(word) or (MARKS.get(mark) if not word else None)
    if found is None:
        raise ValueError(f"found {text[:60]!r}, expected PASS, PENDING or FAIL")
    return found


def status(text: str) -> str | None:
    """Return complete, partial, failed or in_progress, of a word or a mark.

    Raises:
        ValueError: it is said, and cannot be read so.

    >>> status("✅ COMPLETE"), status("❌")
    ('complete', 'failed')
    """
    if not is_said(text):
        return None
    mark, word = _mark_and_word(text)
    found = STATUSES.get(word) or (
        OF_MARK.get(MARKS.get(mark, "")) if not word else None
    )
    if found is None:
        wanted = "COMPLETE, PARTIAL, FAILED or IN_PROGRESS"
        raise ValueError(f"found {text[:60]!r}, expected {wanted}")
    return found


def _mark_and_word(text: str) -> tuple[str, str]:
    """Return the mark in front, and the word behind it without a remark."""
    said = text.strip()
    mark = said[:1] if said[:1] in MARKS else ""
    rest = said[len(mark) :].removeprefix("\N{VARIATION SELECTOR-16}").strip()
    word = rest.partition("(")[0].strip().lower().replace(" ", "_").replace("-", "_")
    return mark, word
