"""A task's life: start, retry, switch, pause, resume, complete, fail.

Each is one event, recorded only if the task's state allows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gitlog_track.errors import UsageProblem
from gitlog_track.log.layout import Subject
from gitlog_track.model.events import TaskPaused, TaskResumed, TaskRetried
from gitlog_track.model.names import check_name
from gitlog_track.model.task import TaskState
from gitlog_track.services.causes import resolve_causes
from gitlog_track.services.current import current_task, set_current_task
from gitlog_track.services.record import record, refuse_other_spelling, task_state
from gitlog_track.services.workspace import Workspace

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Begun:
    """What starting did.

    Attributes:
        task: its name.
        attempt: the attempt that begins.
        previous: the task that was current before, if another.
    """

    task: str
    attempt: int
    previous: str | None


def start(
    workspace: Workspace,
    task: str,
    fields: Fields,
    *,
    causes: Sequence[str] = (),
    retry: bool,
) -> Begun:
    """Begin a task, or its next attempt, and make it current.

    Args:
        workspace: where.
        task: its name.
        fields: the start's own fields; ``phase`` among them.
        causes: what led to it, as named; see :func:`resolve_causes`.
        retry: begin the next attempt of a task that has ended.

    Raises:
        UsageProblem: a bad name, a second start, nothing to retry, or an unknown cause.
        LogError: the log cannot be read or the journal written.
    """
    workspace.require_tracked()
    if isinstance(fields.get("phase"), str):
        check_name(str(fields["phase"]), "phase")
    state = task_state(workspace, task)
    refuse_other_spelling(task, state)
    if retry:
        _check_retry(task, state)
        fields = _fields_of_retry(task, fields)
    elif state.started is not None:
        raise UsageProblem(
            f"task {task} was started at {state.started.at.isoformat()}",
            hint=_after_second_start(task, state),
        )
    event = {
        "kind": "task_retried" if retry else "task_started",
        **fields,
        "causes": resolve_causes(workspace, state, causes),
    }
    record(workspace, Subject("task", task), event, "start")
    previous = current_task(workspace)
    set_current_task(workspace, task)
    return Begun(
        task,
        len(state.attempts) + 1,
        previous if previous not in {task, None} else None,
    )


def _check_retry(task: str, state: TaskState) -> None:
    if state.started is None:
        raise UsageProblem(
            f"task {task} was never started, so there is nothing to retry",
            hint=f"gitlog-track start {task}",
        )
    if state.ended is None:
        raise UsageProblem(
            f"attempt {len(state.attempts)} of task {task} has not ended",
            hint=f"gitlog-track fail --task {task}, then retry",
        )


def _fields_of_retry(task: str, fields: Fields) -> Fields:
    allowed = {"description", "estimated_duration_s", "start_tokens", "phase"}
    given = {k for k, v in fields.items() if v not in (None, "", [], ())}
    if extra := sorted(given - allowed):
        raise UsageProblem(
            f"a retry of {task} cannot change {extra[0]}: it was set at the start",
            hint="gitlog-track correct EVENT --set FIELD=VALUE",
        )
    return {k: v for k, v in fields.items() if k in allowed}


def _after_second_start(task: str, state: TaskState) -> str:
    if state.ended is None:
        return f"gitlog-track switch {task}"
    return f"gitlog-track start {task} --retry"


def switch(workspace: Workspace, task: str) -> Begun:
    """Make a task that was started the current one of this worktree.

    Raises:
        UsageProblem: it was never started.
        LogError: the log cannot be read.
    """
    workspace.require_tracked()
    state = task_state(workspace, task)
    refuse_other_spelling(task, state)
    if state.started is None:
        raise UsageProblem(
            f"task {task} was never started",
            hint=f"gitlog-track start {task}",
        )
    previous = current_task(workspace)
    set_current_task(workspace, task)
    return Begun(task, len(state.attempts), previous if previous != task else None)


def pause(workspace: Workspace, task: str, reason: str) -> None:
    """Stop the clock of active time.

    Raises:
        UsageProblem: the task is not open, or is paused already.
    """
    state = require_open(workspace, task, "pause")
    if _is_paused(state):
        raise UsageProblem(f"task {task} is paused already", hint="gitlog-track resume")
    _record(workspace, state, {"kind": "task_paused", "reason": reason}, "pause")


def resume(workspace: Workspace, task: str, reason: str) -> None:
    """Let the clock of active time run again.

    Raises:
        UsageProblem: the task is not open, or is not paused.
    """
    state = require_open(workspace, task, "resume")
    if not _is_paused(state):
        raise UsageProblem(f"task {task} is not paused")
    _record(workspace, state, {"kind": "task_resumed", "reason": reason}, "resume")


def _is_paused(state: TaskState) -> bool:
    """A retry begins unpaused: a pause lasts at most to the end of its attempt."""
    changes = TaskPaused | TaskResumed | TaskRetried
    last = [e for e in state.events if isinstance(e, changes)]
    return bool(last) and isinstance(last[-1], TaskPaused)


def end(
    workspace: Workspace,
    task: str,
    fields: Fields,
    command: str,
    causes: Sequence[str] = (),
) -> TaskState:
    """End the current attempt: complete or fail.

    Args:
        workspace: where.
        task: its name.
        fields: ``kind`` and the end's own fields.
        command: ``complete`` or ``fail``.
        causes: what led to it, as named; see :func:`resolve_causes`.

    Returns:
        the task's state before its end.

    Raises:
        UsageProblem: the task is not open, its tokens ran backwards, or a cause is
            unknown.
        LogError: the log cannot be read or the journal written.
    """
    state = require_open(workspace, task, command)
    _check_tokens(state, fields)
    fields = {**fields, "causes": resolve_causes(workspace, state, causes)}
    _record(workspace, state, fields, command)
    if current_task(workspace) == state.name:
        set_current_task(workspace, None)
    return state


def require_open(workspace: Workspace, task: str, command: str) -> TaskState:
    """Return the state of a task that was started and has not ended.

    Raises:
        UsageProblem: it was not, or has.
        LogError: the log cannot be read.
    """
    workspace.require_tracked()
    state = task_state(workspace, task)
    if state.started is None:
        raise UsageProblem(
            f"cannot {command} task {task}: it was never started",
            hint=f"gitlog-track start {task}",
        )
    if state.ended is not None:
        raise UsageProblem(
            f"cannot {command} task {task}: it ended at {state.ended.at.isoformat()}",
            hint=f"gitlog-track start {task} --retry",
        )
    return state


def _check_tokens(state: TaskState, fields: Fields) -> None:
    end_tokens = fields.get("end_tokens")
    begun = state.attempts[-1].begun if state.attempts else None
    start_tokens = begun.start_tokens if begun else None
    if start_tokens is None and state.started is not None:
        start_tokens = state.started.start_tokens
    if not isinstance(end_tokens, int) or start_tokens is None:
        return
    if end_tokens < start_tokens:
        raise UsageProblem(
            f"end tokens {end_tokens} are below start tokens {start_tokens}; "
            "a counter does not run backwards",
            hint="give the amount itself with --tokens-used",
        )


def _record(
    workspace: Workspace,
    state: TaskState,
    fields: Fields,
    command: str,
) -> None:
    record(workspace, Subject("task", state.name), fields, command)
