"""A report as a sequence of tables, the same for text and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from gitlog_track.measures.catalogue import find
from gitlog_track.measures.evidence import Evidence, weakest
from gitlog_track.measures.measure import Level, Unit
from gitlog_track.measures.performance import show_goal
from gitlog_track.measures.report import Comparison, PhaseRow, Report
from gitlog_track.measures.task import Measures
from gitlog_track.measures.tracking import TrackingRow
from gitlog_track.measures.value import Value
from gitlog_track.renderers.cells import Cell, Section
from gitlog_track.renderers.labels import basis_of, evidence_label
from gitlog_track.renderers.lists import list_sections
from gitlog_track.renderers.marks import MARKS
from gitlog_track.renderers.sparkline import sparkline

PHASE_COLUMNS = (
    ("estimated_total", "estimate"),
    ("actual_total", "actual"),
    ("variance", "variance"),
    ("efficiency_ratio", "ratio"),
    ("average_iterations_per_task", "iter."),
    ("total_tokens_used", "tokens"),
    ("tokens_per_task_avg", "a task"),
)
TRENDS = ("efficiency_ratio", "tokens_per_task_avg", "average_iterations_per_task")
TREND_POINTS = 30
COMPARED = (
    *("tasks_total", "tasks_completed", "actual_total", "efficiency_ratio"),
    *("average_iterations_per_task", "retry_rate", "test_coverage_overall"),
    *("total_tokens_used", "tokens_per_task_avg", "hallucination_rate"),
)


def report_sections(report: Report) -> list[Section]:
    """Return the report's tables behind that of the phases; empty ones are left out."""
    found = [tracking_section(report), trend_section(report.phases)]
    if report.comparison is not None:
        found.append(comparison_section(report.comparison))
    found += [*list_sections(report.lists), unreviewed_section(report)]
    return [section for section in found if section.rows or section.omitted]


def phases_section(phases: Sequence[PhaseRow], overall: Measures) -> Section:
    """Return one row a phase, and one for all where there are several."""
    rows = [_phase_row(row.phase, row.measures) for row in phases]
    if len(rows) > 1:
        rows.append(_phase_row("all", overall))
    header = ("phase", "tasks", *(title for _, title in PHASE_COLUMNS))
    return Section(title="Phases", header=header, rows=tuple(rows), keeps_last=True)


def _phase_row(name: str, measures: Measures) -> tuple[Cell, ...]:
    figures = (_figure(measures, measure) for measure, _ in PHASE_COLUMNS)
    return (Cell(text=name), _tasks(measures), *figures)


def _tasks(measures: Measures) -> Cell:
    """Return how many tasks are complete, of how many; as weak as the weaker count."""
    total, done = measures["tasks_total"], measures["tasks_completed"]
    if total.number is None or done.number is None:
        return Cell(text="-", evidence=Evidence.MISSING)
    weak = weakest((total.evidence, done.evidence))
    text = f"{done.number:,}/{total.number:,} {MARKS[weak]}"
    return Cell(text=text, evidence=weak)


def _figure(measures: Measures, measure: str) -> Cell:
    return Cell(
        value=measures[measure],
        unit=_unit(measure, Level.PHASE),
        measure=measure,
        of=measures["tasks_total"].number,
    )


def _explained(measures: Measures, measure: str) -> Cell:
    """Return a figure with the formula it was found by, where there are several."""
    basis = basis_of(measure, measures[measure])
    return replace(_figure(measures, measure), basis=basis)


def _unit(measure: str, level: Level) -> Unit:
    known = find(measure, level)
    return known.unit if known else "text"


def measures_section(row: PhaseRow) -> Section:
    """Return every known measure of one phase, and the names of the others."""
    rows = tuple(
        (
            Cell(text=name),
            replace(_explained(row.measures, name), is_marked=False),
            Cell(text=evidence_label(value, ""), evidence=value.evidence),
        )
        for name, value in row.measures.items()
        if value.is_known
    )
    missing = [name for name, value in row.measures.items() if not value.is_known]
    return Section(
        title=f"Measures of {row.phase}",
        header=("measure", "value", "evidence"),
        rows=rows,
        left=3,
        note=f"NOT MEASURED: {', '.join(missing)}" if missing else "",
    )


def tracking_section(report: Report) -> Section:
    """Return the measures of the tracking itself, each against its target."""
    has_tasks = any(row.tasks for row in report.phases)
    return Section(
        title="Is the tracking itself working?",
        header=("measure", "value", "target", "verdict"),
        rows=tuple(_tracking_row(row) for row in report.tracking) if has_tasks else (),
    )


def _tracking_row(row: TrackingRow) -> tuple[Cell, ...]:
    unit = _unit(row.measure, Level.TRACKING)
    target = show_goal(row.target) if row.target else "-"
    return (
        Cell(text=row.measure),
        Cell(value=row.value, unit=unit, basis=basis_of(row.measure, row.value)),
        Cell(text=target),
        _verdict(row),
    )


def _verdict(row: TrackingRow) -> Cell:
    if not row.value.is_known:
        return Cell(text="NOT MEASURED", evidence=Evidence.MISSING)
    if row.met is None:
        return Cell(text="no target")
    return Cell(text="met" if row.met else "MISSED", is_alarm=not row.met)


def trend_section(phases: Sequence[PhaseRow]) -> Section:
    """Return how some measures went over the last phases, where two have a figure."""
    last = phases[-TREND_POINTS:]
    rows: list[tuple[Cell, ...]] = []
    for measure in TRENDS:
        values = [row.measures[measure] for row in last]
        known = [value for value in values if value.is_known]
        if len(known) > 1:
            rows.append(_trend_row(measure, values, known))
    return Section(
        title="Trend over phases",
        header=("measure", "trend", "first", "last"),
        rows=tuple(rows),
        left=2,
    )


def _trend_row(
    measure: str, values: Sequence[Value], known: Sequence[Value]
) -> tuple[Cell, ...]:
    unit = _unit(measure, Level.PHASE)
    line = sparkline([value.number for value in values])
    ends = (known[0], known[-1])
    return (
        Cell(text=measure),
        Cell(text=line, evidence=weakest(value.evidence for value in known)),
        *(Cell(value=value, unit=unit, of=_n(value)) for value in ends),
    )


def _n(value: Value) -> Decimal | None:
    return None if value.n is None else Decimal(value.n)


def comparison_section(comparison: Comparison) -> Section:
    """Return the tasks with a label beside those without it."""
    sides = (comparison.with_label, comparison.without)
    rows = tuple(
        (Cell(text=measure), *(_explained(side, measure) for side in sides))
        for measure in COMPARED
        if any(side[measure].is_known for side in sides)
    )
    has_any = comparison.with_label["tasks_total"].is_known
    return Section(
        title=f"Tasks with and without the label {comparison.label}",
        header=("measure", "with", "without"),
        rows=rows,
        note="" if has_any else "No task has this label.",
    )


def unreviewed_section(report: Report) -> Section:
    """Return the phases that are over and were never reviewed."""
    return Section(
        title="Ended phases without a review",
        header=("phase",),
        rows=tuple((Cell(text=name),) for name in report.unreviewed),
        keeps_last=True,
    )
