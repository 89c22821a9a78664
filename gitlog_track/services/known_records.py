"""Records that name no task, and that some task has all the same.

An exception file of the specification says nowhere whose it is; so it is looked for in
the whole log, or it would be recorded again for every task that happens to be current.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from gitlog_track.importers.formats import Format
from gitlog_track.index.index import ask
from gitlog_track.index.records import tasks_with_records
from gitlog_track.log.layout import UNASSIGNED, Subject
from gitlog_track.log.store import LogReader
from gitlog_track.services.admission import Standing
from gitlog_track.services.import_files import Fields, Ready, Refused
from gitlog_track.services.workspace import Workspace

Waiting = Sequence[Ready | Refused]


def of_who_has_them(
    workspace: Workspace, log: LogReader, waiting: Waiting, form: Format
) -> Waiting:
    """Return what is to be imported, what names no task as that of the task that has it.

    Where several have it, the one that it was to be recorded for, else the first.

    Raises:
        LogError: the log cannot be read.
    """
    unnamed = [one for one in waiting if isinstance(one, Ready) and not one.names_task]
    if not unnamed or not form.is_unbound:
        return waiting
    instants = {_at(event) for one in unnamed for event in one.events}
    names = ask(
        workspace.home.index, log, lambda index: tasks_with_records(index, instants)
    )
    subjects = [Subject("task", name) if name else UNASSIGNED for name in names]
    states = log.states_of(subjects)
    standings = {
        name: Standing.of(state, form)
        for name, state in zip(names, states, strict=True)
    }
    return [
        replace(one, task=_owner(one, standings))
        if isinstance(one, Ready) and not one.names_task
        else one
        for one in waiting
    ]


def _at(event: Fields) -> datetime:
    return datetime.fromisoformat(str(event["at"]))


def _owner(one: Ready, standings: dict[str, Standing]) -> str:
    found = [
        name
        for name, standing in standings.items()
        if all(map(standing.has, one.events))
    ]
    if not found or one.task in found:
        return one.task
    return next(filter(None, found), "")
