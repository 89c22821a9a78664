"""Values as people type them: targets, measurements, token counts, marks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from gitlog_track.claims.quantity import QuantityError, parse_count, parse_duration
from gitlog_track.errors import UsageProblem
from gitlog_track.measures.catalogue import find
from gitlog_track.measures.measure import Level
from gitlog_track.measures.performance import show_target
from gitlog_track.measures.units import comparable, factors
from gitlog_track.model.event import Target
from gitlog_track.model.limits import MAX_COUNT, MAX_DURATION_S
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
_EXPONENT = re.compile(r"[eE]\s*[+-]?\d.*", re.ASCII)
_COVERAGE = "test_coverage"
_UNITS = {"%": ("", "%"), "count": ("", "test", "tests")}
"""The units in which a percentage and a count may be written."""


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
    if quantity.low > MAX_DURATION_S:
        raise UsageProblem(f"{text!r} is no duration of work: it is over 100 years")
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
    is_whole = quantity.low == quantity.high and not quantity.low % 1
    if not is_whole or quantity.low < 0 or "/" in text:
        raise UsageProblem(f"{text!r} is no count; expected a number like 3,236")
    if quantity.low > MAX_COUNT:
        raise UsageProblem(f"{text!r} is no count of anything: it is over 10^15")
    return int(quantity.low)


def percentage(text: str) -> str:
    """Return the number of a written percentage: ``87%`` or ``87.5``.

    Raises:
        UsageProblem: it is none from 0 to 100.
    """
    match = _MEASURED.fullmatch(text.strip())
    if match is None:
        raise UsageProblem(f"{text!r} is no percentage; expected one like 87%")
    _check_figure("test_coverage_actual", match["value"], (match["unit"] or "").strip())
    return match["value"]


def criteria(text: str) -> str:
    """Return ``pass``, ``pending`` or ``fail`` of a word or a founding mark."""
    return MARKS.get(text.strip().removesuffix("\N{VARIATION SELECTOR-16}"), text)


def target(text: str, default_name: str = "") -> dict[str, object]:
    """Return the fields of a target such as ``ipc<5ms`` or ``>80%``.

    Raises:
        UsageProblem: it is none, lacks a name where one is needed, or cannot be reached.
    """
    match = _TARGET.fullmatch(text.strip())
    name = (match["name"] or default_name) if match else ""
    if match is None or not name:
        wanted = ">80%" if default_name else "ipc<5ms"
        raise UsageProblem(f"{text!r} is no target; expected one like {wanted}")
    unit = (match["unit"] or "").strip()
    _refuse_exponent(text, unit)
    known = find(name, Level.TASK)
    if known is not None and known.unit == "%":
        _check_figure(name, match["value"], unit)
    return {
        "name": name,
        "comparator": match["comparator"],
        "value": match["value"],
        "unit": unit,
    }


def check_possible(fields: Mapping[str, object]) -> None:
    """Check that a measurement or a target in an event's fields can be.

    Raises:
        UsageProblem: a percentage outside 0 to 100, or a count that is negative or has a
            fraction.
    """
    measure = str(fields.get("measure", ""))
    if isinstance(value := fields.get("value"), str):
        _check_figure(measure, value, str(fields.get("unit", "")))
    goal = fields.get("test_coverage_target")
    if isinstance(goal, Mapping) and isinstance(goal.get("value"), str):
        _check_figure(_COVERAGE, goal["value"], str(goal.get("unit", "")))


def _refuse_exponent(text: str, unit: str) -> None:
    if _EXPONENT.fullmatch(unit):
        text = f"{text!r} is written with an exponent; write the number in full"
        raise UsageProblem(text)


def _check_figure(name: str, value: str, unit: str) -> None:
    """Check a number by what is measured."""
    known = find(name, Level.TASK)
    kind = known.unit if known is not None else ""
    if kind not in _UNITS or not re.fullmatch(_NUMBER, value, re.ASCII):
        return
    number = Decimal(value)
    if unit not in _UNITS[kind]:
        wanted = "a percentage" if kind == "%" else "a count"
        raise UsageProblem(f"{name} {value}{unit} is in {unit!r}; expected {wanted}")
    if kind == "%" and not 0 <= number <= 100:
        text = f"{name} {value}{unit} cannot be; expected a percentage from 0 to 100"
        raise UsageProblem(text)
    if kind == "count" and (number < 0 or number % 1):
        raise UsageProblem(f"{name} {value} cannot be; expected a whole number from 0")


def measurements(
    texts: Sequence[str],
    reason: str,
    state: TaskState,
) -> list[dict[str, object]]:
    """Return the fields of all that one command measured; see :func:`measurement`.

    Raises:
        UsageProblem: one of them is none, or they contradict each other.
    """
    found = [measurement(text, reason, state) for text in texts]
    values = {str(f["measure"]): f.get("value") for f in found}
    passed, total = values.get("tests_passed"), values.get("tests_total")
    if passed and total and Decimal(str(passed)) > Decimal(str(total)):
        raise UsageProblem(f"tests_passed {passed} cannot be above tests_total {total}")
    return found


def measurement(text: str, reason: str, state: TaskState) -> dict[str, object]:
    """Return the fields of ``NAME=VALUE`` or ``NAME=n/a``.

    Args:
        text: as typed. A name of the catalogue, or of one of the task's performance
            targets.
        reason: why a measure does not apply.
        state: of the task.

    Raises:
        UsageProblem: an unknown name, no number or one that cannot be, or n/a without a
            reason.
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
    fields: dict[str, object] = {
        "value": match["value"],
        "unit": (match["unit"] or "").strip(),
    }
    _refuse_exponent(text, str(fields["unit"]))
    if known is not None and known.id in MEASURABLE:
        _check_figure(known.id, match["value"], str(fields["unit"]))
        return {"measure": known.id, **fields}
    started = state.started
    targets = started.performance_targets if started else ()
    if mine := [t for t in targets if t.name == name]:
        _check_comparable(text, str(fields["unit"]), mine)
        return {"measure": "performance_actual", "name": name, **fields}
    allowed = ", ".join((*MEASURABLE, *(t.name for t in targets)))
    raise UsageProblem(
        f"{name!r} is not measured by typing it; expected {allowed}",
        hint="a performance figure needs its target at the start: "
        "start TASK --performance-target 'NAME<5ms'",
    )


def _check_comparable(text: str, unit: str, targets: Sequence[Target]) -> None:
    """Check that a figure can be held against one of its targets."""
    if any(factors(unit, target.unit) for target in targets):
        return
    for goal in targets:
        if units := comparable(goal.unit):
            wanted = goal.unit if units == (goal.unit,) else ", ".join(units)
            raise UsageProblem(
                f"{text!r} cannot be held against the target {show_target(goal)}; "
                f"expected a figure in {wanted}",
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
