"""Logs that contradict themselves: the problem is named, and no number is made of it.

Each goes the whole way: replay and measures behind show, report and validate.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.cli import Cli
from tests.support.examples import OTHER_WRITER, Fields, line
from tests.support.planted import plant
from tests.support.repos import Repo
from tests.support.stories import at

MINUTE = 60
LATER = "2025-10-06T00:00:00-05:00"
Measures = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Bad:
    """Events of one task, and what has to come of them.

    Attributes:
        events: kind, minute and fields, in the order of the log.
        problems: codes of those that make the log no proof.
        warnings: codes of the others.
        task: measures and their values; None is NOT MEASURED.
        phase: the same of its phase, together with a sound task of 10 minutes.
    """

    events: list[tuple[str, float, Fields]]
    problems: set[str] = field(default_factory=set)
    warnings: set[str] = field(default_factory=set)
    task: Fields = field(default_factory=dict)
    phase: Fields = field(default_factory=dict)


def start(minute: float = 0, **fields: object) -> tuple[str, float, Fields]:
    return ("task_started", minute, {"estimated_duration_s": 1200, **fields})


def done(minute: float, **fields: object) -> tuple[str, float, Fields]:
    return ("task_completed", minute, fields)


def retry(minute: float) -> tuple[str, float, Fields]:
    return ("task_retried", minute, {"attempt": 2})


def pause(minute: float, **fields: object) -> tuple[str, float, Fields]:
    return ("task_paused", minute, fields)


def resume(minute: float, **fields: object) -> tuple[str, float, Fields]:
    return ("task_resumed", minute, fields)


NO_TIME: Fields = dict.fromkeys(
    ["duration", "actual_duration", "variance", "efficiency_ratio", "active_duration"]
)
ONE_OF_TWO: Fields = {"actual_total": 10 * MINUTE, "parallel_efficiency": 0}

CASES = {
    "no end": Bad(
        [start()],
        task={**NO_TIME, "status": "in_progress", "end_timestamp": None},
        phase={**ONE_OF_TWO, "tasks_total": 2, "tasks_completed": 1},
    ),
    "no begin": Bad(
        [done(5, tokens_used=3)],
        problems={"no_begin"},
        task={**NO_TIME, "begin_timestamp": None, "estimated_duration": None},
        phase=ONE_OF_TWO,
    ),
    "no begin, only work": Bad(
        [("bug_found", 5, {"text": "x"})],
        problems={"no_begin"},
        task={**NO_TIME, "status": None, "bugs_encountered": 1},
        phase={**ONE_OF_TWO, "tasks_total": 1},
    ),
    "two ends": Bad(
        [start(), done(5), done(8, writer=OTHER_WRITER)],
        problems={"ended_twice"},
        task={"duration": 8 * MINUTE},
    ),
    "end before begin": Bad(
        [start(10), done(5)],
        problems={"end_before_begin", "before_begin"},
        warnings={"clock_skew"},
        task={**NO_TIME, "attempt_durations": None},
        phase={**ONE_OF_TWO, "variance": None, "efficiency_ratio": None},
    ),
    "approved before begin": Bad(
        [start(10), done(15),
         ("milestone_reached", 5, {"milestone": "final_approval"})],
        problems={"before_begin"},
        warnings={"clock_skew"},
        task={"duration": 5 * MINUTE, "actual_duration": None, "variance": None},
        phase=ONE_OF_TWO,
    ),
    "attempts overlap": Bad(
        [start(), ("task_failed", 9, {}), retry(5), done(12, attempt=2)],
        problems={"overlapping_attempts"},
        warnings={"clock_skew"},
        task={"duration": 12 * MINUTE, "attempt_durations": [540, 420]},
    ),
    "an attempt never ends": Bad(
        [start(), retry(5), done(12, attempt=2)],
        problems={"overlapping_attempts"},
        task={"duration": 12 * MINUTE, "attempt_durations": [420]},
    ),
    "an attempt ends before it began": Bad(
        [start(), ("task_failed", 3, {}), retry(9), done(6, attempt=2)],
        problems={"end_before_begin"},
        warnings={"clock_skew"},
        task={"duration": 6 * MINUTE, "attempt_durations": [180]},
    ),
    "a pause never resumes": Bad(
        [start(), pause(4), done(10)],
        warnings={"never_resumed"},
        task={"duration": 10 * MINUTE, "active_duration": 4 * MINUTE},
    ),
    "a pause of the first attempt never resumes": Bad(
        [start(), pause(4), ("task_failed", 6, {}), retry(6), done(20, attempt=2)],
        warnings={"never_resumed"},
        task={"duration": 20 * MINUTE, "active_duration": 18 * MINUTE},
    ),
    "a pause of an open task": Bad(
        [start(), pause(4)], task={"active_duration": None}
    ),
    "a pause ends before it begins": Bad(
        [start(), pause(6), resume(4), done(10)],
        warnings={"clock_skew"},
        task={"duration": 10 * MINUTE, "active_duration": None},
    ),
    "work after the end": Bad(
        [start(), done(5), ("iteration_recorded", 6, {})], problems={"after_end"}
    ),
    "numbers too large for an index": Bad(
        [start(), ("task_failed", 3, {"files_written": 2**63}),
         ("task_retried", 4, {"attempt": 2**70}), done(5)],
        problems={"unreadable_event"},
        task={"duration": 5 * MINUTE, "attempt_durations": [300]},
    ),
    "tokens run backwards": Bad(
        [start(start_tokens=500), done(5, end_tokens=400)],
        problems={"tokens_backwards"},
        task={"token_count_used": None},
        phase={"total_tokens_used": None, "tokens_per_task_avg": None},
    ),
}  # fmt: skip


def lines_of(task: str, events: list[tuple[str, float, Fields]]) -> list[bytes]:
    return [
        line(kind, n, task=task, phase="P1", at=at(minute * MINUTE), **fields)
        for n, (kind, minute, fields) in enumerate(events, 1)
    ]


def shown(cli: Cli, task: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        cli.run("show", task, "--format", "json", at=LATER)
    )
    return found


def aggregates(cli: Cli) -> Measures:
    (phase,) = json.loads(cli.run("report", "--format", "json", at=LATER))["phases"]
    measures: Measures = phase["measures"]
    return measures


def picked(measures: Measures, wanted: Fields) -> Fields:
    return {name: measures[name]["value"] for name in wanted}


def no_number_is_unlabelled(measures: Measures) -> bool:
    return all(
        m["label"] != "NOT MEASURED" or not m["value"] for m in measures.values()
    )


@pytest.fixture(autouse=True)
def _nothing_required(tracked: Repo) -> None:
    """So that a log which lacks figures is valid unless something is wrong in it."""
    tracked.write(".gitlog-track.toml", '[validation]\nrequired = ["TASK"]\n')


@pytest.mark.parametrize("bad", CASES.values(), ids=CASES)
def test_a_bad_log_is_named_and_proves_nothing(cli: Cli, bad: Bad) -> None:
    sound = [start(estimated_duration_s=None), done(10)]
    tasks = {"P1-001": bad.events, "P1-002": sound}
    plant(cli.path, {name: lines_of(name, events) for name, events in tasks.items()})
    found = shown(cli, "P1-001")
    problems = found["validation"]["problems"]
    assert {p["code"] for p in problems if p["invalid"]} == bad.problems
    assert {p["code"] for p in problems if not p["invalid"]} == bad.warnings
    assert picked(found["measures"], bad.task) == bad.task
    assert picked(aggregates(cli), bad.phase) == bad.phase
    assert no_number_is_unlabelled(found["measures"])
    assert cli.try_run("validate", "--all").code == bool(bad.problems)
    for args in (
        ("show", "P1-001"),
        ("show", "P1-001", "--format", "log"),
        ("report",),
    ):
        assert cli.try_run(*args).code == 0


def test_no_duration_is_ever_negative(cli: Cli) -> None:
    """What a wrong clock makes negative is missing, also where others are summed."""
    back = lines_of("P1-001", [start(10), done(5)])
    plant(cli.path, {"P1-001": back})
    found = aggregates(cli)
    times = ("actual_total", "variance", "efficiency_ratio", "parallel_efficiency")
    assert {found[name]["label"] for name in times} == {"NOT MEASURED"}
    assert found["tasks_completed"]["value"] == 1


def test_a_phase_without_tasks(cli: Cli) -> None:
    own = line("phase_started", 1, phase="P9", at=at(0))
    review = line("phase_reviewed", 2, phase="P9", at=at(60), projections=0,
                  projections_held=0)  # fmt: skip
    plant(cli.path, {}, {"P9": [own, review]})
    assert cli.run("validate", "--all", at=LATER) == "phase P9: valid\n"
    report = json.loads(cli.run("report", "--format", "json"))
    aggregated = [
        measure["value"]
        for phase in report["phases"]
        for name, measure in phase["measures"].items()
        if name != "phase_begin"
    ]
    assert [value for value in aggregated if value] == []
    assert cli.try_run("report").code == 0


def test_a_phase_of_failures_alone(cli: Cli) -> None:
    """No average over nothing, and nothing is divided by it."""
    failures = {
        name: lines_of(name, [start(), ("task_failed", 5, {"interactions": 0})])
        for name in ("P1-001", "P1-002")
    }
    plant(cli.path, failures)
    found = aggregates(cli)
    figures: Fields = {
        "tasks_total": 2,
        "tasks_completed": 0,
        "tasks_failed_first_attempt": 2,
        "retry_rate": 0,
        "actual_total": 10 * MINUTE,
        "ai_interactions_total": 0,
        **dict.fromkeys(
            ["average_iterations_per_task", "tokens_per_task_avg", "hallucination_rate",
             "test_coverage_overall", "performance_targets_met", "theory_accuracy"],
        ),
    }  # fmt: skip
    assert picked(found, figures) == figures
    assert no_number_is_unlabelled(found)
    assert cli.try_run("report").code == 0


HOSTILE = "[red]ä\u202e\x1b[31m<script>|`{x}`\u65e5\u672c[/red]"
SHOWN = "[red]ä\\u202e\\x1b[31m<script>|`{x}`\u65e5\u672c[/red]"


TEXT_KINDS = (
    *("note_recorded", "bug_found", "bug_fixed", "interaction_recorded"),
    *("hallucination_recorded", "context_switched", "lesson_learned"),
)


def hostile_lines() -> list[bytes]:
    target = {"name": HOSTILE, "comparator": "<", "value": "5", "unit": HOSTILE[:5]}
    check = {"check": HOSTILE, "result": "fail", "text": HOSTILE}
    events: list[tuple[str, float, Fields]] = [
        start(description=HOSTILE, projected_outcome=HOSTILE, labels=[HOSTILE],
              performance_targets=[target], state=HOSTILE),
        pause(1, reason=HOSTILE),
        resume(2, reason=HOSTILE),
        ("milestone_reached", 2, {"milestone": "validation",
                                  "validation_results": [check]}),
        ("blocker_hit", 3, {"text": HOSTILE, "critical": True}),
        ("iteration_recorded", 3, {"reason": HOSTILE}),
        ("measurement_recorded", 4, {"measure": "performance_actual", "value": "4",
                                     "name": HOSTILE, "unit": HOSTILE}),
        ("measurement_recorded", 4, {"measure": "doc_completeness", "reason": HOSTILE,
                                     "not_applicable": True}),
        ("command_finished", 4, {"label": HOSTILE, "exit_code": 1, "duration_s": "1",
                                 "started_at": at(200), "command": [HOSTILE]}),
        ("usage_recorded", 4, {"output": 1, "model": HOSTILE, "agent": HOSTILE}),
        ("task_failed", 5, {"message": HOSTILE, "error_type": HOSTILE,
                            "stack": HOSTILE, "actual_outcome": HOSTILE,
                            "blockers": [HOSTILE]}),
    ]  # fmt: skip
    for kind in TEXT_KINDS:
        events.insert(4, (kind, 3, {"text": HOSTILE}))
    return lines_of("P1-001", [(k, m, {**f, "source": HOSTILE}) for k, m, f in events])


def test_text_of_others_is_text_and_nothing_else(cli: Cli) -> None:
    texts = ("biggest_surprise", "biggest_win", "biggest_challenge")
    review = dict.fromkeys(texts, HOSTILE)
    lists = {f: [HOSTILE] for f in ("improvements", "patterns_extracted")}
    own = line("phase_reviewed", 1, phase="P1", at=at(0), **review, **lists)
    plant(cli.path, {"P1-001": hostile_lines()}, {"P1": [own]})
    shapes = (("show", "P1-001"), ("show", "P1-001", "--format", "log"), ("report",),
              ("validate", "--all"))  # fmt: skip
    for args in shapes:
        answer = cli.try_run(*args, at=LATER)
        assert answer.code in {0, 1}, answer.err
        assert "\x1b" not in answer.out
        assert "\u202e" not in answer.out
    assert SHOWN in cli.run("show", "P1-001", "--format", "log")
    measures = shown(cli, "P1-001")["measures"]
    assert measures["projected_outcome"]["value"] == HOSTILE
    assert measures["lessons_learned"]["value"] == [HOSTILE]
    assert measures["performance_actual"]["value"][0]["met"] is None
    assert aggregates(cli)["biggest_win"]["value"] == HOSTILE


def test_what_was_imported_under_a_hostile_name_is_shown_as_text(cli: Cli) -> None:
    backfilled: Fields = {"provenance": "backfilled", "source": HOSTILE}
    kinds = {"task_started": 0.0, "task_completed": 5.0}
    events = [(kind, minute, backfilled) for kind, minute in kinds.items()]
    plant(cli.path, {"P1-001": lines_of("P1-001", events)})
    out = cli.run("show", "P1-001", at=LATER)
    assert "\x1b" not in out
    assert "BACKFILLED" in out


RAW = "\x1b[31m\x9b2J\u202e\r"
"""What would move a cursor, or turn a number around."""


def test_nothing_that_a_log_brings_is_printed_raw(cli: Cli, tracked: Repo) -> None:
    """Phases, units and ids are names that ours never write so; others can."""
    goal = {"name": "coverage", "comparator": ">", "value": "80", "unit": RAW}
    begun = line("task_started", task="P1-001", phase=RAW, test_coverage_target=goal)
    heap = line("note_recorded", task=None, phase=None, text="x", id=RAW)
    plant(tracked.path, {"P1-001": [begun]}, unassigned=[heap])
    cli.run("switch", "P1-001")
    for command in ("show", "show --format log", "status", "assign"):
        shown = cli.run(*command.split())
        assert "\\x1b[31m" in shown, command
        assert all(c.isprintable() or c == "\n" for c in shown), command
