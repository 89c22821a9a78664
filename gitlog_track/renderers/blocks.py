"""What documents are filled with: tables, lists and values, as Markdown.

The same figures give the same bytes: nothing here changes with the clock, with the log's
commit, or with a commit that is made of the document itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gitlog_track.measures.catalogue import MEASURES
from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.measure import Level, Measure
from gitlog_track.measures.report import PhaseRow
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.task import Measures
from gitlog_track.measures.value import MISSING, Value
from gitlog_track.renderers.labels import evidence_label
from gitlog_track.renderers.marks import LEGEND, MARKS
from gitlog_track.renderers.markup import plain_text, table
from gitlog_track.renderers.numbers import show

CHANGING = frozenset({"commits"})
"""Measures that the commit of a document changes: it could never be up to date."""
PHASE_COLUMNS = (
    ("estimated_total", "estimate"),
    ("actual_total", "actual"),
    ("variance", "variance"),
    ("efficiency_ratio", "ratio"),
    ("average_iterations_per_task", "iterations a task"),
    ("total_tokens_used", "tokens"),
    ("tokens_per_task_avg", "tokens a task"),
)
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
    rows = [_phase_row(row.phase, row.measures) for row in phases]
    if len(phases) > 1:
        rows.append(_phase_row("all", overall))
    return _table(["phase", "tasks", *(t for _, t in PHASE_COLUMNS)], rows, left=1)


def _phase_row(name: str, measures: Measures) -> list[str]:
    done, total = measures["tasks_completed"], measures["tasks_total"]
    is_known = done.is_known and total.is_known
    tasks = f"{show(done, 'count')}/{show(total, 'count')}" if is_known else "-"
    cells = [plain_text(name), tasks]
    for measure in _named(PHASE_COLUMNS, Level.PHASE):
        value = measures[measure.id]
        some = value.n is not None and value.n != total.number
        cells.append(_cell(measure, value) + (_count(value) if some else ""))
    return cells


def task_table(tasks: Iterable[TaskSummary]) -> list[str]:
    """Return the lines of a table of tasks."""
    measures = _named(TASK_COLUMNS, Level.TASK)
    rows = [
        [
            plain_text(task.name),
            plain_text(task.status),
            *(_cell(measure, task.value(measure.id)) for measure in measures),
        ]
        for task in tasks
    ]
    return _table(["task", "status", *(t for _, t in TASK_COLUMNS)], rows, left=2)


def _named(columns: Iterable[tuple[str, str]], level: Level) -> list[Measure]:
    known = {each.id: each for each in MEASURES if each.level is level}
    return [known[name] for name, _ in columns]


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
    for measure in MEASURES:
        if measure.level is not level or measure.id in CHANGING:
            continue
        value = measures.get(measure.id, MISSING)
        if value.is_known or value.not_applicable:
            label = plain_text(evidence_label(value, where))
            shown = _shown(measure, value) + _count(value)
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


def single_value(measure: Measure, value: Value, where: str) -> str:
    """Return one value; one that is known less well than declared says so."""
    shown = _shown(measure, value)
    if value.is_known and value.evidence < Evidence.DECLARED:
        return f"{shown} {plain_text(evidence_label(value, where))}"
    return shown


def _shown(measure: Measure, value: Value) -> str:
    strict = value.basis if measure.id == "test_coverage_target" else ""
    return plain_text(strict + show(value, measure.unit)) or "None"


def _count(value: Value) -> str:
    return f" (n={value.n})" if value.n is not None else ""
