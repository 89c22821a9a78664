"""Record one event: check it, snapshot the moment, drop it into the journal, fold."""

from __future__ import annotations

from collections.abc import Mapping

from gitlog_track import __version__
from gitlog_track.errors import GitlogTrackError, LogError, UsageProblem
from gitlog_track.log.identity import git_identity
from gitlog_track.log.journal import write_entry
from gitlog_track.log.layout import Subject
from gitlog_track.log.settings import SharedUmask, load_settings
from gitlog_track.model.events import AnyEvent
from gitlog_track.model.limits import checked_event, cut_stack
from gitlog_track.model.names import check_name
from gitlog_track.model.task import TaskState
from gitlog_track.scrubbing.fields import scrub_fields
from gitlog_track.scrubbing.scrub import describe
from gitlog_track.services.workspace import Workspace

LINKED = frozenset(
    (
        *("task_started", "task_retried"),
        *("command_finished", "exception_recorded", "execution_recorded"),
    )
)
"""Kinds that keep a link to the trace in which they were recorded."""


def record(
    workspace: Workspace,
    subject: Subject,
    fields: Mapping[str, object],
    command: str,
) -> None:
    """Put one event into the journal.

    Args:
        workspace: where.
        subject: the task or phase it is about.
        fields: ``kind`` and the kind's own fields; what is None is left out. ``at`` may
            be given, else it is now; and ``provenance``, else it is live.
        command: the command that records it, for ``source``.

    Raises:
        UsageProblem: the event is not one that the log may hold.
        LogError: the journal cannot be written; nothing was recorded.
    """
    now_ns, now = workspace.now()
    event = {"at": now, **{k: v for k, v in fields.items() if v is not None}}
    event.setdefault("provenance", "live")
    event["source"] = f"command:{command} {__version__}"
    event["actor"] = git_identity(workspace.git)
    if workspace.link and event["kind"] in LINKED:
        event["link"] = workspace.link
    event = as_the_log_may_hold(event, scrub=workspace.config.scrub)
    facts: dict[str, object] = {
        "at_ns": now_ns,
        "subject_kind": subject.kind,
        "subject_name": subject.name,
        "worktree": workspace.repository.worktree,
        "branch": workspace.branch or "",
        "event": event,
    }
    try:
        with SharedUmask(load_settings(workspace.home)):
            write_entry(
                workspace.home,
                facts,
                workspace.nonce(),
                fsync=workspace.config.fsync,
            )
    except OSError as err:
        raise LogError(
            f"cannot write {workspace.home.journal}: {err.strerror}",
            hint="gitlog-track doctor",
        ) from err
    _tell_scrubbed(workspace, event.get("scrubbed"))


def as_the_log_may_hold(
    event: Mapping[str, object],
    *,
    scrub: bool,
) -> dict[str, object]:
    """Return an event's fields scrubbed, its stack trace cut, and checked.

    Whatever is recorded, typed or imported, goes through here.

    Args:
        event: its fields.
        scrub: ``log.scrub``.

    Raises:
        UsageProblem: it is not an event that the log may hold.
    """
    fields, hits = scrub_fields(event) if scrub else (dict(event), {})
    if hits:
        fields["scrubbed"] = hits
    if isinstance(fields.get("stack"), str):
        # Only now: the beginning of a token that was cut in two is not known as one.
        fields["stack"] = cut_stack(str(fields["stack"]))
    checked_event(fields)
    return fields


def _tell_scrubbed(workspace: Workspace, hits: object) -> None:
    if isinstance(hits, dict):
        workspace.tell(f"{describe(hits)} removed from the text")


def fold_quietly(workspace: Workspace) -> str | None:
    """Fold what was just recorded; return what went wrong, if anything did.

    The event is safe in the journal: a fold that has to wait is no failure.
    """
    try:
        workspace.fold()
    except GitlogTrackError as err:
        return str(err)
    return None


def task_state(workspace: Workspace, task: str) -> TaskState:
    """Return a task's state from the log, its name checked and spelled as first written.

    Raises:
        UsageProblem: the name is not allowed.
        LogError: the log cannot be read.
    """
    check_name(task, "task")
    return workspace.log().state(Subject("task", task))


def refuse_other_spelling(task: str, state: TaskState) -> None:
    """Check that a name is spelled as it was first written.

    Raises:
        UsageProblem: it differs in case from a name in the log.
    """
    if state.stored and state.name != task:
        raise UsageProblem(
            f"task {task} is known as {state.name}; names are compared without case",
            hint=f"use {state.name}",
        )


def find_event(state: TaskState, event_id: str) -> AnyEvent:
    """Return the event that an id, or its beginning, names.

    Raises:
        UsageProblem: none does, or several do.
    """
    events: dict[str, AnyEvent] = {e.id: e for e in state.events}
    events.update((s.event.id, s.event) for s in state.stored)
    found = [event for key, event in events.items() if key.startswith(event_id)]
    if len(found) == 1 and event_id:
        return found[0]
    where = state.name or "the unassigned events"
    count = "no event" if not found else f"{len(found)} events"
    raise UsageProblem(
        f"{count} of {where} begins with {event_id!r}; expected one",
        hint=f"gitlog-track show {state.name}" if state.name else None,
    )
