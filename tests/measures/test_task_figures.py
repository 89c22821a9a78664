"""Task-level measurements, outcome and evidence; the founding worked examples."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.performance import is_met, performance_results
from gitlog_track.measures.value import MISSING, PerformanceResult
from gitlog_track.model.event import Check, Target
from gitlog_track.model.replay import replay
from tests.support.stories import BEGIN, Story, at, begun, done, known

MINUTE = 60


# measurements


@pytest.mark.parametrize(
    ("method", "evidence"),
    [
        ("typed", Evidence.DECLARED),
        ("file", Evidence.MEASURED),
        ("command", Evidence.MEASURED),
    ],
)
@pytest.mark.parametrize(
    "name", ["test_coverage_actual", "tests_passed", "tests_total", "doc_completeness"]
)
def test_the_last_measurement_counts(
    name: str, method: str, evidence: Evidence
) -> None:
    story = begun().tell("measurement_recorded", 1, measure=name, value="80")
    story.tell("measurement_recorded", 2, measure=name, value="87.5", method=method)
    assert known(story[name]) == (Decimal("87.5"), evidence)


@pytest.mark.parametrize(
    "value", ["", "many", "NaN", "Infinity", "1e999999", "1_000", None]
)
def test_a_measurement_that_is_no_number_is_missing(value: str | None) -> None:
    measures = ("tests_passed", "performance_actual")
    for name in measures:
        story = begun(performance_targets=[target("<", "5")])
        story.tell("measurement_recorded", 1, measure=name, value=value, name="ipc")
        assert story[name] == MISSING


def target(comparator: str, value: str) -> dict[str, object]:
    return {"name": "ipc", "comparator": comparator, "value": value, "unit": "ms"}


@pytest.mark.parametrize(
    ("comparator", "value", "met"),
    [
        ("<", "5", False),
        ("<", "4.9", True),
        ("<=", "5", True),
        ("<=", "5.1", False),
        (">", "5", False),
        (">", "5.1", True),
        (">=", "5.0", True),
        (">=", "4.9", False),
        ("=", "5.00", True),
        ("=", "5.01", False),
    ],
)
def test_a_target_is_strict_as_written(comparator: str, value: str, met: bool) -> None:
    goal = Target(name="ipc", comparator=comparator, value="5", unit="ms")  # type: ignore[arg-type]
    assert is_met(goal, Decimal(value)) is met


@pytest.mark.parametrize(
    ("goal", "unit", "value", "met"),
    [
        ("5ms", "s", "2", False),
        ("5ms", "s", "0.004", True),
        ("5ms", "us", "4999", True),
        ("5ms", "\N{MICRO SIGN}s", "5000", False),
        ("2min", "s", "119", True),
        ("1h", "m", "61", False),
        ("100MB", "KB", "99999", True),
        ("100MB", "MiB", "96", False),
        ("1GiB", "MB", "1073", True),
        ("90%", "", "89", True),
        ("5ms", "MB", "2", None),
        ("5ms", "", "2", None),
        ("5req/s", "req/s", "4", True),
        ("5req/s", "s", "4", None),
        ("5", "ms", "4", None),
    ],
)
def test_a_target_is_judged_in_its_unit_or_not_at_all(
    goal: str, unit: str, value: str, met: bool | None
) -> None:
    number = "".join(filter(str.isdigit, goal))
    wanted = {**target("<", number), "unit": goal.removeprefix(number)}
    story = begun(performance_targets=[wanted])
    fields = {"measure": "performance_actual", "name": "ipc", "value": value}
    story.tell("measurement_recorded", 1, unit=unit, **fields)
    (result,) = performance_results(replay("P1-009", story.lines))
    assert result.met is met


def test_each_of_two_targets_of_one_name_is_judged() -> None:
    story = begun(performance_targets=[target("<", "5"), target(">", "1")])
    fields = {"measure": "performance_actual", "name": "ipc", "unit": "us"}
    story.tell("measurement_recorded", 1, value="900", **fields)
    results = performance_results(replay("P1-009", story.lines))
    assert [(r.target, r.met) for r in results] == [
        ("ipc <5ms", True),
        ("ipc >1ms", False),
    ]


def test_performance_is_told_by_name_with_its_target() -> None:
    story = begun(performance_targets=[target("<", "5")])
    for second, value in enumerate(("7", "2.8")):
        fields = {"measure": "performance_actual", "name": "ipc", "value": value}
        story.tell(
            "measurement_recorded", second, unit="ms", method="command", **fields
        )
    story.tell(
        "measurement_recorded", 3, measure="performance_actual", name="x", value="1"
    )
    ipc, other = performance_results(replay("P1-009", story.lines))
    assert ipc == PerformanceResult(
        name="ipc", value=Decimal("2.8"), unit="ms", target="ipc <5ms", met=True
    )
    assert (other.target, other.met) == (None, None)
    assert story["performance_target"].value == ("ipc <5ms",)
    assert story["performance_actual"].evidence is Evidence.DECLARED


def test_a_performance_figure_that_is_none_does_not_weaken_the_others() -> None:
    story = begun()
    for value in ("2.8", "fast"):
        fields = {"measure": "performance_actual", "name": "ipc", "value": value}
        story.tell("measurement_recorded", 1, method="command", **fields)
    assert story["performance_actual"].evidence is Evidence.DERIVED


def test_a_coverage_target_keeps_its_comparator() -> None:
    goal = {"name": "coverage", "comparator": ">", "value": "80", "unit": "%"}
    found = begun(test_coverage_target=goal)["test_coverage_target"]
    assert (found.number, found.basis) == (Decimal(80), ">")


def test_not_applicable_leaves_completeness_until_a_value_follows() -> None:
    bare = begun()["tracking_completeness"]
    story = begun()
    fields = {"measure": "test_coverage_actual"}
    story.tell(
        "measurement_recorded", 1, not_applicable=True, reason="no code yet", **fields
    )
    found = story["test_coverage_actual"]
    assert (found.value, found.not_applicable) == (None, "no code yet")
    assert bare.n is not None
    assert story["tracking_completeness"].n == bare.n - 1
    story.tell("measurement_recorded", 2, value="87", **fields)
    assert story["test_coverage_actual"].number == 87
    assert story["test_coverage_actual"].not_applicable == ""
    assert story["tracking_completeness"].n == bare.n


@pytest.mark.parametrize(
    ("measure", "kind", "given"),
    [
        ("token_count_used", "task_completed", {"tokens_used": 100}),
        ("bugs_encountered", "task_completed", {"bugs": 0}),
        ("iterations_count", "task_completed", {"iterations": 3}),
        ("actual_outcome", "task_completed", {"actual_outcome": "it works"}),
        ("lessons_learned", "lesson_learned", {"text": "measure first"}),
    ],
)
def test_of_a_figure_and_the_word_that_it_does_not_apply_the_later_counts(
    measure: str, kind: str, given: dict[str, object]
) -> None:
    said = {"measure": measure, "not_applicable": True, "reason": "none"}
    story = begun().tell("measurement_recorded", 1, **said).tell(kind, 2, **given)
    assert story[measure].is_known
    story = begun().tell(kind, 1, **given).tell("measurement_recorded", 2, **said)
    assert story[measure].not_applicable == "none"


def test_a_duration_that_does_not_apply_is_not_brought_back_by_the_end() -> None:
    said = {"measure": "variance", "not_applicable": True, "reason": "a spike"}
    story = begun(estimated_duration_s=60).tell("measurement_recorded", 1, **said)
    assert story.tell("task_completed", 9)["variance"].not_applicable == "a spike"


def test_completeness_is_the_share_of_fields_filled() -> None:
    found = begun(projected_outcome="x")["tracking_completeness"]
    assert found.n == 24
    assert found.number == Decimal("8.3333")
    assert (found.basis, found.evidence) == ("2 of 24 fields", Evidence.DECLARED)


@pytest.mark.parametrize(
    ("start", "evidence"),
    [
        ({}, Evidence.DERIVED),
        ({"estimated_duration_s": 60}, Evidence.DECLARED),
        ({"provenance": "backfilled", "source": "old.log"}, Evidence.BACKFILLED),
    ],
)
def test_completeness_is_known_as_well_as_the_weakest_field(
    start: dict[str, object], evidence: Evidence
) -> None:
    found = begun(**start)["tracking_completeness"]
    assert found.evidence is evidence
    assert found.source == start.get("source", "")


# outcome


def test_outcome_texts_and_criteria_are_declared() -> None:
    story = begun(projected_outcome="a").tell(
        "task_completed", 60, actual_outcome="b", success_criteria="pending"
    )
    assert known(story["projected_outcome"]) == ("a", Evidence.DECLARED)
    assert known(story["actual_outcome"]) == ("b", Evidence.DECLARED)
    assert known(story["success_criteria"]) == ("pending", Evidence.DECLARED)
    assert done()["success_criteria"] == done()["actual_outcome"] == MISSING


def test_blockers_and_lessons_are_lists_and_declared_none_is_a_list_too() -> None:
    story = (
        begun().tell("blocker_hit", 1, text="net").tell("lesson_learned", 2, text="l")
    )
    assert story["blockers_encountered"].value == ("net",)
    assert story["lessons_learned"].value == ("l",)
    assert done()["blockers_encountered"] == MISSING
    assert known(done(blockers=[])["blockers_encountered"]) == ((), Evidence.DECLARED)


@pytest.mark.parametrize(
    ("story", "status"),
    [
        (begun(), ("in_progress", Evidence.MEASURED)),
        (done(), ("complete", Evidence.DECLARED)),
        (done(status="partial"), ("partial", Evidence.DECLARED)),
        (begun().tell("task_failed", 9), ("failed", Evidence.DECLARED)),
        (Story(), (None, Evidence.MISSING)),
    ],
)
def test_status(story: Story, status: tuple[str | None, Evidence]) -> None:
    assert known(story["status"]) == status


def test_commits_are_each_named_once_and_a_rebase_is_no_work() -> None:
    story = begun()
    for number, operation in enumerate(("commit", "amend", "rebase")):
        fields = {"commit": f"{number}" * 40, "operation": operation}
        story.tell("commit_recorded", number, **fields)
    assert story["commits"].value == ("0" * 40, "1" * 40)


@pytest.mark.parametrize(
    ("recorded", "kept"),
    [
        ([("commit", "p"), ("cherry-pick", "p")], "0"),
        ([("cherry-pick", "p"), ("commit", "p")], "1"),
        ([("cherry-pick", "p"), ("cherry-pick", "p")], "0"),
        ([("commit", "p"), ("cherry-pick", "q")], "01"),
        ([("commit", None), ("cherry-pick", None)], "01"),
        ([("commit", "p"), ("commit", "p")], "01"),
    ],
)
def test_a_cherry_pick_of_ones_own_commit_is_no_work(
    recorded: list[tuple[str, str | None]], kept: str
) -> None:
    story = begun()
    for number, (operation, patch_id) in enumerate(recorded):
        fields = {"commit": f"{number}" * 40, "patch_id": patch_id}
        story.tell("commit_recorded", number, operation=operation, **fields)
    assert story["commits"].value == tuple(number * 40 for number in kept)


def test_validation_results_are_listed() -> None:
    rows = [{"check": "types", "result": "pass", "text": "strict"}]
    check = Check(check="types", result="pass", text="strict")
    story = begun().tell(
        "milestone_reached", 1, milestone="validation", validation_results=rows
    )
    assert story["validation_results"].value == (check,)


# evidence


def test_what_was_imported_is_backfilled_and_names_its_source() -> None:
    story = Story().tell(
        "task_started", provenance="backfilled", source="old.log", start_tokens=1
    )
    story.tell("task_completed", 60, end_tokens=5)
    assert story["begin_timestamp"].evidence is Evidence.BACKFILLED
    for name in ("duration", "token_count_used"):
        assert (story[name].evidence, story[name].source) == (
            Evidence.BACKFILLED,
            "old.log",
        )


def test_a_corrected_value_is_declared_and_says_so() -> None:
    story = done(720)
    ended = replay("P1-009", story.lines).events[-1].id
    story.tell(
        "event_corrected", 800, event=ended, reason="r", replacement={"at": at(600)}
    )
    found = story["end_timestamp"]
    assert (found.evidence, found.is_corrected) == (Evidence.DECLARED, True)
    assert found.logged_at == BEGIN + timedelta(seconds=800)
    assert known(story["duration"]) == (Decimal(600), Evidence.DECLARED)
    assert not story["begin_timestamp"].is_corrected


def test_what_is_computed_from_a_corrected_value_says_so() -> None:
    story = begun(estimated_duration_s=60).tell("bug_found", 1, text="a")
    story.tell("task_completed", 720, end_tokens=5)
    start, bug = (e.id for e in replay("P1-009", story.lines).events[:2])
    changed = {"estimated_duration_s": 90, "start_tokens": 1}
    for second, event, replacement in (
        (800, start, changed),
        (900, start, {"start_tokens": 2}),
        (950, bug, {"count": 2}),
    ):
        story.tell(
            "event_corrected",
            second,
            event=event,
            reason="r",
            replacement=replacement,
        )
    for name in ("variance", "efficiency_ratio", "token_count_used", "duration"):
        found = story[name]
        assert found.is_corrected, name
        assert found.logged_at == BEGIN + timedelta(seconds=900)
    assert story["bugs_encountered"].is_corrected
    assert story["actual_duration"].basis == "to the end"
    assert not story["end_tokens"].is_corrected


# the founding examples


def test_the_founding_task_p1_009() -> None:
    story = begun(start_tokens=107_264)
    story.tell("task_completed", 720, end_tokens=110_500, iterations=1, bugs=0)
    found = story.measures()
    numbers = {
        n: found[n].number for n in ("duration", "token_count_used", "iterations_count")
    }
    assert numbers == {
        "duration": 720,
        "token_count_used": 3_236,
        "iterations_count": 1,
    }
    assert 720 // MINUTE == 12
    assert known(found["bugs_encountered"]) == (Decimal(0), Evidence.DECLARED)


def test_the_founding_task_p1_001() -> None:
    story = begun(estimated_duration_s=60 * MINUTE)
    for milestone, minute in (
        ("initial_completion", 50),
        ("tests_completion", 57),
        ("validation", 65),
    ):
        story.tell("milestone_reached", minute * MINUTE, milestone=milestone)
    story.tell("milestone_reached", 70 * MINUTE, milestone="final_approval")
    story.tell("task_completed", 70 * MINUTE)
    assert story["time_to_initial_completion"].number == 50 * MINUTE
    assert story["actual_duration"].number == 70 * MINUTE
    assert story["variance"].number == 10 * MINUTE
    ratio = story["efficiency_ratio"].number
    assert ratio is not None
    assert round(ratio, 2) == Decimal("1.17")
