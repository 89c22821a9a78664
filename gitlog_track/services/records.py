"""Record what the execution logging specification asks for: exceptions and executions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from gitlog_track.errors import UsageProblem
from gitlog_track.log.layout import UNASSIGNED, Subject
from gitlog_track.model.digest import sha256
from gitlog_track.model.event import Event
from gitlog_track.model.names import check_name
from gitlog_track.model.records import ExceptionRecorded
from gitlog_track.model.task import TaskState
from gitlog_track.record_files.reader import Record
from gitlog_track.services.current import find_task
from gitlog_track.services.record import record, task_state
from gitlog_track.services.workspace import Workspace

Fields = Mapping[str, object]
_ID_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Place:
    """What a record is about.

    Attributes:
        subject: a task, or nothing known yet.
        state: of it, as the log has it.
    """

    subject: Subject
    state: TaskState

    @property
    def name(self) -> str:
        """The task, in words."""
        return self.subject.name or "no task"

    @property
    def description(self) -> str:
        """What the task is, if anybody said so."""
        return self.state.started.description if self.state.started else ""


def find_place(workspace: Workspace, task: str | None) -> Place:
    """Return what a record is about: the task that is named, the current, or none yet.

    Raises:
        UsageProblem: the name is none.
        LogError: tracking has not begun, or the log cannot be read.
    """
    workspace.require_tracked()
    name = find_task(workspace, task)
    if name is None:
        return Place(UNASSIGNED, workspace.log().unassigned())
    state = task_state(workspace, name)
    return Place(Subject("task", state.name), state)


def record_exception(
    workspace: Workspace, place: Place, fields: Fields, command: str = "exception"
) -> str:
    """Record an exception.

    Args:
        workspace: where.
        place: what it is about; its environment is that of the exception by default.
        fields: the kind's own; without ``exception_id`` one is made.
        command: what records it.

    Returns:
        its id.

    Raises:
        UsageProblem: its id is taken, or the log may not hold it.
        LogError: the journal cannot be written.
    """
    _, now = workspace.now()
    started = place.state.started
    whole = {
        "kind": "exception_recorded",
        "at": now,
        "env": started.env if started else None,
        **_said(fields),
    }
    if "exception_id" in whole:
        given = check_name(str(whole["exception_id"]), "exception")
        _refuse_taken(place, given)
    else:
        whole["exception_id"] = make_id(place, whole)
    record(workspace, place.subject, whole, command)
    return str(whole["exception_id"])


def make_id(place: Place, fields: Fields) -> str:
    """Return an id for an exception: of its task, its instant and what happened."""
    parts = (place.subject.name, fields["at"], fields["what_happened"])
    digest = sha256("\0".join(map(str, parts)).encode("utf-8", "replace"))
    return f"exc-{digest.hexdigest()[:_ID_DIGITS]}"


def has_exception(state: TaskState, exception_id: str) -> bool:
    """Has the log an exception of this id for a task?"""
    wanted = exception_id.lower()
    return any(e.exception_id.lower() == wanted for e in state.of(ExceptionRecorded))


def _refuse_taken(place: Place, exception_id: str) -> None:
    if has_exception(place.state, exception_id):
        raise UsageProblem(
            f"{place.name} has an exception {exception_id} already",
            hint="give another --id; gitlog-track correct changes what was recorded",
        )


def record_execution(
    workspace: Workspace, place: Place, fields: Fields, command: str = "execution"
) -> None:
    """Record an execution.

    Args:
        workspace: where.
        place: what it is about; environment, risk and description are by default those
            of the task.
        fields: the kind's own.
        command: what records it.

    Raises:
        UsageProblem: the log may not hold it.
        LogError: the journal cannot be written.
    """
    started = place.state.started
    whole = {
        "kind": "execution_recorded",
        "env": started.env if started else None,
        "risk": started.risk if started else None,
        "description": place.description,
        **_said(fields),
    }
    record(workspace, place.subject, whole, command)


def _said(fields: Fields) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in (None, "")}


def own_fields(event: Record) -> dict[str, object]:
    """Return the fields of an event's kind that say something, as JSON values."""
    own = set(event.__struct_fields__) - set(Event.__struct_fields__)
    plain = msgspec.to_builtins(event)
    return {name: plain[name] for name in own if plain[name] not in (None, "")}
