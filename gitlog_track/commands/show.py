"""``show``: one task, as text, as the founding log, or as JSON."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings, log_path
from gitlog_track.errors import LogError
from gitlog_track.log.layout import Subject
from gitlog_track.measures.task import MeasuredTask
from gitlog_track.model.names import check_name
from gitlog_track.services.current import require_task
from gitlog_track.services.validate import validate_state


@click.command()
@click.argument("task", required=False)
@click.option(
    "--format", "form", type=click.Choice(["text", "log", "json"]), default="text"
)
@click.pass_obj
def show(surroundings: Surroundings, task: str | None, form: str) -> None:
    """Show TASK, or the current task."""
    workspace = surroundings.workspace()
    name = check_name(task or require_task(workspace, None), "task")
    log = workspace.log()
    state = log.state(Subject("task", name))
    if not state.stored:
        raise LogError(
            f"task {name} has no log: NOT MEASURED",
            hint=f"gitlog-track start {name}",
        )
    measured = MeasuredTask.of(state)
    where = log_path(state.name, log.tip)
    validation = validate_state(workspace, state)
    if form == "log":
        from gitlog_track.renderers.founding_log import render_log

        surroundings.answer(render_log(state, measured.measures))
    elif form == "json":
        from gitlog_track.renderers.machine import envelope, show_body

        body = show_body(measured, validation, where)
        surroundings.answer(envelope(workspace.repository.common_dir, log.tip, body))
    else:
        from gitlog_track.renderers.tables import print_task

        print_task(surroundings.console(), measured, validation, where)
