"""``show``: one task, as text, as the founding log, or as JSON."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings, log_path
from gitlog_track.commands.output import format_option
from gitlog_track.errors import LogError, UsageProblem
from gitlog_track.log.layout import Subject
from gitlog_track.measures.task import MeasuredTask
from gitlog_track.model.names import check_name
from gitlog_track.model.task import TaskState
from gitlog_track.services.current import require_task
from gitlog_track.services.validate import validate_state
from gitlog_track.services.workspace import Workspace


@click.command()
@click.argument("task", required=False)
@format_option("text", "log", "json")
@click.option("--graph", is_flag=True, help="What led to what, as a tree.")
@click.pass_obj
def show(surroundings: Surroundings, task: str | None, form: str, graph: bool) -> None:
    """Show TASK, or the current task."""
    if graph and form == "log":
        raise UsageProblem("--graph is no part of a founding log: use text or json")
    workspace = surroundings.workspace()
    name = check_name(task or require_task(workspace, None), "task")
    log = workspace.log()
    state = log.state(Subject("task", name))
    if not state.stored:
        raise LogError(
            f"task {name} has no log: NOT MEASURED",
            hint=f"gitlog-track start {name}",
        )
    if graph:
        _show_graph(surroundings, workspace, state, log.tip, form)
        return
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


def _show_graph(
    surroundings: Surroundings,
    workspace: Workspace,
    state: TaskState,
    tip: str | None,
    form: str,
) -> None:
    from gitlog_track.renderers.causes import graph_body, graph_text
    from gitlog_track.services.causes import graph_of

    found = graph_of(workspace, state)
    if form == "json":
        from gitlog_track.renderers.machine import envelope

        where = workspace.repository.common_dir
        surroundings.answer(envelope(where, tip, graph_body(found)))
    else:
        ascii_only = surroundings.console().options.ascii_only
        surroundings.answer(graph_text(found, ascii_only=ascii_only))
