"""The report for a terminal: tables that fit 80 columns, whatever stands in them."""

from __future__ import annotations

import io

from rich import box
from rich.console import Console, JustifyMethod
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from gitlog_track.measures.report import Report
from gitlog_track.renderers.cells import Cell, Section
from gitlog_track.renderers.colours import ALARM, COLOURS, FAINT
from gitlog_track.renderers.history import history_lines
from gitlog_track.renderers.marks import LEGEND
from gitlog_track.renderers.safe import clipped, safe_line
from gitlog_track.renderers.sections import (
    measures_section,
    phases_section,
    report_sections,
)

WIDTH = 80
ROWS = 10
"""So many rows of each table behind that of the phases; JSON has them all."""
TEXT_LIMIT = 300
NAME_LIMIT = 32
"""Characters of a text, and of what stands in the first column."""
WIDE = 6
"""Tables of more columns fold names; the others fold what is behind them."""
NO_TASK = "No task in the log yet."
NO_MATCH = "No task in the log is what was asked for."


def print_report(console: Console, report: Report) -> None:
    """Print every phase's figures and what else there is to look at.

    One phase that was asked for is shown with all its measures.
    """
    if report.phases:
        _print_section(
            console, phases_section(report.phases, report.overall), with_title=False
        )
    else:
        console.print(NO_TASK if report.selection.is_everything else NO_MATCH)
    if report.selection.phase:
        for row in report.phases:
            _print_section(console, measures_section(row))
    for section in report_sections(report):
        _print_section(console, section.cut(ROWS))
    log = (report.log or "")[:12]
    console.print(Text(f"{LEGEND} Log {log}.", style=FAINT))
    for line in history_lines(report.history):
        console.print(Text(line))


def report_text(report: Report) -> str:
    """Return the report as it is printed where there is no terminal."""
    text = io.StringIO()
    print_report(Console(file=text, width=WIDTH, highlight=False), report)
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


def _print_section(
    console: Console, section: Section, *, with_title: bool = True
) -> None:
    if with_title:
        console.print(Text(clipped(section.title, TEXT_LIMIT), style="bold"))
    console.print(_fitting(console, section))
    if section.omitted:
        text = f"... and {section.omitted:,} more: --format json"
        console.print(Text(text, style=FAINT))
    if section.note:
        console.print(Text(safe_line(section.note), style=FAINT))
    console.print()


def _fitting(console: Console, section: Section) -> Table:
    """Return a table that is set tightly where it would not fit else."""
    table = _table(section, gap=1)
    unbounded = console.options.update(max_width=10_000)
    if Measurement.get(console, unbounded, table).maximum <= console.width:
        return table
    return _table(section, gap=0)


def _table(section: Section, *, gap: int) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap, 0, 0)
    )
    for number, title in enumerate(section.header):
        side: JustifyMethod = "left" if number < section.left else "right"
        table.add_column(title, justify=side, overflow="fold")
    table.columns[1 if len(section.header) > WIDE else 0].no_wrap = True
    for row in section.rows:
        limits = (NAME_LIMIT, *[TEXT_LIMIT] * (len(row) - 1))
        table.add_row(*map(_shown, row, limits))
    return table


def _shown(cell: Cell, limit: int) -> Text:
    return Text(clipped(cell.shown(rounded=True), limit), style=_style(cell))


def _style(cell: Cell) -> str:
    if cell.is_alarm:
        return ALARM
    evidence = cell.value.evidence if cell.value else cell.evidence
    return COLOURS[evidence] if evidence else ""
