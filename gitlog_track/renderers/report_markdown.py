"""The report as GitHub-flavoured Markdown, of a size that fits an issue or a comment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gitlog_track.measures.report import PhaseRow, Report
from gitlog_track.renderers.cells import Cell, Section
from gitlog_track.renderers.gantt import gantt
from gitlog_track.renderers.history import history_lines
from gitlog_track.renderers.marks import LEGEND
from gitlog_track.renderers.markup import plain_text, table
from gitlog_track.renderers.safe import clipped
from gitlog_track.renderers.sections import (
    measures_section,
    phases_section,
    report_sections,
)

MAX_CHARACTERS = 50_000
"""GitHub takes 65,536 characters for a comment; this leaves room for what is around."""
_ROWS = (500, 300, 200, 150, 100, 70, 50, 30, 20, 10, 5, 2, 1)
"""How many rows of each table are tried, until the whole fits."""
TEXT_LIMIT = 200


def report_markdown(
    report: Report,
    *,
    limit: int = MAX_CHARACTERS,
    size: Callable[[str], int] = len,
) -> str:
    """Return the report with as many rows as fit.

    Args:
        report: with the tasks of its lists.
        limit: it stays below this size.
        size: how a text is measured; by default in characters.
    """
    sizes = (_document(report, rows) for rows in _ROWS)
    fitting = (text for text in sizes if size(text) < limit)
    return next(fitting, _document(report, 0))


def _document(report: Report, rows: int) -> str:
    parts = ["# Report\n"]
    if report.phases:
        parts.append(
            _section(phases_section(report.phases, report.overall).cut(rows + 1))
        )
    else:
        parts.append("No task.\n")
    parts += [_section(section.cut(rows)) for section in report_sections(report)]
    parts += _measures(report.phases, rows)
    if diagram := gantt(report.recent):
        parts.append(f"## Time line\n\n```mermaid\n{diagram}```\n")
    log = (report.log or "")[:12]
    said = " ".join(history_lines(report.history))
    parts.append(f"{plain_text(LEGEND)} Log {log}.\n\n{plain_text(said)}\n")
    return "\n".join(parts)


def _measures(phases: Sequence[PhaseRow], limit: int) -> list[str]:
    """All measures of the last phases, one table a phase."""
    gone = max(len(phases) - limit, 0)
    parts = [_section(measures_section(row)) for row in phases[gone:]]
    if gone:
        parts.append(f"The measures of {gone:,} earlier phases do not fit here.\n")
    return parts


def _section(section: Section) -> str:
    cells = ([_shown(cell) for cell in row] for row in section.rows)
    lines = [
        f"## {_plain(section.title)}\n",
        table(section.header, cells, left=section.left),
    ]
    if section.omitted:
        where = "earlier" if section.keeps_last else "more"
        lines.append(f"... and {section.omitted:,} {where}.\n")
    if section.note:
        lines.append(f"{plain_text(section.note)}\n")
    return "\n".join(lines)


def _shown(cell: Cell) -> str:
    text = _plain(cell.shown(rounded=False))
    return f"**{text}**" if cell.is_alarm and text else text


def _plain(text: str) -> str:
    return plain_text(clipped(text, TEXT_LIMIT))
