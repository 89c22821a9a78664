"""Which task an event belongs to: one order, and never a guess."""

from __future__ import annotations

import pytest

from gitlog_track.model.names import DEFAULT_BRANCH_PATTERN
from gitlog_track.model.subject import resolve_tasks

ALL = {"explicit": "E-1", "trailers": ("T-1",), "current": "C-1", "branch": "B-1"}


@pytest.mark.parametrize(
    ("absent", "found"),
    [
        ((), "E-1"),
        (("explicit",), "T-1"),
        (("explicit", "trailers"), "C-1"),
        (("explicit", "trailers", "current"), "B-1"),
    ],
)
def test_the_first_that_says_so_wins(absent: tuple[str, ...], found: str) -> None:
    given = {k: v for k, v in ALL.items() if k not in absent}
    tasks = resolve_tasks(**given, branch_pattern=DEFAULT_BRANCH_PATTERN)  # type: ignore[arg-type]
    assert tasks == (found,)


def test_nothing_is_guessed() -> None:
    assert resolve_tasks(branch_pattern=DEFAULT_BRANCH_PATTERN) == ()
    assert resolve_tasks(branch="refs/heads/main", branch_pattern="[A-Z]+-[0-9]+") == ()


def test_a_message_may_name_several_tasks_each_once() -> None:
    assert resolve_tasks(trailers=("A-1", "B-2", "A-1")) == ("A-1", "B-2")


def test_what_is_no_name_is_passed_over() -> None:
    assert resolve_tasks(trailers=("../x", "a b"), current="C-1") == ("C-1",)
    assert resolve_tasks(current="../x", branch="B-1", branch_pattern="B-[0-9]") == (
        "B-1",
    )


def test_an_empty_branch_pattern_switches_the_branch_off() -> None:
    assert resolve_tasks(branch="refs/heads/B-1", branch_pattern="") == ()
