"""What a report says of the commits, in each format."""

from __future__ import annotations

from gitlog_track.measures.report import Report


def history_text(report: Report) -> str:
    """Return one line for people."""
    history = report.history
    text = f"{history.naming_tasks} of {history.commits} commits on HEAD name a task"
    return f"{text} (shallow clone: partial)." if history.is_partial else f"{text}."


def history_body(report: Report) -> dict[str, object]:
    """Return what stands under ``commits`` in JSON."""
    return {
        "total": report.history.commits,
        "naming_tasks": report.history.naming_tasks,
        "claiming": report.history.claiming,
        "partial": report.history.is_partial,
    }
