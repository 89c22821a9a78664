"""Lines of one id: one event if only their place differs, else tampering."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gitlog_track.log.codec import encode
from gitlog_track.model.stored import (
    StoredEvent,
    has_own_id,
    merge_lines,
    read_line,
    write_line,
)
from tests.support.examples import OID, OTHER_WRITER, OWN_FIELDS, line, stored
from tests.support.strategies import events, texts, values

Commit = {"commit": OID, "operation": "commit"}


def read(raw: bytes) -> StoredEvent:
    found = read_line(raw)
    assert isinstance(found, StoredEvent)
    return found


@pytest.mark.parametrize(
    "place",
    [
        {"seq": 7},
        {"writer": OTHER_WRITER},
        {"recorded_at": "2025-10-05T22:00:00Z"},
        {"seq": 3, "writer": OTHER_WRITER},
    ],
)
def test_lines_that_differ_only_in_place_are_one_event(
    place: dict[str, object],
) -> None:
    one = read(line("commit_recorded", 2, **Commit))
    other = read(line("commit_recorded", **{"seq": 2, **Commit, **place}))
    assert one.line != other.line
    for order in ([one, other], [other, one], [one, other, one]):
        merged, contradicted = merge_lines(order)
        assert merged == [min(one, other, key=lambda s: (s.event.seq, s.line))]
        assert contradicted == []


@pytest.mark.parametrize(
    "told",
    [
        {"text": "something else"},
        {"at": "2025-10-04T22:00:01.000-05:00"},
        {"actor": "somebody else"},
        {"newer": 1},
        {"attempt": 2},
    ],
)
def test_lines_of_one_id_that_tell_it_differently_are_named(
    told: dict[str, object],
) -> None:
    one = read(line("note_recorded", 2))
    other = read(line("note_recorded", 2, **told))
    assert one.event.id == other.event.id
    for order in ([one, other], [other, one], [one, one, other]):
        merged, contradicted = merge_lines(order)
        assert len(merged) == 1
        assert contradicted == [one.event.id]


@pytest.mark.parametrize(
    "told",
    [{"operation": "amend"}, {"at": "2025-10-04T22:00:01.000-05:00"}, {"files": None}],
)
def test_a_commit_told_differently_by_two_observers_is_one_event(
    told: dict[str, object],
) -> None:
    one = read(line("commit_recorded", 2, **Commit))
    other = read(line("commit_recorded", 2, **{**Commit, **told}))
    merged, contradicted = merge_lines([one, other])
    assert (len(merged), contradicted) == (1, [])


@pytest.mark.parametrize(
    ("kind", "gap"),
    [
        ("commit_recorded", "task"),
        ("commit_recorded", "commit"),
        ("commits_rewritten", "task"),
        ("commits_rewritten", "pairs"),
    ],
)
def test_what_lacks_the_key_of_its_kind_contradicts_what_has_its_id(
    kind: str, gap: str
) -> None:
    whole = json.loads(line(kind, 2, **OWN_FIELDS[kind]))
    lacking = {key: value for key, value in whole.items() if key != gap}
    pair = [read(encode(whole)), read(encode(lacking))]
    merged, contradicted = merge_lines(pair)
    assert (len(merged), contradicted) == (1, [whole["id"]])


@given(st.lists(events(), max_size=6), st.randoms(use_true_random=False))
def test_merging_knows_no_order_and_no_repetition(
    found: list[dict[str, object]], random: object
) -> None:
    lines = [read(encode(event)) for event in found]
    again = [*lines, *lines[::2]]
    random.shuffle(again)  # type: ignore[attr-defined]
    merged, contradicted = merge_lines(lines)
    others, others_contradicted = merge_lines(again)
    assert others == merged
    assert sorted(others_contradicted) == sorted(contradicted)
    assert [s.order for s in merged] == sorted(s.order for s in merged)


@pytest.mark.parametrize(
    "change",
    [{"commit": "f" * 40}, {"task": "P1-010"}, {"kind": "commits_rewritten"}],
)
def test_a_changed_key_shows_in_the_id(change: dict[str, object]) -> None:
    event = stored("commit_recorded", **Commit)
    assert has_own_id(read(encode(event)))
    forged = {**event, "pairs": [[OID, OID]], "cause": "x", **change}
    assert not has_own_id(read(encode(forged)))


def test_an_event_without_its_key_does_not_carry_its_id() -> None:
    event = {k: v for k, v in stored("note_recorded", text="x").items() if k != "entry"}
    assert not has_own_id(read(encode(event)))


def test_order_is_sequence_then_time_then_id() -> None:
    late = read(line("note_recorded", 1, text="a", at="2030-01-01T00:00:00Z"))
    early = read(line("note_recorded", 2, text="b", at="2020-01-01T00:00:00Z"))
    twin = read(
        line("note_recorded", 2, text="c", at="2020-01-01T00:00:00Z", entry="x@1")
    )
    merged, _ = merge_lines([twin, early, late])
    assert merged[0] == late
    assert merged[1:] == sorted([early, twin], key=lambda s: s.event.id)


@given(st.dictionaries(texts, values, max_size=6))
def test_a_line_is_written_as_the_fold_writes_it(event: dict[str, object]) -> None:
    try:
        line = write_line(event)
    except OverflowError:
        assume(False)
    assert line == encode(event)


@pytest.mark.parametrize("kind", sorted(OWN_FIELDS))
def test_every_kind_of_event_is_written_as_the_fold_writes_it(kind: str) -> None:
    event = stored(kind, **OWN_FIELDS[kind])
    assert write_line(event) == encode(event)
