"""Task-level times, counts and tokens: every formula, with its evidence."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from gitlog_track.measures.catalogue import MEASURES
from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.measure import Level
from gitlog_track.measures.task import measure_task
from gitlog_track.measures.value import MISSING
from gitlog_track.model.replay import replay
from tests.support.stories import BEGIN, Story, begun, done, known

TOTALS = {"bugs": "bugs_encountered", "interactions": "ai_interactions"}
TOTALS |= {
    "hallucinations": "hallucination_count",
    "context_switches": "context_switches",
}


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
    assert (found.number, found.basis) == (Decimal(second), "to the end")


def test_actual_duration_is_to_the_final_approval_once_approved() -> None:
    story = done(720).tell("milestone_reached", 900, milestone="final_approval")
    found = story["actual_duration"]
    assert (found.number, found.basis) == (Decimal(900), "to final approval")
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


def test_a_pause_ends_with_its_attempt() -> None:
    story = begun().tell("task_paused", 100).tell("task_failed", 200)
    story.tell("task_retried", 300, attempt=2)
    story.tell("task_completed", 600, attempt=2)
    assert story["active_duration"].number == 500


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


def retried(first: dict[str, int], second: dict[str, int]) -> Story:
    """A task that failed and was completed, with what each attempt declared."""
    story = begun().tell("task_failed", 10, **first)
    story.tell("task_retried", 20, attempt=2)
    return story.tell("task_completed", 30, attempt=2, **second)


@pytest.mark.parametrize(
    ("declared", "first", "second", "measure", "total"),
    [
        *((total, 3, 1, measure, 4) for total, measure in TOTALS.items()),
        ("bugs", 3, None, "bugs_encountered", 3),
        ("bugs", None, 1, "bugs_encountered", 1),
        ("iterations", 4, 1, "iterations_count", 5),
        ("iterations", 4, None, "iterations_count", 5),
        ("iterations", None, 3, "iterations_count", 4),
        ("iterations", 0, 0, "iterations_count", 2),
        ("tokens_used", 1_000, 500, "token_count_used", 1_500),
        ("tokens_used", 1_000, None, "token_count_used", None),
        ("tokens_used", None, 500, "token_count_used", None),
    ],
)
def test_a_declared_total_is_that_of_its_attempt(
    declared: str,
    first: int | None,
    second: int | None,
    measure: str,
    total: int | None,
) -> None:
    totals = [{} if n is None else {declared: n} for n in (first, second)]
    assert retried(*totals)[measure].number == total


def test_what_was_recorded_counts_where_an_attempt_declared_nothing() -> None:
    story = begun().tell("bug_found", 1, text="a").tell("bug_found", 2, text="b")
    story.tell("iteration_recorded", 3).tell("task_failed", 10)
    story.tell("task_retried", 20, attempt=2).tell("bug_found", 21, text="c", attempt=2)
    story.tell("task_completed", 30, attempt=2, bugs=4, iterations=1)
    assert known(story["bugs_encountered"]) == (Decimal(6), Evidence.DECLARED)
    assert known(story["iterations_count"]) == (Decimal(3), Evidence.DECLARED)


def test_an_attempt_declares_its_tokens_and_another_reads_a_counter() -> None:
    story = begun(start_tokens=100).tell("task_failed", 10, end_tokens=150)
    story.tell("task_retried", 20, attempt=2)
    story.tell("task_completed", 30, attempt=2, tokens_used=500)
    found = story["token_count_used"]
    assert (found.number, found.basis) == (Decimal(550), "sum of attempts")


@pytest.mark.parametrize(
    "steps",
    [
        [("task_paused", -86_400), ("task_resumed", 100)],
        [("task_paused", 200), ("task_resumed", 100)],
        [("task_paused", 10), ("task_resumed", 590), ("task_paused", 5), ("task_resumed", 595)],
    ],
)  # fmt: skip
def test_pauses_of_a_clock_that_jumped_back_leave_no_active_time(
    steps: list[tuple[str, float]],
) -> None:
    story = begun()
    for kind, at_s in steps:
        story.tell(kind, at_s)
    story.tell("task_completed", 600)
    assert story["duration"].number == 600
    assert story["active_duration"] == MISSING


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
    assert (found.number, found.evidence) == (Decimal(40), Evidence.DERIVED)
    assert found.basis == "usage records"


@pytest.mark.parametrize("quality", ["estimated", "partial"])
def test_usage_that_is_an_estimate_stays_one(quality: str) -> None:
    story = begun().tell("usage_recorded", 1, output=3, quality=quality)
    story.tell("usage_recorded", 2, output=4)
    assert known(story["token_count_used"]) == (Decimal(7), Evidence.ESTIMATED)


def test_usage_that_counts_nothing_is_missing_and_not_0() -> None:
    assert begun().tell("usage_recorded", 1, model="m")["token_count_used"] == MISSING
    assert begun().tell("usage_recorded", 1, output=0)["token_count_used"].number == 0
