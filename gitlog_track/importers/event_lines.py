"""Lines of a founding log's EVENTS, both ways: what stands behind the instant.

One table: ``BUG - `` and ``BUG FIXED - `` are the founding documents' own, the others
ours, so that a log which is written out and read again says what it said. Whatever does
not have exactly such a form is a note; a note that has one is written ``NOTE - ``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, cast, get_args

from gitlog_track.importers import values
from gitlog_track.model.event import Event, Milestone, Operation, Target
from gitlog_track.model.events import (
    BlockerHit,
    BlockerResolved,
    BugFixed,
    BugFound,
    CommandFinished,
    CommitRecorded,
    CommitsRewritten,
    ContextSwitched,
    HallucinationRecorded,
    InteractionRecorded,
    IterationRecorded,
    LessonLearned,
    MeasurementRecorded,
    MilestoneReached,
    NoteRecorded,
    TaskCompleted,
    TaskFailed,
    TaskPaused,
    TaskResumed,
    TaskRetried,
)
from gitlog_track.model.records import UsageRecorded
from gitlog_track.model.timestamps import written

Fields = dict[str, object]
INDENT = "    "
"""Stands before the lines of a text behind its first, so that none begins with a key."""
TOTALS = (
    *("end_tokens", "tokens_used", "iterations", "bugs", "hallucinations"),
    *("interactions", "context_switches", "files_written"),
)
"""The numbers that an attempt's end may declare."""
_USAGE = ("uncached_input", "cache_read", "cache_write", "output")
_CRITERIA_MARKS = {
    "pass": "\N{WHITE HEAVY CHECK MARK} PASS",
    "pending": "\N{HOURGLASS WITH FLOWING SAND} PENDING",
    "fail": "\N{CROSS MARK} FAIL",
}
_OID = "[0-9a-f]{40}"
_PAIRS = r"\w+=[^\s,()]{1,64}(?:, \w+=[^\s,()]{1,64}){0,12}"
_ANY = re.DOTALL | re.ASCII
_RETRY = re.compile(
    rf"attempt [0-9]{{1,9}}(?: \((?P<pairs>{_PAIRS})\))?(?:: (?P<text>.*))?", _ANY
)
_ENDED = re.compile(
    rf"attempt [0-9]{{1,9}} (?P<status>complete|partial|failed)"
    rf"(?: \((?P<pairs>{_PAIRS})\))?(?:: (?P<text>.*))?",
    _ANY,
)
_RUN = re.compile(
    r"(?P<label>.*) exit (?P<code>-?[0-9]{1,9}) after (?P<s>[0-9]{1,9}(?:\.[0-9]{1,9})?)s",
    _ANY,
)
_COMMIT = re.compile(
    rf"({_OID}) \(({'|'.join(get_args(Operation))})\)(?: patch ([0-9a-f]{{1,64}}))?"
)
_REWRITTEN = re.compile(
    rf"(?P<cause>[\w-]{{1,40}}): (?P<pairs>{_OID} {_OID}(?:, {_OID} {_OID}){{0,99}})"
)
_COUNTED = re.compile(r"(?P<count>[0-9]{1,15})(?:: (?P<text>.*))?", _ANY)
_MEASURED = re.compile(
    rf"(?P<measure>[a-z][a-z0-9_]{{0,63}})(?: \[(?P<name>[^\[\]]{{1,200}})\])? = "
    rf"(?P<value>{values.NUMBER})(?P<unit>{values.UNIT})?"
    r"(?: \(target (?P<target>[^()]{1,300})\))?",
    re.ASCII,
)
_QUALITY = re.compile("[a-z]{1,20}")
_USAGE_LINE = re.compile(rf"(?P<quality>[a-z]{{1,20}})(?: \((?P<pairs>{_PAIRS})\))?")
_NOT_APPLICABLE = re.compile(r"(?P<measure>[a-z][a-z0-9_]{0,63}): (?P<reason>.*)", _ANY)
_CHECK = re.compile(
    rf"- (?P<check>.*?): (?P<mark>{'|'.join(_CRITERIA_MARKS.values())})"
    r"(?: - (?P<text>.*))?"
)


class Form(NamedTuple):
    """How the kinds of one mark stand in a line: ``MARK - text``.

    Attributes:
        mark: what the line begins with.
        kinds: of the events that are written so.
        write: gives the text behind the mark.
        read: gives the event's fields of that text, or None where it has another form.
        is_bare: may the mark stand alone, where there is no text?
    """

    mark: str
    kinds: tuple[type[Event], ...]
    write: Callable[[Event], str]
    read: Callable[[str, datetime], Fields | None]
    is_bare: bool = False


def write_event(event: Event) -> list[str]:
    """Return the lines of an event; none for a kind that has no form.

    The first stands behind the instant; the others are to be indented.
    """
    if isinstance(event, NoteRecorded):
        is_note = _read(event.text, event.at) == _note(event.text)
        return (event.text if is_note else f"NOTE - {event.text}").split("\n")
    form = _WRITERS.get(_variant(event))
    if form is None:
        return []
    said = form.write(event)
    text = form.mark if form.is_bare and not said else f"{form.mark} - {said}"
    return text.split("\n")


def read_event(text: str, at: datetime) -> Fields:
    """Return the fields of the event that a line of EVENTS tells of; a note if no other.

    Args:
        text: what stands behind the instant, further lines without their indent.
        at: the instant.
    """
    return {**_read(text, at), "at": written(at)}


def _variant(event: Event) -> tuple[type[Event], bool]:
    """Return an event's kind, and which of its two forms it has, where there are two."""
    if isinstance(event, BlockerHit):
        return BlockerHit, event.critical
    if isinstance(event, MeasurementRecorded):
        return MeasurementRecorded, event.not_applicable
    return type(event), False


def _read(text: str, at: datetime) -> Fields:
    mark, dash, rest = text.partition(" - ")
    form = _READERS.get(mark if dash else text)
    found = form.read(rest, at) if form and (dash or form.is_bare) else None
    if found is not None:
        return found
    return _note(rest if dash and mark == "NOTE" else text)


def _note(text: str) -> Fields:
    return {"kind": "note_recorded", "text": text}


def _text(mark: str, kind: type[Event], **more: object) -> Form:
    """Return the form of a kind with one text; one of a reason may have none."""
    field = "reason" if "reason" in kind.__struct_fields__ else "text"

    def write(event: Event) -> str:
        return str(getattr(event, field))

    def read(text: str, at: datetime) -> Fields | None:
        del at
        return {"kind": _tag(kind), field: text, **more}

    return Form(mark, (kind,), write, read, is_bare=field == "reason")


def _counted(mark: str, kind: type[Event]) -> Form:
    """Return the form of a kind with a count and a text."""

    def write(event: Event) -> str:
        one = cast("InteractionRecorded", event)
        return f"{one.count}: {one.text}" if one.text else str(one.count)

    def read(text: str, at: datetime) -> Fields | None:
        del at
        found = _COUNTED.fullmatch(text)
        if found is None:
            return None
        counted = {"count": int(found["count"]), "text": found["text"] or ""}
        return {"kind": _tag(kind), **counted}

    return Form(mark, (kind,), write, read)


def _tag(kind: type[Event]) -> str:
    """Return the on-disk name of a type of events."""
    return str(kind.__struct_config__.tag)


def _write_pairs(fields: Mapping[str, object]) -> str:
    said = ", ".join(f"{k}={v}" for k, v in fields.items() if v not in (None, ""))
    return f" ({said})" if said else ""


def _read_pairs(text: str | None, allowed: tuple[str, ...]) -> Fields | None:
    """Return ``name=number`` pairs; None where one of them is not allowed."""
    found: Fields = {}
    for pair in text.split(", ") if text else ():
        name, _, value = pair.partition("=")
        if name not in allowed or not (value.isascii() and value.isdigit()):
            return None
        found[name] = int(value)
    return found


def _write_retry(event: Event) -> str:
    one = cast("TaskRetried", event)
    fields = {
        "start_tokens": one.start_tokens,
        "estimated_duration_s": one.estimated_duration_s,
    }
    text = f": {one.description}" if one.description else ""
    return f"attempt {one.attempt}{_write_pairs(fields)}{text}"


def _read_retry(text: str, at: datetime) -> Fields | None:
    del at
    found = _RETRY.fullmatch(text)
    allowed = ("start_tokens", "estimated_duration_s")
    pairs = _read_pairs(found["pairs"], allowed) if found else None
    if found is None or pairs is None:
        return None
    described = {"description": found["text"]} if found["text"] else {}
    return {"kind": "task_retried", **pairs, **described}


def _write_end(event: Event) -> str:
    one = cast("TaskCompleted | TaskFailed", event)
    status = one.status if isinstance(one, TaskCompleted) else "failed"
    text = one.message if isinstance(one, TaskFailed) else ""
    pairs = _write_pairs({name: getattr(one, name) for name in TOTALS})
    said = f"attempt {one.attempt} {status}{pairs}"
    return f"{said}: {text}" if text else said


def _read_end(text: str, at: datetime) -> Fields | None:
    del at
    found = _ENDED.fullmatch(text)
    pairs = _read_pairs(found["pairs"], TOTALS) if found else None
    if found is None or pairs is None:
        return None
    if found["status"] == "failed":
        message = {"message": found["text"]} if found["text"] else {}
        return {"kind": "task_failed", **pairs, **message}
    return {"kind": "task_completed", "status": found["status"], **pairs}


def _write_run(event: Event) -> str:
    one = cast("CommandFinished", event)
    return f"{one.label} exit {one.exit_code} after {_decimal(one.duration_s)}s"


def _decimal(text: str) -> str:
    """Return a number without the zeros behind its point."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read_run(text: str, at: datetime) -> Fields | None:
    found = _RUN.fullmatch(text)
    if found is None:
        return None
    began = at - timedelta(milliseconds=round(Decimal(found["s"]) * 1000))
    return {
        "kind": "command_finished",
        "label": found["label"],
        "exit_code": int(found["code"]),
        "duration_s": found["s"],
        "started_at": written(began),
    }


def _write_commit(event: Event) -> str:
    one = cast("CommitRecorded", event)
    patch = f" patch {one.patch_id}" if one.patch_id else ""
    return f"{one.commit} ({one.operation}){patch}"


def _read_commit(text: str, at: datetime) -> Fields | None:
    del at
    found = _COMMIT.fullmatch(text)
    if found is None:
        return None
    patch = {"patch_id": found[3]} if found[3] else {}
    said = {"commit": found[1], "operation": found[2], **patch}
    return {"kind": "commit_recorded", **said}


def _write_rewritten(event: Event) -> str:
    one = cast("CommitsRewritten", event)
    return f"{one.cause}: " + ", ".join(" ".join(pair) for pair in one.pairs)


def _read_rewritten(text: str, at: datetime) -> Fields | None:
    del at
    found = _REWRITTEN.fullmatch(text)
    if found is None:
        return None
    pairs = [pair.split(" ") for pair in found["pairs"].split(", ")]
    return {"kind": "commits_rewritten", "cause": found["cause"], "pairs": pairs}


def _write_measured(event: Event) -> str:
    one = cast("MeasurementRecorded", event)
    name = f" [{one.name}]" if one.name else ""
    said = f"{one.measure}{name} = {one.value}{one.unit}"
    return f"{said} (target {show_target(one.target)})" if one.target else said


def show_target(target: Target) -> str:
    """Return a target as it is read back: ``ipc <5ms``."""
    return f"{target.name} {target.comparator}{target.value}{target.unit}"


def _read_measured(text: str, at: datetime) -> Fields | None:
    del at
    found = _MEASURED.fullmatch(text)
    if found is None:
        return None
    fields: Fields = {
        "kind": "measurement_recorded",
        "measure": found["measure"],
        "value": found["value"],
        "unit": found["unit"] or "",
        "name": found["name"] or "",
    }
    try:
        goal = {"target": values.target(found["target"])} if found["target"] else {}
    except ValueError:
        return None
    return {**fields, **goal}


def _write_not_applicable(event: Event) -> str:
    one = cast("MeasurementRecorded", event)
    return f"{one.measure}: {one.reason}"


def _read_not_applicable(text: str, at: datetime) -> Fields | None:
    del at
    found = _NOT_APPLICABLE.fullmatch(text)
    if found is None:
        return None
    said = {"measure": found["measure"], "reason": found["reason"]}
    return {"kind": "measurement_recorded", "not_applicable": True, **said}


def _write_usage(event: Event) -> str:
    one = cast("UsageRecorded", event)
    pairs = _write_pairs({name: getattr(one, name) for name in _USAGE})
    quality = one.quality if _QUALITY.fullmatch(one.quality) else "recorded"
    return f"{quality}{pairs}"


def _read_usage(text: str, at: datetime) -> Fields | None:
    del at
    found = _USAGE_LINE.fullmatch(text)
    pairs = _read_pairs(found["pairs"], _USAGE) if found else None
    if found is None or pairs is None:
        return None
    quality = found["quality"]
    said = {} if quality == "recorded" else {"quality": quality}
    return {"kind": "usage_recorded", **pairs, **said}


def _write_milestone(event: Event) -> str:
    one = cast("MilestoneReached", event)
    rows: list[str] = [one.milestone]
    for check in one.validation_results:
        row = f"- {check.check}: {_CRITERIA_MARKS[check.result]}"
        rows.append(f"{row} - {check.text}" if check.text else row)
    return "\n".join(rows)


def _read_milestone(text: str, at: datetime) -> Fields | None:
    del at
    name, *rows = text.split("\n")
    found = [_CHECK.fullmatch(row) for row in rows]
    if name not in get_args(Milestone) or None in found:
        return None
    checks = [_check_of(match) for match in found if match is not None]
    results = {"validation_results": checks} if checks else {}
    return {"kind": "milestone_reached", "milestone": name, **results}


def _check_of(found: re.Match[str]) -> Fields:
    result = values.criteria(found["mark"])
    text = {"text": found["text"]} if found["text"] else {}
    return {"check": found["check"], "result": result, **text}


def _write_unblocked(event: Event) -> str:
    return cast("BlockerResolved", event).text


def _never(text: str, at: datetime) -> Fields | None:
    """Return nothing: which blocker is gone the line does not say; it is kept as a note."""
    del text, at
    return None  # as every reader that does not find its form


FORMS = (
    _text("BUG", BugFound),
    _text("BUG FIXED", BugFixed),
    _text("BLOCKER", BlockerHit),
    Form("UNBLOCKED", (BlockerResolved,), _write_unblocked, _never),
    _text("LESSON", LessonLearned),
    _text("ITERATION", IterationRecorded),
    _text("PAUSED", TaskPaused),
    _text("RESUMED", TaskResumed),
    _counted("INTERACTION", InteractionRecorded),
    _counted("HALLUCINATION", HallucinationRecorded),
    _counted("CONTEXT SWITCH", ContextSwitched),
    Form("MILESTONE", (MilestoneReached,), _write_milestone, _read_milestone),
    Form("MEASURED", (MeasurementRecorded,), _write_measured, _read_measured),
    Form("TOKENS", (UsageRecorded,), _write_usage, _read_usage),
    Form("RUN", (CommandFinished,), _write_run, _read_run),
    Form("COMMIT", (CommitRecorded,), _write_commit, _read_commit),
    Form("REWRITTEN", (CommitsRewritten,), _write_rewritten, _read_rewritten),
    Form("RETRY", (TaskRetried,), _write_retry, _read_retry),
    Form("ENDED", (TaskCompleted, TaskFailed), _write_end, _read_end),
)
CRITICAL = _text("CRITICAL BLOCKER", BlockerHit, critical=True)
NOT_APPLICABLE = Form(
    "NOT APPLICABLE",
    (MeasurementRecorded,),
    _write_not_applicable,
    _read_not_applicable,
)
_WRITERS: Mapping[tuple[type[Event], bool], Form] = {
    **{(kind, False): form for form in FORMS for kind in form.kinds},
    (BlockerHit, True): CRITICAL,
    (MeasurementRecorded, True): NOT_APPLICABLE,
}
_READERS = {form.mark: form for form in (*FORMS, CRITICAL, NOT_APPLICABLE)}
