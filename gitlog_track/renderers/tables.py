"""Text for a terminal: tables that fit 80 columns, colour only where it is wanted."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gitlog_track.measures.catalogue import find
from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.measure import Level
from gitlog_track.measures.report import Report
from gitlog_track.measures.task import MeasuredTask, Measures
from gitlog_track.measures.validation import Validation
from gitlog_track.measures.value import Value
from gitlog_track.renderers.events import event_lines
from gitlog_track.renderers.labels import evidence_label
from gitlog_track.renderers.numbers import instant, show
from gitlog_track.renderers.safe import safe_line

COLOURS = {
    Evidence.MEASURED: "green",
    Evidence.DERIVED: "green",
    Evidence.DECLARED: "yellow",
    Evidence.BACKFILLED: "magenta",
    Evidence.ESTIMATED: "red",
    Evidence.MISSING: "bright_black",
}
MARKS = {
    Evidence.MEASURED: "M",
    Evidence.DERIVED: "M",
    Evidence.DECLARED: "D",
    Evidence.BACKFILLED: "B",
    Evidence.ESTIMATED: "E",
}
LEGEND = (
    "M measured, or computed from what was: PROVABLE. D DECLARED by a person or an "
    "agent. B BACKFILLED. E ESTIMATED. - NOT MEASURED."
)


def print_task(
    console: Console,
    task: MeasuredTask,
    validation: Validation,
    where: str,
) -> None:
    """Print one task: its known measures, its events, and what is missing or wrong."""
    state = task.state
    head = f"{state.name}  {state.status}"
    if state.phase:
        head += f"  phase {state.phase}"
    if len(state.attempts) > 1:
        head += f"  attempt {state.attempts[-1].number}"
    console.print(Text(head, style="bold"))
    started = state.started
    if started is not None and started.description:
        console.print(Text(safe_line(started.description)))
    console.print(_measure_table(task.measures, Level.TASK, where))
    console.print(Text("events, as correct EVENT names them:"))
    for line in event_lines(task):
        console.print(Text(line), no_wrap=True, overflow="ellipsis")
    missing = [n for n, v in task.measures.items() if _is_missing(v)]
    if missing:
        names = ", ".join(missing)
        console.print(Text(f"NOT MEASURED: {names}", style="bright_black"))
    if state.ended is not None:
        print_validation(console, validation)
    else:
        # What an open task lacks is not missing yet.
        _print_problems(console, validation)


OPEN = frozenset({"in_progress", "not_started"})


def print_validation(console: Console, validation: Validation) -> None:
    """Print whether a log is complete and sound, each gap in a line of its own."""
    name = safe_line(validation.name)
    if not validation.status:
        name = f"phase {name}"
    if not validation.is_valid:
        console.print(Text(f"{name}: NOT valid", style="red"))
    elif validation.status in OPEN:
        text = f"{name}: valid so far ({validation.status})"
        console.print(Text(text, style="green"))
    else:
        console.print(Text(f"{name}: valid", style="green"))
    for field in validation.missing:
        console.print(Text(f"  missing: {safe_line(field)}"))
    _print_problems(console, validation)


def _print_problems(console: Console, validation: Validation) -> None:
    for problem in validation.problems:
        word = "problem" if problem.invalid else "warning"
        console.print(Text(f"  {word}: {safe_line(problem.text)}"))


def _is_missing(value: Value) -> bool:
    return not value.is_known and not value.not_applicable


def _measure_table(measures: Measures, level: Level, where: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("measure", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("evidence", overflow="fold")
    for name, value in measures.items():
        known = find(name, level)
        if known is not None and not _is_missing(value):
            shown = Text(safe_line(show(value, known.unit)) + _count(value))
            label = safe_line(evidence_label(value, ""))
            table.add_row(name, shown, Text(label, style=COLOURS[value.evidence]))
    table.caption = f"PROVABLE: see {where}"
    table.caption_justify = "left"
    return table


def _count(value: Value) -> str:
    return f" (n={value.n})" if value.n is not None else ""


REPORT_COLUMNS = (
    ("estimated_total", "estimate"),
    ("actual_total", "actual"),
    ("variance", "variance"),
    ("efficiency_ratio", "ratio"),
    ("average_iterations_per_task", "iter."),
    ("total_tokens_used", "tokens"),
    ("tokens_per_task_avg", "a task"),
)


def print_report(console: Console, report: Report) -> None:
    """Print every phase's aggregates, each with how well it is known."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("phase", overflow="fold", max_width=12)
    table.add_column("tasks", justify="right", no_wrap=True)
    for _, title in REPORT_COLUMNS:
        table.add_column(title, justify="right", overflow="fold")
    for row in report.phases:
        table.add_row(*_report_row(row.phase, row.measures))
    if len(report.phases) > 1:
        table.add_row(*_report_row("all", report.overall), end_section=True)
    console.print(table)
    _print_legend(console, report)
    for task in report.lists["open"].tasks:
        if task.begun_at is not None:
            text = f"{task.name} is open since {instant(task.begun_at)}."
            console.print(Text(text))


def _report_row(name: str, measures: Measures) -> list[Text]:
    done, total = measures["tasks_completed"], measures["tasks_total"]
    is_known = total.is_known and done.is_known
    tasks = f"{show(done, 'count')}/{show(total, 'count')}" if is_known else "-"
    cells = [Text(safe_line(name)), Text(tasks)]
    for measure, _ in REPORT_COLUMNS:
        value = measures[measure]
        known = find(measure, Level.PHASE)
        if known is None or not value.is_known:
            cells.append(Text("-", style=COLOURS[Evidence.MISSING]))
            continue
        text = show(value, known.unit)
        if value.n is not None and value.n != measures["tasks_total"].number:
            text += f" (n={value.n})"
        mark = MARKS[value.evidence]
        cells.append(Text(f"{text} {mark}", style=COLOURS[value.evidence]))
    return cells


def _print_legend(console: Console, report: Report) -> None:
    log = (report.log or "")[:12]
    console.print(Text(f"{LEGEND} Log {log}.", style="bright_black"))
    history = report.history
    since = history.since_began
    text = (
        f"{since.resolved} of {since.commits} commits since tracking began name a task"
    )
    partial = " (shallow clone: partial)" if history.is_partial else ""
    console.print(Text(f"{text}{partial}."))
