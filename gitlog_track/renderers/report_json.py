"""The report as JSON; its shape is in ``schema.json``."""

from __future__ import annotations

from collections.abc import Sequence

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.listing import Listing
from gitlog_track.measures.measure import Level
from gitlog_track.measures.performance import show_goal
from gitlog_track.measures.report import Comparison, PhaseRow, Report, Selection
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.tracking import TrackingRow
from gitlog_track.renderers.history import history_body
from gitlog_track.renderers.lists import FORMS
from gitlog_track.renderers.machine import measure_body, measures_body

Body = dict[str, object]


def report_body(report: Report, where: str) -> Body:
    """Return what ``report --format json`` adds to the envelope.

    Args:
        report: with all tasks of its lists.
        where: the log's ref at its commit, for values that the log proves.
    """
    compared = report.comparison
    return {
        "selection": _selection(report.selection),
        "phases": [_phase(row, where) for row in report.phases],
        "overall": measures_body(report.overall, Level.PHASE, where),
        "tracking": _tracking(report.tracking, where),
        "lists": {name: _list(each, where) for name, each in report.lists.items()},
        "comparison": _comparison(compared, where) if compared else None,
        "unreviewed": list(report.unreviewed),
        "commits": history_body(report.history),
    }


def _selection(selection: Selection) -> Body:
    least = selection.least
    return {
        "task": selection.task or None,
        "phase": selection.phase or None,
        "since": selection.since,
        "until": selection.until,
        "min_evidence": None if least is Evidence.MISSING else least.value,
    }


def _phase(row: PhaseRow, where: str) -> Body:
    return {
        "phase": row.phase,
        "measures": measures_body(row.measures, Level.PHASE, where),
        "tracking": _tracking(row.tracking, where),
        "tasks": list(row.tasks),
        "over": row.is_over,
        "reviewed": row.is_reviewed,
    }


def _tracking(rows: Sequence[TrackingRow], where: str) -> Body:
    return {
        row.measure: {
            **measure_body(row.measure, row.value, Level.TRACKING, where),
            "target": show_goal(row.target) if row.target else None,
            "met": row.met,
        }
        for row in rows
    }


def _list(listing: Listing, where: str) -> Body:
    return {
        "total": listing.total,
        "tasks": [_task(listing.name, task, where) for task in listing.tasks],
    }


def _task(name: str, task: TaskSummary, where: str) -> Body:
    """One task, with the measures that the list is about; ``show`` has them all."""
    about = {each: task.value(each) for each in FORMS[name].measures}
    return {
        "task": task.name,
        "phase": task.phase or None,
        "status": task.status,
        "attempts": len(task.attempts),
        "measures": measures_body(about, Level.TASK, where),
        "problems": list(task.problems),
    }


def _comparison(comparison: Comparison, where: str) -> Body:
    return {
        "label": comparison.label,
        "with": measures_body(comparison.with_label, Level.PHASE, where),
        "without": measures_body(comparison.without, Level.PHASE, where),
    }
