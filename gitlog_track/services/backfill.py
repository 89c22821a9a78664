"""Bring the records of files into the log, many at once.

Nothing goes through the journal: a backfill that is killed is run again. What the log
has already is left alone, and nothing that was recorded live is contradicted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gitlog_track.errors import UsageProblem
from gitlog_track.importers.formats import Format
from gitlog_track.importers.record import BadRecordError, Remark
from gitlog_track.log.codec import encode
from gitlog_track.log.layout import UNASSIGNED, Subject
from gitlog_track.log.observe import Draft
from gitlog_track.log.store import LogReader
from gitlog_track.model.event import Event
from gitlog_track.model.events import (
    AnyEvent,
    TaskRetried,
    TaskStarted,
    from_fields,
)
from gitlog_track.model.ids import event_id, natural_key
from gitlog_track.model.names import check_name
from gitlog_track.model.records import ExceptionRecorded, ExecutionRecorded
from gitlog_track.model.replay import NOT_BEFORE, replay
from gitlog_track.model.task import TaskState
from gitlog_track.services.import_files import Fields, Files, Options, Ready, Refused
from gitlog_track.services.record import refuse_other_spelling
from gitlog_track.services.workspace import Workspace

EVENTS_IN_FOLD = 20_000
OF_FIRST_START = frozenset(TaskStarted.__struct_fields__) - frozenset(
    TaskRetried.__struct_fields__
)
"""What only the first attempt's beginning says."""


_BOUNDED = frozenset(kind.__struct_config__.tag for kind in NOT_BEFORE)
_RECORDS = frozenset({"execution_recorded", "exception_recorded"})


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one record, or of a file without any.

    Attributes:
        path: of the file.
        task: whose it is; empty where nothing was recorded.
        added: events that were recorded, or would be.
        known: events that the log had already.
        remarks: what a person should know.
        scrubbed: rule to how often it took something out of the texts.
        problem: why nothing of it was recorded; None where it was.
    """

    path: str
    task: str = ""
    added: int = 0
    known: int = 0
    remarks: tuple[Remark, ...] = ()
    scrubbed: Mapping[str, int] = field(default_factory=dict)
    problem: BadRecordError | None = None


@dataclass(slots=True)
class _Standing:
    """A task as the log has it, and what one fold is to add to it.

    Attributes:
        state: as the log has it.
        known: keys of events that are there or are to be added.
        added: fields of those that are to be added.
    """

    state: TaskState
    known: set[object]
    added: list[Fields] = field(default_factory=list)

    @classmethod
    def of(cls, state: TaskState) -> _Standing:
        """Return where a task stands before anything is added."""
        events = [one.event for one in state.stored]
        known: set[object] = {event.id for event in events}
        known.update(e.entry for e in events if isinstance(e, Event) and e.entry)
        known.update(map(_same_record, state.of(ExecutionRecorded)))
        known.update(map(_same_record, state.of(ExceptionRecorded)))
        known.update(e.exception_id.lower() for e in state.of(ExceptionRecorded))
        return cls(state, known)


def backfill_files(
    workspace: Workspace,
    files: Iterable[str],
    form: Format,
    options: Options,
    *,
    named: Iterable[str] = (),
    is_dry_run: bool = False,
) -> Iterator[Imported]:
    """Import files; yield what became of each record, a fold's worth at a time.

    Args:
        workspace: where.
        files: see ``import_files.find_files``.
        form: what they hold.
        options: of the command line.
        named: paths that were named themselves.
        is_dry_run: say what would be recorded, and write nothing.

    Raises:
        UsageProblem: a name among the options is none.
        LogError: tracking has not begun, or the log cannot be read or written.
    """
    workspace.require_tracked()
    if options.task is not None:
        check_name(options.task, "task")
    if options.phase is not None:
        check_name(options.phase, "phase")
    reader = Files(workspace, form, options, named)
    waiting: list[Ready | Refused] = []
    events = 0
    for path in files:
        found = list(reader.read(path))
        waiting += found
        events += sum(len(one.events) for one in found if isinstance(one, Ready))
        if events >= EVENTS_IN_FOLD:
            yield from _record(workspace, waiting, form, is_dry_run=is_dry_run)
            waiting, events = [], 0
    yield from _record(workspace, waiting, form, is_dry_run=is_dry_run)


def _record(
    workspace: Workspace,
    waiting: Sequence[Ready | Refused],
    form: Format,
    *,
    is_dry_run: bool,
) -> list[Imported]:
    """Put what is ready into the log, by one fold; return what became of each."""
    done: list[Imported] = []

    def plan(tip: str | None) -> list[Draft]:
        log = LogReader(workspace.git, workspace.home.common_dir, tip)
        found, drafts = _judge_all(log, waiting, form)
        done[:] = found
        return drafts

    if is_dry_run:
        plan(workspace.ref().read())
    elif any(isinstance(one, Ready) for one in waiting):
        workspace.add(plan)
    else:
        plan(None)
    return done


def _judge_all(
    log: LogReader, waiting: Sequence[Ready | Refused], form: Format
) -> tuple[list[Imported], list[Draft]]:
    """Return what becomes of each record on the log as it is, and what is to be added."""
    ready = [one for one in waiting if isinstance(one, Ready)]
    done = [
        Imported(one.path, problem=one.problem)
        for one in waiting
        if isinstance(one, Refused)
    ]
    if form.is_rerun:
        ready.sort(key=lambda one: datetime.fromisoformat(str(one.events[0]["at"])))
    subjects = {one.task.lower(): _subject(one.task) for one in reversed(ready)}
    states = log.states_of(subjects.values())
    standings = dict(zip(subjects, map(_Standing.of, states), strict=True))
    drafts: list[Draft] = []
    for one in ready:
        standing = standings[one.task.lower()]
        try:
            found = _new_events(one, standing, form)
        except UsageProblem as err:
            problem = BadRecordError(str(err), one.line, hint=err.hint)
            done.append(Imported(one.path, one.task, problem=problem))
            continue
        standing.added += found
        task: Fields = {"task": one.task or None}
        drafts += (Draft(_subject(one.task), {**event, **task}) for event in found)
        known = len(one.events) - len(found)
        scrubbed = _sum(event.get("scrubbed") for event in found)
        remarks = one.remarks
        done.append(Imported(one.path, one.task, len(found), known, remarks, scrubbed))
    return done, drafts


def _sum(counts: Iterable[object]) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for rule, hits in count.items() if isinstance(count, dict) else ():
            total[rule] = total.get(rule, 0) + hits
    return total


def _subject(task: str) -> Subject:
    return Subject("task", task) if task else UNASSIGNED


def _new_events(one: Ready, standing: _Standing, form: Format) -> list[Fields]:
    """Return the events of a record that the task lacks.

    Raises:
        UsageProblem: they do not go together with what it has.
    """
    state = standing.state
    refuse_other_spelling(one.task, state)
    keyed = [(_key(event, one.task), event) for event in one.events]
    new = [event for key, event in keyed if key not in standing.known]
    if not new:
        return []
    _refuse_taken(one.task, standing, new)
    if any(event["kind"] in _BOUNDED for event in new):
        _refuse_tracked(one.task, state)
    if form.is_rerun and (state.started or standing.added):
        new = [_as_retry(event) for event in new]
    if state.stored or standing.added or _has_attempts(new):
        _refuse_unsound(one.task, standing, new)
    standing.known.update(key for key, _ in keyed)
    return new


def _key(event: Fields, task: str) -> object:
    """Return by what an event is known again."""
    if event["kind"] in _RECORDS:
        return _same_record(from_fields(event))
    return event["entry"] if "entry" in event else _identified(event, task)["id"]


def _same_record(event: AnyEvent) -> object:
    """Return what makes a record the same one, as where the log was exported before."""
    at_s = int(event.at.timestamp())
    match event:
        case ExecutionRecorded():
            return ("execution", at_s, event.description, event.outcome)
        case ExceptionRecorded():
            return ("exception", at_s, event.exception_id, event.what_happened)
        case _:
            return event.id


def _identified(event: Fields, task: str, **place: object) -> Fields:
    """Return an event with the id that it will have in a task's log."""
    whole = {**event, "task": task or None, **place}
    return {**whole, "id": event_id(str(event["kind"]), natural_key(whole))}


def _refuse_taken(task: str, standing: _Standing, new: Iterable[Fields]) -> None:
    """Check that no exception has the id of another one of the task."""
    for event in new:
        name = str(event.get("exception_id", "")).lower()
        if name and name in standing.known:
            text = f"{task or 'no task'} has another exception {event['exception_id']}"
            raise UsageProblem(text)
        standing.known.update([name] if name else [])


def _refuse_tracked(task: str, state: TaskState) -> None:
    """Check that a task was not tracked when it was worked on.

    Commits that hooks recorded, notes and lessons are no hindrance.
    """
    live = [
        event
        for event in (one.event for one in state.stored)
        if isinstance(event, Event)
        and type(event) in NOT_BEFORE
        and event.provenance == "live"
    ]
    if live:
        raise UsageProblem(
            f"{task} was tracked live since {live[0].at.isoformat()}: an import would "
            "contradict that",
            hint=f"gitlog-track show {task}; gitlog-track correct changes what is wrong",
        )


def _as_retry(event: Fields) -> Fields:
    """Return a second beginning as that of the next attempt."""
    if event["kind"] != "task_started":
        return event
    kept = {k: v for k, v in event.items() if k not in OF_FIRST_START}
    return {**kept, "kind": "task_retried"}


def _has_attempts(events: Iterable[Fields]) -> bool:
    return any(event["kind"] == "task_retried" for event in events)


def _refuse_unsound(task: str, standing: _Standing, new: Sequence[Fields]) -> None:
    """Check that a task is no worse with some events than without them.

    Raises:
        UsageProblem: what it would be.
    """
    before = standing.state
    lines = [one.line for one in before.stored]
    attempt = max((a.number for a in before.attempts), default=1)
    seq = max((one.event.seq for one in before.stored), default=0)
    for event in (*standing.added, *new):
        attempt += event["kind"] == "task_retried"
        seq += 1
        placed = _identified(event, task, seq=seq, attempt=attempt, writer="")
        lines.append(encode(placed))
    known = {problem.text for problem in before.problems}
    for problem in replay(task, lines).problems:
        is_new = problem.text not in known
        if is_new and (problem.invalid or problem.code == "started_twice"):
            raise UsageProblem(
                f"{task}: {problem.text}",
                hint=f"gitlog-track show {task} tells what was imported before",
            )
