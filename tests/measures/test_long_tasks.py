"""A task of very many events costs no more by event than one of a few."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from gitlog_track.measures.task import measure_task
from gitlog_track.model.replay import replay
from tests.support.examples import line
from tests.support.stories import at

TOP = Path(__file__).parent.parent.parent


def many_attempts(count: int) -> list[bytes]:
    kinds = ("task_retried", "task_paused", "task_resumed", "task_failed")
    lines = [
        line(kind, n, at=at(n), attempt=attempt)
        for attempt in range(1, count // len(kinds) + 1)
        for n, kind in enumerate(kinds, len(kinds) * (attempt - 1) + 1)
    ]
    return [line("task_started", 1, at=at(1)), *lines[1:]]


def many_amends(count: int) -> list[bytes]:
    oids = [f"{n:040x}" for n in range(count // 2)]
    commits = [
        line("commit_recorded", n, at=at(n), commit=oid, operation="amend")
        for n, oid in enumerate(oids)
    ]
    rewrites = [
        line("commits_rewritten", count + n, at=at(n), cause="amend", pairs=[pair])
        for n, pair in enumerate(pairwise(oids))
    ]
    return [*commits, *rewrites]


def many_corrections(count: int) -> list[bytes]:
    note = line("note_recorded", 1, text="x", at=at(0))
    note_id = json.loads(note)["id"]
    fields = {"kind": "event_corrected", "event": note_id, "reason": "r"}
    kind = fields.pop("kind")
    return [note] + [
        line(kind, n, at=at(n), **fields, replacement={"text": str(n)})
        for n in range(2, count)
    ]


@pytest.mark.parametrize("made", [many_attempts, many_amends, many_corrections])
def test_no_shape_of_a_log_costs_the_square_of_its_length(
    made: Callable[[int], list[bytes]],
) -> None:
    few, many = 500, 8_000

    def seconds(lines: list[bytes]) -> float:
        begun = time.process_time()
        measure_task(replay("P1-009", lines))
        return time.process_time() - begun

    logs = made(few), made(many)
    once, often = (min(seconds(log) for _ in range(3)) for log in logs)
    assert often / once < 4 * many / few


@pytest.mark.slow
def test_a_task_of_a_million_events_is_measured_in_seconds_and_in_bounds() -> None:
    few, many = (figures(events) for events in (50_000, 1_000_000))
    for cost in ("replay_us", "measure_us"):
        assert many[cost] < 3 * few[cost]
    assert many["bytes"] < 3_000
    assert many["total_s"] < 120


def figures(events: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.replays", str(events)]
    done = subprocess.run(
        command, cwd=TOP, capture_output=True, check=True, timeout=600
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found
