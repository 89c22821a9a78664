"""Made-up logs of any size: written with ``git fast-import`` in the log's own format.

Same arguments, same bytes. Ids are right, orders and instants plausible; tasks lie in
phases, overlap, fail and are tried again now and then.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gitlog_track.log.layout import FORMAT_BLOB, FORMAT_PATH, LOG_REF, SEGMENT_EVENTS
from gitlog_track.model.canonical import dumps
from gitlog_track.model.ids import event_id, natural_key, span_id, trace_id
from gitlog_track.model.names import name_hash
from tests.benchmarks.imports import fast_import

WRITERS = ("0a1b2c3d4e5f", "f5e4d3c2b1a0", "112233445566")
ROOT = "5" * 40
BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
WORDS = "parser header index cache retry empty value state queue writer merge".split()

Fields = dict[str, object]


@dataclass(slots=True)
class _Task:
    """Builds the lines of one task, in order."""

    name: str
    phase: str
    writer: str
    generator: random.Random
    at: datetime
    attempt: int = 1
    lines: list[str] = field(default_factory=list)

    def add(self, kind: str, source: str = "command", **own: object) -> None:
        seq = len(self.lines) + 1
        trace = trace_id(ROOT, self.name)
        event: Fields = {
            "kind": kind,
            "at": self.at.isoformat(timespec="milliseconds"),
            "task": self.name,
            "phase": self.phase,
            "seq": seq,
            "writer": self.writer,
            "actor": "A U Thor <author@example.org>",
            "attempt": self.attempt,
            "trace_id": trace,
            "span_id": span_id(trace, self.attempt),
            "provenance": "live",
            "source": f"{source} gitlog-track 1.0.0",
            "entry": f"{self.at.timestamp():.0f}.{self.name}.{seq}",
            **own,
        }
        if kind == "commit_recorded":
            del event["entry"]
        event["id"] = event_id(kind, natural_key(event))
        self.lines.append(dumps(event))
        self.at += timedelta(seconds=self.generator.randint(5, 120))

    def text(self) -> str:
        return " ".join(self.generator.choices(WORDS, k=5))

    def oid(self) -> str:
        return f"{self.generator.getrandbits(160):040x}"


def _commit(task: _Task) -> None:
    at = task.at.isoformat(timespec="seconds")
    task.add(
        "commit_recorded",
        "hook:post-commit",
        commit=task.oid(),
        operation="commit",
        tree=task.oid(),
        commit_parents=[task.oid()],
        authored_at=at,
        committed_at=at,
        patch_id=task.oid(),
        files=task.generator.randint(1, 9),
        insertions=task.generator.randint(1, 300),
        deletions=task.generator.randint(0, 200),
    )


def _usage(task: _Task) -> None:
    task.add(
        "usage_recorded",
        uncached_input=task.generator.randint(10, 9_000),
        cache_read=task.generator.randint(0, 90_000),
        output=task.generator.randint(10, 4_000),
        model="model-1",
        agent="agent",
        quality="exact",
    )


def _measurement(task: _Task) -> None:
    value = str(task.generator.randint(40, 100))
    task.add("measurement_recorded", measure="test_coverage_actual", value=value, unit="%", method="command")  # fmt: skip


def _command(task: _Task) -> None:
    started = task.at.isoformat(timespec="milliseconds")
    task.add("command_finished", label="tests", exit_code=0, duration_s="12.345", started_at=started)  # fmt: skip


_WORK: tuple[tuple[int, Callable[[_Task], None]], ...] = (
    (30, _usage),
    (20, _commit),
    (14, lambda t: t.add("commit_attempted", "hook:pre-commit", head=t.oid())),
    (12, lambda t: t.add("note_recorded", text=t.text())),
    (8, lambda t: t.add("interaction_recorded", count=t.generator.randint(1, 5))),
    (5, _command),
    (3, lambda t: t.add("iteration_recorded", reason=t.text())),
    (3, _measurement),
    (2, lambda t: t.add("bug_found", text=t.text())),
    (1, lambda t: t.add("lesson_learned", text=t.text())),
    (1, lambda t: t.add("blocker_hit", text=t.text(), critical=False)),
    (1, lambda t: t.add("hallucination_recorded", count=1)),
)


def _lines(number: int, events: int, phases: int) -> _Task:
    """Return the finished task of a number: *events* lines, in order."""
    generator = random.Random(number)
    phase = f"P{number % phases + 1}"
    begin = BEGIN + timedelta(minutes=30 * number)
    task = _Task(f"{phase}-{number:06d}", phase, WRITERS[number % 3], generator, begin)
    estimate = generator.randint(1, 12) * 600
    task.add("task_started", description=task.text(), estimated_duration_s=estimate, start_tokens=1_000, labels=["agent"] if number % 2 else [])  # fmt: skip
    is_retried = number % 20 == 0 and events >= 6
    works, weights = [w for _, w in _WORK], [n for n, _ in _WORK]
    rest = events - (4 if is_retried else 2)
    for step, work in enumerate(generator.choices(works, weights, k=rest)):
        if is_retried and step == rest // 2:
            task.add("task_failed", error_type="TimeoutError", message="too slow")
            task.attempt = 2
            task.add("task_retried")
        work(task)
    if number % 50 == 7:
        task.add("task_failed", error_type="ValueError", message=task.text())
    else:
        task.add("task_completed", status="complete", success_criteria="pass", end_tokens=1_000 + generator.randint(10, 9_000))  # fmt: skip
    return task


def _stream(tasks: int, events: int, phases: int) -> Iterator[bytes]:
    yield _commit_header(f"Record {tasks * events} events", 0)
    yield _blob(FORMAT_PATH, FORMAT_BLOB)
    for number in range(tasks):
        task = _lines(number, events, phases)
        digest = name_hash(task.name)
        base = f"tasks/{digest[:2]}/{task.name}/{task.writer}"
        for start in range(0, len(task.lines), SEGMENT_EVENTS):
            lines = task.lines[start : start + SEGMENT_EVENTS]
            path = f"{base}-{start // SEGMENT_EVENTS + 1:06d}-{digest[:12]}"
            yield _blob(path, "".join(f"{line}\n" for line in lines).encode())


def _commit_header(message: str, hour: int) -> bytes:
    at = int((BEGIN + timedelta(hours=hour)).timestamp())
    who = f"A U Thor <author@example.org> {at} +0000"
    text = f"{message}\n".encode()
    return f"commit {LOG_REF}\ncommitter {who}\ndata {len(text)}\n".encode() + text


def _blob(path: str, data: bytes) -> bytes:
    return f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"


def make_log(
    path: Path, env: dict[str, str], *, tasks: int, events: int, phases: int = 50
) -> None:
    """Make a tracked repository whose log has *tasks* tasks of *events* events each."""
    fast_import(path, env, _stream(tasks, events, phases))
