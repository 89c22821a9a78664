"""Build the report: from the log and the history alone."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from gitlog_track.index.index import Index, Query
from gitlog_track.measures.listing import LISTS, list_tasks, newest_first
from gitlog_track.measures.phase import measure_phase
from gitlog_track.measures.report import (
    Coverage,
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
from gitlog_track.services.history import resolve_history
from gitlog_track.services.workspace import Workspace

RECENT = 30
"""So many of the newest tasks go into a report's time line."""


def build_report(
    workspace: Workspace,
    selection: Selection,
    *,
    label: str = "",
    listed: int | None = None,
    workers: int = 1,
) -> Report:
    """Return the report of all tasks, or of some.

    Args:
        workspace: where.
        selection: which tasks.
        label: compare tasks that have it with those that have not; empty: no.
        listed: so many tasks of each list; None: all.
        workers: processors that may be used.

    Raises:
        LogError: the log cannot be read.
    """

    def question(index: Index) -> Report:
        return _build(workspace, index, selection, label, listed)

    return workspace.ask(question, workers=workers)


def _build(
    workspace: Workspace,
    index: Index,
    selection: Selection,
    label: str,
    listed: int | None,
) -> Report:
    records = index.phases()
    if selection.is_everything and not label:
        lists = {name: index.listing(name, listed) for name in LISTS}
        recent = list(index.tasks(Query(limit=RECENT)))
        comparison = None
    else:
        tasks = _selected(index, selection)
        records = group(tasks, _own(records, selection))
        lists = {name: list_tasks(tasks, name, listed) for name in LISTS}
        recent = newest_first(tasks)[:RECENT]
        comparison = compare(tasks, label) if label else None
    rows = phase_rows(records)
    totals = merged(records)
    overall = measure_phase(totals)
    history = _cover(workspace, index)
    return Report(
        log=workspace.ref().read(),
        selection=selection,
        phases=rows,
        overall=overall,
        tracking=measure_tracking(
            totals, overall, last_improvement(rows), history.share
        ),
        lists=lists,
        recent=tuple(reversed(recent)),
        comparison=comparison,
        history=history,
    )


def _selected(index: Index, selection: Selection) -> list[TaskSummary]:
    query = Query(
        task=selection.task,
        phase=selection.phase,
        since=selection.since,
        until=selection.until,
    )
    return selection.select(index.tasks(query))


def _own(records: Iterable[PhaseRecord], selection: Selection) -> dict[str, OwnRecord]:
    """Return what phases say of themselves, as far as it is about these tasks."""
    if selection.task:
        return {}
    found: dict[str, OwnRecord] = {}
    for each in records:
        is_asked = selection.phase.lower() in ("", each.name.lower())
        if each.name and is_asked and (each.own or each.is_reviewed):
            strong = {
                n: v for n, v in each.own.items() if v.evidence >= selection.least
            }
            found[each.name.lower()] = OwnRecord(each.name, strong, each.is_reviewed)
    return found


_coverage = msgspec.json.Decoder(Coverage)


def _cover(workspace: Workspace, index: Index) -> Coverage:
    """Resolve HEAD's history, unless neither it nor what was recorded has changed."""
    config = workspace.config

    def find() -> str:
        found = Coverage.of(resolve_history(workspace, index.recorded()))
        return msgspec.json.encode(found).decode()

    head = (
        workspace.git.try_run("rev-parse", "-q", "--verify", "HEAD")[1].decode().strip()
    )
    depends_on = (head, config.task_trailer, workspace.repository.is_shallow)
    return _coverage.decode(index.answer("coverage", repr(depends_on), find))
