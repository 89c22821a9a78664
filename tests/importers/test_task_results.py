from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.failures.stack_hash import stack_hash
from gitlog_track.importers.instants import Instants
from gitlog_track.importers.record import BadRecordError, Record
from gitlog_track.importers.task_results import read_task_results

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RESULT: dict[str, object] = {
    "task_id": "daily_reflection",
    "started_at": "2025-11-05T14:00:00Z",
    "ended_at": "2025-11-05T14:00:12.500Z",
    "status": "success",
    "trace_id": "abc123",
    "duration_ms": 12500,
    "files_written": ["a.md", "b.md"],
    "retrieval": {"memory_count": 4, "sources": ["notes", "mail"]},
    "response": "a long answer that has no place in the log",
}


def read(text: str) -> list[Record | BadRecordError]:
    return list(read_task_results(text.encode(), Instants(None, NOW)))


def one(**changes: object) -> Record:
    (found,) = read(json.dumps({**RESULT, **changes}))
    if isinstance(found, BadRecordError):
        raise found
    return found


def test_a_result_is_a_beginning_and_an_end() -> None:
    record = one()
    start, end = (fact.fields for fact in record.facts)
    assert record.task == "daily_reflection"
    assert record.remarks == ()
    assert start == {
        "kind": "task_started",
        "at": "2025-11-05T14:00:00.000+00:00",
        "evidence": ["trace:abc123"],
    }
    assert end == {
        "kind": "task_completed",
        "status": "complete",
        "at": "2025-11-05T14:00:12.500+00:00",
        "files_written": 2,
        "retrieval": {"count": 4, "sources": ["notes", "mail"]},
    }


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        ("it broke", {"message": "it broke"}),
        (
            {"type": "ValueError", "message": "bad", "stack_trace": "at x"},
            {
                "error_type": "ValueError",
                "message": "bad",
                "stack": "at x",
                "stack_hash": stack_hash("at x"),
            },
        ),
    ],
)
def test_a_failure_keeps_its_error(error: object, fields: dict[str, object]) -> None:
    end = one(status="failed", error=error, files_written=0, retrieval=None).facts[-1]
    assert end.fields == {
        "kind": "task_failed",
        "at": "2025-11-05T14:00:12.500+00:00",
        "files_written": 0,
        **fields,
    }


def test_a_stack_tells_what_is_not_said_and_loses_its_source_lines() -> None:
    stack = (
        "Traceback (most recent call last):\n"
        '  File "app/parse.py", line 7, in parse\n'
        "    return int(secret)\n"
        "ValueError: no number\n"
    )
    end = one(status="failed", error={"traceback": stack}).facts[-1].fields
    assert (end["error_type"], end["message"]) == ("ValueError", "no number")
    assert "secret" not in str(end["stack"])


def test_an_error_without_a_status_is_a_failure() -> None:
    assert one(status=None, error="broke").facts[-1].fields["kind"] == "task_failed"


def test_error_fields_beside_each_other() -> None:
    end = one(status="error", error_type="OSError", error_message="no disk").facts[-1]
    assert (end.fields["error_type"], end.fields["message"]) == ("OSError", "no disk")


def test_a_result_that_runs_has_no_end_yet() -> None:
    assert len(one(status="running", ended_at=None, duration_ms=None).facts) == 1


def test_lists_and_lines() -> None:
    other = {**RESULT, "task_id": "idea_generation"}
    for text in (
        json.dumps([RESULT, other]),
        f"{json.dumps(RESULT)}\n\n{json.dumps(other)}\n",
    ):
        found = read(text)
        assert [r.task for r in found if isinstance(r, Record)] == [
            "daily_reflection",
            "idea_generation",
        ]


def test_a_bad_line_does_not_hinder_the_others() -> None:
    found = read(f'{json.dumps(RESULT)}\n{{"task_id": 5}}\n{{broken\n')
    assert isinstance(found[0], Record)
    assert [(e.line, str(e)[:22]) for e in found if isinstance(e, BadRecordError)] == [
        (2, "there is no started_at"),
        (3, "this is no JSON: JSON "),
    ]


def test_a_bad_result_of_a_list_is_named_by_its_number() -> None:
    found = read(json.dumps([RESULT, 5, {"task_id": 5}]))
    assert [(e.line, str(e)) for e in found if isinstance(e, BadRecordError)] == [
        (1, "result 2: expected an object with task_id, started_at, ..."),
        (1, "result 3: there is no started_at"),
    ]


@pytest.mark.parametrize(
    ("inside", "key"),
    [
        ('"status": "success", "status": "failed"', "status"),
        ('"error": {"type": "A", "type": "B"}', "type"),
        ('"parents": [[{"a": 1, "a": 1}]]', "a"),
    ],
)
def test_a_key_that_is_there_twice_is_refused(inside: str, key: str) -> None:
    text = f'{{"task_id": "t", "started_at": "2025-11-05T14:00:00Z", {inside}}}'
    good = json.dumps(RESULT)
    for whole, place in ((text, ""), (f"[{good}, {text}]", "result 2: "), (f"{good}\n{text}", "")):  # fmt: skip
        bad = [str(e) for e in read(whole) if isinstance(e, BadRecordError)]
        assert bad == [f"{place}the key {key!r} is there twice"]


@pytest.mark.parametrize(
    ("trace", "span", "link"),
    [
        ("0AF7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", True),
        ("0af7651916cd43dd8448eb211c80319c", None, False),
        ("0" * 32, "b7ad6b7169203331", False),
        ("abc123", "b7ad6b7169203331", False),
    ],
)
def test_ids_of_a_trace_are_a_link(trace: str, span: str | None, link: bool) -> None:
    fields = one(trace_id=trace, span_id=span).facts[0].fields
    assert fields.get("link") == (f"00-{trace.lower()}-{span}-01" if link else None)


def test_seconds_since_1970() -> None:
    start = one(started_at=1_762_351_200, ended_at=1_762_351_201.5, duration_ms=1500)
    assert start.facts[1].fields["at"] == "2025-11-05T14:00:01.500+00:00"


def test_a_duration_that_differs_is_remarked() -> None:
    (remark,) = one(duration_ms=99_000).remarks
    assert "duration_ms is 12500 by the two instants" in remark.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"started_at": None}, "there is no started_at"),
        ({"started_at": "2025-11-05T14:00:00"}, "has no offset"),
        ({"started_at": "2027-11-05T14:00:00Z"}, "lies in the future"),
        ({"started_at": True}, "no instant"),
        ({"started_at": 1e300}, "no instant"),
        ({"ended_at": "2025-11-05T13:00:00Z"}, "ends before it starts"),
        ({"ended_at": None}, "status says complete, but there is no ended_at"),
        ({"status": None}, "no status says how"),
        ({"status": "fine"}, "found 'fine', expected COMPLETE"),
        ({"status": 5}, "status is no text"),
        ({"files_written": "many"}, "files_written: found 'many'"),
        ({"files_written": -1}, "cannot be"),
        ({"files_written": 1.5}, "no whole number"),
        ({"retrieval": 5}, "retrieval is no object"),
        ({"retrieval": {"sources": [5]}}, "sources is no list of texts"),
        ({"task_id": 5}, "task_id is no text"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(BadRecordError, match=said):
        one(**changes)


@pytest.mark.parametrize("text", ["{", "nonsense", "[" * 100_000, "5", "[5]", "null"])
def test_what_is_no_result_is_refused(text: str) -> None:
    try:
        (found,) = read(text)
    except BadRecordError as err:
        found = err
    assert isinstance(found, BadRecordError)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted({*RESULT, "error", "parents"})), VALUES))
def test_any_object_is_a_result_or_refused(changes: dict[str, object]) -> None:
    text = json.dumps({**RESULT, **changes})
    (found,) = read(text)
    assert isinstance(found, Record | BadRecordError)
