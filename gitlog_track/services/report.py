"""Build the report: from the log and the history alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from gitlog_track.errors import UnknownNameError
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
    strong,
)
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.tracking import measure_tracking
from gitlog_track.measures.value import MISSING
from gitlog_track.services.history import resolve_history
from gitlog_track.services.workspace import Workspace

RECENT = 30
"""So many of the newest tasks go into a report's time line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a report is asked for.

    Attributes:
        selection: which tasks it is about.
        label: compare tasks that have it with those that have not; empty: no.
        listed: so many tasks of each list; None: all.
        with_tasks: put the tasks themselves into the report too.
    """

    selection: Selection = field(default_factory=Selection)
    label: str = ""
    listed: int | None = None
    with_tasks: bool = False


def build_report(workspace: Workspace, wanted: Wanted, *, workers: int = 1) -> Report:
    """Return the report of all tasks, or of some.

    Args:
        workspace: where.
        wanted: what is asked for.
        workers: processors that may be used.

    Raises:
        UnknownNameError: the log does not know the task or phase.
        LogError: the log cannot be read.
    """
    return workspace.ask(
        lambda index: _build(workspace, index, wanted), workers=workers
    )


def _build(workspace: Workspace, index: Index, wanted: Wanted) -> Report:
    selection, listed = wanted.selection, wanted.listed
    whole = records = index.phases()
    _require_known(records, selection)
    tasks: list[TaskSummary] = []
    if selection.is_everything and not wanted.label:
        lists = {name: index.listing(name, listed) for name in LISTS}
        recent = list(index.tasks(Query(limit=RECENT)))
        comparison = None
        tasks = list(index.tasks(Query())) if wanted.with_tasks else []
    else:
        tasks = _selected(index, selection)
        records = group(tasks, _own(records, selection, tasks))
        lists = {name: list_tasks(tasks, name, listed) for name in LISTS}
        recent = newest_first(tasks)[:RECENT]
        comparison = compare(tasks, wanted.label) if wanted.label else None
    is_whole = records is whole
    rows = phase_rows(records, None if is_whole else whole, least=selection.least)
    totals = merged(records)
    overall = strong(measure_phase(totals), selection.least)
    history = _cover(workspace, index)
    return Report(
        log=index.tip,
        selection=selection,
        phases=rows,
        overall=overall,
        tracking=measure_tracking(
            totals,
            overall,
            last_improvement(rows),
            # Of the repository, not of the tasks that were asked for.
            history.share if is_whole else MISSING,
        ),
        lists=lists,
        recent=tuple(reversed(recent)),
        comparison=comparison,
        history=history,
        tasks=tuple(tasks) if wanted.with_tasks else (),
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
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), spelled, cutoff=0.5)
    names = ", ".join(spelled[each] for each in near)
    hint = f"nearest: {names}" if near else "gitlog-track tasks"
    raise UnknownNameError(f"{what} {name} has no log: NOT MEASURED", hint=hint)


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
    depends_on = (head, config.task_trailer, workspace.is_history_cut_off)
    return _coverage.decode(index.answer("coverage", repr(depends_on), find))
