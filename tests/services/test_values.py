"""Values as people type them: the founding forms are read, nonsense is refused."""

from __future__ import annotations

import pytest

from gitlog_track.errors import UsageProblem
from gitlog_track.model.limits import checked_event
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from gitlog_track.services.values import (
    check_possible,
    count,
    criteria,
    duration_s,
    measurement,
    measurements,
    target,
    token_count,
)
from tests.support.examples import line, recorded


@pytest.fixture
def state() -> TaskState:
    goal = {"name": "ipc", "comparator": "<", "value": "5", "unit": "ms"}
    return replay("P1-009", [line("task_started", performance_targets=[goal])])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h30m", 5_400), ("90m", 5_400), ("12 minutes", 720), ("45s", 45), ("1.5h", 5_400),
     ("2h", 7_200)],
)  # fmt: skip
def test_durations(text: str, seconds: int) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-5m", "1-2h", "12", "1h 1h", "NaN h"])
def test_no_durations(text: str) -> None:
    with pytest.raises(UsageProblem):
        duration_s(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("107264", 107_264), ("107,264", 107_264), ("107264/200000", 107_264),
     ("107,264/200,000", 107_264), ("0", 0), (" 5 ", 5)],
)  # fmt: skip
def test_token_counts(text: str, tokens: int) -> None:
    assert token_count(text) == tokens


@pytest.mark.parametrize(
    "text", ["", "/", "many", "-1", "1.5", "5/x", "5/", "1,2,3x", "236 000 000x"]
)
def test_no_token_counts(text: str) -> None:
    with pytest.raises(UsageProblem):
        token_count(text)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "none", "1e3x", "~5x"])
def test_no_counts(text: str) -> None:
    with pytest.raises(UsageProblem):
        count(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [("\u2705", "pass"), ("\u23f3", "pending"), ("\u274c", "fail"), (" \u2705 ", "pass"),
     ("\u2705\ufe0f", "pass"), ("fail", "fail"), ("perhaps", "perhaps")],
)  # fmt: skip
def test_founding_marks_are_words(text: str, word: str) -> None:
    assert criteria(text) == word


@pytest.mark.parametrize(
    ("text", "default", "fields"),
    [
        ("ipc<5ms", "", ("ipc", "<", "5", "ms")),
        ("ipc < 5 ms", "", ("ipc", "<", "5", "ms")),
        (">80%", "coverage", ("coverage", ">", "80", "%")),
        (">= 80.5 %", "coverage", ("coverage", ">=", "80.5", "%")),
        ("p99 latency<=250ms", "", ("p99 latency", "<=", "250", "ms")),
        ("drift>-3", "", ("drift", ">", "-3", "")),
        ("x=1", "", ("x", "=", "1", "")),
    ],
)
def test_targets(text: str, default: str, fields: tuple[str, ...]) -> None:
    found = target(text, default)
    assert tuple(found.values()) == fields
    checked_event(recorded("task_started", performance_targets=[found]))


@pytest.mark.parametrize(
    "text", ["", "ipc", "ipc<", "<5ms", "ipc<five", "ipc==5", "ipc<5<6"]
)
def test_no_targets(text: str) -> None:
    with pytest.raises(UsageProblem, match=r"no target; expected one like ipc<5ms"):
        target(text)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "test_coverage_actual=87%",
            {"measure": "test_coverage_actual", "value": "87", "unit": "%"},
        ),
        (
            "TEST_COVERAGE_ACTUAL=87.5 %",
            {"measure": "test_coverage_actual", "value": "87.5", "unit": "%"},
        ),
        ("tests_passed=12", {"measure": "tests_passed", "value": "12", "unit": ""}),
        (
            "ipc=2.8ms",
            {
                "measure": "performance_actual",
                "name": "ipc",
                "value": "2.8",
                "unit": "ms",
            },
        ),
    ],
)
def test_measurements(state: TaskState, text: str, fields: dict[str, object]) -> None:
    found = measurement(text, "", state)
    assert found == fields
    checked_event({**recorded("measurement_recorded"), **found})


@pytest.mark.parametrize(
    "text", ["test_coverage_actual=n/a", "Test-Coverage-Actual=N/A"]
)
def test_what_does_not_apply_needs_a_reason(state: TaskState, text: str) -> None:
    assert measurement(text, "no code yet", state) == {
        "measure": "test_coverage_actual", "not_applicable": True, "reason": "no code yet",
    }  # fmt: skip
    with pytest.raises(UsageProblem, match="not why") as caught:
        measurement(text, "", state)
    assert caught.value.hint is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tests_passed", "no measurement; expected NAME=VALUE"),
        ("tests_passed=many", "is no number"),
        ("tests_passed=", "is no number"),
        ("tests_passed=1,000", "is no number"),
        ("duration=5", "is not measured by typing it; expected .*ipc"),
        ("latency=5ms", "is not measured by typing it"),
        ("nothing=n/a", "there is no measure 'nothing'"),
    ],
)
def test_no_measurements(state: TaskState, text: str, said: str) -> None:
    with pytest.raises(UsageProblem, match=said):
        measurement(text, "r", state)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("test_coverage_actual=120%", "expected a percentage from 0 to 100"),
        ("test_coverage_actual=-5", "expected a percentage from 0 to 100"),
        ("doc_completeness=100.1", "expected a percentage from 0 to 100"),
        ("test_coverage_actual=87 ms", "is in 'ms'; expected a percentage"),
        ("tests_passed=5.5", "expected a whole number from 0"),
        ("tests_total=-1", "expected a whole number from 0"),
        ("tests_passed=5%", "is in '%'; expected a count"),
        ("tests_passed=1e5", "is written with an exponent"),
        ("ipc=1e-3", "is written with an exponent"),
    ],
)
def test_measurements_that_cannot_be(state: TaskState, text: str, said: str) -> None:
    with pytest.raises(UsageProblem, match=said):
        measurement(text, "", state)


@pytest.mark.parametrize(
    "text",
    ["test_coverage_actual=0", "test_coverage_actual=100%", "tests_passed=12 tests",
     "tests_total=0", "ipc=-2.5ms", "ipc=150s"],
)  # fmt: skip
def test_measurements_at_the_edge(state: TaskState, text: str) -> None:
    assert measurement(text, "", state)["value"]


@pytest.mark.parametrize("text", [">120%", ">-1%", ">5e1", ">80ms"])
def test_coverage_targets_that_cannot_be(text: str) -> None:
    with pytest.raises(UsageProblem, match=r"expected a percentage|exponent"):
        target(text, "test_coverage")


def test_a_performance_target_may_be_over_100_percent() -> None:
    assert target("cpu<400%")["value"] == "400"
    with pytest.raises(UsageProblem, match="exponent"):
        target("ops>1e6")


def test_more_tests_cannot_pass_than_there_are(state: TaskState) -> None:
    assert len(measurements(["tests_total=5", "tests_passed=5"], "", state)) == 2
    with pytest.raises(
        UsageProblem, match="tests_passed 6 cannot be above tests_total 5"
    ):
        measurements(["tests_total=5", "tests_passed=6"], "", state)


@pytest.mark.parametrize("text", ["9999999999999999", "1/2", "2000000000000k"])
def test_counts_that_cannot_be(text: str) -> None:
    with pytest.raises(UsageProblem):
        count(text)


@pytest.mark.parametrize("text", ["900000h", "36526d", "1000000000h"])
def test_durations_over_a_hundred_years(text: str) -> None:
    with pytest.raises(UsageProblem, match="over 100 years"):
        duration_s(text)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("task_started", {"estimated_duration_s": 3_155_760_001}),
        ("task_completed", {"tokens_used": 10**15 + 1}),
        ("hallucination_recorded", {"count": 10**16}),
    ],
)
def test_no_event_holds_a_size_that_cannot_be(
    kind: str, fields: dict[str, object]
) -> None:
    with pytest.raises(UsageProblem, match="cannot be: it is over"):
        checked_event({**recorded(kind), **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"measure": "test_coverage_actual", "value": "150", "unit": "%"},
        {"measure": "tests_passed", "value": "-1", "unit": ""},
        {"test_coverage_target": {"name": "c", "value": "120", "unit": "%"}},
    ],
)
def test_no_correction_makes_a_value_that_cannot_be(fields: dict[str, object]) -> None:
    with pytest.raises(UsageProblem, match="cannot be"):
        check_possible(fields)


@pytest.mark.parametrize("value", ["2s", "2800us", "2.8ms"])
def test_a_performance_figure_may_be_in_any_unit_of_time(
    state: TaskState, value: str
) -> None:
    assert measurement(f"ipc={value}", "", state)["measure"] == "performance_actual"


@pytest.mark.parametrize("value", ["2", "2MB", "2%", "2 furlongs"])
def test_a_performance_figure_of_another_kind_is_refused_with_the_units(
    state: TaskState, value: str
) -> None:
    with pytest.raises(UsageProblem, match=r"target ipc <5ms; expected .* in ns, .*ms"):
        measurement(f"ipc={value}", "", state)
