"""What a report says of the commits, in each format."""

from __future__ import annotations

from dataclasses import asdict

from gitlog_track.measures.report import Coverage
from gitlog_track.measures.resolution import WayCounts

AMBIGUOUS = 5
"""So many ambiguous commits are named in a line."""
WAYS = {
    "trailer": "by trailer",
    "recorded": "as recorded",
    "rewrite": "rewritten since",
    "patch_id": "by patch id",
}


def history_lines(found: Coverage) -> list[str]:
    """Return what people are told, sentence by sentence."""
    since = found.since_began
    said = f"{since.resolved:,} of {since.commits:,} commits since tracking began"
    partial = " (shallow clone: partial)" if found.is_partial else ""
    lines = [f"{said} resolve to a task{_ways(since)}{partial}."]
    if found.ambiguous:
        named = ", ".join(row.commit[:12] for row in found.ambiguous[:AMBIGUOUS])
        rest = len(found.ambiguous) - AMBIGUOUS
        more = f" and {rest:,} more" if rest > 0 else ""
        lines.append(f"Ambiguous, so unresolved: {named}{more}.")
    if found.moved or found.orphaned:
        lines.append(
            f"Of the recorded commits {found.kept:,} are on HEAD, {found.moved:,} there "
            f"under another id, {found.orphaned:,} not (elsewhere, dropped or squashed)."
        )
    if found.unsearched:
        lines.append(f"{found.unsearched:,} commits were not compared by patch id.")
    return lines


def _ways(counts: WayCounts) -> str:
    found = {words: getattr(counts, way) for way, words in WAYS.items()}
    said = ", ".join(f"{count:,} {words}" for words, count in found.items() if count)
    return f" ({said})" if said else ""


def history_body(found: Coverage) -> dict[str, object]:
    """Return what stands under ``commits`` in JSON."""
    return {
        "total": found.on_head.commits,
        "resolved": found.on_head.resolved,
        "on_head": asdict(found.on_head),
        "since_began": asdict(found.since_began),
        "ambiguous": [
            {"commit": row.commit, "tasks": list(row.tasks), "way": row.way}
            for row in found.ambiguous
        ],
        "kept": found.kept,
        "moved": found.moved,
        "orphaned": found.orphaned,
        "orphans": [
            {"commit": orphan.commit, "tasks": list(orphan.tasks)}
            for orphan in found.orphans
        ],
        "unsearched": found.unsearched,
        "work": found.work,
        "partial": found.is_partial,
    }
