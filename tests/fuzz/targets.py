"""The one table of targets: a row each; adding one is adding a row."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache, partial
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
from gitlog_track.importers.record import BadRecordError, Record
from gitlog_track.log.codec import Place, split_lines
from gitlog_track.log.journal import _parse
from gitlog_track.log.layout import FORMAT_BLOB, Subject
from gitlog_track.log.settings import parse_settings
from gitlog_track.log.tree import LogTree
from gitlog_track.log.union import unite, unite_lines
from gitlog_track.log.writer import _parse as parse_writer
from gitlog_track.mcp.asking import spoken
from gitlog_track.mcp.cursors import read_cursor
from gitlog_track.measures.catalogue import MEASURES
from gitlog_track.model.names import DEFAULT_BRANCH_PATTERN, task_of_branch
from gitlog_track.model.replay import replay
from gitlog_track.model.stored import BrokenLine, StoredEvent, has_own_id, read_line
from gitlog_track.model.timestamps import Timestamps
from gitlog_track.record_files.reader import read_record
from gitlog_track.renderers.documents import fill
from gitlog_track.renderers.markup import plain_text
from gitlog_track.renderers.safe import clipped, safe, safe_line
from gitlog_track.scrubbing.scrub import describe, scrub
from tests.fuzz import seeds, shown
from tests.fuzz.patterns import ANYWHERE, CLAIMS, JSON, MARKERS, SECRETS, TRACES
from tests.fuzz.target import Target
from tests.fuzz.told_clone import Surround, fold_entries

UNITS: tuple[Unit, ...] = ("s", "count", "%", "1")
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
    return shown.verdict_on(raw)


def quantity(data: bytes) -> str:
    """What is read whole holds of itself, and overlaps itself."""
    text = text_of(data)
    said = ""
    for unit in UNITS:
        with contextlib.suppress(QuantityError):
            scan(text, 0, unit)
        try:
            found = parse(text, unit)
        except QuantityError as err:
            said += shown.error_shown(err)
            continue
        assert found.low <= found.high
        assert overlap(found, found)
        assert holds(found, found.low)
    return said


def branch(data: bytes) -> str:
    """A name that a branch brings is shown as it is: it has to be harmless by itself."""
    return task_of_branch(text_of(data), DEFAULT_BRANCH_PATTERN) or ""


# what the log holds


def stored(data: bytes) -> str:
    """Any lines are a task: whatever is wrong with them is told, and measured."""
    lines = [row for row in data.split(b"\n") if row]
    for row in lines:
        found = read_line(row)
        if not isinstance(found, BrokenLine):
            has_own_id(found)
            found.fields()
    return shown.task_shown(replay("P1-009", lines))


def told(data: bytes) -> str:
    """Whatever people write: a report of it, in each format, has nothing of it raw."""
    return shown.report_shown(data[:TOLD_BYTES].decode("utf-8", "surrogateescape"))


TOLD_BYTES = 600
"""In some hundred fields and a dozen renderers more takes seconds, and shows no more."""


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
        return FORMAT_BLOB if kind == "blob" else b"tree " + seeds.OID.encode() + b"\n"


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
            LogTree(reader, seeds.OID).find(subject)  # type: ignore[arg-type]
        except LogError as err:
            said += shown.error_shown(err)
    try:
        unite(reader, seeds.OID, "2" * 40)
    except LogError as err:
        said += shown.error_shown(err)
    return said


def commit(data: bytes) -> str:
    Commit(seeds.OID, data)
    operation_of(data, seeds.OID)
    parse_push(text_of(data))
    return shown.squash_shown(b"tree 1\n" + data)


PARTS = 1 + len(Surround._fields)


def journal(data: bytes) -> None:
    """Whatever entries and git say, the fold goes on, and what it writes can be read."""
    parts = data.split(seeds.PART)
    first, *around = [*parts[:PARTS], *[b""] * (PARTS - len(parts))]
    texts = (first, *parts[PARTS:])
    names = ("{}-1-x.json", "hook-{}-0")
    read = (
        _parse(name.format(number), text, 1)
        for number, text in enumerate(texts)
        for name in names
    )
    entries = [entry for entry in read if entry]
    batch, head = fold_entries(entries, Surround(*around))
    assert set(batch.refused) <= {entry.name for entry in entries}
    assert re.fullmatch(HEAD, head, re.DOTALL), head
    for blob in batch.changed.values():
        for row in split_lines(blob):
            Place(row)
            found = read_line(row)
            assert isinstance(found, StoredEvent), row
            assert has_own_id(found), row


WHEN = rb" 0 [+-]\d{4}\n"
HEAD = rb"author [^\n<>]+ <[^\n<>]*>" + WHEN + rb"committer [^\n<>]+ <[^\n<>]*>" + WHEN
HEAD += rb"data \d+\nRecord \d+ events? of .*"
"""What ``git fast-import`` takes as a commit's head: nobody's name ends a line of it."""


def small_files(data: bytes) -> None:
    """What was read of the settings is what is read of them once they are rewritten."""
    settings = parse_settings(text_of(data))
    assert parse_settings(settings.render()).render() == settings.render()
    parse_writer(text_of(data))


# what people configure and write


def configuration(data: bytes) -> None:
    parse_config(parse_toml(text_of(data), "a file"), "a file")


def document(data: bytes) -> str:
    """Filling in a document twice is filling it in once."""
    text = text_of(data)
    first = fill(text, lambda _: ["| a |", "|---|"], force=True)
    if not first.problems:
        again = fill(first.text, lambda _: ["| a |", "|---|"], force=False)
        assert again.text == first.text
    return shown.document_shown(first)


def safe_text(data: bytes) -> str:
    text = data.decode("utf-8", "surrogateescape")
    lines = [safe_line(text), clipped(text, 80), plain_text(text)]
    assert "\n" not in "".join(lines)
    return "\n".join([safe(text), *lines])


def record_file(data: bytes) -> None:
    read_record(text_of(data), Timestamps(ZoneInfo("UTC")))


def cursor(data: bytes) -> str:
    try:
        read_cursor(text_of(data), "question")
    except UsageProblem as err:
        return spoken(err)
    return ""


# what programs say, and what is imported


def trace(data: bytes) -> None:
    """What a trace is known by does not depend on the source lines that are dropped."""
    text = text_of(data)
    found = failure_of(text)
    if known := failure_in(text):
        assert known == found
    assert found.stack_hash == stack_hash(text)
    template_of(text)


def scrubbed(data: bytes) -> str:
    """Scrubbing twice is scrubbing once; what was removed is told by rule."""
    once, hits = scrub(text_of(data))
    assert scrub(once)[0] == once
    return describe(hits)


def imported(
    read: Callable[[bytes, Instants], Iterable[Record | BadRecordError]], data: bytes
) -> str:
    """What a file says is told as ``backfill --dry-run`` tells it; nothing else ends it."""
    return shown.import_shown(read(data, Instants(ZoneInfo("UTC"), NOW)))


def event_line(data: bytes) -> None:
    read_event(text_of(data), NOW)


NO_KEYS = {
    name: make for name, make in ANYWHERE.items() if name not in {"points", "dots"}
}
"""A dotted key takes the standard library quadratic time; so what others push is bounded."""


TARGETS: tuple[Target, ...] = (
    Target("message", message, (), seeds.CLAIM_WORDS, seeds.messages, ANYWHERE | CLAIMS),
    Target("quantity", quantity, (), seeds.CLAIM_WORDS, seeds.messages, ANYWHERE | CLAIMS),
    Target("branch", branch, (), ("feature/", "P1-009"), slow_at=ANYWHERE),
    Target("stored", stored, (), seeds.JSON_WORDS, seeds.lines, ANYWHERE | JSON),
    Target("told", told, (), ("\x1b[31m", "\u202e", "\x9b2J", "|", "`", "\n"), seeds.texts),
    Target("segment", segment, (LogError,), seeds.JSON_WORDS, seeds.lines, ANYWHERE | JSON),
    Target("tree", tree, (LogError,), ("100644 ", "40000 ", "tasks\0"), seeds.trees, ANYWHERE),
    Target("commit", commit, (), ("author ", "tree ", "\t", " +0000"), seeds.commits, ANYWHERE),
    Target("journal", journal, (), (*seeds.JSON_WORDS, *seeds.HOOK_WORDS), seeds.entries, ANYWHERE | JSON),
    Target("small-files", small_files, (), ("fold=", "umask="), slow_at=ANYWHERE),
    Target("configuration", configuration, (ConfigError,), ("[gate]\n", "mode = "), seeds.configurations, NO_KEYS),
    Target("document", document, (), ("<!-- gitlog-track:", "begin table phase=P1 -->\n", "end -->"),
           seeds.documents, ANYWHERE | MARKERS),
    Target("safe", safe_text, (), ("\x1b[", "\u202e"), slow_at=ANYWHERE),
    Target("record-file", record_file, (UsageProblem,), seeds.RECORD_WORDS, seeds.records, ANYWHERE | MARKERS),
    Target("cursor", cursor, (), (), seeds.cursors, ANYWHERE),
    Target("trace", trace, (), seeds.TRACE_WORDS, slow_at=ANYWHERE | TRACES),
    Target("scrub", scrubbed, (), ("@", "eyJ", "://", "-----BEGIN "), slow_at=ANYWHERE | SECRETS),
    Target("event-line", event_line, (BadRecordError,), seeds.EVENT_WORDS, seeds.event_lines, ANYWHERE),
    *(Target(f"import-{name}", partial(imported, each.read), (BadRecordError,), seeds.IMPORT_WORDS[name],
             seeds.IMPORT_SEEDS[name], ANYWHERE | JSON | MARKERS)
      for name, each in FORMATS.items()),
)  # fmt: skip
