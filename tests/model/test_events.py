"""Every event kind survives a round trip; what is newer is kept and never crashes."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.log.codec import encode
from gitlog_track.model.event import Event
from gitlog_track.model.events import (
    TaskFailed,
    UnknownEvent,
    event_types,
    from_fields,
    kind_of,
)
from gitlog_track.model.limits import checked_event
from gitlog_track.model.replay import replay
from gitlog_track.model.stored import BrokenLine, StoredEvent, has_own_id, read_line
from tests.support.examples import OWN_FIELDS, full_line, line, recorded, stored
from tests.support.strategies import events, objects

KINDS = sorted(event_types())


def read(raw: bytes) -> StoredEvent:
    found = read_line(raw)
    assert isinstance(found, StoredEvent)
    return found


def test_there_is_an_example_of_every_kind() -> None:
    assert set(OWN_FIELDS) == set(event_types())


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_fills_every_field_of_its_kind(kind: str) -> None:
    own = set(event_types()[kind].__struct_fields__) - set(Event.__struct_fields__)
    assert set(OWN_FIELDS[kind]) == own


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_accepted_at_recording(kind: str) -> None:
    event = checked_event(recorded(kind))
    assert kind_of(event) == kind
    for name, value in OWN_FIELDS[kind].items():
        assert plain(getattr(event, name)) == plain(value), name


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_survives_the_log(kind: str) -> None:
    fields = stored(kind, **OWN_FIELDS[kind])
    found = read(encode(fields))
    assert isinstance(found.event, Event)
    assert kind_of(found.event) == kind
    assert found.fields() == fields
    assert has_own_id(found)
    assert from_fields(found.fields()) == found.event


def plain(value: object) -> object:
    """As JSON gives it back: instants as text, tuples as lists, structs as objects."""
    return json.loads(msgspec.json.encode(value).replace(b":00.000-", b":00-"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_newer_field_changes_nothing_for_a_reader(kind: str) -> None:
    newer = {"newer": {"deep": [1, None, "x"]}, "another": True}
    found = read(full_line(kind, **newer))
    assert isinstance(found.event, Event)
    assert found.event == read(full_line(kind)).event
    assert found.fields()["newer"] == newer["newer"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_a_newer_version_is_kept_untouched(kind: str) -> None:
    raw = full_line(kind).replace(f'"{kind}"'.encode(), b'"kind_of_tomorrow"')
    found = read(raw)
    assert isinstance(found.event, UnknownEvent)
    assert found.event.problem == ""
    assert found.line == raw
    state = replay("P1-009", [raw])
    assert [s.line for s in state.stored] == [raw]
    assert state.events == ()


NEWER_VALUES: list[tuple[str, dict[str, object]]] = [
    ("milestone_reached", {"milestone": "canary"}),
    ("task_started", {"env": "moon"}),
    ("task_started", {"start_tokens": "many"}),
    ("task_completed", {"status": "mostly"}),
    ("commit_recorded", {"commit": "f" * 64, "operation": "commit"}),
    ("note_recorded", {}),
    ("command_finished", {"label": "x", "exit_code": 0, "duration_s": 1}),
    ("note_recorded", {"text": "x", "attempt": "second"}),
    ("task_paused", {"recorded_at": "2025-10-04T22:00:00"}),
    ("task_completed", {"files_written": 2**63}),
    ("task_completed", {"retrieval": {"count": 2**70}}),
    ("task_completed", {"attempt": 2**63}),
    ("task_completed", {"attempt": -(2**70)}),
]


@pytest.mark.parametrize(("kind", "fields"), NEWER_VALUES)
def test_a_value_of_a_newer_version_is_kept_and_named(
    kind: str, fields: dict[str, object]
) -> None:
    raw = line(kind, **fields)
    found = read(raw)
    assert isinstance(found.event, UnknownEvent)
    assert found.event.problem
    state = replay("P1-009", [raw])
    assert state.stored[0].line == raw
    assert "unreadable_event" in {p.code for p in state.problems}


def test_the_largest_number_of_64_bits_can_be_read() -> None:
    most = 2**63 - 1
    retrieval = {"count": most}
    raw = line("task_failed", attempt=most, files_written=most, retrieval=retrieval)
    found = read(raw).event
    assert isinstance(found, TaskFailed)
    assert found.retrieval is not None
    assert {found.attempt, found.files_written, found.retrieval.count} == {most}


BROKEN = [
    b"",
    b"x",
    b"{}",
    b"[]",
    b"null",
    b'"text"',
    b'{"kind":1,"id":"a","seq":1,"at":"2025-10-04T22:00:00Z"}',
    b'{"kind":"note_recorded","id":"a","seq":1,"at":"yesterday"}',
    b'{"kind":"note_recorded","id":"a","seq":1,"at":"2025-10-04T22:00:00","text":"x"}',
    b'{"kind":"k","id":"a","seq":"1","at":"2025-10-04T22:00:00Z"}',
    b'{"kind":"k","id":"a","seq":true,"at":"2025-10-04T22:00:00Z"}',
    b'{"kind":"k","id":"a","seq":1.5,"at":"2025-10-04T22:00:00Z"}',
    b'{"kind":"k","seq":1,"at":"2025-10-04T22:00:00Z"}',
    line("note_recorded", text="cut off")[:-1],
    line("note_recorded", text="twice") * 2,
    b'{"kind":"note_recorded","text":"\xff"}',
    b"[" * 100_000,
    b"\x00" * 10,
]


@pytest.mark.parametrize("raw", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_event_is_a_broken_line_and_no_crash(raw: bytes) -> None:
    found = read_line(raw)
    assert isinstance(found, BrokenLine)
    assert found.problem
    assert [p.code for p in replay("T", [raw]).problems] == ["broken_line"]


@given(events())
def test_any_event_reads_back_as_it_was_written(event: dict[str, object]) -> None:
    raw = encode(event)
    found = read(raw)
    assert isinstance(found.event, Event)
    assert found.fields() == event
    assert has_own_id(found)


@given(st.binary(max_size=80) | objects.map(lambda o: json.dumps(o).encode()))
def test_no_line_crashes_a_reader(raw: bytes) -> None:
    state = replay("T", [raw])
    assert len(state.stored) + len(state.problems) >= 1


@given(events(), st.data())
def test_no_changed_field_crashes_a_reader(
    event: dict[str, object], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(event)))
    value = data.draw(objects | st.none() | st.integers() | st.text(max_size=3))
    raw = json.dumps({**event, name: value}).encode()
    state = replay("P1-009", [raw, line("task_started", 1)])
    assert len(state.stored) + len(state.problems) >= 2
