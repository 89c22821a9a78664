"""Causes: the events that led to another, as people name them, and as a graph."""

from __future__ import annotations

from collections.abc import Sequence

from gitlog_track.errors import UsageProblem
from gitlog_track.log.layout import Subject
from gitlog_track.model.causes import CauseGraph, cause_graph, parse_cause
from gitlog_track.model.names import is_name
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from gitlog_track.services.record import find_event, task_state
from gitlog_track.services.workspace import Workspace


def resolve_causes(
    workspace: Workspace, state: TaskState, named: Sequence[str]
) -> list[str] | None:
    """Return the causes that were named, as an event holds them; None where none were.

    Args:
        workspace: where.
        state: of the task whose event has these causes.
        named: ids of its events or their beginnings; of another task's, ``TASK:ID``.

    Raises:
        UsageProblem: one names no event, or several.
        LogError: the log cannot be read.
    """
    found: dict[str, None] = {}
    for text in named:
        ref = parse_cause(text, state.name)
        is_own = ref.task.lower() == state.name.lower()
        other = state if is_own else task_state(workspace, ref.task)
        try:
            event = find_event(other, ref.event)
        except UsageProblem as err:
            hint = (
                "an event of another task is named TASK:EVENT" if is_own else err.hint
            )
            raise UsageProblem(f"--cause: {err}", hint=hint) from err
        found[event.id if is_own else f"{other.name}:{event.id}"] = None
    return list(found) or None


def graph_of(workspace: Workspace, state: TaskState) -> CauseGraph:
    """Return what led to what in a task; causes in other tasks are followed.

    Raises:
        LogError: the log cannot be read.
    """
    log = workspace.log()

    def load(task: str) -> TaskState:
        # Another program may have written any name.
        return log.state(Subject("task", task)) if is_name(task) else replay(task, ())

    return cause_graph(state, load)
