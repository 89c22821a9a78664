"""Read ``<TASK>_execution_log.txt``, the founding documents' execution log.

Keys count only at the start of a line and outside EVENTS; the founding shell script
looked for them everywhere, and took words of events for figures. A text goes on in
lines that are indented. A line that begins as those of EVENTS do is an event wherever it
stands; what else stands outside is told, not dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from gitlog_track.importers.decoding import decode
from gitlog_track.importers.event_lines import INDENT, read_event
from gitlog_track.importers.founding_keys import (
    INSTANTS,
    MEASURED,
    OF_END,
    OF_START,
)
from gitlog_track.importers.founding_sheet import KEY, Sheet
from gitlog_track.importers.instants import Instants
from gitlog_track.importers.record import BadRecordError, Fact, Record, Remark
from gitlog_track.model.event import Event
from gitlog_track.model.events import (
    BugFound,
    ContextSwitched,
    HallucinationRecorded,
    InteractionRecorded,
)
from gitlog_track.model.replay import FRAME, NOT_BEFORE, WORK
from gitlog_track.model.timestamps import EXPECTED, INSTANT, written

SUFFIX = "_execution_log.txt"
MILESTONES = tuple(INSTANTS.values())[3:]
START_SLOTS = tuple(key.slot for key in OF_START.values())
END_SLOTS = tuple(dict.fromkeys(key.slot for key in OF_END.values()))
WORDS_OF_END = ("actual_outcome", "success_criteria", "blockers", "error_type")
"""What is never a sum over attempts."""
_OF_FAILURE = frozenset({"error_type", "message"})
_HEADING = re.compile(r"={2,} *(?P<name>.*?) *={2,} *")
_CLOCK = re.compile(r"\d\d:\d\d\b")


_COUNTED: Mapping[str, tuple[str, type[Event]]] = {
    "bugs": ("BUGS_ENCOUNTERED", BugFound),
    "interactions": ("AI_INTERACTIONS", InteractionRecorded),
    "hallucinations": ("HALLUCINATION_COUNT", HallucinationRecorded),
    "context_switches": ("CONTEXT_SWITCHES", ContextSwitched),
}
"""Declared counts to the events that are counted so."""


def _tag(kind: type[Event]) -> object:
    return kind.__struct_config__.tag


def _tags(kinds: Iterable[type[Event]]) -> frozenset[object]:
    return frozenset(map(_tag, kinds))


_FRAME, _NOT_BEFORE, _WORK = _tags(FRAME), _tags(NOT_BEFORE), _tags(WORK)


class _Row(NamedTuple):
    """A line of the file, with those that go on with it."""

    line: int
    text: str


class _Dated(NamedTuple):
    """An event with its instant."""

    at: datetime
    fact: Fact

    @property
    def kind(self) -> object:
        return self.fact.fields["kind"]


def read_founding_log(data: bytes, instants: Instants) -> list[Record]:
    """Return the one record of a founding log.

    Args:
        data: the file.
        instants: reads its instants.

    Raises:
        BadRecordError: it is no such log, or says what cannot be.
    """
    keys, events, free = _rows(decode(data))
    sheet = Sheet(instants, keys)
    start = sheet.instant("start")
    if start is None:
        raise BadRecordError("there is no START_TIMESTAMP: this is no founding log")
    told = [_event(row, instants) for row in events]
    has_ends = any(one.kind in _FRAME for one in told)
    told += [*_milestones(sheet), *_undated(sheet, _last(sheet, told, start))]
    end = None if has_ends else _end(sheet, start)
    remarks = [*free, *sheet.remarks, *_judge(sheet, start, end, has_ends=has_ends)]
    if end is not None:
        remarks += _judge_counts(sheet, told)
    for one in told:
        _check_place(one, start, None if end is None else end.at)
    if has_ends:
        told = _with_words(sheet, told)
    facts = [_start(sheet, start), *(one.fact for one in _with_end(told, end))]
    phase = sheet.text("phase") or None
    line = sheet.line("task")
    return [Record(sheet.text("task"), phase, tuple(facts), tuple(remarks), line)]


def _rows(text: str) -> tuple[list[_Row], list[_Row], list[Remark]]:
    """Return rows of keys, those of events, and what is neither; what goes on is joined."""
    keys: list[_Row] = []
    events: list[_Row] = []
    free: list[_Row] = []
    is_event = is_open = False
    rows = keys
    for number, line in enumerate(text.split("\n"), 1):
        heading = _HEADING.fullmatch(line)
        if heading:
            is_event, is_open = heading["name"].upper() == "EVENTS", False
            rows = events if is_event else keys
        elif line[:1] in (" ", "\t"):
            if is_open:
                _go_on(rows, line)
            elif line.strip():
                free.append(_Row(number, line))
        elif is_event and line and not _is_dated(line):
            if not is_open:
                text = f"{line[:60]!r} has no instant; {EXPECTED}: text"
                raise BadRecordError(text, number)
            _go_on(rows, line)
        elif line:
            rows = events if is_event or _is_event(line) else keys
            is_open = rows is events or KEY.fullmatch(line) is not None
            (rows if is_open else free).append(_Row(number, line))
    return keys, events, list(_remarks(free))


def _remarks(free: list[_Row]) -> Iterator[Remark]:
    """Yield a remark for each run of lines that are neither keys nor events."""
    begin = 0
    for n, row in enumerate(free):
        if free[n + 1 : n + 2] and free[n + 1].line == row.line + 1:
            continue
        first, more = free[begin], n - begin
        lines = f" and {more} more behind it are" if more else " is"
        text = f"{first.text.strip()[:60]!r}{lines} no key and no event: not imported"
        yield Remark(first.line, text)
        begin = n + 1


def _is_event(line: str) -> bool:
    """Does a line begin as those of EVENTS do, wherever it stands?"""
    found = INSTANT.match(line) if line[:1].isdecimal() else None
    return found is not None and line[found.end() :].startswith(":")


def _is_dated(line: str) -> bool:
    return line[:1].isdecimal() and bool(INSTANT.match(line) or _CLOCK.match(line))


def _go_on(rows: list[_Row], line: str) -> None:
    more = line.removeprefix(INDENT)
    more = line.lstrip(" \t") if more == line else more
    rows[-1] = _Row(rows[-1].line, f"{rows[-1].text}\n{more}")


def _event(row: _Row, instants: Instants) -> _Dated:
    """Return the event of a row of EVENTS: an instant, a colon, a text."""
    found = INSTANT.match(row.text)
    rest = row.text[found.end() :] if found else ""
    if found is None or rest[:1] not in (":", "") or rest[1:2] not in (" ", "\n", ""):
        shown = row.text[:60]
        text = f"{shown!r} does not begin with an instant and a colon; {EXPECTED}: text"
        raise BadRecordError(text, row.line)
    at = instants.of_match(found, row.line)
    return _Dated(at, Fact(row.line, read_event(rest[1:].removeprefix(" "), at)))


def _milestones(sheet: Sheet) -> Iterator[_Dated]:
    """Yield the milestones of the task template; its checks go with the tests."""
    checks = sheet.value("checks")
    for name in MILESTONES:
        at = sheet.instant(name)
        if at is not None:
            fields: dict[str, object] = {"milestone": name, "at": written(at)}
            if checks and name in ("tests_completion", "validation"):
                fields["validation_results"], checks = checks, None
            fact = Fact(sheet.line(name), {"kind": "milestone_reached", **fields})
            yield _Dated(at, fact)


def _undated(sheet: Sheet, at: datetime) -> Iterator[_Dated]:
    """Yield what the task template gives no instant to: it is dated at the end."""
    for key in MEASURED:
        fields = sheet.value(key.lower())
        if isinstance(fields, dict):
            fact = Fact(sheet.line(key.lower()), {**fields, "at": written(at)})
            yield _Dated(at, fact)
    lessons = sheet.value("lessons")
    for text in lessons if isinstance(lessons, list) else ():
        fields = {"kind": "lesson_learned", "text": text, "at": written(at)}
        yield _Dated(at, Fact(sheet.line("lessons"), fields))


def _end_slot(sheet: Sheet) -> str:
    """Return which instant ends the task: where no end is named, its approval."""
    return "end" if sheet.instant("end") is not None else "final_approval"


def _last(sheet: Sheet, told: Iterable[_Dated], start: datetime) -> datetime:
    end = sheet.instant(_end_slot(sheet))
    return end or max((one.at for one in told), default=start)


def _start(sheet: Sheet, at: datetime) -> Fact:
    fields = {"kind": "task_started", "at": written(at), **sheet.fields(START_SLOTS)}
    return Fact(sheet.line("start"), fields)


def _end(sheet: Sheet, start: datetime) -> _Dated | None:
    """Return the end that the keys tell of; None of a task that goes on."""
    slot = _end_slot(sheet)
    at, line = sheet.instant(slot), sheet.line(slot)
    status = sheet.value("status")
    if at is None:
        if status in (None, "in_progress"):
            return None
        text = f"STATUS says {status}, but there is no END_TIMESTAMP"
        raise BadRecordError(text, sheet.line("status"))
    if status in (None, "in_progress") and sheet.value("success_criteria") == "pass":
        status = "complete"
    if status in (None, "in_progress"):
        text = "it has ended, but no STATUS says how: COMPLETE, PARTIAL or FAILED"
        raise BadRecordError(text, line)
    if at < start:
        raise BadRecordError("it ends before it starts", line)
    fields = sheet.fields(END_SLOTS)
    if _follows(sheet):
        fields.pop("tokens_used", None)
    if status == "failed":
        return _Dated(
            at, Fact(line, {"kind": "task_failed", "at": written(at), **fields})
        )
    fields = {k: v for k, v in fields.items() if k not in _OF_FAILURE}
    fields = {"kind": "task_completed", "at": written(at), "status": status, **fields}
    return _Dated(at, Fact(line, fields))


def _follows(sheet: Sheet) -> bool:
    """Do the tokens used follow from two readings of the counter?"""
    return None not in (sheet.value("start_tokens"), sheet.value("end_tokens"))


def _judge(
    sheet: Sheet, start: datetime, end: _Dated | None, *, has_ends: bool
) -> Iterator[Remark]:
    """Hold the figures that follow from others against these.

    Raises:
        BadRecordError: the counter ran backwards.
    """
    if has_ends:
        return
    if end is None:
        for slot in END_SLOTS:
            if sheet.value(slot) is not None:
                text = f"the task has not ended: {slot} is not imported yet"
                yield Remark(sheet.line(slot), text)
        return
    seconds = int((end.at - start).total_seconds())
    if sheet.value("seconds") not in (None, seconds):
        text = f"DURATION_SECONDS is {seconds} by the two instants, which count"
        yield Remark(sheet.line("seconds"), text)
    if sheet.value("minutes") not in (None, seconds // 60, (seconds + 30) // 60):
        text = f"DURATION_MINUTES is {seconds // 60} by the two instants, which count"
        yield Remark(sheet.line("minutes"), text)
    yield from _judge_tokens(sheet)


def _judge_tokens(sheet: Sheet) -> Iterator[Remark]:
    first, last = sheet.value("start_tokens"), sheet.value("end_tokens")
    if not isinstance(first, int) or not isinstance(last, int):
        return
    if last < first:
        text = f"END_TOKENS {last} are below START_TOKENS {first}"
        raise BadRecordError(text, sheet.line("end_tokens"))
    if sheet.value("tokens_used") not in (None, last - first):
        text = f"TOKENS_USED is {last - first} by the two counters, which count"
        yield Remark(sheet.line("tokens_used"), text)


def _judge_counts(sheet: Sheet, told: Iterable[_Dated]) -> Iterator[Remark]:
    """Hold declared counts against the events: the log takes whichever is more."""
    found: dict[object, int] = {}
    for one in told:
        number = one.fact.fields.get("count", 1)
        found[one.kind] = found.get(one.kind, 0) + (
            number if isinstance(number, int) else 1
        )
    for slot, (key, kind) in _COUNTED.items():
        declared, counted = sheet.value(slot), found.get(_tag(kind), 0)
        if isinstance(declared, int) and declared < counted:
            text = (
                f"{key} is {declared}, but the events tell of {counted}, which counts"
            )
            yield Remark(sheet.line(slot), text)


def _check_place(one: _Dated, start: datetime, end: datetime | None) -> None:
    """Check that what belongs between beginning and end lies there.

    Raises:
        BadRecordError: in the log it would make the task no proof for ever.
    """
    if one.kind in _NOT_BEFORE and one.at < start:
        text = f"{one.kind} at {one.at.isoformat()} lies before START_TIMESTAMP"
        raise BadRecordError(text, one.fact.line)
    if end is not None and one.kind in _WORK and one.at > end:
        text = f"{one.kind} at {one.at.isoformat()} lies after the end"
        raise BadRecordError(text, one.fact.line)


def _with_words(sheet: Sheet, told: list[_Dated]) -> list[_Dated]:
    """Give the last attempt's end what COMPLETION says of it; its numbers are sums."""
    frames = [n for n, one in enumerate(told) if one.kind in _FRAME]
    last = told[frames[-1]]
    if last.kind == "task_retried":
        return told
    said = sheet.fields(WORDS_OF_END)
    if last.kind == "task_completed":
        said = {k: v for k, v in said.items() if k not in _OF_FAILURE}
    fact = Fact(last.fact.line, {**last.fact.fields, **said})
    return [*told[: frames[-1]], _Dated(last.at, fact), *told[frames[-1] + 1 :]]


def _with_end(told: list[_Dated], end: _Dated | None) -> list[_Dated]:
    """Put the end behind all that is not later."""
    if end is None:
        return told
    place = next((n for n in range(len(told), 0, -1) if told[n - 1].at <= end.at), 0)
    return [*told[:place], end, *told[place:]]
