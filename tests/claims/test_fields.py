"""Claims written as `Key: value`."""

from decimal import Decimal

import pytest

from gitlog_track.claims.canonical import format_quantity
from gitlog_track.claims.fields import STATUSES, Line, read_fields, read_lines
from gitlog_track.claims.statement import Budget, Form, Statement, TooManyError
from gitlog_track.claims.vocabulary import vocabulary
from gitlog_track.measures.catalogue import MEASURES

WORDS = vocabulary(MEASURES)


def fields(
    text: str, *, in_block: bool = False, hours_per_day: Decimal | None = None
) -> list[Statement]:
    lines = read_lines(tuple(text.split("\n")), WORDS.known_keys)
    return [
        each
        for line in lines
        for each in read_fields(
            line, WORDS, Budget(99), in_block=in_block, hours_per_day=hours_per_day
        )
    ]


GOOD = [
    ("Duration: 12m", "duration", "12m"),
    ("DURATION_MINUTES: 12", "duration_minutes", "12m"),
    ("Duration-Seconds: 720", "duration_seconds", "720s"),
    ("- Duration: 12m", "duration", "12m"),
    ("* **Duration:** 12m", "duration", "12m"),
    ("**Duration**: 12m", "duration", "12m"),
    ("Duration : 12m", "duration", "12m"),
    ("Duration:12m", "duration", "12m"),
    ("Duration: 12m.", "duration", "12m"),
    ("Duration: **12m**", "duration", "12m"),
    ("Duration: 12m (see the log)", "duration", "12m"),
    ("Duration: 3h (estimate: 2h)", "duration", "3h"),
    ("ITERATIONS: 3 of which one was short", "iterations", "3"),
    ("Tokens-Used: 3,236 tokens", "tokens_used", "3236"),
    ("Test-Coverage: 87% \u2705", "test_coverage", "87%"),
    ("Efficiency-Ratio: 0.90 (10% faster than estimated)", "efficiency_ratio", "0.90"),
]


@pytest.mark.parametrize(("text", "key", "value"), GOOD)
def test_a_claim(text: str, key: str, value: str) -> None:
    [statement] = fields(text)
    assert statement.key == key
    assert statement.quantity is not None
    assert format_quantity(statement.quantity) == value


@pytest.mark.parametrize(
    "text",
    [
        "Duration: soon",
        "Duration:",
        "Duration: N/A",
        "Duration: _____",
        "Duration: 12m ESTIMATED",
        "Duration: 12m (estimated)",
        "Duration: 12m est.",
        "Duration: estimated 12m",
        "Duration: NOT MEASURED",
        "Iterations: 3 of which one was short and one long",
        "duration: 12m",
        "Status: complete",
        "Estimated-Duration: 2h",
        "My-Duration: 2h",
        "The duration: 2h",
        "Dur\u00e4tion: 2h",
    ],
)
def test_no_claim(text: str) -> None:
    assert fields(text) == []


def test_a_block_makes_weak_keys_firm() -> None:
    assert fields("duration: 12m") == []
    assert len(fields("duration: 12m", in_block=True)) == 1
    assert fields("Duration: 12") == []
    assert "its unit" in fields("Duration: 12", in_block=True)[0].problem


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("complete", "complete"),
        ("\u2705 COMPLETE", "complete"),
        ("Completed.", "complete"),
        ("partial", "partial"),
        ("in-progress", "in_progress"),
        ("In progress (step 2)", "in_progress"),
    ],
)
def test_status(value: str, status: str) -> None:
    assert [each.status for each in fields(f"Task-Status: {value}")] == [status]


def test_an_unknown_status_is_a_problem() -> None:
    [statement] = fields("Task-Status: nearly\x1b[31m")
    assert statement.problem.startswith("found 'nearly\\x1b[31m', expected one of")


def test_the_same_duration_said_again_is_a_claim_too() -> None:
    texts = [
        format_quantity(each.quantity)
        for each in fields("Actual-Duration: 0.83 hours (50 minutes)")
        if each.quantity
    ]
    assert texts == ["0.83h", "50m"]


def test_working_days_are_judged_only_with_their_hours() -> None:
    text = "ACTUAL_TOTAL: 38.2 hours (8.5 working days, 1 engineer)"
    assert len(fields(text)) == 1
    assert len(fields(text, hours_per_day=Decimal(8))) == 2


def test_capitals_make_a_field() -> None:
    assert fields("ITERATIONS: 1")[0].form is Form.FIELD
    assert fields("Iterations: 1")[0].form is Form.TRAILER


def test_several_fields_on_a_line() -> None:
    found = fields("DURATION_MINUTES: 12, TOKENS_USED: 3236 | ITERATIONS: 1")
    assert [each.key for each in found] == [
        "duration_minutes",
        "tokens_used",
        "iterations",
    ]


def test_logical_lines() -> None:
    text = ("Note: one", "two", "- three", "  four", "Duration:", "  5m", "  Task: A-1")
    lines = read_lines(text, WORDS.known_keys | {"task"})
    assert lines == [
        Line("Note: one two", 0),
        Line("- three four", 1),
        Line("Duration: 5m", 2, "duration", "5m", shouted=False),
        Line("  Task: A-1", 3, "task", "A-1", shouted=False),
    ]


def test_the_budget_is_spent() -> None:
    line = read_lines(("Duration: 1m",), frozenset())[0]
    with pytest.raises(TooManyError):
        read_fields(line, WORDS, Budget(0), in_block=True)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Variance: -10m (10 minutes ahead)", 2),
        ("Variance: -10m (10 minutes)", 1),
        ("Duration: 50m (49 minutes estimated)", 1),
        ("Duration: 50m (3 attempts)", 1),
        ("Duration: 50m (50 minutes or so)", 1),
        ("DURATION_MINUTES: 12, Reviewed: 3", 1),
    ],
)
def test_remarks(text: str, count: int) -> None:
    assert len(fields(text)) == count


def test_a_remark_with_a_decimal_comma_is_a_problem() -> None:
    assert "write 0.5" in fields("Duration: 30m (0,5 hours)")[1].problem


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("in progress", "in_progress"),
        ("In-Progress", "in_progress"),
        ("IN_PROGRESS", "in_progress"),
        ("complete (all of it)", "complete"),
        ("_complete_", "complete"),
        ("**failed**", "failed"),
    ],
)
def test_a_status_in_any_spelling(value: str, status: str) -> None:
    (found,) = fields(f"Task-Status: {value}")
    assert (found.status, found.problem) == (status, "")


@pytest.mark.parametrize("value", ["x" * 40, "y" * 50, "XX"])
def test_a_status_that_is_none_names_those_there_are(value: str) -> None:
    (found,) = fields(f"Task-Status: {value}")
    wanted = "complete, partial, failed, in_progress"
    assert set(wanted.split(", ")) == set(STATUSES.values())
    assert found.problem.startswith(f"found '{value[:40]}', expected one of ")
    assert found.problem.endswith(", ".join(dict.fromkeys(STATUSES.values())))
    assert found.words == f"Task-Status: {value}"


@pytest.mark.parametrize(
    "behind", ["ahead", "behind", "ahead of schedule", "behind plan"]
)
def test_a_variance_is_said_again_only_with_its_direction(behind: str) -> None:
    said = fields(f"Variance: 10 minutes ahead (600 seconds {behind})", in_block=True)
    assert len(said) == 2
    assert len(fields("Variance: 10 minutes ahead (600 seconds)", in_block=True)) == 1


def test_of_several_on_a_line_each_is_read() -> None:
    found = fields("Duration: 12m, Reviewed-By: A, Tokens-Used: 3,236", in_block=True)
    assert [(one.key, one.words) for one in found] == [
        ("duration", "Duration: 12m"),
        ("tokens_used", "Tokens-Used: 3,236"),
    ]


def test_a_key_with_a_dash_is_one_whatever_follows() -> None:
    (found,) = fields("Tokens-Used: 1.5 apples")
    assert found.problem.startswith("found '1.5 apples', expected a whole number")
    assert fields("Duration: 5x of it") == []


def test_what_cannot_be_read_says_why() -> None:
    (found,) = fields("Time-Spent: 1,5h")
    assert (
        found.problem == "found '1,5', expected a decimal point, not a comma: write 1.5"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Duration:\n 12m", ["12m"]),
        ("Duration:\n\t12m", ["12m"]),
        ("Duration: 12m\nXavier wrote it", ["12m"]),
        ("Duration: 12m\nX: of it", ["12m"]),
    ],
)
def test_a_value_goes_on_in_an_indented_line(text: str, found: list[str]) -> None:
    said = [format_quantity(one.quantity) for one in fields(text) if one.quantity]
    assert said == found
