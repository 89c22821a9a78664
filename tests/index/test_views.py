"""The public views: as SQL.md has them, and true; the probes over them."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gitlog_track.index.index import ask
from gitlog_track.index.probes import Answer, read_probes, run_probe
from tests.index.test_attempts import LINK, at
from tests.support.clones import Clone
from tests.support.examples import full_line, line
from tests.support.planted import plant

DOCUMENT = Path(__file__).parents[2] / "gitlog_track" / "index" / "SQL.md"


def told_lines(name: str, minutes: list[float], **last: object) -> list[bytes]:
    """Return a task of attempts of so many minutes; all fail but the last."""
    lines: list[bytes] = []
    hour = float(name[-1])
    for number, taken in enumerate(minutes, 1):
        own: dict[str, object] = {"task": name, "phase": name[:2], "attempt": number}
        begin = "task_retried" if number > 1 else "task_started"
        start = {"start_tokens": None} if number > 1 else {"labels": [], "env": "prod"}
        lines.append(line(begin, len(lines) + 1, at=at(hour), **own, **start))
        hour += taken / 60
        is_last = number == len(minutes)
        end = "task_completed" if is_last else "task_failed"
        fields = last if is_last else {"error_type": "TimeoutError", "message": "slow", "stack": "", "stack_hash": ""}  # fmt: skip
        lines.append(line(end, len(lines) + 1, at=at(hour), **own, **fields))
    return lines


@pytest.fixture
def told(clone: Clone) -> Clone:
    found = {"retrieval": {"count": 4, "sources": ["docs", "web"]}, "files_written": 2}
    tasks = {
        "P1-001": told_lines("P1-001", [10], **found),
        "P1-002": told_lines("P1-002", [20, 40, 5], retrieval=None),
        "P2-003": told_lines("P2-003", [30, 90], status="partial", retrieval=None),
        "P2-004": told_lines("P2-004", [1])[:1],
    }
    seen: dict[str, object] = {"task": "P2-004", "phase": "P2"}
    tasks["P2-004"] += [
        full_line(
            "exception_recorded",
            2,
            at=at(5),
            **seen,
            error_type="OSError",
            stack_hash="v1:77",
        ),
        full_line(
            "exception_recorded",
            3,
            at=at(6),
            **seen,
            error_type="OSError",
            stack_hash="v1:77",
            what_happened="another text",
        ),
        full_line("execution_recorded", 4, at=at(7), link=LINK, **seen),
    ]
    plant(clone.path, tasks)
    ask(clone.home.index, clone.log, lambda _: None)
    return clone


def select(clone: Clone, sql: str) -> list[tuple[object, ...]]:
    """Ask as a user does: read-only, with nothing of ours loaded."""
    with closing(
        sqlite3.connect(f"file:{clone.home.index}?mode=ro", uri=True)
    ) as found:
        return found.execute(sql).fetchall()


def columns(clone: Clone, view: str) -> list[str]:
    with closing(sqlite3.connect(clone.home.index)) as connection:
        found = connection.execute(f"SELECT * FROM {view} LIMIT 0").description  # noqa: S608
        return [row[0] for row in found]


def documented() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for section in DOCUMENT.read_text().split("\n## ")[1:]:
        rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
        found[section.partition(":")[0]] = re.findall(r"`(\w+)`", " ".join(rows))
    return found


def test_every_view_is_documented_column_by_column(told: Clone) -> None:
    sql = "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name"
    views = [str(name) for (name,) in select(told, sql)]
    assert sorted(documented()) == views
    for view in views:
        assert sorted(documented()[view]) == sorted(columns(told, view)), view


def test_nobody_writes_through_a_connection_that_only_reads(told: Clone) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        select(told, "DELETE FROM task")


def test_tasks_and_attempts_say_what_happened(told: Clone) -> None:
    sql = "SELECT task, phase, status, attempts, started_at FROM v1_tasks ORDER BY task"
    assert select(told, sql)[1:3] == [
        ("P1-002", "P1", "complete", 3, "2026-01-05T10:00:00.000Z"),
        ("P2-003", "P2", "partial", 2, "2026-01-05T11:00:00.000Z"),
    ]
    sql = (
        "SELECT attempt, status, duration_s, error_type, message, stack_hash, ended_at"
        " FROM v1_attempts WHERE task = 'P1-002' ORDER BY attempt"
    )
    assert select(told, sql) == [
        (1, "failed", 1200.0, "TimeoutError", "slow", None, "2026-01-05T10:20:00.000Z"),
        (2, "failed", 2400.0, "TimeoutError", "slow", None, "2026-01-05T11:00:00.000Z"),
        (3, "complete", 300.0, None, None, None, "2026-01-05T11:05:00.000Z"),
    ]
    sql = "SELECT status, ended_us, duration_s FROM v1_attempts WHERE task = 'P2-004'"
    assert select(told, sql) == [("in_progress", None, None)]


def test_measures_have_their_evidence(told: Clone) -> None:
    sql = "SELECT measure, value, text, evidence FROM v1_measures WHERE task = 'P1-001'"
    found = {str(row[0]): row[1:] for row in select(told, sql)}
    assert found["duration"] == (600.0, None, "derived")
    assert found["begin_timestamp"] == (None, "2026-01-05T09:00:00Z", "measured")
    assert found["attempt_durations"] == (None, '["600"]', "derived")


def test_errors_executions_and_links_are_rows(told: Clone) -> None:
    sql = "SELECT kind, count(*), min(env) FROM v1_errors GROUP BY kind"
    assert select(told, sql) == [("error", 3, "prod"), ("exception", 2, "stage")]
    sql = 'SELECT task, "trigger", outcome, env, risk FROM v1_executions'
    assert select(told, sql) == [("P2-004", "multi_step", "partial", "prod", "high")]
    assert select(told, "SELECT task, attempt, trace_id, span_id FROM v1_links") == [
        ("P2-004", 1, *LINK.split("-")[1:3])
    ]


def answer(clone: Clone, name: str) -> Answer:
    probe = read_probes()[name]
    return ask(clone.home.index, clone.log, lambda index: run_probe(index, probe))


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "success-rate",
            [
                ("P1", 4, 0, 2, 0, 2, 50.0, 50.0),
                ("P2", 3, 1, 0, 1, 1, 0.0, 50.0),
                ("(all)", 7, 1, 2, 1, 3, 33.3, 50.0),
            ],
        ),
        (
            "durations",
            [
                ("complete", 2, 300.0, 450.0, 450.0, 600.0, 600.0),
                ("failed", 3, 1200.0, 1800.0, 1800.0, 2400.0, 2400.0),
                ("partial", 1, 5400.0, 5400.0, 5400.0, 5400.0, 5400.0),
            ],
        ),
        (
            "retries",
            [
                (1, 2, 50.0, 1, 1, 0, 0),
                (2, 1, 25.0, 0, 0, 1, 0),
                (3, 1, 25.0, 0, 1, 0, 0),
            ],
        ),
        ("sources", [("docs", 1, 1, 4.0, 100.0), ("web", 1, 1, 4.0, 100.0)]),
    ],
)
def test_what_a_probe_answers(
    told: Clone, name: str, rows: list[tuple[object, ...]]
) -> None:
    assert list(answer(told, name).rows) == rows


def test_errors_are_one_pattern_by_stack_hash(told: Clone) -> None:
    found = answer(told, "error-patterns")
    said = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert [(r["n"], r["tasks"], r["error_type"], r["stack_hash"]) for r in said] == [
        (3, 2, "TimeoutError", None),
        (2, 1, "OSError", "v1:77"),
    ]


def test_the_90th_percentile_is_the_nearest_rank(clone: Clone) -> None:
    tasks = {f"P1-{n:02d}0": told_lines(f"P1-{n:02d}0", [n]) for n in range(1, 11)}
    plant(clone.path, tasks)
    [row] = answer(clone, "durations").rows
    assert row == ("complete", 10, 60.0, 330.0, 330.0, 540.0, 600.0)


@pytest.mark.parametrize("name", read_probes())
def test_a_probe_says_what_it_answers_and_uses_public_views_only(
    clone: Clone, name: str
) -> None:
    probe = read_probes()[name]
    assert re.fullmatch(r"[A-Z].*\.", probe.about)
    tables = set(re.findall(r"(?:FROM|JOIN)\s+(\w+)", probe.sql))
    own = set(re.findall(r"(\w+) AS \(", probe.sql))
    assert {table for table in tables - own if not table.startswith("v1_")} == set()
    assert all(row[0] == "(all)" for row in answer(clone, name).rows)  # an empty log
