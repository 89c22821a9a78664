"""Bring the records of files into the log, many at once.

Nothing goes through the journal: a backfill that is killed is run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gitlog_track.importers.formats import Format
from gitlog_track.importers.record import BadRecordError, Remark, placed
from gitlog_track.log.layout import UNASSIGNED, Subject
from gitlog_track.log.observe import Draft
from gitlog_track.log.store import LogReader
from gitlog_track.model.names import check_name
from gitlog_track.services.admission import Admitted, Standing
from gitlog_track.services.import_files import Fields, Files, Options, Ready, Refused
from gitlog_track.services.known_records import of_who_has_them
from gitlog_track.services.workspace import Workspace

EVENTS_IN_FOLD = 20_000


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
            yield from put_in(workspace, waiting, form, is_dry_run=is_dry_run)
            waiting, events = [], 0
    yield from put_in(workspace, waiting, form, is_dry_run=is_dry_run)


def put_in(
    workspace: Workspace,
    waiting: Sequence[Ready | Refused],
    form: Format,
    *,
    is_dry_run: bool = False,
) -> list[Imported]:
    """Put what is ready into the log, by one fold; return what became of each.

    Raises:
        LogError: the log cannot be read or written; nothing was added.
    """
    done: list[Imported] = []
    log = _reader(workspace, workspace.ref().read()) if is_dry_run else workspace.log()
    waiting = of_who_has_them(workspace, log, waiting, form)

    def plan(tip: str | None) -> list[Draft]:
        found, drafts = _judge_all(_reader(workspace, tip), waiting, form)
        done[:] = found
        return drafts

    if is_dry_run:
        plan(workspace.ref().read())
    elif any(isinstance(one, Ready) for one in waiting):
        workspace.add(plan)
    else:
        plan(None)
    return done


def _reader(workspace: Workspace, tip: str | None) -> LogReader:
    return LogReader(workspace.git, workspace.home.common_dir, tip)


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
    by_task: dict[str, list[Ready]] = {}
    for one in ready:
        by_task.setdefault(one.task.lower(), []).append(one)
    subjects = [_subject(records[0].task) for records in by_task.values()]
    drafts: list[Draft] = []
    states = log.states_of(subjects)
    for records, subject, state in zip(by_task.values(), subjects, states, strict=True):
        standing = Standing.of(state, form)
        done += (_imported(one) for one in standing.admit(records))
        task: Fields = {"task": subject.name or None}
        drafts += (Draft(subject, {**event, **task}) for event in standing.added)
    return done, drafts


def _imported(one: Admitted) -> Imported:
    record = one.record
    if one.problem is not None:
        problem = placed(one.problem, record.line, record.place)
        return Imported(record.path, record.task, problem=problem)
    return Imported(
        path=record.path,
        task=record.task,
        added=len(one.events),
        known=len(record.events) - len(one.events),
        remarks=record.remarks,
        scrubbed=_sum(event.get("scrubbed") for event in one.events),
    )


def _sum(counts: Iterable[object]) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for rule, hits in count.items() if isinstance(count, dict) else ():
            total[rule] = total.get(rule, 0) + hits
    return total


def _subject(task: str) -> Subject:
    return Subject("task", task) if task else UNASSIGNED
