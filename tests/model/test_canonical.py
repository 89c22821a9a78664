"""Canonical JSON agrees with the standard library on every value it knows."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.model.canonical import dumps, scan_members
from tests.support.strategies import objects, values


def reference(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@given(values)
def test_dumps_writes_what_json_writes(value: object) -> None:
    assert dumps(value) == reference(value)


@given(values)
def test_what_dumps_writes_reads_back_equal(value: object) -> None:
    assert json.loads(dumps(value)) == value


def test_every_control_character_is_escaped_as_json_does() -> None:
    text = "".join(map(chr, range(0x100))) + "\u2028\u2029\ufeff\U0001f600"
    assert dumps(text) == reference(text)


def test_tuples_are_lists() -> None:
    assert dumps((1, ("a",))) == '[1,["a"]]'


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), b"x", {1, 2}, object(), [1, [0.0]]]
)
def test_a_value_without_a_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no canonical form"):
        dumps(value)


@given(objects)
def test_members_are_those_that_json_reads(value: dict[str, object]) -> None:
    members = scan_members(dumps(value))
    read = {json.loads(f'"{key}"'): json.loads(raw) for key, raw in members.items()}
    assert read == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "}",
        "[]",
        "null",
        '"a"',
        "{a}",
        '{"a"}',
        '{"a}',
        '{"a":1',
        '{"a":"b}',
        '{"a\\":1}',
        '{"a":1 "b":2}x',
        "{,}",
        "{:}",
        '{"a":1}}',
        '{"a":[1}',
        '{"a":1:2}',
        '{1:"a"}',
        '{"a":1,}',
        '{"a":}',
        '{"a":1}{"b":2}',
        '{"a":1,,"b":2}',
        '{"a" :1}',
    ],
)
def test_junk_is_no_object(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        scan_members(text)


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("{}", {}),
        ('{"":{}}', {"": "{}"}),
        ('{"a":"{","b":[1,"]"]}', {"a": '"{"', "b": '[1,"]"]'}),
        ('{"a\\"b":"\\\\"}', {'a\\"b': '"\\\\"'}),
    ],
)
def test_members_stay_as_they_are_written(text: str, members: dict[str, str]) -> None:
    assert scan_members(text) == members


@given(st.text(st.sampled_from('{}[]",:\\ a1'), max_size=60))
def test_any_text_is_an_object_or_refused(text: str) -> None:
    try:
        members = scan_members(text)
    except ValueError:
        return
    assert text[0] == "{"
    assert all(f'"{key}":{raw}' in text for key, raw in members.items())


@pytest.mark.parametrize(
    "text",
    [
        '{"a":' + '"' + "\\\\" * 200_000,
        '{"a":' + "[" * 200_000 + "}",
        "{" + '"",' * 100_000 + "}",
        '{"a":"' + '\\"' * 200_000 + "}",
    ],
    ids=["backslashes", "brackets", "commas", "quotes"],
)
def test_long_junk_is_refused_in_linear_time(text: str) -> None:
    before = time.monotonic()
    with pytest.raises(ValueError, match=r".+"):
        scan_members(text)
    assert time.monotonic() - before < 2
