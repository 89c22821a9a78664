"""Values as people type them: targets, measurements, token counts, marks."""

from __future__ import annotations

import re
from decimal import Decimal

from gitlog_track.claims.quantity import QuantityError, parse_count, parse_duration
from gitlog_track.errors import UsageProblem
from gitlog_track.measures.catalogue import find
from gitlog_track.measures.measure import Level
from gitlog_track.model.task import TaskState

MARKS = {
    "\N{WHITE HEAVY CHECK MARK}": "pass",
    "\N{HOURGLASS WITH FLOWING SAND}": "pending",
    "\N{CROSS MARK}": "fail",
}
"""The founding documents' marks, accepted wherever their words are."""
MEASURABLE = ("test_coverage_actual", "tests_passed", "tests_total", "doc_completeness")

_NUMBER = r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?"
_TARGET = re.compile(
    rf"(?P<name>[A-Za-z0-9][\w .-]*?)?\s*(?P<comparator>[<>]=?|=)\s*"
    rf"(?P<value>{_NUMBER})\s*(?P<unit>[^\s<>=\d][^<>=]{{0,15}})?",
)
_MEASURED = re.compile(rf"(?P<value>{_NUMBER})\s*(?P<unit>[^\s\d,.][^<>=]{{0,15}})?")


def duration_s(text: str) -> int:
    """Return the whole seconds of a written duration, rounded half up.

    Raises:
        UsageProblem: it is none; the forms that are known are named.
    """
    try:
        quantity = parse_duration(text)
    except QuantityError as err:
        raise UsageProblem(str(err)) from err
    if quantity.low != quantity.high or quantity.low < 0:
        raise UsageProblem(f"{text!r} is no single duration; expected one like 1h30m")
    return int(quantity.low + Decimal("0.5"))


def token_count(text: str) -> int:
    """Return a counter's reading: ``107264``, ``107,264`` or ``107264/200000``.

    Raises:
        UsageProblem: it is none of these.
    """
    used, slash, limit = text.partition("/")
    if slash:
        count(limit)
    return count(used)


def count(text: str) -> int:
    """Return a whole number, with thousands separators or without.

    Raises:
        UsageProblem: it is none, or negative.
    """
    try:
        quantity = parse_count(text.strip())
    except QuantityError as err:
        raise UsageProblem(str(err)) from err
    if quantity.low != quantity.high or quantity.low < 0 or quantity.low % 1:
        raise UsageProblem(f"{text!r} is no count; expected a number like 3,236")
    return int(quantity.low)


def criteria(text: str) -> str:
    """Return ``pass``, ``pending`` or ``fail`` of a word or a founding mark."""
    return MARKS.get(text.strip().removesuffix("\N{VARIATION SELECTOR-16}"), text)


def target(text: str, default_name: str = "") -> dict[str, object]:
    """Return the fields of a target such as ``ipc<5ms`` or ``>80%``.

    Raises:
        UsageProblem: it is none, or lacks a name where one is needed.
    """
    match = _TARGET.fullmatch(text.strip())
    name = (match["name"] or default_name) if match else ""
    if match is None or not name:
        wanted = ">80%" if default_name else "ipc<5ms"
        raise UsageProblem(f"{text!r} is no target; expected one like {wanted}")
    return {
        "name": name,
        "comparator": match["comparator"],
        "value": match["value"],
        "unit": (match["unit"] or "").strip(),
    }


def measurement(text: str, reason: str, state: TaskState) -> dict[str, object]:
    """Return the fields of ``NAME=VALUE`` or ``NAME=n/a``.

    Args:
        text: as typed. A name of the catalogue, or of one of the task's performance
            targets.
        reason: why a measure does not apply.
        state: of the task.

    Raises:
        UsageProblem: an unknown name, no number, or n/a without a reason.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageProblem(f"{text!r} is no measurement; expected NAME=VALUE")
    known = find(name, Level.TASK)
    if value.strip().lower() in {"n/a", "na"}:
        return _not_applicable(name, known.id if known else "", reason)
    match = _MEASURED.fullmatch(value.strip())
    if match is None:
        raise UsageProblem(f"{value!r} is no number; expected one like 87% or 2.8ms")
    fields: dict[str, object] = {"value": match["value"], "unit": match["unit"] or ""}
    if known is not None and known.id in MEASURABLE:
        return {"measure": known.id, **fields}
    started = state.started
    names = [t.name for t in started.performance_targets] if started else []
    if name in names:
        return {"measure": "performance_actual", "name": name, **fields}
    allowed = ", ".join((*MEASURABLE, *names))
    raise UsageProblem(
        f"{name!r} is not measured by typing it; expected {allowed}",
        hint="a performance figure needs its target at the start: "
        "start TASK --performance-target 'NAME<5ms'",
    )


def _not_applicable(name: str, known: str, reason: str) -> dict[str, object]:
    if not known:
        raise UsageProblem(f"there is no measure {name!r}")
    if not reason:
        raise UsageProblem(
            f"{name} is said not to apply, but not why",
            hint=f"gitlog-track measure {name}=n/a --reason 'no code yet'",
        )
    return {"measure": known, "not_applicable": True, "reason": reason}
