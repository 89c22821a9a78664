"""Every task-level formula, with its evidence, from replayed events."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from gitlog_track.measures.catalogue import MEASURES
from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.measure import Level
from gitlog_track.measures.task import (
    Measures,
    is_met,
    measure_task,
    performance_results,
)
from gitlog_track.measures.value import MISSING, Value
from gitlog_track.model.events import Target
from gitlog_track.model.replay import replay
from tests.support.examples import line

BEGIN = datetime.fromisoformat("2025-10-04T22:00:00-05:00")
MINUTE = 60
TOTALS = {"bugs": "bugs_encountered", "interactions": "ai_interactions"}
TOTALS |= {
    "hallucinations": "hallucination_count",
    "context_switches": "context_switches",
}


def at(second: float) -> str:
    return (BEGIN + timedelta(seconds=second)).isoformat(timespec="milliseconds")


class Story:
    """Lines of one task, told in order."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def tell(self, kind: str, second: float = 0, **fields: object) -> Story:
        self.lines.append(line(kind, len(self.lines) + 1, at=at(second), **fields))
        return self

    def measures(self) -> Measures:
        return measure_task(replay("P1-009", self.lines))

    def __getitem__(self, name: str) -> Value:
        return self.measures()[name]


def begun(**fields: object) -> Story:
    return Story().tell("task_started", **fields)


def done(second: float = 720, **fields: object) -> Story:
    return begun().tell("task_completed", second, **fields)


def known(value: Value) -> tuple[object, Evidence]:
    return value.value, value.evidence


def test_every_task_measure_of_the_catalogue_is_computed() -> None:
    wanted = {m.id for m in MEASURES if m.level is Level.TASK}
    assert set(done().measures()) == wanted


def test_a_task_without_events_measures_nothing() -> None:
    found = measure_task(replay("P1-009", []))
    filled = {n for n, v in found.items() if v.value is not None}
    assert filled <= {"tracking_completeness"}
    assert found["tracking_completeness"].number == 0


# instants and durations


def test_instants_are_measured_and_durations_derived() -> None:
    story = done(720)
    assert known(story["begin_timestamp"]) == (BEGIN, Evidence.MEASURED)
    assert story["end_timestamp"].instant == BEGIN + timedelta(seconds=720)
    assert known(story["duration"]) == (Decimal(720), Evidence.DERIVED)


def test_a_duration_keeps_its_milliseconds() -> None:
    assert done(720.125)["duration"].number == Decimal("720.125")


def test_an_open_task_has_no_duration() -> None:
    story = begun(estimated_duration_s=60)
    for name in (
        "end_timestamp",
        "duration",
        "actual_duration",
        "variance",
        "active_duration",
    ):
        assert story[name] == MISSING, name


@pytest.mark.parametrize(
    ("milestone", "time"),
    [
        ("initial_completion", "time_to_initial_completion"),
        ("tests_completion", "time_to_tests"),
        ("validation", "time_to_validation"),
    ],
)
def test_the_last_milestone_of_a_name_counts(milestone: str, time: str) -> None:
    story = begun().tell("milestone_reached", 60, milestone=milestone)
    story.tell("milestone_reached", 90, milestone=milestone)
    assert story[f"{milestone}_timestamp"].instant == BEGIN + timedelta(seconds=90)
    assert known(story[time]) == (Decimal(90), Evidence.DERIVED)


@pytest.mark.parametrize("second", [720, 0])
def test_actual_duration_is_to_the_end_and_says_so(second: int) -> None:
    found = done(second)["actual_duration"]
    assert (found.number, found.basis) == (second, "to the end")


def test_actual_duration_is_to_the_final_approval_once_approved() -> None:
    story = done(720).tell("milestone_reached", 900, milestone="final_approval")
    found = story["actual_duration"]
    assert (found.number, found.basis) == (900, "to final approval")
    assert story["duration"].number == 720


@pytest.mark.parametrize(
    ("actual", "variance", "ratio"),
    [(4_200, 600, "1.17"), (3_000, -600, "0.83"), (3_600, 0, "1.00")],
)
def test_variance_and_ratio_against_the_estimate(
    actual: int, variance: int, ratio: str
) -> None:
    story = begun(estimated_duration_s=3_600).tell("task_completed", actual)
    assert known(story["estimated_duration"]) == (Decimal(3_600), Evidence.DECLARED)
    assert known(story["variance"]) == (Decimal(variance), Evidence.DECLARED)
    found = story["efficiency_ratio"].number
    assert found is not None
    assert f"{found:.2f}" == ratio


def test_no_estimate_is_no_variance() -> None:
    assert done()["variance"] == done()["efficiency_ratio"] == MISSING


def test_an_estimate_of_0_gives_a_variance_and_no_ratio() -> None:
    story = begun(estimated_duration_s=0).tell("task_completed", 5)
    assert story["variance"].number == 5
    assert story["efficiency_ratio"] == MISSING


@pytest.mark.parametrize(
    ("pauses", "active"),
    [
        ([], 600),
        ([("task_paused", 100), ("task_resumed", 160)], 540),
        ([("task_paused", 100)], 100),
        ([("task_paused", 100), ("task_paused", 200), ("task_resumed", 300)], 400),
        ([("task_resumed", 50), ("task_paused", 100), ("task_resumed", 110)], 590),
        ([("task_paused", 0), ("task_resumed", 600)], 0),
        ([("task_paused", 100), ("task_resumed", 110), ("task_paused", 590)], 580),
    ],
)
def test_active_time_is_without_the_pauses(
    pauses: list[tuple[str, int]], active: int
) -> None:
    story = begun()
    for kind, second in pauses:
        story.tell(kind, second)
    story.tell("task_completed", 600)
    assert known(story["active_duration"]) == (Decimal(active), Evidence.DERIVED)


def test_a_pause_after_the_end_takes_nothing_away_or_adds_anything() -> None:
    story = done(600).tell("task_paused", 700)
    assert story["active_duration"].number == 600


def test_attempts_are_timed_one_by_one_and_the_task_over_all() -> None:
    story = begun(start_tokens=100).tell("task_failed", 60, end_tokens=150)
    story.tell("task_retried", 100, attempt=2).tell(
        "task_completed", 160, attempt=2, end_tokens=900
    )
    assert story["attempt_durations"].value == (Decimal(60), Decimal(60))
    assert story["duration"].number == 160
    assert story["token_count_used"].number == 800
    assert known(story["iterations_count"]) == (Decimal(2), Evidence.DERIVED)


# counts


@pytest.mark.parametrize(("declared", "measure"), TOTALS.items())
def test_no_event_and_no_declared_total_is_missing(declared: str, measure: str) -> None:
    assert done()[measure] == MISSING
    assert known(done(**{declared: 0})[measure]) == (Decimal(0), Evidence.DECLARED)
    assert known(done(**{declared: 7})[measure]) == (Decimal(7), Evidence.DECLARED)


@pytest.mark.parametrize(
    ("kind", "measure"),
    [
        ("interaction_recorded", "ai_interactions"),
        ("hallucination_recorded", "hallucination_count"),
        ("context_switched", "context_switches"),
    ],
)
def test_events_are_counted_with_their_counts(kind: str, measure: str) -> None:
    story = begun().tell(kind, 1, count=3).tell(kind, 2).tell(kind, 3, count=0)
    assert story[measure].number == 4
    assert len(story[measure].events) == 3


@pytest.mark.parametrize(("declared", "count"), [(1, 2), (2, 2), (5, 5)])
def test_of_bugs_recorded_and_declared_the_greater_number_counts(
    declared: int, count: int
) -> None:
    story = begun().tell("bug_found", 1, text="a").tell("bug_found", 2, text="b")
    assert (
        story.tell("task_completed", 3, bugs=declared)["bugs_encountered"].number
        == count
    )


def test_bugs_fixed_are_counted() -> None:
    assert begun()["bugs_fixed"] == MISSING
    assert begun().tell("bug_fixed", 1, text="a")["bugs_fixed"].number == 1


def test_iterations_are_never_silently_1() -> None:
    assert done()["iterations_count"] == MISSING


@pytest.mark.parametrize(
    ("recorded", "declared", "count"),
    [(1, None, 2), (3, None, 4), (0, 1, 1), (3, 2, 2), (0, 5, 5)],
)
def test_iterations_declared_else_one_more_than_recorded(
    recorded: int, declared: int | None, count: int
) -> None:
    story = begun()
    for second in range(recorded):
        story.tell("iteration_recorded", second)
    ended = {} if declared is None else {"iterations": declared}
    story.tell("task_completed", 60, **ended)
    assert known(story["iterations_count"]) == (Decimal(count), Evidence.DECLARED)


def test_iterations_are_at_least_the_attempts() -> None:
    story = begun().tell("task_failed", 10).tell("task_retried", 20, attempt=2)
    story.tell("task_completed", 30, attempt=2, iterations=1)
    assert story["iterations_count"].number == 2


# tokens


def test_tokens_are_the_difference_of_two_readings() -> None:
    story = begun(start_tokens=107_264).tell("task_completed", 720, end_tokens=110_500)
    assert known(story["start_tokens"]) == (Decimal(107_264), Evidence.DECLARED)
    assert known(story["end_tokens"]) == (Decimal(110_500), Evidence.DECLARED)
    assert known(story["token_count_used"]) == (Decimal(3_236), Evidence.DECLARED)


@pytest.mark.parametrize(
    ("start", "end"), [({}, {"end_tokens": 5}), ({"start_tokens": 5}, {}), ({}, {})]
)
def test_one_reading_is_no_amount(start: dict[str, int], end: dict[str, int]) -> None:
    story = begun(**start).tell("task_completed", 60, **end)
    assert story["token_count_used"] == MISSING


def test_a_counter_that_ran_backwards_gives_no_amount() -> None:
    story = begun(start_tokens=500).tell("task_completed", 60, end_tokens=400)
    assert story["token_count_used"] == MISSING


def test_a_counter_that_stood_still_is_0() -> None:
    story = begun(start_tokens=500).tell("task_completed", 60, end_tokens=500)
    assert story["token_count_used"].number == 0


def test_a_declared_amount_stands_for_the_readings() -> None:
    story = begun(start_tokens=1).tell(
        "task_completed", 60, end_tokens=9, tokens_used=5
    )
    assert known(story["token_count_used"]) == (Decimal(5), Evidence.DECLARED)


def test_usage_records_are_measured_and_come_first() -> None:
    story = begun(start_tokens=1)
    story.tell("usage_recorded", 1, uncached_input=10, cache_read=20, output=3)
    story.tell("usage_recorded", 2, cache_write=7)
    story.tell("task_completed", 60, end_tokens=9, tokens_used=5)
    found = story["token_count_used"]
    assert (found.number, found.evidence) == (40, Evidence.DERIVED)
    assert found.basis == "usage records"


@pytest.mark.parametrize("quality", ["estimated", "partial"])
def test_usage_that_is_an_estimate_stays_one(quality: str) -> None:
    story = begun().tell("usage_recorded", 1, output=3, quality=quality)
    story.tell("usage_recorded", 2, output=4)
    assert known(story["token_count_used"]) == (Decimal(7), Evidence.ESTIMATED)


def test_usage_that_counts_nothing_is_missing_and_not_0() -> None:
    assert begun().tell("usage_recorded", 1, model="m")["token_count_used"] == MISSING
    assert begun().tell("usage_recorded", 1, output=0)["token_count_used"].number == 0


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
    wanted = {"name": "ipc", "value": Decimal("2.8"), "unit": "ms", "met": True}
    assert ipc == {**wanted, "target": "ipc <5ms"}
    assert (other["target"], other["met"]) == (None, None)
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
    assert (found.number, found.basis) == (80, ">")


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
    assert (
        story["test_coverage_actual"].number,
        story["test_coverage_actual"].not_applicable,
    ) == (87, "")
    assert story["tracking_completeness"].n == bare.n


def test_completeness_is_the_share_of_fields_filled() -> None:
    found = begun(projected_outcome="x")["tracking_completeness"]
    assert found.n == 24
    assert found.number == Decimal(200) / 24
    assert (found.basis, found.evidence) == ("2 of 24 fields", Evidence.DERIVED)


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


def test_validation_results_are_listed() -> None:
    rows = [{"check": "types", "result": "pass", "text": "strict"}]
    story = begun().tell(
        "milestone_reached", 1, milestone="validation", validation_results=rows
    )
    assert story["validation_results"].value == tuple(rows)


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
    assert (found.evidence, found.basis) == (Evidence.DECLARED, "CORRECTED")
    assert known(story["duration"]) == (Decimal(600), Evidence.DECLARED)


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
