"""Build the report: from the log and the history alone; useful without a log too."""

from __future__ import annotations

import re

from gitlog_track.claims.trailers import find_tasks
from gitlog_track.git.history import head_messages
from gitlog_track.measures.phase import MeasuredTask, measure_phase
from gitlog_track.measures.report import HistoryCounts, Report, phase_rows
from gitlog_track.services.workspace import Workspace

_METRIC = re.compile(
    rb"(?im)^[ \t*-]*(duration|tokens?[-_ ]used|iterations|test[-_ ]coverage|"
    rb"hallucinations?|time[-_ ]spent|duration[-_]minutes|efficiency[-_ ]ratio)"
    rb"[ \t]*:[ \t]*[~\d]"
    rb"|\b(completed?|done|finished|took)\b[^\n]{0,30}\b\d[\d.,]*[ ]?"
    rb"(minutes?|mins?|hours?|hrs?|h|m)\b"
    rb"|\b\d[\d.,]*[ ]?k? tokens\b",
)
"""Rough on purpose: it only says how much there is to prove, and judges nothing."""


def build_report(workspace: Workspace, *, phase: str | None = None) -> Report:
    """Return the report of all phases, or of one.

    Works in any repository: without a log it tells what the history says.

    Raises:
        LogError: the log cannot be read.
    """
    log = workspace.log()
    tasks = [MeasuredTask.of(state) for state in log.states("task")]
    rows = phase_rows(tasks, {state.name: state for state in log.states("phase")})
    if phase is not None:
        rows = tuple(row for row in rows if row.phase.lower() == phase.lower())
    return Report(
        log=log.tip,
        phases=rows,
        overall=measure_phase([task for row in rows for task in row.tasks]),
        history=_count_history(workspace),
    )


def _count_history(workspace: Workspace) -> HistoryCounts:
    commits = naming = claiming = 0
    for message in head_messages(workspace.repository):
        commits += 1
        naming += bool(find_tasks(message, workspace.config.task_trailer))
        claiming += _METRIC.search(message) is not None
    return HistoryCounts(
        commits=commits,
        naming_tasks=naming,
        claiming=claiming,
        is_partial=workspace.repository.is_shallow,
    )
