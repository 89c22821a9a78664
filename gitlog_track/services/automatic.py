"""Record what the specification wants logged without being asked. It fails open.

What is decided is in ``when_to_log``; which of it a project wants says
``records.automatic``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from gitlog_track.gate.verdict import Verdict, Violation
from gitlog_track.log.layout import UNASSIGNED, Subject
from gitlog_track.log.store import LogReader
from gitlog_track.model.events import CommandFinished, TaskFailed
from gitlog_track.model.names import is_name
from gitlog_track.services.current import find_task
from gitlog_track.services.record import fold_quietly
from gitlog_track.services.records import (
    Place,
    has_exception,
    own_fields,
    record_exception,
    record_execution,
)
from gitlog_track.services.when_to_log import (
    exception_of_command,
    exception_of_failure,
    exception_of_refusal,
    execution_of,
)
from gitlog_track.services.workspace import Workspace

TASKS_OF_REFUSAL = 20
"""Tasks of one refused push that get a record; what else it names, the message says."""


def after_run(workspace: Workspace, subject: Subject, ended_at: str) -> str | None:
    """Record that a command failed, if it did.

    Args:
        workspace: where.
        subject: what the command's event was recorded for.
        ended_at: the instant of that event.

    Returns:
        the id of the exception, if there is one.

    Raises:
        GitlogTrackError: the log cannot be read or the journal written.
    """
    if "tool_call_failure" not in workspace.config.automatic_records:
        return None
    place = Place(subject, workspace.log().state(subject))
    at = datetime.fromisoformat(ended_at)
    ended = [one for one in place.state.of(CommandFinished) if one.at == at]
    fields = exception_of_command(place.state, ended[-1]) if ended else None
    return record_exception(workspace, place, fields, "run") if fields else None


def after_end(workspace: Workspace, task: str, command: str) -> Iterator[str]:
    """Record what the end of an attempt is: an exception, an execution, or neither.

    Args:
        workspace: where.
        task: that ended just now.
        command: ``complete`` or ``fail``.

    Yields:
        what was recorded, in words.

    Raises:
        GitlogTrackError: the log cannot be read or the journal written.
    """
    wanted = workspace.config.automatic_records
    if not wanted:
        return
    subject = Subject("task", task)
    place = Place(subject, workspace.log().state(subject))
    attempt = place.state.attempts[-1] if place.state.attempts else None
    if attempt is None:
        return
    if isinstance(attempt.ended, TaskFailed) and "tool_call_failure" in wanted:
        fields = exception_of_failure(place.state, attempt.ended)
        if fields:
            made = record_exception(workspace, place, fields, command)
            yield f"exception {made} recorded"
    execution = execution_of(place.state, attempt)
    if execution is not None and execution.trigger in wanted:
        record_execution(workspace, place, own_fields(execution), command)
        yield f"execution recorded ({execution.trigger})"


def after_refusal(workspace: Workspace, verdict: Verdict) -> None:
    """Record that the gate refused a push, once for each refusal and task.

    A task that the log does not know stays unknown to it: a name in a message may be
    mistyped. What was refused is then recorded for the current task, or for none.

    Args:
        workspace: the pushing side, folded just now.
        verdict: with at least one violation that blocks.

    Raises:
        GitlogTrackError: the log cannot be read or the journal written.
    """
    wanted = workspace.config.automatic_records
    if "self_test_gate_failure" not in wanted or not workspace.home.is_tracked():
        return
    tip = workspace.ref().read()
    log = LogReader(workspace.git, workspace.home.common_dir, tip)
    blocking = [violation for violation in verdict.violations if violation.blocks]
    recorded = False
    for place, violations in _by_place(workspace, log, blocking):
        fields = exception_of_refusal(violations)
        if not has_exception(place.state, str(fields["exception_id"])):
            record_exception(workspace, place, fields, "pre-push")
            recorded = True
    if recorded:
        fold_quietly(workspace)


def _by_place(
    workspace: Workspace, log: LogReader, violations: Sequence[Violation]
) -> list[tuple[Place, list[Violation]]]:
    """Return which violations are recorded for which task."""
    places: dict[str, Place] = {}
    fallback: Place | None = None
    found: dict[str, tuple[Place, list[Violation]]] = {}
    for violation in violations:
        name = violation.subject.lower()
        if name not in places:
            is_over = len(places) >= TASKS_OF_REFUSAL
            place = None if is_over else _known_task(log, violation.subject)
            if place is None:
                place = fallback = fallback or _fallback(workspace, log)
            places[name] = place
        place = places[name]
        found.setdefault(place.subject.name, (place, []))[1].append(violation)
    return list(found.values())


def _known_task(log: LogReader, name: str) -> Place | None:
    if not is_name(name):
        return None
    state = log.state(Subject("task", name))
    return Place(Subject("task", state.name), state) if state.stored else None


def _fallback(workspace: Workspace, log: LogReader) -> Place:
    current = find_task(workspace, None)
    place = _known_task(log, current) if current else None
    return place or Place(UNASSIGNED, log.unassigned())
