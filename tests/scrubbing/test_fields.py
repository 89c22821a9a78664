"""Which fields of events are texts: a table, held against the model."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator

import msgspec
import pytest

from gitlog_track.model.event import Event
from gitlog_track.model.events import EventCorrected, event_types
from gitlog_track.scrubbing.fields import (
    CARRIER,
    FREE_TEXT,
    find_in_fields,
    scrub_fields,
)
from tests.support.examples import recorded

NAMES = frozenset(
    "agent event exception_id blocker bug cause label labels "
    "measure model name patch_id quality stack_hash "
    "performance_targets.name performance_targets.unit target.name target.unit "
    "test_coverage_target.name test_coverage_target.unit unit value".split()
)
"""Fields that hold ids, labels, units and names that others refer to, which stay as they are."""
SECRET = "ghp_" + "a1B2" * 9


def text_fields(kind: type, path: str = "") -> Iterator[str]:
    """Yield the dotted names of a struct's fields that hold any text at all."""
    for field in msgspec.structs.fields(kind):
        if path or field.name not in Event.__struct_fields__:
            yield from _texts_in(field.type, f"{path}{field.name}")


def _texts_in(kind: object, path: str) -> Iterator[str]:
    if kind is str:
        yield path
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from text_fields(kind, f"{path}.")
    elif isinstance(kind, types.UnionType) or typing.get_origin(kind) in (tuple, list):
        for inner in typing.get_args(kind):
            yield from _texts_in(inner, path)


@pytest.mark.parametrize("kind", event_types())
def test_every_text_of_a_kind_is_free_or_a_name(kind: str) -> None:
    fields = set(text_fields(event_types()[kind]))
    assert fields - FREE_TEXT - NAMES == set(), "say in scrubbing/fields.py what it is"


def test_both_tables_hold_only_what_there_is() -> None:
    there = {f for kind in event_types().values() for f in text_fields(kind)}
    assert there.issuperset(FREE_TEXT | NAMES)
    assert set() == FREE_TEXT & NAMES
    assert CARRIER in EventCorrected.__struct_fields__


@pytest.mark.parametrize("kind", event_types())
def test_an_event_without_anything_to_hide_stays(kind: str) -> None:
    fields = msgspec.json.decode(msgspec.json.encode(recorded(kind)))
    assert scrub_fields(fields) == (fields, {})
    assert list(find_in_fields(fields)) == []


def test_ids_names_and_the_actor_stay() -> None:
    uuid = "123e4567-e89b-12d3-a456-426614174000"
    fields: dict[str, object] = {
        "kind": "exception_recorded",
        "actor": "A <a@example.org>",
        "exception_id": uuid,
        "trace_id": "0" * 32,
        "evidence": [f"https://a:b@example.org/{uuid}"],
        "what_happened": uuid,
        "count": 3,
    }
    clean, hits = scrub_fields(fields)
    assert clean == {**fields, "what_happened": "<uuid>"}
    assert hits == {"uuid": 1}


def test_lists_and_records_are_scrubbed_by_their_fields() -> None:
    clean, hits = scrub_fields(
        {
            "steps": ["ask a@example.org", "b"],
            "tools": [{"name": "a@example.org", "result": f"{SECRET} a@example.org"}],
            "validation_results": (
                {
                    "check": "ask a@example.org",
                    "result": "pass",
                    "text": "10.0.0.1",
                },
            ),
        }
    )
    assert clean == {
        "steps": ["ask <email>", "b"],
        "tools": [{"name": "<email>", "result": "<token> <email>"}],
        "validation_results": [
            {"check": "ask <email>", "result": "pass", "text": "<ip>"}
        ],
    }
    assert hits == {"email": 4, "token": 1, "ip": 1}


def test_a_correction_is_scrubbed_as_what_it_corrects() -> None:
    fields: dict[str, object] = {
        "kind": "event_corrected",
        "event": "0" * 32,
        "reason": "a@example.org said so",
        "replacement": {
            "text": SECRET,
            "label": "a@example.org",
            "tools": [{"name": "x", "result": "10.0.0.1"}],
        },
    }
    clean, hits = scrub_fields(fields)
    assert clean["reason"] == "<email> said so"
    assert clean["replacement"] == {
        "text": "<token>",
        "label": "a@example.org",
        "tools": [{"name": "x", "result": "<ip>"}],
    }
    assert hits == {"email": 1, "token": 1, "ip": 1}


def test_a_search_names_the_field_and_finds_secrets_in_names_too() -> None:
    found = find_in_fields(
        {
            "text": f"{SECRET} a@example.org a@example.org",
            "label": f"{SECRET} a@example.org",
            "actor": "A <a@example.org>",
            "replacement": {"text": "10.0.0.1"},
        }
    )
    assert list(found) == [
        ("text", "token", 1),
        ("text", "email", 2),
        ("label", "token", 1),
        ("text", "ip", 1),
    ]
