"""Names: which are allowed, how they compare, what a branch or task name implies."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.errors import ConfigError, UsageProblem
from gitlog_track.model.digest import sha256
from gitlog_track.model.names import (
    DEFAULT_BRANCH_PATTERN,
    DEFAULT_PHASE_PATTERN,
    check_name,
    is_name,
    name_hash,
    phase_of_task,
    task_of_branch,
)

GOOD = ["P1-009", "a", "0", "P3.5-002", "x_y", "A" * 64, "con", "a.b", "x-"]
BAD = [
    "",
    "A" * 65,
    ".",
    "..",
    ".git",
    "-rf",
    "_x",
    "a/b",
    "a\\b",
    "a b",
    "a..b",
    "x.lock",
    "x.",
    "\u00e9",
    "P1\n",
    "\x1b[31m",
    "P\u0661",
    "a\x00b",
    "\u202ea",
]


@pytest.mark.parametrize("name", GOOD)
def test_a_good_name_is_returned_as_it_is(name: str) -> None:
    assert is_name(name)
    assert check_name(name, "task") == name


@pytest.mark.parametrize("name", BAD)
def test_a_bad_name_is_refused(name: str) -> None:
    assert not is_name(name)
    with pytest.raises(UsageProblem, match="task name"):
        check_name(name, "task")


@pytest.mark.parametrize(
    ("name", "said"),
    [("a b/c", r"has ' ', '/'"), ("", "is empty"), ("x" * 65, "65 characters")],
)
def test_a_refusal_says_what_is_wrong(name: str, said: str) -> None:
    with pytest.raises(UsageProblem, match=re.escape(said)):
        check_name(name, "phase")


@given(st.text(max_size=70))
def test_every_name_can_stand_in_a_path_and_on_a_terminal(text: str) -> None:
    if is_name(text):
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text)


def test_names_that_differ_in_case_share_a_hash() -> None:
    assert name_hash("p1-009") == name_hash("P1-009")
    assert name_hash("P1-009") == hashlib.sha256(b"p1-009").hexdigest()


@given(st.binary(max_size=200))
def test_the_digest_is_sha256(data: bytes) -> None:
    assert sha256(data).hexdigest() == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("branch", "pattern", "task"),
    [
        ("refs/heads/P1-009", DEFAULT_BRANCH_PATTERN, "P1-009"),
        ("refs/heads/feature/AB2-7-x", DEFAULT_BRANCH_PATTERN, "AB2-7"),
        ("refs/heads/main", DEFAULT_BRANCH_PATTERN, None),
        ("refs/heads/xP1-009", DEFAULT_BRANCH_PATTERN, None),
        ("refs/heads/P1-009a", DEFAULT_BRANCH_PATTERN, None),
        ("refs/heads/P1-009", "", None),
        ("refs/heads/task/abc/x", "task/([a-z]+)", "abc"),
        ("refs/heads/p1-3", "(?i)P1-[0-9]", "p1-3"),
        ("refs/heads/x", "(y)?x", None),
        ("refs/heads/a b", "a b", None),
        ("refs/heads/\udcff-P1-2", DEFAULT_BRANCH_PATTERN, "P1-2"),
    ],
)
def test_the_task_of_a_branch(branch: str, pattern: str, task: str | None) -> None:
    assert task_of_branch(branch, pattern) == task


@pytest.mark.parametrize(
    ("task", "phase"),
    [("P1-009", "P1"), ("P3.5-002", "P3.5"), ("X-1", None), ("P1", None)],
)
def test_the_phase_of_a_task(task: str, phase: str | None) -> None:
    assert phase_of_task(task, DEFAULT_PHASE_PATTERN) == phase
    assert phase_of_task(task, "") is None


def test_a_bad_pattern_is_a_configuration_error() -> None:
    with pytest.raises(
        ConfigError, match=r"task\.phase_pattern.*no regular expression"
    ):
        phase_of_task("P1-1", "(")
