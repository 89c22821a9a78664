"""Ids: the same for every clone that sees the same thing, different for all else."""

from __future__ import annotations

import re

import pytest

from gitlog_track.model.ids import event_id, natural_key, span_id, trace_id
from tests.support.examples import OID, OTHER_OID, OTHER_WRITER, stored

ROOT = "a" * 40


def id_of(kind: str, **changes: object) -> object:
    return stored(kind, **changes)["id"]


@pytest.mark.parametrize(
    "change",
    [{"writer": OTHER_WRITER}, {"seq": 9}, {"source": "x"}, {"operation": "amend"}],
)
def test_a_commit_is_one_event_whoever_saw_it(change: dict[str, object]) -> None:
    one = {"commit": OID, "operation": "commit", "entry": ""}
    assert id_of("commit_recorded", **one) == id_of(
        "commit_recorded", **{**one, **change}
    )


@pytest.mark.parametrize("change", [{"commit": OTHER_OID}, {"task": "P1-010"}])
def test_another_commit_or_task_is_another_event(change: dict[str, object]) -> None:
    one = {"commit": OID, "operation": "commit"}
    assert id_of("commit_recorded", **one) != id_of(
        "commit_recorded", **{**one, **change}
    )


def test_rewrites_are_told_apart_by_their_pairs() -> None:
    one = id_of("commits_rewritten", pairs=[[OID, OTHER_OID]], entry="a@1")
    assert one == id_of("commits_rewritten", pairs=[[OID, OTHER_OID]], entry="b@2")
    assert one != id_of("commits_rewritten", pairs=[[OTHER_OID, OID]], entry="a@1")


@pytest.mark.parametrize("change", [{"writer": OTHER_WRITER}, {"entry": "e@2"}])
def test_two_equal_notes_stay_two(change: dict[str, object]) -> None:
    one = {"text": "same", "entry": "e@1"}
    assert id_of("note_recorded", **one) != id_of("note_recorded", **{**one, **change})


def test_the_kind_is_part_of_the_id() -> None:
    key = natural_key(stored("bug_found", text="x"))
    assert event_id("bug_found", key) != event_id("note_recorded", key)


def test_ids_have_the_sizes_of_opentelemetry() -> None:
    trace = trace_id(ROOT, "P1-009")
    assert re.fullmatch("[0-9a-f]{32}", trace)
    assert re.fullmatch("[0-9a-f]{16}", span_id(trace, 1))
    assert re.fullmatch("[0-9a-f]{32}", event_id("note_recorded", ("w", "e")))


def test_a_trace_is_the_tasks_whatever_its_spelling_and_attempt() -> None:
    assert trace_id(ROOT, "P1-009") == trace_id(ROOT, "p1-009")
    assert trace_id(ROOT, "P1-009") != trace_id(ROOT, "P1-010")
    assert trace_id(ROOT, "P1-009") != trace_id("b" * 40, "P1-009")
    spans = {span_id(trace_id(ROOT, "P1-009"), attempt) for attempt in range(1, 50)}
    assert len(spans) == 49


def test_ids_are_what_format_1_says_they_are() -> None:
    """Known answers: a change here is a new format."""
    assert event_id("note_recorded", ("0a1b2c3d4e5f", "e@1")) == _digest(
        '[1,"note_recorded","0a1b2c3d4e5f","e@1"]', 32
    )
    assert trace_id(ROOT, "P1-009") == _digest(f'["trace","{ROOT}","p1-009"]', 32)
    assert span_id("t", 2) == _digest('["span","t",2]', 16)


def _digest(text: str, digits: int) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:digits]
