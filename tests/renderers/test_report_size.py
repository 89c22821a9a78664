"""Large reports: rows are cut, and it is said how many."""

from __future__ import annotations

from decimal import Decimal

import pytest
from rich.cells import cell_len

from gitlog_track.measures.listing import LISTS
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.renderers.gantt import gantt
from gitlog_track.renderers.lists import FORMS
from gitlog_track.renderers.numbers import short
from gitlog_track.renderers.report_markdown import (
    MAX_CHARACTERS,
    report_markdown,
)
from gitlog_track.renderers.report_text import report_text
from tests.support.reports import done, report_of, told

PHASE_NAME = "P" * 64


def many(tasks: int, phases: int, text: str = "x" * 4000) -> list[TaskSummary]:
    return [
        told(
            f"P{n % phases}-{n:05d}",
            ("task_started", 0, {"estimated_duration_s": 60}),
            ("lesson_learned", 1, {"text": text}),
            ("blocker_hit", 2, {"text": text, "critical": True}),
            ("task_failed", 3, {"message": text, "tokens_used": 10**9 + n}),
            phase=f"P{n % phases}",
            day=n,
        )
        for n in range(tasks)
    ]


@pytest.mark.parametrize(("tasks", "phases"), [(600, 1), (600, 60), (400, 400)])
def test_markdown_fits_and_says_what_it_left_out(tasks: int, phases: int) -> None:
    report = report_of(many(tasks, phases), listed=500)
    text = report_markdown(report)
    assert 1000 < len(text) < MAX_CHARACTERS
    assert "... and " in text
    assert text.count("```mermaid") == 1
    shown = text.split("## Lessons\n")[1].split("## ")[0]
    rows = shown.count("\n| P")
    assert f"... and {tasks - rows:,} more." in shown


def test_a_small_report_is_cut_nowhere() -> None:
    text = report_markdown(report_of(many(5, 2, "short")))
    assert "... and" not in text
    assert "do not fit" not in text


def test_the_last_phases_are_kept() -> None:
    text = report_markdown(report_of(many(400, 400), listed=500))
    table = text.split("## Phases\n")[1].split("## ")[0]
    assert "| P399 |" in table
    assert "| P0 |" not in table
    assert "| all |" in table
    assert " earlier." in table


def test_text_shows_the_newest_ten_and_says_how_many_more() -> None:
    tasks = [done(f"P1-{n:03d}", day=n) for n in range(1234)]
    text = report_text(report_of(tasks, listed=10))
    assert "... and 1,224 more: --format json" in text
    assert "P1-1233" in text
    assert "P1-1223" not in text


def test_the_last_unreviewed_phases_are_named() -> None:
    tasks = [done(f"P{n}-1", phase=f"P{n}", day=n) for n in range(14)]
    text = report_text(report_of(tasks)).split("without a review\n")[1]
    assert [line for line in text.split("\n") if line.startswith("P")] == [
        f"P{n}" for n in range(4, 14)
    ]
    assert "... and 4 more: --format json" in text


def test_large_numbers_fit_and_are_not_torn() -> None:
    tasks = [
        done(f"P{n % 2}-{n}", phase=PHASE_NAME[n % 2 :], day=n, tokens_used=10**15 - n)
        for n in range(4)
    ]
    text = report_text(report_of(tasks))
    assert [line for line in text.split("\n") if cell_len(line) > 80] == []
    assert f"{short(Decimal(2 * 10**15))} D" in text


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("9999999", "9,999,999"),
        ("10000000", "10.0M"),
        ("1000000000", "1,000.0M"),
        ("9999949999", "9,999.9M"),
        ("10000000000", "10.0G"),
        ("-12345678", "-12.3M"),
        ("1E+30", "1,000,000.0Y"),
    ],
)
def test_short_numbers(number: str, shown: str) -> None:
    assert short(Decimal(number)) == shown


def test_a_trend_needs_two_phases_with_a_figure() -> None:
    tasks = [done("P1-1", phase="P1"), done("P2-1", phase="P2", day=1)]
    tasks += [done("P3-1", phase="P3", day=2, tokens_used=5)]
    text = report_text(report_of(tasks))
    assert "efficiency_ratio  ▄▄▄    1.50 D  1.50 D" in text
    trend = text.split("Trend over phases\n")[1].split("\n\n")[0]
    assert "tokens_per_task_avg" not in trend
    assert "Trend" not in report_text(report_of(tasks[:1]))


def test_a_task_that_has_not_ended_is_a_milestone() -> None:
    tasks = [
        done("P1-001"),
        told("P1-002", ("task_started", 40, {})),
        told("P1-003", ("task_started", 60, {}), ("task_failed", 50, {})),
        told("P1-004", ("bug_found", 1, {"text": "never begun"})),
    ]
    lines = gantt(tasks).split("\n")
    assert [line.strip() for line in lines if "task" in line and ":" in line] == [
        "task P1-001 :done, 2025-10-04 22:00:00, 2025-10-04 22:30:00",
        "task P1-002 :active, milestone, 2025-10-04 22:40:00, 0m",
        "task P1-003 :crit, milestone, 2025-10-04 23:00:00, 0m",
    ]
    assert gantt(tasks[3:]) == ""


def test_an_instant_that_utc_does_not_have_is_not_drawn() -> None:
    old = told("P1-001", ("task_started", 0, {}))
    begun = old.value("begin_timestamp").instant
    assert begun is not None
    from msgspec.structs import replace

    moved = replace(
        old.value("begin_timestamp"), instant=begun.replace(year=9999, month=12, day=31)
    )
    assert gantt([replace(old, measures={"begin_timestamp": moved})]) == ""


def test_every_list_has_a_form() -> None:
    assert list(FORMS) == list(LISTS)
