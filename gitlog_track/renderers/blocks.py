"""What documents are filled with: tables, lists and values, as Markdown.

The same figures give the same bytes: nothing here changes with the clock, with the log's
commit, or with a commit that is made of the document itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from gitlog_track.measures.catalogue import MEASURES, find, normalise
from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.measure import Level, Measure
from gitlog_track.measures.report import PhaseRow
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.task import Measures
from gitlog_track.measures.value import MISSING, Value
from gitlog_track.renderers.labels import basis_of, evidence_label, with_n
from gitlog_track.renderers.markers import MarkerError
from gitlog_track.renderers.marks import LEGEND, MARKS
from gitlog_track.renderers.markup import plain_text, table
from gitlog_track.renderers.numbers import show_measure
from gitlog_track.renderers.sections import phases_section

CHANGING = frozenset({"commits"})
"""Measures that the commit of a document changes: it could never be up to date."""
NAMES_WITH_UNIT = {"duration_minutes": 60, "duration_seconds": 1}
"""Founding names that say their unit, in seconds: the value is how many whole ones."""
TASK_COLUMNS = (
    ("estimated_duration", "estimate"),
    ("actual_duration", "actual"),
    ("variance", "variance"),
    ("efficiency_ratio", "ratio"),
    ("iterations_count", "iterations"),
    ("token_count_used", "tokens"),
)


def phase_table(phases: Sequence[PhaseRow], overall: Measures) -> list[str]:
    """Return the lines of a table of phases, and of all tasks if there are several."""
    section = phases_section(phases, overall)
    rows = [
        [plain_text(cell.shown(rounded=False)) for cell in row] for row in section.rows
    ]
    return _table(section.header, rows, left=section.left)


def task_table(tasks: Iterable[TaskSummary]) -> list[str]:
    """Return the lines of a table of tasks."""
    measures = [_find(name, Level.TASK) for name, _ in TASK_COLUMNS]
    rows = [
        [
            plain_text(task.name),
            plain_text(task.status),
            *(_cell(measure, task.value(measure.id)) for measure in measures),
        ]
        for task in tasks
    ]
    return _table(["task", "status", *(t for _, t in TASK_COLUMNS)], rows, left=2)


def _cell(measure: Measure, value: Value) -> str:
    if not value.is_known:
        return "N/A" if value.not_applicable else "-"
    return f"{_shown(measure, value)} {MARKS[value.evidence]}"


def _table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, left: int
) -> list[str]:
    return [*table(header, rows, left=left).splitlines(), "", LEGEND]


def measure_table(measures: Measures, level: Level, where: str) -> list[str]:
    """Return the lines of a table of all that is known, and what is not, by name.

    Args:
        measures: of a task or a phase, by id.
        level: which of both.
        where: in the log the figures can be checked.
    """
    rows, missing = [], []
    of = _tasks_total(measures)
    for measure in MEASURES:
        if measure.level is not level or measure.id in CHANGING:
            continue
        value = measures.get(measure.id, MISSING)
        if value.is_known or value.not_applicable:
            label = plain_text(evidence_label(value, where))
            basis = plain_text(basis_of(measure.id, value))
            shown = _shown(measure, value)
            shown = with_n(shown, measure.id, value, of, basis=basis)
            rows.append([f"`{measure.id}`", shown, label])
        else:
            missing.append(f"`{measure.id}`")
    lines = table(["measure", "value", "evidence"], rows, left=3).splitlines()
    return [*lines, "", f"NOT MEASURED: {', '.join(missing)}."] if missing else lines


def text_list(tasks: Iterable[TaskSummary], measure: str) -> list[str]:
    """Return the lines of a list of what a measure says, task by task."""
    lines = [
        f"- {plain_text(task.name)}: {plain_text(text)}"
        for task in tasks
        for text in task.value(measure).texts or ()
    ]
    return lines or ["None recorded."]


def single_value(name: str, measures: Measures, level: Level, where: str) -> str:
    """Return one value; one that is known less well than declared says so.

    Args:
        name: of the measure, as it was asked for.
        measures: of a task or a phase, by id.
        level: which of both.
        where: in the log the value can be checked.

    Raises:
        MarkerError: there is no such measure, or it changes with the document's commit.
    """
    measure = _find(name, level)
    value = measures.get(measure.id, MISSING)
    unit_s = NAMES_WITH_UNIT.get(normalise(name))
    if unit_s and value.number is not None:
        shown = str(int(value.number // unit_s))
    else:
        of = _tasks_total(measures)
        shown = with_n(_shown(measure, value), measure.id, value, of)
    if value.is_known and value.evidence < Evidence.DECLARED:
        return f"{shown} {plain_text(evidence_label(value, where))}"
    return shown


def _shown(measure: Measure, value: Value) -> str:
    return plain_text(show_measure(measure, value)) or "None"


def _find(name: str, level: Level) -> Measure:
    measure = find(name, level)
    if measure is None:
        raise MarkerError(f"{name!r} is no measure of a {level.value}")
    if measure.id in CHANGING:
        raise MarkerError(f"{measure.id} changes with the commit of this document")
    return measure


def _tasks_total(measures: Measures) -> Decimal | None:
    """Return how many tasks a phase has; None for a task."""
    return measures.get("tasks_total", MISSING).number
