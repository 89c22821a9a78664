"""A task without its events: its attempts, what failed and when, its first commit."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.value import MISSING
from tests.support.reports import BEGIN, Told, told
from tests.support.stories import known

START: Told = ("task_started", 0, {})
FAILED: Told = ("task_failed", 10, {"message": "too slow", "error_type": "Timeout"})
AGAIN: Told = ("task_retried", 20, {"attempt": 2})
COMMIT = {"commit": "c" * 40, "operation": "commit"}


@pytest.mark.parametrize(
    ("events", "durations"),
    [
        ([START], [None]),
        ([START, ("task_completed", 1.5, {})], [90]),
        ([START, ("task_completed", 0, {})], [0]),
        ([START, ("task_completed", -1, {})], [None]),
        ([("task_completed", 5, {})], [None]),
        ([START, FAILED, AGAIN], [600, None]),
        ([START, FAILED, AGAIN, ("task_completed", 21, {"attempt": 2})], [600, 60]),
    ],
)
def test_an_attempt_is_as_long_as_its_clock_says_if_it_can_be(
    events: list[Told], durations: list[int | None]
) -> None:
    attempts = told("P1-001", *events).attempts
    assert [attempt.duration_s for attempt in attempts] == durations


@pytest.mark.parametrize(
    ("events", "minute"),
    [
        ([], None),
        ([START, ("task_completed", 5, {})], None),
        ([START, FAILED], 10),
        ([START, FAILED, AGAIN], 10),
        ([START, FAILED, AGAIN, ("task_completed", 30, {"attempt": 2})], 10),
        ([START, FAILED, AGAIN, ("task_failed", 30, {"attempt": 2})], 30),
    ],
)
def test_a_task_failed_when_its_latest_failed_attempt_ended(
    events: list[Told], minute: int | None
) -> None:
    wanted = None if minute is None else BEGIN + timedelta(minutes=minute)
    assert told("P1-001", *events).failed_at == wanted


def test_attempts_tell_what_failed_and_what_was_declared_at_the_end() -> None:
    totals = {"files_written": 3, "retrieval": {"count": 2, "sources": ["docs"]}}
    link = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    end: dict[str, object] = {"attempt": 2, "status": "partial", "link": link, **totals}
    task = told("P1-001", START, FAILED, AGAIN, ("task_completed", 30, end))
    first, second = task.attempts
    failure = (first.status, first.error_type, first.message)
    assert failure == ("failed", "Timeout", "too slow")
    assert (first.files_written, first.retrieved, first.links) == (None, None, ())
    assert (second.status, second.error_type) == ("partial", "")
    assert (second.files_written, second.retrieved) == (3, 2)
    assert (second.retrieved_from, second.links) == (("docs",), (link,))


def test_the_first_commit_is_known_as_well_as_the_log_is_sound() -> None:
    events: list[Told] = [START, ("commit_recorded", 5, {**COMMIT})]
    first = BEGIN + timedelta(minutes=5)
    task = told("P1-001", *events, ("task_completed", 9, {}))
    assert known(task.first_commit) == (first, Evidence.MEASURED)
    late: Told = ("bug_found", 20, {"text": "after the end"})
    task = told("P1-001", *events, ("task_completed", 9, {}), late)
    assert known(task.first_commit) == (first, Evidence.DECLARED)
    assert len(task.problems) == 1
    assert told("P1-001", START).first_commit == MISSING


def test_what_is_not_measured_is_not_kept() -> None:
    task = told("P1-001", START, ("task_completed", 1, {}))
    assert task.value("duration").number == Decimal(60)
    assert task.value("variance") == MISSING
    assert MISSING not in task.measures.values()
