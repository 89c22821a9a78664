"""Build the report: from the log and the history alone; useful without a log too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from gitlog_track.claims.trailers import find_tasks
from gitlog_track.errors import LogError
from gitlog_track.git.history import head_messages
from gitlog_track.index.index import Index, Query
from gitlog_track.measures.listing import LISTS, list_tasks, newest_first
from gitlog_track.measures.phase import measure_phase
from gitlog_track.measures.report import (
    HistoryCounts,
    OwnRecord,
    PhaseRecord,
    Report,
    Selection,
    compare,
    group,
    last_improvement,
    merged,
    phase_rows,
)
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.tracking import measure_tracking
from gitlog_track.measures.value import MISSING
from gitlog_track.services.workspace import Workspace

RECENT = 30
"""So many of the newest tasks go into a report's time line."""
_METRIC = re.compile(
    rb"(?im)^[ \t*-]*(duration|tokens?[-_ ]used|iterations|test[-_ ]coverage|"
    rb"hallucinations?|time[-_ ]spent|duration[-_]minutes|efficiency[-_ ]ratio)"
    rb"[ \t]*:[ \t]*[~\d]"
    rb"|\b(completed?|done|finished|took)\b[^\n]{0,30}\b\d[\d.,]*[ ]?"
    rb"(minutes?|mins?|hours?|hrs?|h|m)\b"
    rb"|\b\d[\d.,]*[ ]?k? tokens\b",
)
"""Rough on purpose: it only says how much there is to prove, and judges nothing."""


def build_report(
    workspace: Workspace,
    selection: Selection,
    *,
    label: str = "",
    listed: int | None = None,
    workers: int = 1,
    with_tasks: bool = False,
) -> Report:
    """Return the report of all tasks, or of some.

    Works in any repository: without a log it tells what the history says.

    Args:
        workspace: where.
        selection: which tasks.
        label: compare tasks that have it with those that have not; empty: no.
        listed: so many tasks of each list; None: all.
        workers: processors that may be used.
        with_tasks: put the tasks themselves into the report too.

    Raises:
        LogError: the log cannot be read, or does not know the task or phase.
    """
    index = workspace.index(workers)
    records = index.phases()
    _require_known(records, selection)
    tasks: list[TaskSummary] = []
    if selection.is_everything and not label:
        lists = {name: index.listing(name, listed) for name in LISTS}
        recent = list(index.tasks(Query(limit=RECENT)))
        comparison = None
        tasks = list(index.tasks(Query())) if with_tasks else []
    else:
        tasks = _selected(index, selection)
        records = group(tasks, _own(records, selection, tasks))
        lists = {name: list_tasks(tasks, name, listed) for name in LISTS}
        recent = newest_first(tasks)[:RECENT]
        comparison = compare(tasks, label) if label else None
    rows = phase_rows(records)
    totals = merged(records)
    overall = measure_phase(totals)
    return Report(
        log=workspace.ref().read(),
        selection=selection,
        phases=rows,
        overall=overall,
        tracking=measure_tracking(totals, overall, last_improvement(rows), MISSING),
        lists=lists,
        recent=tuple(reversed(recent)),
        comparison=comparison,
        history=_count_history(workspace),
        tasks=tuple(tasks) if with_tasks else (),
    )


def _require_known(records: Sequence[PhaseRecord], selection: Selection) -> None:
    """Check that the log has the task and the phase that are asked for, if it has any."""
    phases = [each.name for each in records if each.name]
    tasks = [name for each in records for name in each.totals.names]
    _require("phase", selection.phase, phases)
    _require("task", selection.task, tasks)


def _require(what: str, name: str, known: Iterable[str]) -> None:
    spelled = {each.lower(): each for each in known}
    if not name or not spelled or name.lower() in spelled:
        return
    near = get_close_matches(name.lower(), spelled, cutoff=0.5)
    hint = f"nearest: {', '.join(spelled[each] for each in near)}" if near else None
    raise LogError(f"{what} {name} has no log: NOT MEASURED", hint=hint)


def _selected(index: Index, selection: Selection) -> list[TaskSummary]:
    query = Query(
        task=selection.task,
        phase=selection.phase,
        since=selection.since,
        until=selection.until,
    )
    return selection.select(index.tasks(query))


def _own(
    records: Iterable[PhaseRecord], selection: Selection, tasks: Iterable[TaskSummary]
) -> dict[str, OwnRecord]:
    """Return what phases say of themselves, as far as it is about these tasks."""
    if selection.task:
        return {}
    found: dict[str, OwnRecord] = {}
    has_time = selection.since is not None or selection.until is not None
    phases = {task.phase.lower() for task in tasks}
    for each in records:
        name = each.name.lower()
        is_asked = selection.phase.lower() in ("", name)
        if has_time and name not in phases:
            continue
        if each.name and is_asked and (each.own or each.is_reviewed):
            strong = {
                n: v for n, v in each.own.items() if v.evidence >= selection.least
            }
            found[each.name.lower()] = OwnRecord(each.name, strong, each.is_reviewed)
    return found


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
