"""Attempts in the index: found by everything that is known of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from gitlog_track.index.attempts import find_attempts, find_traced
from gitlog_track.index.index import Index, Query, ask
from gitlog_track.measures.summary import TaskSummary
from tests.support.clones import Clone
from tests.support.examples import line
from tests.support.planted import plant

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
OTHER_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
LINK = f"00-{OTHER_TRACE}-00f067aa0ba902b7-01"


def hour(number: float) -> datetime:
    return BEGIN + timedelta(hours=number)


def at(number: float) -> str:
    return hour(number).isoformat(timespec="milliseconds")


@pytest.fixture
def told(clone: Clone) -> Clone:
    """Three tasks: failed and tried again, done, and imported."""
    first = {"task": "P1-001", "phase": "P1", "trace_id": "ab" * 16}
    one, two = {"span_id": "1a" * 8}, {"span_id": "2b" * 8, "attempt": 2}
    retry = {**first, **two, "retry_of": "1a" * 8}
    failure = {
        "error_type": "TimeoutError",
        "message": "No Answer",
        "stack": "",
        "stack_hash": "v1:0123",
    }
    second = {
        "task": "P1-002",
        "phase": "P1",
        "trace_id": "cd" * 16,
        "span_id": "3c" * 8,
    }
    third = {
        "task": "P2-001",
        "phase": "P2",
        "provenance": "backfilled",
        "source": "import 1",
    }
    plant(
        clone.path,
        {
            "P1-001": [
                line(
                    "task_started",
                    1,
                    at=at(0),
                    labels=["agent"],
                    description="Äpfel",
                    **first,
                    **one,
                ),
                line("task_failed", 2, at=at(1), **failure, **first, **one),
                line("task_retried", 3, at=at(3), link=LINK, **retry),
                line(
                    "task_completed",
                    4,
                    at=at(4),
                    **retry,
                    files_written=3,
                    retrieval={"count": 2, "sources": ["docs", "web"]},
                ),
            ],
            "P1-002": [line("task_started", 1, at=at(2), labels=[], **second)],
            "P2-001": [
                line("task_started", 1, at=at(-1), labels=[], **third),
                line("task_completed", 2, at=at(-2), status="partial", **third),
            ],
        },
    )
    return clone


def asked(clone: Clone, question: Callable[[Index], list[TaskSummary]]) -> list[str]:
    """Return the attempts that were found, as ``P1-001/2``."""
    found = ask(clone.home.index, clone.log, question)
    return [f"{task.name}/{a.number}" for task in found for a in task.attempts]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), ["P1-001/2", "P1-002/1", "P1-001/1", "P2-001/1"]),
        (Query(limit=2), ["P1-001/2", "P1-002/1"]),
        (Query(limit=0), []),
        (Query(limit=10**30), ["P1-001/2", "P1-002/1", "P1-001/1", "P2-001/1"]),
        (Query(task="p1-001"), ["P1-001/2", "P1-001/1"]),
        (Query(phase="p1", status="in_progress"), ["P1-002/1"]),
        (Query(status="failed"), ["P1-001/1"]),
        (Query(status="complete"), ["P1-001/2"]),
        (Query(status="partial"), ["P2-001/1"]),
        (Query(status="not_started"), []),
        (Query(provenance="backfilled"), ["P2-001/1"]),
        (Query(provenance="live", limit=1), ["P1-001/2"]),
        (Query(label="agent"), ["P1-001/2", "P1-001/1"]),
        (Query(search="äpfel"), ["P1-001/2", "P1-001/1"]),
        (Query(search="no answer"), ["P1-001/1"]),
        (Query(search="timeouterror"), ["P1-001/1"]),
        (Query(since=hour(2)), ["P1-001/2", "P1-002/1"]),
        (Query(until=hour(2)), ["P1-001/1", "P2-001/1"]),
        (Query(since=hour(0), until=hour(2.5), status="failed"), ["P1-001/1"]),
        (Query(search="'; DROP TABLE task; --"), []),
        (Query(task="x' OR '1'='1"), []),
        (Query(search="%"), []),
        (Query(search="\0"), []),
        (Query(search="\udcff"), []),
        (Query(task="\udcff", label="\udcff", status="\udcff"), []),
        (Query(phase="../../etc/passwd"), []),
    ],
)
def test_attempts_are_found_by_what_is_known_of_them(
    told: Clone, query: Query, found: list[str]
) -> None:
    assert asked(told, lambda index: list(find_attempts(index, query))) == found


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("ab" * 16, ["P1-001/1", "P1-001/2"]),
        ("abab", ["P1-001/1", "P1-001/2"]),
        ("2b" * 8, ["P1-001/2"]),
        ("1a1a", ["P1-001/1"]),
        ("3c" * 8, ["P1-002/1"]),
        (OTHER_TRACE, ["P1-001/2"]),
        (OTHER_TRACE[:4], ["P1-001/2"]),
        ("00f067aa0ba902b7", ["P1-001/2"]),  # the span of the other trace
        ("ffff", []),
    ],
)
def test_an_id_stands_for_a_task_an_attempt_or_another_trace(
    told: Clone, prefix: str, found: list[str]
) -> None:
    assert asked(told, lambda index: find_traced(index, prefix)) == found


def test_an_attempt_says_all_that_is_known_of_it(told: Clone) -> None:
    query = Query(task="P1-001")
    newest, oldest = ask(
        told.home.index, told.log, lambda index: list(find_attempts(index, query))
    )
    [retry], [first] = newest.attempts, oldest.attempts
    assert (retry.retry_of, retry.links) == (first.span_id, (LINK,))
    assert (retry.files_written, retry.retrieved) == (3, 2)
    assert retry.retrieved_from == ("docs", "web")
    assert first.duration_s == 3600
    assert (first.stack_hash, first.links) == ("v1:0123", ())


def test_an_attempt_that_ends_before_it_begins_has_no_duration(told: Clone) -> None:
    query = Query(task="P2-001")
    [task] = ask(
        told.home.index, told.log, lambda index: list(find_attempts(index, query))
    )
    assert task.attempts[0].duration_s is None


def test_tasks_too_bear_any_argument(told: Clone) -> None:
    for query in (Query(limit=10**30), Query(search="\udcff"), Query(label="\0")):
        asked(told, lambda index, query=query: list(index.tasks(query)))  # type: ignore[misc]
