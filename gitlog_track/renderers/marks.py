"""One letter for how well a figure is known, for tables that have no room for labels."""

from __future__ import annotations

from gitlog_track.measures.evidence import Evidence

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
