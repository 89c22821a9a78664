"""``exception`` and ``execution``: the execution logging specification's two records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.input import read_input
from gitlog_track.commands.lifecycle import cause_option, finish, task_option
from gitlog_track.commands.stack import failure_fields, read_failure, stack_option
from gitlog_track.errors import UsageProblem
from gitlog_track.model.event import Environment, Level
from gitlog_track.model.records import (
    ExceptionTrigger,
    ExecutionTrigger,
    Outcome,
    Severity,
)

FILE_LIMIT = 1 << 20


def _choice(values: Sequence[str]) -> click.Choice[str]:
    return click.Choice(values, case_sensitive=False)


env_option = click.option(
    "--env", type=_choice(get_args(Environment)), help="Where it was done."
)
from_option = click.option(
    "--from",
    "path",
    metavar="FILE|-",
    help="A Markdown file of the specification says it all.",
)
zone_option = click.option(
    "--timezone",
    metavar="ZONE",
    help="Of a timestamp in FILE without an offset, such as Europe/Berlin.",
)


@click.command()
@click.argument("text", metavar="[WHAT_HAPPENED]", default="")
@click.option("--id", "exception_id", metavar="ID", help="By default one is made.")
@click.option("--severity", type=_choice(get_args(Severity)), help="Default: error.")
@env_option
@click.option("--trigger", type=_choice(get_args(ExceptionTrigger)), help="Why.")
@click.option("--root-cause", metavar="TEXT", help="Best guess at why.")
@click.option("--contract-reference", metavar="TEXT", help="Its relevant section.")
@click.option("--proposed-fix", metavar="TEXT", help="Of contract or behaviour.")
@click.option("--workaround", metavar="TEXT", help="How it went on.")
@click.option("--error-type", metavar="TYPE", help="Such as TimeoutError.")
@stack_option
@from_option
@zone_option
@cause_option
@task_option
@click.pass_obj
def exception(
    surroundings: Surroundings,
    /,
    text: str,
    path: str | None,
    task: str | None,
    timezone: str | None,
    **said: Any,
) -> None:
    """Record that something went wrong.

    ID is compared without case, and of one task there is one of each; one that is made
    is exc- and 8 digits of the task, the instant and WHAT_HAPPENED. What that and
    --error-type do not say is taken from the stack trace.
    """
    from gitlog_track.services.causes import resolve_causes
    from gitlog_track.services.records import find_place, record_exception

    if path is not None:
        _refuse_both(text, said)
        _record_file(surroundings, path, task, timezone, "exception")
        return
    stack, causes = said.pop("stack"), said.pop("cause")
    told = failure_fields(read_failure(surroundings, stack)) if stack else {}
    message = told.pop("message", None)
    fields = {
        **told,
        **{name: value for name, value in said.items() if value},
        "what_happened": text.strip() or message,
        "severity": said["severity"] or "error",
        "trigger": said["trigger"] or "other",
    }
    if not fields["what_happened"]:
        raise UsageProblem(
            "nothing says what happened",
            hint="gitlog-track exception 'WHAT HAPPENED', or --from FILE",
        )
    workspace = surroundings.workspace()
    place = find_place(workspace, task)
    fields["causes"] = resolve_causes(workspace, place.state, causes)
    made = record_exception(workspace, place, fields)
    finish(surroundings, workspace, f"exception {made} recorded for {place.name}")


@click.command()
@click.argument("description", metavar="[DESCRIPTION]", default="")
@click.option("--outcome", type=_choice(get_args(Outcome)), help="What came of it.")
@env_option
@click.option("--risk", type=_choice(get_args(Level)), help="How much it can break.")
@click.option("--state", metavar="FROM->TO", help="Such as 'PLAN->DRAFT'.")
@click.option("--tool", metavar="NAME=RESULT", multiple=True, help="One that was used.")
@click.option("--step", metavar="TEXT", multiple=True, help="In the order of the work.")
@click.option(
    "--issue", metavar="TEXT", multiple=True, help="What went wrong on the way."
)
@click.option("--no-issues", is_flag=True, help="Say that there were none.")
@click.option(
    "--contract-gap",
    metavar="TEXT",
    multiple=True,
    help="What the contract did not say.",
)
@click.option("--no-contract-gaps", is_flag=True, help="Say that there were none.")
@click.option("--trigger", type=_choice(get_args(ExecutionTrigger)), help="Why.")
@from_option
@zone_option
@cause_option
@task_option
@click.pass_obj
def execution(
    surroundings: Surroundings,
    /,
    description: str,
    path: str | None,
    task: str | None,
    timezone: str | None,
    **said: Any,
) -> None:
    """Record that several steps were carried out; DESCRIPTION: the task's by default."""
    from gitlog_track.services.causes import resolve_causes
    from gitlog_track.services.records import find_place, record_execution

    if path is not None:
        _refuse_both(description, said)
        _record_file(surroundings, path, task, timezone, "execution")
        return
    if said["outcome"] is None:
        raise UsageProblem(
            f"nothing says what came of it; expected --outcome "
            f"{' or '.join(get_args(Outcome))}",
        )
    fields = {
        "description": description.strip(),
        "outcome": said["outcome"],
        "trigger": said["trigger"] or "other",
        "env": said["env"],
        "risk": said["risk"],
        **(_transition(said["state"]) if said["state"] else {}),
        "tools": [_tool(text) for text in said["tool"]] or None,
        "steps": list(said["step"]) or None,
        "issues": _listed(said, "issue", "no_issues"),
        "contract_gaps": _listed(said, "contract_gap", "no_contract_gaps"),
    }
    workspace = surroundings.workspace()
    place = find_place(workspace, task)
    if not (fields["description"] or place.description):
        raise UsageProblem(
            f"nothing says what was executed: {place.name} has no description either",
            hint="gitlog-track execution 'WHAT WAS DONE' --outcome success",
        )
    fields["causes"] = resolve_causes(workspace, place.state, said["cause"])
    record_execution(workspace, place, fields)
    finish(surroundings, workspace, f"execution recorded for {place.name}")


def _transition(text: str) -> dict[str, str]:
    from gitlog_track.record_files.reader import parse_transition

    return parse_transition(text)


def _tool(text: str) -> dict[str, str]:
    name, _, result = text.partition("=")
    if not name.strip():
        raise UsageProblem(
            f"--tool {text!r} names no tool", hint="write NAME=RESULT, or NAME alone"
        )
    return {"name": name.strip(), "result": result.strip()}


def _listed(said: dict[str, Any], one: str, none: str) -> list[str] | None:
    """Return what was listed; empty where there was none, None where nothing is said."""
    if said[one] and said[none]:
        flag = none.replace("_", "-")
        raise UsageProblem(f"--{flag} contradicts --{one.replace('_', '-')}")
    return list(said[one]) or ([] if said[none] else None)


def _refuse_both(text: str, said: dict[str, Any]) -> None:
    given = [name for name, value in said.items() if value]
    if text or given:
        option = given[0].removeprefix("exception_").replace("_", "-") if given else ""
        other = f"--{option}" if option else repr(text)
        raise UsageProblem(f"--from says it all: it goes with --task, not with {other}")


def _record_file(
    surroundings: Surroundings,
    path: str,
    task: str | None,
    timezone: str | None,
    command: str,
) -> None:
    from gitlog_track.importers.record import BadRecordError
    from gitlog_track.model.timestamps import timezone_named
    from gitlog_track.services.record_file import record_file

    name = "standard input" if path == "-" else path
    zone = None if timezone is None else timezone_named(timezone)
    data = read_input(path, FILE_LIMIT)
    workspace = surroundings.workspace()
    try:
        done = record_file(workspace, name, data, kind=command, task=task, zone=zone)
    except BadRecordError as err:
        place = f"{name}:{err.line}" if err.line else name
        raise UsageProblem(f"{place}: {err}", hint=err.hint) from err
    what = f"{command} of {done.at.isoformat()}"
    whose = done.task or "no task"
    if done.is_new:
        surroundings.say(f"{what} recorded for {whose}")
    else:
        surroundings.say(f"{what} is recorded for {whose} already: nothing recorded")
