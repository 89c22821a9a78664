"""The report as CSV: one row a measure, of each phase, of all of them, of each task."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from gitlog_track.measures.catalogue import MEASURES
from gitlog_track.measures.measure import Level, Measure
from gitlog_track.measures.performance import show_goal
from gitlog_track.measures.report import NO_PHASE, Comparison, Report
from gitlog_track.measures.task import Measures
from gitlog_track.measures.tracking import TrackingRow
from gitlog_track.measures.value import MISSING, Value
from gitlog_track.renderers.labels import evidence_label
from gitlog_track.renderers.no_log import NOTICE
from gitlog_track.renderers.numbers import show
from gitlog_track.renderers.safe import safe

ALL = "(all)"
"""Stands for a phase's name in rows about all tasks; no phase has such a name."""
HEADER = (
    "phase",
    "task",
    "measure",
    "value",
    "unit",
    "evidence",
    "label",
    "n",
    "basis",
    "target",
    "met",
)
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)
"""What a spreadsheet may take for the beginning of a formula, full width forms included."""

Row = tuple[str, ...]


def report_csv(report: Report, where: str) -> str:
    """Return the report as RFC 4180 has it; lines end in CR LF.

    Args:
        report: with its tasks.
        where: the log's ref at its commit, for values that the log proves.
    """
    return _csv(_rows(report, where))


def start_csv() -> str:
    """Return the one row that says that there is no log."""
    return _csv(
        [("", "", "log", NOTICE, "text", "missing", "NOT MEASURED", "", "", "", "")]
    )


def _csv(rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue()


def _rows(report: Report, where: str) -> Iterator[Row]:
    for row in report.phases:
        yield from _phase(row.phase, row.measures, row.tracking, where)
    yield from _phase(ALL, report.overall, report.tracking, where)
    if report.comparison is not None:
        yield from _compared(report.comparison, where)
    for task in report.tasks:
        names = (task.phase or NO_PHASE, task.name)
        yield from _measured(names, task.measures, TASKS, where)


class Column(NamedTuple):
    """A measure, and the cells of its row where it is not known: most are not."""

    measure: Measure
    missing: Row


def _columns(measures: Iterable[Measure]) -> tuple[Column, ...]:
    known_by = (MISSING.evidence.value, evidence_label(MISSING, ""))
    return tuple(
        Column(each, (each.id, "", each.unit, *known_by, "", "", "", ""))
        for each in measures
    )


_OF_PHASES = {each.id for each in MEASURES if each.level is Level.PHASE}
PHASES = _columns(each for each in MEASURES if each.level is Level.PHASE)
TASKS = _columns(each for each in MEASURES if each.level is Level.TASK)
TRACKING = _columns(
    each
    for each in MEASURES
    if each.level is Level.TRACKING and each.id not in _OF_PHASES
)
"""Those that are not a phase's too: a measure has one row a phase."""


def _phase(
    phase: str, measures: Measures, tracking: Iterable[TrackingRow], where: str
) -> Iterator[Row]:
    """Yield a phase's measures and those of its tracking, with the targets of these."""
    tracked = {row.measure: row for row in tracking}
    values = {name: row.value for name, row in tracked.items()}
    rows = (
        *_measured((phase, ""), measures, PHASES, where),
        *_measured((phase, ""), values, TRACKING, where),
    )
    for row in rows:
        found = tracked.get(row[2])
        yield (*row[:-2], *_target(found)) if found is not None else row


def _target(row: TrackingRow) -> Row:
    """Return what has to be reached, and whether it is, as a spreadsheet has it."""
    met = "" if row.met is None else str(row.met).upper()
    return (_text(show_goal(row.target)) if row.target else "", met)


def _compared(comparison: Comparison, where: str) -> Iterator[Row]:
    sides = {"with": comparison.with_label, "without": comparison.without}
    for side, measures in sides.items():
        names = (f"({side} {comparison.label})", "")
        yield from _measured(names, measures, PHASES, where)


def _measured(
    names: tuple[str, str], values: Measures, columns: Iterable[Column], where: str
) -> Iterator[Row]:
    phase, task = map(_text, names)
    for measure, missing in columns:
        value = values.get(measure.id, MISSING)
        if value is MISSING:
            yield (phase, task, *missing)
            continue
        label = _text(evidence_label(value, where))
        n = "" if value.n is None else str(value.n)
        evidence = value.evidence.value
        shown = _value(value, measure)
        figure = (measure.id, shown, measure.unit, evidence, label, n)
        yield (phase, task, *figure, _text(value.basis), "", "")


def _value(value: Value, measure: Measure) -> str:
    """Return a number as it is, so that a negative one stays one; all else as text."""
    if not value.is_known:
        return ""
    form = value.value
    match form:
        case Decimal():
            return f"{form:f}"
        case datetime():
            return form.isoformat()
        case _:
            return _text(show(value, measure.unit))


def _text(text: str) -> str:
    """Return a text that no spreadsheet computes.

    Source: OWASP, "CSV Injection": a quote before what would begin a formula.
    """
    harmless = text if text.isascii() and text.isprintable() else safe(text)
    return f"'{harmless}" if harmless.startswith(_FORMULA) else harmless
