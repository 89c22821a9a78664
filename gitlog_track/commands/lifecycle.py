"""``start``, ``switch``, ``pause``, ``resume``, ``complete``, ``fail``: a task's life."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.stack import failure_fields, read_failure, stack_option
from gitlog_track.errors import GitlogTrackError, UsageProblem
from gitlog_track.services import lifecycle
from gitlog_track.services.automatic import after_end
from gitlog_track.services.current import require_task
from gitlog_track.services.record import fold_quietly
from gitlog_track.services.values import (
    count,
    criteria,
    duration_s,
    target,
    token_count,
)
from gitlog_track.services.workspace import Workspace

task_option = click.option(
    "--task", metavar="TASK", help="Another task than the current."
)

cause_option = click.option(
    "--cause",
    metavar="EVENT",
    multiple=True,
    help="Event that led to it; of another task: TASK:EVENT.",
)


def finish(surroundings: Surroundings, workspace: Workspace, text: str) -> None:
    """Fold what was recorded and tell what was done."""
    problem = fold_quietly(workspace)
    if problem:
        surroundings.warn(f"recorded, but not in the log yet: {problem}")
    surroundings.say(text)


@click.command()
@click.argument("task")
@click.option("--retry", is_flag=True, help="Begin the next attempt of an ended task.")
@click.option("--phase", help="Phase, if the task's name does not tell it.")
@click.option("--description", default="", help="What the task is.")
@click.option("--estimate", metavar="DURATION", help="Such as 1h30m.")
@click.option("--start-tokens", metavar="N", help="107264, 107,264 or 107264/200000.")
@click.option("--coverage-target", metavar="TARGET", help="Such as '>80%'.")
@click.option(
    "--performance-target",
    metavar="TARGET",
    multiple=True,
    help="Such as 'ipc<5ms'.",
)
@click.option("--projected-outcome", default="", help="What is expected to come of it.")
@click.option("--label", multiple=True, help="Groups tasks across phases.")
@click.option(
    "--env",
    type=click.Choice(["dev", "stage", "prod"]),
    help="Where the work takes effect.",
)
@click.option(
    "--risk",
    type=click.Choice(["low", "medium", "high"]),
    help="How much it can break.",
)
@cause_option
@click.pass_obj
def start(
    surroundings: Surroundings,
    /,
    task: str,
    retry: bool,
    cause: tuple[str, ...],
    **options: Any,
) -> None:
    """Start TASK and make it the current task of this worktree."""
    workspace = surroundings.workspace()
    estimate, tokens = options["estimate"], options["start_tokens"]
    coverage = options["coverage_target"]
    fields = {
        "phase": options["phase"],
        "description": options["description"] or None,
        "estimated_duration_s": duration_s(estimate) if estimate else None,
        "start_tokens": token_count(tokens) if tokens else None,
        "test_coverage_target": target(coverage, "test_coverage") if coverage else None,
        "performance_targets": [target(t) for t in options["performance_target"]]
        or None,
        "projected_outcome": options["projected_outcome"] or None,
        "labels": list(options["label"]) or None,
        "env": options["env"],
        "risk": options["risk"],
    }
    begun = lifecycle.start(workspace, task, fields, causes=cause, retry=retry)
    text = f"{task} started"
    if begun.attempt > 1:
        text += f", attempt {begun.attempt}"
    if begun.previous:
        text += f"; it is current instead of {begun.previous}"
    finish(surroundings, workspace, text)


@click.command()
@click.argument("task")
@click.pass_obj
def switch(surroundings: Surroundings, task: str) -> None:
    """Make TASK, which was started, the current task of this worktree."""
    begun = lifecycle.switch(surroundings.workspace(), task)
    text = f"{task} is current"
    surroundings.say(f"{text} instead of {begun.previous}" if begun.previous else text)


@click.command()
@click.argument("reason", default="")
@task_option
@click.pass_obj
def pause(surroundings: Surroundings, reason: str, task: str | None) -> None:
    """Stop the clock of active time."""
    workspace = surroundings.workspace()
    name = require_task(workspace, task)
    lifecycle.pause(workspace, name, reason)
    finish(surroundings, workspace, f"{name} paused")


@click.command()
@click.argument("reason", default="")
@task_option
@click.pass_obj
def resume(surroundings: Surroundings, reason: str, task: str | None) -> None:
    """Let the clock of active time run again."""
    workspace = surroundings.workspace()
    name = require_task(workspace, task)
    lifecycle.resume(workspace, name, reason)
    finish(surroundings, workspace, f"{name} resumed")


Command = Callable[..., None]


def _totals(command: Command) -> Command:
    """Add the options by which totals are declared at a task's end."""
    options = [
        click.option("--end-tokens", metavar="N", help="Reading of the counter now."),
        click.option(
            "--tokens-used", metavar="N", help="The amount, without counters."
        ),
        click.option("--iterations", metavar="N", help="Rounds of work in all."),
        click.option("--bugs", metavar="N", help="Found in all."),
        click.option(
            "--hallucinations",
            metavar="N",
            help="Statements of an agent that were not so.",
        ),
        click.option("--interactions", metavar="N", help="Exchanges with an agent."),
        click.option(
            "--context-switches",
            metavar="N",
            help="Times the work was left for something else.",
        ),
        click.option("--no-blockers", is_flag=True, help="Say that there were none."),
        click.option("--actual-outcome", default="", help="What came of it."),
        click.option("--success", metavar="pass|pending|fail", help="Or its mark."),
        click.option(
            "--files-written", metavar="N", help="So many files were written."
        ),
        click.option("--retrieved", metavar="N", help="So much was looked up."),
        click.option(
            "--retrieved-from", metavar="SOURCE", multiple=True, help="Where."
        ),
        click.option(
            "--input", "inputs", metavar="POINTER", multiple=True, help="What it used."
        ),
        task_option,
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _total_fields(options: dict[str, Any]) -> dict[str, object]:
    counts = (
        "iterations",
        "bugs",
        "hallucinations",
        "interactions",
        "context_switches",
        "files_written",
    )
    fields: dict[str, object] = {
        name: count(options[name]) for name in counts if options[name] is not None
    }
    if options["end_tokens"] is not None:
        fields["end_tokens"] = token_count(options["end_tokens"])
    if options["tokens_used"] is not None:
        fields["tokens_used"] = count(options["tokens_used"])
    if options["success"] is not None:
        fields["success_criteria"] = criteria(options["success"])
    if options["no_blockers"]:
        fields["blockers"] = []
    if options["inputs"]:
        fields["inputs"] = list(options["inputs"])
    fields |= _retrieval(options["retrieved"], options["retrieved_from"])
    return {**fields, "actual_outcome": options["actual_outcome"] or None}


def _retrieval(retrieved: str | None, sources: Sequence[str]) -> dict[str, object]:
    if retrieved is None:
        if sources:
            raise UsageProblem("--retrieved-from needs --retrieved N: how much it was")
        return {}
    return {"retrieval": {"count": count(retrieved), "sources": list(sources)}}


def _log_end(
    surroundings: Surroundings, workspace: Workspace, task: str, command: str
) -> None:
    """Record what the end of an attempt asks for; the end itself is recorded."""
    try:
        for text in after_end(workspace, task, command):
            surroundings.say(text)
    except GitlogTrackError as err:
        surroundings.warn(f"no exception or execution was recorded: {err}")


@click.command()
@click.option(
    "--status",
    type=click.Choice(["complete", "partial"]),
    default="complete",
    help="Was all of it done?",
)
@_totals
@click.pass_obj
def complete(surroundings: Surroundings, /, status: str, **options: Any) -> None:
    """End the current task: it is done, or as much of it as can be."""
    workspace = surroundings.workspace()
    name = require_task(workspace, options["task"])
    fields = {"kind": "task_completed", "status": status, **_total_fields(options)}
    lifecycle.end(workspace, name, fields, "complete")
    _log_end(surroundings, workspace, name, "complete")
    finish(surroundings, workspace, f"{name} {status}")


@click.command()
@click.argument("message", default="")
@click.option("--error-type", default="", help="Such as AssertionError.")
@stack_option
@cause_option
@_totals
@click.pass_obj
def fail(
    surroundings: Surroundings,
    /,
    message: str,
    error_type: str,
    stack: str | None,
    cause: tuple[str, ...],
    **options: Any,
) -> None:
    """End the current attempt: it came to nothing. Retry with start --retry.

    What MESSAGE and --error-type do not say is taken from the stack trace.
    """
    workspace = surroundings.workspace()
    name = require_task(workspace, options["task"])
    told = failure_fields(read_failure(surroundings, stack)) if stack else {}
    fields = {
        "kind": "task_failed",
        **told,
        "message": message or told.get("message"),
        "error_type": error_type or told.get("error_type"),
        **_total_fields(options),
    }
    lifecycle.end(workspace, name, fields, "fail", cause)
    _log_end(surroundings, workspace, name, "fail")
    finish(surroundings, workspace, f"{name} failed; start {name} --retry tries again")
