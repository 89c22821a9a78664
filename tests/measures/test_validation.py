"""A task's log is complete when every required field is filled, or does not apply."""

from __future__ import annotations

import pytest

from gitlog_track.errors import ConfigError
from gitlog_track.measures.validation import validate_task
from gitlog_track.model.replay import replay
from tests.support.stories import Story, begun, done


def missing(story: Story, *required: str) -> tuple[str, ...]:
    return validate_task(replay("P1-009", story.lines), required).missing


def test_a_task_without_a_log_lacks_everything() -> None:
    found = validate_task(replay("P1-009", []), ("TASK", "STATUS"))
    assert (found.missing, found.status) == (("TASK", "STATUS"), "not_started")
    assert [(p.code, p.text) for p in found.problems] == [
        ("no_log", "task P1-009 has no log")
    ]
    assert not found.is_valid


@pytest.mark.parametrize(
    ("story", "lacking"),
    [
        (begun(), ["END_TIMESTAMP", "STATUS"]),
        (done(), []),
        (begun().tell("task_failed", 9), []),
        (Story().tell("note_recorded", text="x"),
         ["START_TIMESTAMP", "END_TIMESTAMP", "STATUS"]),
    ],
)  # fmt: skip
def test_what_is_not_filled_is_named_as_it_was_asked_for(
    story: Story, lacking: list[str]
) -> None:
    required = ("TASK", "START_TIMESTAMP", "END_TIMESTAMP", "STATUS")
    assert missing(story, *required) == tuple(lacking)
    ours = ("task", "begin_timestamp", "end_timestamp", "status")
    assert len(missing(story, *ours)) == len(lacking)


def test_a_field_that_does_not_apply_is_filled() -> None:
    said = {"measure": "doc_completeness", "not_applicable": True, "reason": "a spike"}
    story = begun().tell("measurement_recorded", 1, **said)
    required = ("DOC_COMPLETENESS", "TEST_COVERAGE_ACTUAL")
    assert missing(story, *required) == ("TEST_COVERAGE_ACTUAL",)


@pytest.mark.parametrize(
    ("start", "end", "lacking"),
    [
        ({"start_tokens": 1}, {"end_tokens": 5}, ()),
        ({}, {"tokens_used": 4}, ()),
        ({"start_tokens": 1}, {}, ("END_TOKENS",)),
        ({}, {}, ("START_TOKENS", "END_TOKENS")),
    ],
)
def test_an_amount_of_tokens_stands_for_both_counters(
    start: dict[str, object], end: dict[str, object], lacking: tuple[str, ...]
) -> None:
    story = begun(**start).tell("task_completed", 60, **end)
    assert missing(story, "START_TOKENS", "END_TOKENS") == lacking
    used = story.tell("usage_recorded", 9, output=4)
    assert missing(used, "START_TOKENS", "END_TOKENS") == ()


@pytest.mark.parametrize("name", ["MOOD", "tasks_total", ""])
def test_to_require_what_is_no_measure_of_a_task_is_an_error(name: str) -> None:
    said = f"validation.required names {name!r}, which is no measure of a task"
    with pytest.raises(ConfigError, match=said):
        missing(begun(), "STATUS", name)


def test_a_log_that_is_no_proof_is_not_valid_and_an_odd_one_is() -> None:
    twice = begun().tell("task_started", 5).tell("task_completed", 9)
    late = done(9).tell("bug_found", 12, text="x")
    for story, is_valid in ((twice, True), (late, False)):
        found = validate_task(replay("P1-009", story.lines), ("STATUS",))
        assert (found.missing, len(found.problems)) == ((), 1)
        assert found.is_valid is is_valid
