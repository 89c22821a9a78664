"""Colours of a terminal, by how well a figure is known."""

from __future__ import annotations

from gitlog_track.measures.evidence import Evidence

COLOURS = {
    Evidence.MEASURED: "green",
    Evidence.DERIVED: "green",
    Evidence.DECLARED: "yellow",
    Evidence.BACKFILLED: "magenta",
    Evidence.ESTIMATED: "red",
    Evidence.MISSING: "bright_black",
}
FAINT = COLOURS[Evidence.MISSING]
ALARM = "red"
