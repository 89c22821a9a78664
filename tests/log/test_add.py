"""Adding drafts to the log directly: as safe as a fold, without a journal."""

from __future__ import annotations

import os
import subprocess

import pytest

from gitlog_track.errors import LogBusyError, LogError
from gitlog_track.log.layout import LOG_REF, UNASSIGNED, Subject
from gitlog_track.log.observe import Draft
from gitlog_track.model.ids import BACKFILLED
from gitlog_track.model.stored import has_own_id, read_line
from tests.support.clones import Clone
from tests.support.examples import AT, Fields


def draft(entry: str, task: str = "P1-009", **fields: object) -> Draft:
    event: Fields = {
        "kind": "note_recorded",
        "at": AT,
        "text": entry,
        "provenance": BACKFILLED,
        "source": "importer:test 1 file",
        "entry": f"test:{entry}",
        "task": task or None,
        **fields,
    }
    return Draft(Subject("task", task) if task else UNASSIGNED, event)


def test_what_waits_is_folded_before(clone: Clone) -> None:
    clone.record(text="waiting")
    assert clone.folder().add(lambda _: [draft("imported")]) == 1
    assert clone.texts() == ["waiting", "imported"]
    assert clone.waiting == []


def test_an_imported_event_is_itself_in_every_clone(clone: Clone) -> None:
    clone.folder().add(lambda _: [draft("one"), draft("two", task="")])
    for line in clone.lines():
        found = read_line(line)
        assert not hasattr(found, "problem")
        assert has_own_id(found)
    ids = [e["id"] for e in clone.events()]
    clone.run("update-ref", "-d", LOG_REF)
    os.remove(f"{clone.home.path}/writer")
    clone.folder().add(lambda _: [draft("one"), draft("two", task="")])
    assert [e["id"] for e in clone.events()] == ids


def test_nothing_planned_makes_no_commit(clone: Clone) -> None:
    clone.record()
    clone.fold()
    before = clone.tip
    assert clone.folder().add(lambda _: []) == 0
    assert clone.tip == before


def test_the_plan_is_made_anew_when_the_log_moved_meanwhile(clone: Clone) -> None:
    clone.record()
    clone.fold()
    seen: list[str | None] = []

    def plan(tip: str | None) -> list[Draft]:
        seen.append(tip)
        if len(seen) == 1:
            made = clone.text(
                "commit-tree", f"{tip}^{{tree}}", "-p", str(tip), "-m", "x"
            )
            clone.run("update-ref", LOG_REF, made)
        return [draft("imported")]

    assert clone.folder().add(plan) == 1
    assert len(seen) == 2
    assert seen[0] != seen[1]
    assert "imported" in clone.texts()


def test_a_locked_ref_is_told_and_nothing_is_added(clone: Clone) -> None:
    clone.record()
    clone.fold()
    lock = f"{clone.home.common_dir}/{LOG_REF}.lock"
    with open(lock, "xb"):
        clone.stamp(lock)
    with pytest.raises(LogBusyError):
        clone.folder(patience_s=0.1).add(lambda _: [draft("imported")])
    os.remove(lock)
    assert "imported" not in clone.texts()


def test_an_event_that_no_log_can_hold_is_no_silence(clone: Clone) -> None:
    with pytest.raises(LogError, match="1 events are none that a log can hold"):
        clone.folder().add(lambda _: [draft("one"), draft("two", value=1.5)])
    assert clone.tip is None


def test_objects_that_are_gone_are_written_again(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ``gc --prune=now`` beside us can take what was just written."""
    folder = clone.folder()
    tried: list[str] = []
    there = type(folder)._all_landed

    def first_gone(self: object, *args: object) -> bool:
        tried.append("")
        if len(tried) == 1:
            subprocess.run(
                ["git", "update-ref", "-d", LOG_REF], cwd=clone.path, check=True
            )
            return False
        return there(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(type(folder), "_all_landed", first_gone)
    assert folder.add(lambda _: [draft("imported")]) == 1
    assert clone.texts() == ["imported"]
