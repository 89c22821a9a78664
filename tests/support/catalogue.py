"""The catalogue of measures as the document that the project keeps."""

from __future__ import annotations

import re
from pathlib import Path

from gitlog_track.measures.catalogue import MEASURES
from gitlog_track.measures.measure import Level, Measure
from gitlog_track.renderers.markup import table

PATH = Path(__file__).parents[2] / "gitlog_track" / "measures" / "MEASURES.md"
HEAD = """\
# Measures

Every measure, as `measures/task_table.py` and `phase_table.py` define it. The id is what `--format json` shows; every founding name, in any
case, is accepted wherever an id is. A claim key states the measure in a commit message, with dashes or underscores, in any case. Where
a figure is not known it is missing, never 0; a sum or mean says over how many (`n`).

Units: `s` seconds (shown as `38h 12m`), `count` (`48,500`), `%` (`91.67%`), `1` a plain number (`1.15`), instants in RFC 3339, texts and lists
as recorded; `named` has a name and a unit of its own.

Evidence, from strong to weak: measured, derived (both shown PROVABLE), declared, backfilled, estimated, missing (NOT MEASURED). What is
computed is as weak as the weakest of its inputs. A log that is no proof (`show` and `validate` say why) gives figures that are declared at best.
"""
TITLES = {
    Level.TASK: "Of a task",
    Level.PHASE: "Of a phase",
    Level.TRACKING: "Is the tracking itself working?",
}
COLUMNS = ("id", "founding names", "unit", "formula", "claim keys", "what it is for")


def document() -> str:
    """Return the document as the catalogue has it."""
    parts = [HEAD]
    for level, title in TITLES.items():
        rows = [_row(measure) for measure in MEASURES if measure.level is level]
        parts.append(f"## {title}\n\n{table(COLUMNS, rows, left=len(COLUMNS))}")
    return "\n".join(parts)


def _row(measure: Measure) -> tuple[str, ...]:
    keys = ", ".join(f"`{key.name}`" for key in measure.claim_keys)
    names = ", ".join(f"`{name}`" for name in measure.names)
    return (f"`{measure.id}`", names, f"`{measure.unit}`", measure.formula, keys, measure.why)  # fmt: skip


def documented(level: Level) -> list[str]:
    """Return the ids that stand in the document, read from the file itself."""
    section = PATH.read_text().partition(f"## {TITLES[level]}\n")[2]
    return re.findall(r"^\| `(\w+)` \|", section.partition("\n## ")[0], re.MULTILINE)
