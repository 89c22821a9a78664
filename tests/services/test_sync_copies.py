"""Clones that were copied with their writer id: both go on, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlog_track.log.ref import LogRef
from tests.support.deaths import death
from tests.support.remotes import (
    Server,
    Site,
    assert_one_log,
    settle,
)


def test_a_copied_clone_writes_as_another_and_nothing_is_double(
    server: Server, ann: Site, tmp_path: Path
) -> None:
    ann.note("before")
    ann.record(task="P1-001", text="waiting when copied")
    copy = ann.copy(tmp_path / "copy")
    ann.note("of ann")
    copy.note("of the copy")
    settle(ann, copy)
    assert ann.notes() == copy.notes() == [
        "before", "of ann", "of the copy", "waiting when copied",
    ]  # fmt: skip
    assert len({event["id"] for event in ann.events()}) == 4
    assert ann.writer != copy.writer
    settle(ann, copy)
    assert {site.tip for site in (ann, copy)} == {server.tip}
    ann.assert_sound()
    (state,) = ann.log.states("task")
    assert len(state.stored) == 4
    assert [problem.code for problem in state.problems if problem.invalid] == []


def test_a_copy_that_its_place_does_not_tell_is_found_when_merging(
    server: Server, ann: Site, tmp_path: Path
) -> None:
    ann.note("before")
    copy = ann.copy(tmp_path / "copy")
    # A virtual machine's copy has device, inode and host of the first.
    copy.write_as(ann.writer)
    for number in range(3):
        ann.note(f"ann {number}")
        copy.note(f"copy {number}")
    assert ann.writer == copy.writer
    ann.sync()
    done = copy.sync()
    assert "new id" in done.notes[0]
    assert copy.writer != ann.writer
    ann.sync()
    for number in range(3, 6):
        ann.note(f"ann {number}")
        copy.note(f"copy {number}")
    settle(ann, copy)
    assert len(ann.notes()) == 13
    assert_one_log(server, ann, copy)


@pytest.mark.parametrize("name", ["move", "advance"])
def test_a_copy_killed_while_merging_has_a_new_id_by_then(
    server: Server, ann: Site, tmp_path: Path, name: str
) -> None:
    ann.note("before")
    ann.sync()
    copy = ann.copy(tmp_path / "copy")
    copy.write_as(ann.writer)
    ann.note("of ann")
    ann.sync()
    if name == "advance":
        copy.note("of the copy")
    with death(LogRef, name, after=True):
        copy.fetch()
    assert copy.tip != ann.tip if name == "advance" else copy.tip == ann.tip
    assert copy.writer != ann.writer
    for site in (ann, copy):
        site.note(f"later, of {site.path.name}")
    settle(ann, copy)
    assert_one_log(server, ann, copy)
