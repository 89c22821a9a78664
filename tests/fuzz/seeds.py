"""What fuzzing begins with: inputs of each target's own format, and its words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from gitlog_track.importers.event_lines import write_event
from gitlog_track.index.index import Place
from gitlog_track.log.layout import FORMAT_PATH
from gitlog_track.mcp.cursors import write_cursor
from gitlog_track.model.events import KnownEvent
from gitlog_track.model.stored import StoredEvent, read_line
from tests.support.examples import OWN_FIELDS, WRITER, full_line

OID = "1" * 40
TESTS = Path(__file__).parents[1]
HOSTILE_BYTES = b"\x1b[31m \xc2\x9b2J \xe2\x80\xae"
HOSTILE = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202eevil\u2066 a\r\nb\x00\x08c\u2028d"
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
EVENT_WORDS = ("MILESTONE - ", "BUG - ", "BUG FIXED - ", "NOTE - ", "COMMAND - ", "; ")
HOOK_WORDS = (
    "gitlog-track-entry 1\n", "hook post-commit\n", "hook post-rewrite\n", "end\n", "\n%%\n",
    "worktree ", "state rebase\n", "branch refs/heads/", "task ", "cause ", f"pair {OID} ", f"head {OID}\n",
)  # fmt: skip
RECORD_WORDS = (
    "# Exception: ", "# Execution Log: ", "**Timestamp:** ", "**Severity:** ", "**ENV:** ", "\n## ",
    "What Happened\n", "Root Cause\n", "Outcome\n", "Steps\n", "- ", "```\n", "2026-01-10T16:05:30Z",
)  # fmt: skip


def golden(*names: str) -> Iterator[bytes]:
    for name in names:
        yield (TESTS / "golden" / name).read_bytes()


def messages() -> Iterator[bytes]:
    for row in (TESTS / "claims/corpus.jsonl").read_text("utf-8").splitlines():
        yield b"\n" + json.loads(row)["message"].encode()
    yield f"\nAdd {HOSTILE}\n\nTask: P1-009\nTokens-Used: 2,400 {HOSTILE}\n".encode()


def texts() -> Iterator[bytes]:
    """Texts of people that no terminal may get as they are."""
    yield b"scaffold the project"
    yield HOSTILE.encode()
    yield b"no UTF-8 \xff\x9b"


def lines() -> Iterator[bytes]:
    for number, kind in enumerate(OWN_FIELDS, 1):
        yield full_line(kind, number)
    yield b"\n".join(full_line(kind, n) for n, kind in enumerate(OWN_FIELDS, 1))


def rows(*entries: tuple[bytes, bytes]) -> bytes:
    return b"".join(mode + b" " + name + b"\0" + b"\x11" * 20 for mode, name in entries)


def trees() -> Iterator[bytes]:
    yield rows((b"100644", FORMAT_PATH.encode()), (b"40000", b"tasks"))
    yield rows((b"100644", f"{WRITER}-000001".encode()))
    yield rows((b"40000", b"68"), (b"40000", b"P1-009"), (b"40000", b"unassigned"))
    yield rows((b"40000", b"68"), (b"40000", b"P1-009"), (b"100644", HOSTILE_BYTES))


def commits() -> Iterator[bytes]:
    yield b"author A <a@example.org> 1759633200 -0500\n\nAdd " + HOSTILE_BYTES


PART = b"\n%%\n"
"""What stands between an entry, what the fold finds around it, and more entries."""
HOOKS = ("pre-commit", "post-commit", "post-merge", "post-rewrite")
STATES = ("", "rebase", "merge", "revert")
COMMIT = (
    f"tree {'2' * 40}\nparent {'3' * 40}\n"
    "author A U Thor <author@example.org> 1759633200 -0500\n"
    "committer A U Thor <author@example.org> 1759633200 -0500\n\n"
    "Add the parser\n\nTask: P1-009\n"
).encode()
REFLOG = f"{'3' * 40} {OID} A <a@example.org> 1759633200 -0500\tcommit: Add\n".encode()
DIFFERENCE = (
    f"{OID}\n3\t1\ta.py\n\ndiff --git a/a.py b/a.py\n{'4' * 40} {OID}\n".encode()
)


def hook_entry(hook: str, state: str) -> bytes:
    """Return an entry as the hooks write it: see ``gt_record`` in hooks/lib.sh."""
    head = "3" * 40 if hook == "pre-commit" else OID
    facts = {
        "hook": hook,
        "worktree": "",
        "head": head,
        "branch": "refs/heads/P1-009",
        "task": "P1-009",
        "state": state,
        "cause": "amend",
        "pair": f"{'3' * 40} {OID}",
    }
    lines = "".join(f"{key} {value}\n" for key, value in facts.items())
    return f"gitlog-track-entry 1\n{lines}end\n".encode()


def entries() -> Iterator[bytes]:
    for kind, fields in OWN_FIELDS.items():
        event = {"kind": kind, "at": "2025-10-04T22:00:00.000-05:00", **fields}
        facts = {"at_ns": 1, "subject_kind": "task", "subject_name": "P1-009"}
        yield json.dumps({**facts, "event": event}).encode()
    around = (
        COMMIT,
        REFLOG,
        DIFFERENCE,
        b"A U Thor <author@example.org> 1759633200 -0500",
    )
    hooks = [hook_entry(name, state) for name in HOOKS for state in STATES]
    for text in hooks:
        yield PART.join((text, *around))
        yield text
    yield PART.join((hooks[0], *around, *hooks))


def configurations() -> Iterator[bytes]:
    yield b'[gate]\nmode = "warn"\n[log]\nfold = "sync"\n'
    yield b'"red \\u001b[31m\\u202e" = 1\n'


def documents() -> Iterator[bytes]:
    yield (TESTS / "golden/documents.md").read_bytes()
    yield b"<!-- gitlog-track:begin table -->\nold \x1b[31m\n\n<!-- gitlog-track:end -->\n"
    yield f"<!-- gitlog-track:begin {HOSTILE} -->\n".encode()


def cursors() -> Iterator[bytes]:
    yield write_cursor("question", Place(1, "P1-009")).encode()
    yield write_cursor("another", Place(None, "P1-009")).encode()


RESULT = {
    "task_id": "daily_reflection",
    "started_at": "2025-11-05T14:00:00Z",
    "ended_at": "2025-11-05T14:00:12.500Z",
    "status": "success",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "duration_ms": 12500,
    "tokens_used": 3236,
    "files_written": ["a.md", "b.md"],
    "retrieval": {"memory_count": 4, "sources": ["notes", "mail"]},
    "parents": ["idea_generation"],
}
FAILED = {
    "status": "failed",
    "error": {
        "type": "ValueError",
        "message": "bad",
        "stack_trace": "Error: x\n    at f (/a/b.js:1:2)",
    },
}


def results() -> Iterator[bytes]:
    """Task results: one, a list, one a line; with errors of each form, and hostile."""
    said = [
        RESULT,
        {**RESULT, **FAILED},
        {**RESULT, "task_id": HOSTILE, "error": HOSTILE},
    ]
    yield from (json.dumps(one).encode() for one in said)
    yield json.dumps(said).encode()
    yield b"\n".join(json.dumps(one).encode() for one in said)
    yield json.dumps({**RESULT, "started_at": HOSTILE, "ended_at": None}).encode()


def records() -> Iterator[bytes]:
    """The execution logging specification's files."""
    for path in sorted((TESTS / "record_files").glob("*.md")):
        yield path.read_bytes()
    yield f"# Exception: {HOSTILE}\n\n**Timestamp:** {HOSTILE}\n**Severity:** {HOSTILE}\n".encode()


def event_lines() -> Iterator[bytes]:
    """Each form of a line, as our own logs have them."""
    for kind in OWN_FIELDS:
        found = read_line(full_line(kind, 1))
        if isinstance(found, StoredEvent) and isinstance(found.event, KnownEvent):
            yield "\n".join(write_event(found.event)).encode()


RESULT_WORDS = (
    *(f'"{key}":' for key in RESULT),
    '"error":',
    '"stack":',
    '"failed"',
    "[]",
    "{}",
)
IMPORT_WORDS = {
    "logs": (
        "\n=== EVENTS ===\n",
        "BUG - ",
        "START_TIMESTAMP: ",
        "END_TIMESTAMP: ",
        "STATUS: ",
    ),
    "markdown": RECORD_WORDS,
    "json": (*JSON_WORDS, *RESULT_WORDS),
}
IMPORT_SEEDS: Mapping[str, Callable[[], Iterable[bytes]]] = {
    "logs": partial(golden, "P1-009_execution_log.txt"),
    "markdown": records,
    "json": results,
}
