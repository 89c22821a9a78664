"""What commands print of values that others wrote, by the renderers that they use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from gitlog_track.claims.message import read_commit
from gitlog_track.commands.backfill import _tell as _tell_import
from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.docs import (
    _show_difference,
    _tell_edited,
    _tell_problems,
)
from gitlog_track.commands.status import _lines as status_lines
from gitlog_track.errors import GitlogTrackError
from gitlog_track.failures.occurrences import occurrences
from gitlog_track.failures.patterns import Seen, find_patterns
from gitlog_track.gate.judge import Judge
from gitlog_track.gate.policy import Policy
from gitlog_track.gate.verdict import Verdict
from gitlog_track.gate.verify import Verifier
from gitlog_track.git.pushes import RawObject
from gitlog_track.importers.record import BadRecordError, Record
from gitlog_track.index.probes import Answer
from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.measure import Level
from gitlog_track.measures.report import OwnRecord, Report, Selection
from gitlog_track.measures.squashes import Doubt, Squash
from gitlog_track.measures.summary import summarise
from gitlog_track.measures.task import MeasuredTask
from gitlog_track.measures.validation import validate_task
from gitlog_track.measures.value import Value
from gitlog_track.model.causes import cause_graph
from gitlog_track.model.events import KnownEvent
from gitlog_track.model.replay import replay
from gitlog_track.model.stored import StoredEvent, read_line
from gitlog_track.model.task import TaskState
from gitlog_track.renderers import blocks, verdicts
from gitlog_track.renderers.causes import graph_text
from gitlog_track.renderers.documents import Filled
from gitlog_track.renderers.founding_log import render_log
from gitlog_track.renderers.machine import envelope, show_body
from gitlog_track.renderers.patterns import patterns_markdown, patterns_text
from gitlog_track.renderers.probes import print_answer
from gitlog_track.renderers.reconcile import doubt_text, squash_text
from gitlog_track.renderers.report_csv import report_csv
from gitlog_track.renderers.report_json import report_body
from gitlog_track.renderers.report_markdown import report_markdown
from gitlog_track.renderers.report_text import print_report
from gitlog_track.renderers.tables import print_task
from gitlog_track.renderers.tasks import print_attempts, print_tasks
from gitlog_track.renderers.templates import phase_template, task_template
from gitlog_track.services.backfill import Imported
from gitlog_track.services.docs import Document
from gitlog_track.services.status import Status
from tests.fuzz.terminal import printed
from tests.support.examples import OWN_FIELDS, PHASE_KINDS, Fields, stored
from tests.support.ledgers import TASK, Told
from tests.support.reports import report_of

WHERE = "tasks/68/P1-009 at 0123456789ab"
PATH = "a\x1b[31m\x9bfile"
REQUIRED = ("TASK", "duration")
ANYTHING = "any \x1b text \u202e at\nall"
ENDS = frozenset({"task_completed", "task_failed", "task_retried"})
BASE_TEXTS = ("phase", "source", "actor", "span_id", "trace_id", "retry_of", "link")
"""Fields of every event that take any text, though none of ours writes every text there."""


def error_shown(error: Exception) -> str:
    """What the console says of an error that was expected."""
    if isinstance(error, GitlogTrackError):
        return printed(lambda console: console.say_error(error))
    return printed(lambda console: console.warn(str(error)))


# a task


def task_shown(state: TaskState) -> str:
    """What ``show`` prints of a task, in each format."""
    measured = MeasuredTask.of(state)
    validation = validate_task(state, REQUIRED)
    graph = cause_graph(state, lambda name: replay(name, []))

    def show(console: Surroundings) -> None:
        print_task(console.console(), measured, validation, WHERE)
        console.answer(render_log(state, measured.measures))
        console.answer(graph_text(graph, ascii_only=False))
        body = show_body(measured, validation, WHERE)
        console.answer(envelope("/x/.git", None, body))
        console.answer("\n".join(status_lines(_status_of(state))))

    return printed(show)


def _status_of(state: TaskState) -> Status:
    reason = "\n".join(problem.text for problem in state.problems)
    return Status(
        task=state.name,
        phase=state.phase,
        status=state.status,
        elapsed_s=None,
        estimated_s=None,
        waiting=1,
        waiting_because=reason,
        unreadable=0,
        unassigned=0,
        tip=None,
        unsent={},
    )


# a report


def report_shown(text: str) -> str:
    """What is printed of tasks and a phase in which every text is one and the same."""
    states = list(_states(text))
    tasks = [summarise(MeasuredTask.of(state)) for state in states]
    said = Value(evidence=Evidence.DECLARED, text=text)
    own = OwnRecord(text, {"biggest_win": said, "biggest_surprise": said}, False)
    report = report_of(
        tasks,
        own={text.lower(): own, "p1": own},
        label=text,
        selection=Selection(phase=text),
    )
    seen = [Seen(s.name, one) for s in states for one in occurrences(s)]
    patterns = find_patterns(seen)

    def show(console: Surroundings) -> None:
        _show_report(console, report)
        _show_blocks(console, report)
        print_tasks(console.console(), tasks)
        print_attempts(console.console(), tasks)
        print_answer(console.console(), Answer(("text",), ((text,),)))
        console.answer(patterns_text(patterns, text))
        console.answer(patterns_markdown(patterns, text))
        console.answer(task_template(tasks[0], "Task", WHERE))

    return "".join(map(task_shown, states)) + printed(show)


def _show_report(console: Surroundings, report: Report) -> None:
    print_report(console.console(), report)
    console.answer(report_markdown(report))
    # A field in quotes ends its rows as RFC 4180 has it; a terminal sees a newline.
    console.answer(report_csv(report, WHERE).replace("\r\n", "\n"))
    console.answer(envelope("/x/.git", report.log, report_body(report, WHERE)))
    for row in report.phases:
        console.answer(phase_template("P1", row.measures, "Phase", WHERE))


def _show_blocks(console: Surroundings, report: Report) -> None:
    """Show what goes into documents, as the lines of a difference do."""
    lines = blocks.phase_table(report.phases, report.overall)
    lines += blocks.task_table(report.tasks)
    lines += blocks.text_list(report.tasks, "lessons_learned")
    for task in report.tasks:
        lines += blocks.measure_table(task.measures, Level.TASK, WHERE)
    console.answer("\n".join(lines))


def _states(text: str) -> Iterator[TaskState]:
    variants: Sequence[tuple[str, Fields]] = (
        ("task_completed", {}),
        ("task_failed", {"provenance": "backfilled"}),
    )
    for end, more in variants:
        kinds = [k for k in OWN_FIELDS if k not in PHASE_KINDS and k not in ENDS]
        events = [_event(kind, n, text, more) for n, kind in enumerate([*kinds, end])]
        yield replay("P1-009", events)


def _event(kind: str, number: int, text: str, more: Fields) -> bytes:
    fields = _filled(OWN_FIELDS[kind], free_texts(kind), text)
    base: Fields = dict.fromkeys(BASE_TEXTS, text)
    return _line(stored(kind, number + 1, **{**base, **fields, **more}))


def _line(event: Fields) -> bytes:
    # Escapes say what UTF-8 cannot: half of a surrogate pair.
    return json.dumps(event, sort_keys=True).encode()


@cache
def free_texts(kind: str) -> frozenset[str]:
    """Return the paths of a kind's fields that take any text at all."""
    return frozenset(path for path in _paths(OWN_FIELDS[kind]) if _is_free(kind, path))


def _is_free(kind: str, path: str) -> bool:
    fields = _filled(OWN_FIELDS[kind], frozenset({path}), ANYTHING)
    found = read_line(_line(stored(kind, 1, **fields)))
    return isinstance(found, StoredEvent) and isinstance(found.event, KnownEvent)


def _paths(value: object, path: str = "") -> Iterator[str]:
    """Yield where texts stand: names of fields, with a dot before each."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item, path)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, f"{path}.{name}")


def _filled(fields: Fields, paths: frozenset[str], text: str) -> Fields:
    return {
        name: _put(value, f".{name}", paths, text) for name, value in fields.items()
    }


def _put(value: object, path: str, paths: frozenset[str], text: str) -> object:
    if isinstance(value, str):
        return text if path in paths else value
    if isinstance(value, list):
        return [_put(item, path, paths, text) for item in value]
    if isinstance(value, dict):
        return {k: _put(v, f"{path}.{k}", paths, text) for k, v in value.items()}
    return value


# a commit


def verdict_on(raw: bytes) -> str:
    """What the gate says of a commit, in each format: claims against a log of P1-009."""
    told = Told({"": TASK})
    objects = [RawObject("1" * 40, raw), RawObject("2" * 40, raw, is_whole=False)]
    found = Verifier(Judge(told, Policy())).verify(objects)
    return verdict_shown(found)


def verdict_shown(verdict: Verdict) -> str:
    def show(console: Surroundings) -> None:
        console.answer(verdicts.verdict_text(verdict))
        console.answer(verdicts.verdict_junit(verdict))
        console.answer(verdicts.verdict_github(verdict))
        console.answer(verdicts.github_summary(verdict))

    return printed(show)


def squash_shown(raw: bytes) -> str:
    """What ``reconcile`` says of a commit, by its title."""
    oid = "1" * 40
    title = read_commit(raw).text.partition("\n")[0]
    squash = Squash(oid, "P1-009", ("2" * 40,), "title")
    doubt = Doubt(("2" * 40,), ("P1-009", "P1-010"), (oid,), "title")
    return f"{squash_text(squash, title)}\n{doubt_text(doubt, {oid: title})}\n"


# files


def import_shown(found: Iterable[Record | BadRecordError]) -> str:
    """What ``backfill`` says of a file's records; a file that is none raises."""
    made = [_imported(one) for one in found]
    return printed(lambda console: _tell_import(console, made, dry_run=True))


def _imported(one: Record | BadRecordError) -> Imported:
    if isinstance(one, BadRecordError):
        return Imported(PATH, problem=one)
    return Imported(PATH, one.task, added=len(one.facts), remarks=one.remarks)


def document_shown(filled: Filled) -> str:
    """What ``docs check`` prints of a document."""
    found = [Document(PATH, PATH, b"", filled, tuple(filled.problems))]

    def show(console: Surroundings) -> None:
        if not _tell_problems(console, found):
            _show_difference(console, found)
            _tell_edited(console, found)

    return printed(show)
