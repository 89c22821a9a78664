"""What ``reconcile`` found, for people and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitlog_track.measures.squashes import Doubt, Squash, Trace
from gitlog_track.renderers.safe import safe_line

BY: Mapping[Trace, str] = {
    "ids": "the ids in its message",
    "patch_id": "the combined patch",
    "title": "the repeated titles",
    "trailer": "the tasks it names",
}


def squash_text(squash: Squash, title: str) -> str:
    """Return one line on a task's work in a squash merge."""
    count = len(squash.squashed)
    noun = "commit" if count == 1 else "commits"
    return safe_line(
        f"{squash.commit[:12]} {title}: {count} {noun} of {squash.task}, "
        f"by {BY[squash.trace]}"
    )


def doubt_text(doubt: Doubt, titles: Mapping[str, str]) -> str:
    """Return the lines on what cannot be told."""
    squashed = " ".join(oid[:12] for oid in doubt.squashed)
    rows = [f"ambiguous by {BY[doubt.trace]}: {squashed} of {', '.join(doubt.tasks)}"]
    rows += [f"  may be in {oid[:12]} {titles.get(oid, '')}" for oid in doubt.commits]
    return "\n".join(safe_line(row) for row in rows)


def reconcile_body(
    squashes: Sequence[Squash], doubts: Sequence[Doubt], lost: int, *, is_dry_run: bool
) -> dict[str, object]:
    """Return what ``reconcile --format json`` adds to the envelope."""
    return {
        "recorded": not is_dry_run,
        "squashes": [
            {
                "commit": row.commit,
                "task": row.task,
                "squashed": list(row.squashed),
                "trace": row.trace,
            }
            for row in squashes
        ],
        "ambiguous": [
            {
                "squashed": list(row.squashed),
                "tasks": list(row.tasks),
                "commits": list(row.commits),
                "trace": row.trace,
            }
            for row in doubts
        ],
        "orphaned": lost,
    }
