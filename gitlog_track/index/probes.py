"""Probes: questions over the index's public views, each an SQL file of the package.

The file is the probe's documentation too: its first line says what it answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gitlog_track.index.index import Index

DIRECTORY = Path(__file__).with_name("sql")
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Probe:
    """One question.

    Attributes:
        name: of its file, without the suffix.
        about: one sentence.
        sql: one SELECT over views ``v1_...``.
    """

    name: str
    about: str
    sql: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe found; None is NOT MEASURED.

    Attributes:
        columns: their names; a unit stands at the end, such as ``_s`` or ``_percent``.
        rows: as many cells each.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def read_probes() -> Mapping[str, Probe]:
    """Return every probe by its name, in the order of names."""
    found = {}
    for path in sorted(DIRECTORY.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        about = sql.partition("\n")[0].removeprefix("-- ")
        found[path.stem] = Probe(path.stem, about, sql)
    return found


def run_probe(index: Index, probe: Probe) -> Answer:
    """Return what a probe finds in an index."""
    cursor = index.rows(probe.sql)
    columns = tuple(str(column[0]) for column in cursor.description)
    return Answer(columns, tuple(tuple(row) for row in cursor))
