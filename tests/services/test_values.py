"""Values as people type them: the founding forms are read, nonsense is refused."""

from __future__ import annotations

import pytest

from gitlog_track.errors import UsageProblem
from gitlog_track.model.limits import checked_event
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from gitlog_track.services.values import (
    count,
    criteria,
    duration_s,
    measurement,
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
