"""Tokens of several attempts: each by its own count, and all of them or nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.value import MISSING
from tests.support.stories import Story, begun, known

Fields = dict[str, object]


def attempts(*told: tuple[Fields, Fields | None]) -> Story:
    """A task tried as often as told: what its begin has, and its end unless open."""
    (start, end), *later = told
    story = begun(**start)
    if end is not None:
        story.tell("task_failed", 10, **end)
    for number, (again, ended) in enumerate(later, 2):
        story.tell("task_retried", number * 100, attempt=number, **again)
        if ended is not None:
            story.tell("task_failed", number * 100 + 10, attempt=number, **ended)
    return story


@pytest.mark.parametrize(
    ("told", "used"),
    [
        pytest.param(
            [({"start_tokens": 100}, {"end_tokens": 150}),
             ({"start_tokens": 0}, {"end_tokens": 30})], 80, id="a counter each"),
        pytest.param(
            [({"start_tokens": 100}, {"end_tokens": 150}),
             ({}, {"end_tokens": 180})], 80, id="one counter over both"),
        pytest.param(
            [({}, {"tokens_used": 70}), ({"start_tokens": 5}, {"end_tokens": 5})],
            70, id="declared, and a counter that stood still"),
        pytest.param(
            [({}, {"tokens_used": 70}), ({}, None)], None, id="the last is open"),
        pytest.param(
            [({}, {"tokens_used": 70}), ({}, {"end_tokens": 5})], None,
            id="one reading is no amount"),
        pytest.param(
            [({}, {"tokens_used": 70}), ({"start_tokens": 9}, {"end_tokens": 5})],
            None, id="a counter that ran backwards"),
        pytest.param(
            [({}, {"tokens_used": 70}), ({}, {})], None, id="nothing said of one"),
        pytest.param([({}, {}), ({}, {})], None, id="nothing said"),
    ],
)  # fmt: skip
def test_what_a_task_used_is_the_sum_of_its_attempts_if_all_are_known(
    told: list[tuple[Fields, Fields | None]], used: int | None
) -> None:
    found = attempts(*told)["token_count_used"]
    if used is None:
        assert found == MISSING
    else:
        assert known(found) == (Decimal(used), Evidence.DECLARED)


def test_an_attempt_of_which_the_beginning_was_retracted_has_no_counter() -> None:
    story = begun().tell("task_failed", 10, tokens_used=70)
    story.tell("task_completed", 20, attempt=2, end_tokens=5)
    assert story["token_count_used"] == MISSING
