"""What the execution logging specification wants logged, read off what the log knows.

Source: its table "When to Log". Pure: from a task's state to a record's fields, or None
where the table asks for none. Contract ambiguity and missing criticals no program sees;
those are recorded with ``exception --trigger``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby

from gitlog_track.failures.occurrences import tells_of
from gitlog_track.gate.verdict import Violation
from gitlog_track.model.digest import sha256
from gitlog_track.model.events import CommandFinished, TaskCompleted, TaskFailed
from gitlog_track.model.records import (
    ExceptionRecorded,
    ExecutionRecorded,
    ExecutionTrigger,
    Outcome,
    ToolUse,
)
from gitlog_track.model.task import Attempt, TaskState

ENOUGH_STEPS = 2
"""Commands that have to have succeeded for an execution to be of several steps."""
STEPS_LISTED = 50
VIOLATIONS_LISTED = 5
VIOLATION_LENGTH = 180
MESSAGE_LENGTH = 500
"""In characters: all of them together stay below the log's limit for a text."""
INTERRUPTED = 130
"""What sh makes of a command that somebody stopped with ^C."""

Fields = dict[str, object]


def exception_of_command(state: TaskState, command: CommandFinished) -> Fields | None:
    """Return the exception that a failed command is; None where it is none.

    One that somebody interrupted did not fail. The same failure again, without a success
    of that command in between, is no new one.

    Args:
        state: of its task, or of the unassigned; the command is in it.
        command: how it went.
    """
    if command.exit_code in {0, INTERRUPTED} or _is_repeated(state, command):
        return None
    return {
        "trigger": "tool_call_failure",
        "severity": "error",
        "what_happened": _how_it_failed(command),
        "causes": [command.id],
        **_error_of(command),
    }


def _how_it_failed(command: CommandFinished) -> str:
    text = (
        f"{command.label} ended with exit status {command.exit_code} "
        f"after {Decimal(command.duration_s):f} s"
    )
    said = ": ".join(part for part in (command.error_type, command.message) if part)
    return f"{text}\n{_clipped(said, MESSAGE_LENGTH)}" if said else text


def _is_repeated(state: TaskState, command: CommandFinished) -> bool:
    before = [
        one
        for one in state.of(CommandFinished)
        if (one.label, one.attempt) == (command.label, command.attempt)
        and one.id != command.id
        and (one.seq, one.id) < (command.seq, command.id)
    ]
    if not before or before[-1].exit_code != command.exit_code:
        return False
    return _error_of(before[-1]) == _error_of(command)


def _error_of(event: CommandFinished | TaskFailed) -> Fields:
    """Return what is known of the error: its type, and the hash of its stack.

    The stack itself stays in the event that is the cause.
    """
    found = {"error_type": event.error_type, "stack_hash": event.stack_hash}
    return {name: value for name, value in found.items() if value}


def exception_of_failure(state: TaskState, failed: TaskFailed) -> Fields | None:
    """Return the exception that ended an attempt; None where it names no error.

    Nor is there one where an exception of this attempt tells of the same error.
    """
    error = _error_of(failed)
    told = any(tells_of(one, failed) for one in state.of(ExceptionRecorded))
    if not error or told:
        return None
    return {
        "trigger": "tool_call_failure",
        "severity": "error",
        "what_happened": failed.message
        or f"attempt {failed.attempt} ended with {failed.error_type or 'an error'}",
        "causes": [failed.id],
        **error,
    }


def execution_of(state: TaskState, attempt: Attempt) -> ExecutionRecorded | None:
    """Return the execution that an ended attempt is, by what the log knows of it.

    In production it always is one, else if it is complete and at least two commands
    succeeded. None where the table asks for none, or somebody recorded it: for
    production that is a record of production, else any of this attempt.
    """
    ended = attempt.ended
    if ended is None:
        return None
    commands = [
        one for one in state.of(CommandFinished) if one.attempt == attempt.number
    ]
    trigger = _trigger(state, ended, commands)
    if trigger is None or _has_record(state, attempt.number, trigger):
        return None
    started = state.started
    return ExecutionRecorded(
        at=ended.at,
        task=state.name,
        attempt=attempt.number,
        trigger=trigger,
        description=started.description if started else "",
        outcome=_outcome(ended),
        env=started.env if started else None,
        risk=started.risk if started else None,
        steps=_steps(commands),
        tools=_tools(commands) if commands else None,
    )


def _trigger(
    state: TaskState,
    ended: TaskCompleted | TaskFailed,
    commands: Iterable[CommandFinished],
) -> ExecutionTrigger | None:
    if state.started is not None and state.started.env == "prod":
        return "prod_deployment"
    succeeded = [one for one in commands if one.exit_code == 0]
    is_complete = isinstance(ended, TaskCompleted) and ended.status == "complete"
    return "multi_step" if is_complete and len(succeeded) >= ENOUGH_STEPS else None


def _has_record(state: TaskState, attempt: int, trigger: str) -> bool:
    mine = [one for one in state.of(ExecutionRecorded) if one.attempt == attempt]
    if trigger == "prod_deployment":
        return any(one.env == "prod" or one.trigger == trigger for one in mine)
    return bool(mine)


def _outcome(ended: TaskCompleted | TaskFailed) -> Outcome:
    if isinstance(ended, TaskFailed):
        return "failed"
    return "success" if ended.status == "complete" else "partial"


def _steps(commands: Sequence[CommandFinished]) -> tuple[str, ...]:
    """Return the commands in order; the same one several times on end is one step."""
    steps = []
    for label, runs in groupby(commands, key=lambda one: one.label):
        codes = [one.exit_code for one in runs]
        often = f"{len(codes)} runs, the last with " if codes[1:] else ""
        steps.append(f"{label}: {often}exit status {codes[-1]}")
    if len(steps) > STEPS_LISTED:
        more = len(steps) - STEPS_LISTED
        return (f"{more} earlier steps are in the log", *steps[more:])
    return tuple(steps)


def _tools(commands: Iterable[CommandFinished]) -> tuple[ToolUse, ...]:
    codes: dict[str, list[int]] = {}
    for one in commands:
        codes.setdefault(one.label, []).append(one.exit_code)
    found = [ToolUse(name=label, result=_result(all_)) for label, all_ in codes.items()]
    if len(found) > STEPS_LISTED:
        more = len(found) - STEPS_LISTED
        return (*found[:STEPS_LISTED], ToolUse(name=f"{more} more are in the log"))
    return tuple(found)


def _result(codes: Sequence[int]) -> str:
    failed = sum(code != 0 for code in codes)
    runs = f"{len(codes)} run" + ("s" if codes[1:] else "")
    return f"{runs}, {failed} failed"


def exception_of_refusal(violations: Sequence[Violation]) -> Fields:
    """Return the exception that a refused push is, for one task.

    Its id is that of the refusal: the same rules on the same commits give the same.

    Args:
        violations: what refused it, at least one.
    """
    refused = sorted({(one.rule, one.commit, one.claimed) for one in violations})
    digest = sha256(repr(refused).encode("utf-8", "replace")).hexdigest()
    rules = ", ".join(sorted({one.rule for one in violations}))
    lines = [f"- {_told(one)}" for one in violations[:VIOLATIONS_LISTED]]
    if more := len(violations) - len(lines):
        lines.append(f"- and {more} more")
    return {
        "exception_id": f"gate-{digest[:12]}",
        "trigger": "self_test_gate_failure",
        "severity": "error",
        "what_happened": "\n".join([f"push refused by {rules}:", "", *lines]),
        "contract_reference": rules,
        "proposed_fix": violations[0].fix,
    }


def _told(violation: Violation) -> str:
    commit = f" {violation.commit[:12]}" if violation.commit else ""
    text = f"{violation.rule}{commit}: {violation.message}"
    return _clipped(text, VIOLATION_LENGTH)


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 3] + "..."
