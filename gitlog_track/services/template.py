"""The founding documents' blocks of a task or a phase, filled in from the log."""

from __future__ import annotations

from dataclasses import dataclass

from gitlog_track.errors import UsageProblem
from gitlog_track.log.layout import Subject, directory
from gitlog_track.measures.report import phase_rows
from gitlog_track.measures.summary import TaskSummary, summarise
from gitlog_track.measures.task import MeasuredTask
from gitlog_track.model.names import check_name
from gitlog_track.renderers.templates import phase_template, task_template
from gitlog_track.services.current import task_or_last_ended
from gitlog_track.services.validate import existing_log
from gitlog_track.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Template:
    """A filled template.

    Attributes:
        subject: what it is about, such as ``task P1-009``.
        text: ending in a newline.
        has_log: is anything of it recorded? Else all of it is NOT MEASURED.
    """

    subject: str
    text: str
    has_log: bool


def filled_task(workspace: Workspace, name: str | None) -> Template:
    """Return the template of a task; by default the current one or the last that ended.

    Raises:
        UsageProblem: the name is none, or nothing says which task is meant.
        LogError: there is no log, or it cannot be read.
    """
    task, tip = _task(workspace, name)
    where = f"{directory(Subject('task', task.name))} at {tip[:12]}"
    text = task_template(task, workspace.config.task_trailer, where)
    return Template(f"task {task.name}", text, has_log=bool(task.attempts))


def filled_phase(workspace: Workspace, name: str | None, *, workers: int) -> Template:
    """Return the template of a phase; by default that of the current task.

    Raises:
        UsageProblem: the name is none, or nothing says which phase is meant.
        LogError: there is no log, or it cannot be read.
    """
    tip = existing_log(workspace).tip or ""
    key = workspace.config.phase_trailer
    wanted = check_name(name or _phase_of_task(workspace), "phase")
    where = f"{workspace.log_ref} at {tip[:12]}"
    for row in phase_rows(workspace.ask(lambda index: index.phases(), workers=workers)):
        if row.phase.lower() == wanted.lower():
            text = phase_template(row.phase, row.measures, key, where)
            return Template(f"phase {row.phase}", text, has_log=True)
    text = phase_template(wanted, {}, key, where)
    return Template(f"phase {wanted}", text, has_log=False)


def _phase_of_task(workspace: Workspace) -> str:
    task, _ = _task(workspace, None)
    if not task.phase:
        raise UsageProblem(
            f"task {task.name} is of no phase",
            hint="gitlog-track docs template phase PHASE",
        )
    return task.phase


def _task(workspace: Workspace, name: str | None) -> tuple[TaskSummary, str]:
    """Return a task, known or not, and the log commit it was read at."""
    log = existing_log(workspace)
    wanted = check_name(name or task_or_last_ended(workspace, None), "task")
    state = log.state(Subject("task", wanted))
    return summarise(MeasuredTask.of(state)), log.tip or ""
