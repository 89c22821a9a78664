"""Paths of the log: what is written reads back, and no other name passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.errors import LogCorruptError
from gitlog_track.log.layout import (
    UNASSIGNED,
    Home,
    Segment,
    Subject,
    directory,
    parse_segment_name,
    segment_name,
)
from gitlog_track.model.names import name_hash
from tests.support.strategies import names

WRITER = "0a1b2c3d4e5f"
TASK = Subject("task", "P1-009")
HASH = name_hash("P1-009")


def test_paths_are_those_of_format_1() -> None:
    assert directory(TASK) == f"tasks/{HASH[:2]}/P1-009"
    assert directory(Subject("phase", "P1")) == "phases/P1"
    assert directory(UNASSIGNED) == "unassigned"
    assert segment_name(TASK, WRITER, 7) == f"{WRITER}-000007-{HASH[:12]}"
    assert segment_name(UNASSIGNED, WRITER, 7) == f"{WRITER}-000007"


@given(names, st.integers(0, 10**7), st.sampled_from(["task", "phase"]))
def test_a_path_reads_back(name: str, number: int, kind: str) -> None:
    subject = Subject(kind, name)
    segment = Segment(
        f"{directory(subject)}/{segment_name(subject, WRITER, number)}", "0" * 40
    )
    assert (segment.subject, segment.writer, segment.number) == (
        subject,
        WRITER,
        number,
    )


GOOD = f"{WRITER}-000001-{HASH[:12]}".encode()
BAD_NAMES = [
    b"",
    b"..",
    b".git",
    b"-",
    b"x",
    GOOD + b"\n",
    GOOD + b" ",
    b"\x1b[31m" + GOOD,
    GOOD[:-1],
    GOOD.replace(b"000001", b"1"),
    GOOD.replace(b"000001", b"00001x"),
    GOOD.replace(b"000001", "\u0660\u0660\u0660\u0660\u0660\u0661".encode()),
    b"../" + GOOD,
    b"-rf-000001-" + HASH[:12].encode(),
    b"\xff-000001-" + HASH[:12].encode(),
    f"{WRITER}-000001-{'0' * 12}".encode(),
    f"{WRITER}-000001".encode(),
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_no_other_file_name_passes(name: bytes) -> None:
    assert parse_segment_name(TASK, GOOD) == (WRITER, 1)
    with pytest.raises(LogCorruptError, match="no segment's name"):
        parse_segment_name(TASK, name)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "format.json",
        "tasks",
        "tasks/P1-009/x",
        f"tasks/00/P1-009/{GOOD.decode()}",
        f"tasks/{HASH[:2]}/../{GOOD.decode()}",
        f"tasks/{HASH[:2]}/P1-009/x/{GOOD.decode()}",
        f"other/{HASH[:2]}/P1-009/{GOOD.decode()}",
        "phases/../x",
        "unassigned/x/y",
        "unassigned/..",
    ],
)
def test_no_other_path_is_a_segment(path: str) -> None:
    with pytest.raises(LogCorruptError, match="no segment"):
        Segment(path, "0" * 40)


@pytest.mark.parametrize("worktree", ["", "/etc", "a/b", ".", ".."])
def test_a_worktrees_name_leads_nowhere_else(worktree: str) -> None:
    assert Home("/repo/.git").worktree_dir(worktree) == "/repo/.git"


def test_a_linked_worktree_has_a_directory_of_its_own() -> None:
    assert Home("/repo/.git").worktree_dir("side") == "/repo/.git/worktrees/side"
