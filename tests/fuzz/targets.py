"""The one table of targets: a row each; adding one is adding a row."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from gitlog_track.claims.grammar import read_claims
from gitlog_track.claims.message import read_commit, strip_comments
from gitlog_track.claims.quantity import (
    QuantityError,
    Unit,
    holds,
    overlap,
    parse,
    scan,
)
from gitlog_track.claims.sieve import build_sieve
from gitlog_track.claims.trailers import find_tasks
from gitlog_track.claims.vocabulary import vocabulary
from gitlog_track.config import parse_config, parse_toml
from gitlog_track.errors import ConfigError, LogError, UsageProblem
from gitlog_track.failures.failure import failure_in, failure_of
from gitlog_track.failures.stack_hash import stack_hash
from gitlog_track.failures.template import template_of
from gitlog_track.git.commits import Commit, operation_of
from gitlog_track.git.objects import TreeEntry, parse_tree
from gitlog_track.git.transport import parse_push
from gitlog_track.importers.event_lines import read_event
from gitlog_track.importers.formats import FORMATS
from gitlog_track.importers.instants import Instants
from gitlog_track.importers.record import BadRecordError
from gitlog_track.log.batch import Batch
from gitlog_track.log.codec import Place, split_lines
from gitlog_track.log.journal import _parse
from gitlog_track.log.layout import FORMAT_BLOB, FORMAT_PATH, Segment, Subject
from gitlog_track.log.observe import _command_draft
from gitlog_track.log.settings import parse_settings
from gitlog_track.log.tree import LogTree
from gitlog_track.log.union import unite, unite_lines
from gitlog_track.log.writer import _parse as parse_writer
from gitlog_track.mcp.cursors import read_cursor
from gitlog_track.measures.catalogue import MEASURES
from gitlog_track.measures.task import measure_task
from gitlog_track.model.names import DEFAULT_BRANCH_PATTERN, task_of_branch
from gitlog_track.model.replay import replay
from gitlog_track.model.stored import BrokenLine, has_own_id, read_line
from gitlog_track.model.timestamps import Timestamps
from gitlog_track.record_files.reader import read_record
from gitlog_track.renderers.documents import fill
from gitlog_track.renderers.markup import plain_text
from gitlog_track.scrubbing.scrub import scrub
from tests.fuzz.patterns import ANYWHERE, CLAIMS, JSON, MARKERS, SECRETS, TRACES
from tests.fuzz.target import Target
from tests.support.examples import OWN_FIELDS, WRITER, full_line

OID = "1" * 40
UNITS: tuple[Unit, ...] = ("s", "count", "%", "1")
TESTS = Path(__file__).parents[1]
NOW = datetime(2025, 10, 5, tzinfo=UTC)


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


# what commits say

WORDS = vocabulary(MEASURES)


@cache
def sieve() -> Callable[[list[bytes]], list[bool]]:
    return build_sieve(WORDS)


def message(data: bytes) -> str:
    """A message that is kept back claims nothing; no message is too much for anybody."""
    raw = b"tree 1\n" + data
    reading = read_claims(read_commit(raw), WORDS)
    if reading.claims:
        assert any(sieve()([raw])), "the sieve keeps a claim back"
    read_claims(read_commit(b"tree 1\n\n" + strip_comments(data, None)), WORDS)
    find_tasks(data, "Task")
    return repr(reading)


def messages() -> Iterator[bytes]:
    for row in (TESTS / "claims/corpus.jsonl").read_text("utf-8").splitlines():
        yield b"\n" + json.loads(row)["message"].encode()


def quantity(data: bytes) -> str:
    """What is read whole holds of itself, and overlaps itself."""
    text = text_of(data)
    for unit in UNITS:
        with contextlib.suppress(QuantityError):
            scan(text, 0, unit)
        with contextlib.suppress(QuantityError):
            found = parse(text, unit)
            assert found.low <= found.high
            assert overlap(found, found)
            assert holds(found, found.low)
    return text


def branch(data: bytes) -> str:
    return task_of_branch(text_of(data), DEFAULT_BRANCH_PATTERN) or ""


# what the log holds


def stored(data: bytes) -> str:
    """Any lines are a task: whatever is wrong with them is told, and measured."""
    lines = [row for row in data.split(b"\n") if row]
    shown = []
    for row in lines:
        found = read_line(row)
        if isinstance(found, BrokenLine):
            shown.append(found.problem)
            continue
        has_own_id(found)
        found.fields()
    state = replay("P1-009", lines)
    measures = measure_task(state)
    return repr((shown, measures))


def segment(data: bytes) -> str:
    """What the fold and the merge read of others' segments."""
    half = len(data) // 2
    merged = unite_lines(data[:half], data[half:])
    assert merged == unite_lines(data[half:], data[:half])
    for row in split_lines(data):
        Place(row)
    return ""


class OneTree:
    """Objects that are all the same hostile tree, but for the format."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def tree(self, oid: str) -> list[TreeEntry]:
        del oid
        return parse_tree(self.data)

    def read(self, oid: str, kind: str) -> bytes:
        del oid
        return FORMAT_BLOB if kind == "blob" else b"tree " + OID.encode() + b"\n"


def tree(data: bytes) -> str:
    """A hostile tree is refused, whatever is asked of it."""
    reader = OneTree(data)
    said = ""
    for subject in (
        Subject("task", "P1-009"),
        Subject("phase", "P1"),
        Subject("unassigned"),
    ):
        try:
            LogTree(reader, OID).find(subject)  # type: ignore[arg-type]
        except LogError as err:
            said += f"{err}\n"
    try:
        unite(reader, OID, "2" * 40)
    except LogError as err:
        said += f"{err}\n"
    return said


def rows(*entries: tuple[bytes, bytes]) -> bytes:
    return b"".join(mode + b" " + name + b"\0" + b"\x11" * 20 for mode, name in entries)


def trees() -> Iterator[bytes]:
    yield rows((b"100644", FORMAT_PATH.encode()), (b"40000", b"tasks"))
    yield rows((b"100644", f"{WRITER}-000001".encode()))
    yield rows((b"40000", b"68"), (b"40000", b"P1-009"), (b"40000", b"unassigned"))


def commit(data: bytes) -> str:
    found = Commit(OID, data)
    return f"{found.author} {operation_of(data, OID)} {parse_push(text_of(data))}"


class NoTree:
    """A log that has nothing yet."""

    def find(self, subject: Subject) -> tuple[Subject, list[Segment]]:
        return subject, []


def journal(data: bytes) -> str:
    """Whatever an entry says, the fold goes on, and what it writes can be read."""
    for name in ("1-1-x.json", "pre-commit-1-0"):
        entry = _parse(name, data, 1)
        draft = entry and entry.name.endswith(".json") and _command_draft(entry)
        if not draft:
            continue
        draft.event.setdefault("writer", WRITER)
        batch = Batch(NoTree(), None, WRITER, lambda: OID, "")  # type: ignore[arg-type]
        batch.add(draft)
        for blob in batch.changed.values():
            for row in split_lines(blob):
                Place(row)
                assert not isinstance(read_line(row), BrokenLine), row
    return ""


def entries() -> Iterator[bytes]:
    for kind, fields in OWN_FIELDS.items():
        event = {"kind": kind, "at": "2025-10-04T22:00:00.000-05:00", **fields}
        facts = {"at_ns": 1, "subject_kind": "task", "subject_name": "P1-009"}
        yield json.dumps({**facts, "event": event}).encode()
    yield b"gitlog-track-entry 1\nhook post-commit\nhead " + OID.encode() + b"\nend\n"


def small_files(data: bytes) -> str:
    settings = parse_settings(text_of(data))
    parse_writer(text_of(data))
    return settings.render()


# what people configure and write


def configuration(data: bytes) -> str:
    return repr(parse_config(parse_toml(text_of(data), "a file"), "a file"))


def document(data: bytes) -> str:
    """Filling in a document twice is filling it in once."""
    text = text_of(data)
    first = fill(text, lambda _: ["| a |", "|---|"], force=True)
    said = "\n".join(str(problem) for problem in first.problems)
    if not first.problems:
        again = fill(first.text, lambda _: ["| a |", "|---|"], force=False)
        assert again.text == first.text
    return said


def safe_text(data: bytes) -> str:
    text = data.decode("utf-8", "surrogateescape")
    return f"{text}{plain_text(text)}"


def record_file(data: bytes) -> str:
    return repr(read_record(text_of(data), Timestamps(ZoneInfo("UTC"))))


def cursor(data: bytes) -> str:
    return repr(read_cursor(text_of(data), "question"))


# what programs say, and what is imported


def trace(data: bytes) -> str:
    text = text_of(data)
    return (
        f"{failure_in(text)} {failure_of(text)} {stack_hash(text)} {template_of(text)}"
    )


def scrubbed(data: bytes) -> str:
    """Scrubbing twice is scrubbing once."""
    once, _ = scrub(text_of(data))
    assert scrub(once)[0] == once
    return once


def imported(read: Callable[[bytes, Instants], Iterable[object]], data: bytes) -> str:
    return "\n".join(
        repr(found) for found in read(data, Instants(ZoneInfo("UTC"), NOW))
    )


def event_line(data: bytes) -> str:
    return repr(read_event(text_of(data), NOW))


def golden(*names: str) -> Iterator[bytes]:
    for name in names:
        yield (TESTS / "golden" / name).read_bytes()


def lines() -> Iterator[bytes]:
    for number, kind in enumerate(OWN_FIELDS, 1):
        yield full_line(kind, number)
    yield b"\n".join(full_line(kind, n) for n, kind in enumerate(OWN_FIELDS, 1))


CLAIM_WORDS = (
    "Task: P1-009", "Duration:", "Tokens-Used:", "took", "minutes", "hours", "12m", "1h30m",
    "3,236", "tokens", "about", "~", "4-6", " to ", "PT1H", "coverage", "91%", "Squashed commit",
    "encoding ", "ISO-8859-1", "fixup! ", "```", "**", "> ", "    ", "ahead of schedule", "k", "per",
)  # fmt: skip
TRACE_WORDS = (
    "Traceback (most recent call last):\n", '  File "', '", line 3, in ', "Caused by: ", "\tat ",
    "panic: ", "goroutine 1 [running]:\n", "stack backtrace:\n", "Error: ", "    at ", "thread '",
)  # fmt: skip
JSON_WORDS = (
    '{"',
    '":',
    '"kind":',
    '"note_recorded"',
    '"seq":',
    '"at":',
    '"event":',
    "null",
)

NO_KEYS = {
    name: make for name, make in ANYWHERE.items() if name not in {"points", "dots"}
}
"""A dotted key takes the standard library quadratic time; so what others push is bounded."""

TARGETS: tuple[Target, ...] = (
    Target("message", message, (), CLAIM_WORDS, messages, ANYWHERE | CLAIMS),
    Target("quantity", quantity, (), CLAIM_WORDS, messages, ANYWHERE | CLAIMS),
    Target("branch", branch, (), ("feature/", "P1-009"), slow_at=ANYWHERE),
    Target("stored", stored, (), JSON_WORDS, lines, ANYWHERE | JSON),
    Target("segment", segment, (LogError,), JSON_WORDS, lines, ANYWHERE | JSON),
    Target("tree", tree, (LogError,), ("100644 ", "40000 ", "tasks\0"), trees, ANYWHERE),
    Target("commit", commit, (), ("author ", "tree ", "\t", " +0000"), slow_at=ANYWHERE),
    Target("journal", journal, (), JSON_WORDS, entries, ANYWHERE | JSON),
    Target("small-files", small_files, (), ("fold=", "umask="), slow_at=ANYWHERE),
    Target("configuration", configuration, (ConfigError,), ("[gate]\n", "mode = "), slow_at=NO_KEYS),
    Target("document", document, (), ("<!-- gitlog-track:", "begin table phase=P1 -->\n", "end -->"),
           partial(golden, "documents.md"), ANYWHERE | MARKERS),
    Target("safe", safe_text, (), ("\x1b[", "\u202e"), slow_at=ANYWHERE),
    Target("record-file", record_file, (UsageProblem,), ("# ", "**", "## "), slow_at=ANYWHERE | MARKERS),
    Target("cursor", cursor, (UsageProblem,), slow_at=ANYWHERE),
    Target("trace", trace, (), TRACE_WORDS, slow_at=ANYWHERE | TRACES),
    Target("scrub", scrubbed, (), ("@", "eyJ", "://", "-----BEGIN "), slow_at=ANYWHERE | SECRETS),
    Target("event-line", event_line, (BadRecordError,), ("MILESTONE: ", "BUG_FOUND: ", "; "), slow_at=ANYWHERE),
    *(Target(f"import-{name}", partial(imported, each.read), (BadRecordError,), JSON_WORDS,
             partial(golden, "P1-009_execution_log.txt"), ANYWHERE | JSON | MARKERS)
      for name, each in FORMATS.items()),
)  # fmt: skip
