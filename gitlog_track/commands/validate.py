"""``validate``: are logs complete and sound? 0 yes, 1 no, each missing field named."""

from __future__ import annotations

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.errors import UsageProblem
from gitlog_track.log.layout import Subject
from gitlog_track.measures.validation import validate_task
from gitlog_track.model.names import check_name
from gitlog_track.renderers.tables import print_validation


@click.command()
@click.argument("tasks", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every task that has ended.")
@click.pass_obj
def validate(surroundings: Surroundings, tasks: tuple[str, ...], every: bool) -> int:
    """Check that the logs of TASKS are complete and sound."""
    workspace = surroundings.workspace()
    log = workspace.log()
    if every == bool(tasks):
        raise UsageProblem(
            "name tasks, or say --all", hint="gitlog-track validate --all"
        )
    if every:
        states = [s for s in log.states("task") if s.ended is not None]
    else:
        states = [log.state(Subject("task", check_name(t, "task"))) for t in tasks]
    results = [validate_task(state, workspace.config.required) for state in states]
    console = surroundings.console()
    for result in results:
        if not (surroundings.quiet and result.is_valid):
            print_validation(console, result)
    bad = sum(not result.is_valid for result in results)
    surroundings.say(f"{len(results)} checked, {bad} not valid")
    return 1 if bad else 0
