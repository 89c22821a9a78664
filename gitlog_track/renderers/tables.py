"""One task for a terminal, and whether its log is complete, in 80 columns."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gitlog_track.measures.catalogue import find
from gitlog_track.measures.measure import Level
from gitlog_track.measures.task import MeasuredTask, Measures
from gitlog_track.measures.validation import Validation
from gitlog_track.measures.value import Value
from gitlog_track.renderers.colours import COLOURS, FAINT
from gitlog_track.renderers.events import event_lines
from gitlog_track.renderers.labels import basis_of, evidence_label, with_n
from gitlog_track.renderers.numbers import show_measure
from gitlog_track.renderers.safe import safe_line


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
    console.print(Text(safe_line(head), style="bold"))
    started = state.started
    if started is not None and started.description:
        console.print(Text(safe_line(started.description)))
    console.print(_measure_table(task.measures, Level.TASK, where))
    if task.measures["commits"].is_known:
        note = "commits: as the log recorded them; report resolves HEAD's history"
        console.print(Text(note, style=FAINT))
    console.print(Text("events, as correct EVENT names them:"))
    for line in event_lines(task):
        console.print(Text(line), no_wrap=True, overflow="ellipsis")
    missing = [n for n, v in task.measures.items() if _is_missing(v)]
    if missing:
        names = ", ".join(missing)
        console.print(Text(f"NOT MEASURED: {names}", style=FAINT))
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
            shown = with_n(
                show_measure(known, value), name, value, basis=basis_of(name, value)
            )
            label = safe_line(evidence_label(value, ""))
            evidence = Text(label, style=COLOURS[value.evidence])
            table.add_row(name, Text(safe_line(shown)), evidence)
    table.caption = f"PROVABLE: see {where}"
    table.caption_justify = "left"
    return table
