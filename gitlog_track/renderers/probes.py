"""What probes answer: as a table of text, or as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gitlog_track.index.probes import Answer, Cell, Probe
from gitlog_track.renderers.safe import clipped

_INSTANT = re.compile(r"[0-9-]{10}T[0-9:.]{12}Z")
TEXT_LENGTH = 60
"""Characters of a text that a table shows."""


def print_probes(console: Console, probes: Iterable[Probe]) -> None:
    """Print what may be asked for."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for probe in probes:
        table.add_row(probe.name, probe.about)
    console.print(table)


def print_answer(console: Console, answer: Answer) -> None:
    """Print what a probe found, a row a line where there is room."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for number, name in enumerate(answer.columns):
        is_text = any(isinstance(row[number], str) for row in answer.rows)
        table.add_column(name, overflow="fold", justify="left" if is_text else "right")
    for row in answer.rows:
        table.add_row(*(Text(_shown(cell)) for cell in row))
    console.print(table)


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return "-"
        case str() if _INSTANT.fullmatch(cell):
            return f"{cell[:10]} {cell[11:16]}"
        case str():
            return clipped(cell, TEXT_LENGTH)
        case int():
            return f"{cell:,}"
        case _:
            return f"{cell:,.3f}".rstrip("0").rstrip(".")


def probes_body(probes: Iterable[Probe]) -> dict[str, object]:
    """Return what ``probe --format json`` adds to the envelope."""
    return {"probes": [{"probe": p.name, "about": p.about} for p in probes]}


def answer_body(probe: Probe, answer: Answer) -> dict[str, object]:
    """Return what ``probe NAME --format json`` adds to the envelope."""
    return {
        "probe": probe.name,
        "about": probe.about,
        "columns": list(answer.columns),
        "rows": [dict(zip(answer.columns, row, strict=True)) for row in answer.rows],
    }
