"""What may be recorded: sizes in bytes, known fields, and refusals that say which."""

from __future__ import annotations

import msgspec
import pytest

from gitlog_track.errors import UsageProblem
from gitlog_track.log.codec import MAX_EVENT_BYTES as LOG_EVENT_BYTES
from gitlog_track.log.codec import encode
from gitlog_track.model.events import NoteRecorded
from gitlog_track.model.limits import (
    MAX_EVENT_BYTES,
    MAX_STACK_BYTES,
    MAX_TEXT_BYTES,
    checked_event,
    cut_stack,
)
from tests.support.examples import recorded, stored

HUNDRED_YEARS_S = 3_155_760_000


@pytest.mark.parametrize("letter", ["x", "\u00e4", "\u2028", "\U0001f600"])
def test_a_text_is_measured_in_bytes(letter: str) -> None:
    fitting = letter * (MAX_TEXT_BYTES // len(letter.encode()))
    event = checked_event(recorded("note_recorded", text=fitting))
    assert isinstance(event, NoteRecorded)
    assert event.text == fitting
    with pytest.raises(UsageProblem, match=r"text has \d+ bytes, more than 4096"):
        checked_event(recorded("note_recorded", text=fitting + letter))


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("task_started", "labels", ["x" * 4097]),
        ("task_completed", "retrieval", {"count": 1, "sources": ["x" * 4097]}),
        (
            "milestone_reached",
            "validation_results",
            [{"check": "y" * 4097, "result": "pass"}],
        ),
        ("exception_recorded", "stack", "x" * (MAX_STACK_BYTES + 1)),
        ("event_corrected", "replacement", {"text": "x" * 4097}),
    ],
)
def test_a_text_is_measured_wherever_it_stands(
    kind: str, field: str, value: object
) -> None:
    with pytest.raises(UsageProblem, match="bytes, more than"):
        checked_event(recorded(kind, **{field: value}))


def test_an_event_is_limited_as_a_whole() -> None:
    labels = ["x" * 4_000] * 14
    checked_event(recorded("task_started", labels=labels))
    with pytest.raises(UsageProblem, match=f"more than {MAX_EVENT_BYTES} allowed"):
        checked_event(
            recorded("task_started", labels=[*labels, "y" * 4_000, "z" * 4_000])
        )


def test_an_event_may_have_60_kib_and_no_more() -> None:
    def labelled(last: int) -> dict[str, object]:
        return recorded("task_started", labels=[*["x" * 4_090] * 14, "y" * last])

    room = 60 * 1024 - len(msgspec.json.encode(labelled(0)))
    checked_event(labelled(room))
    with pytest.raises(UsageProblem, match="has 61441 bytes, more than 61440 allowed"):
        checked_event(labelled(room + 1))


def test_what_is_recorded_fits_the_log_with_what_the_fold_adds() -> None:
    assert LOG_EVENT_BYTES == 64 << 10
    actor = "\u00e4" * 500
    event = stored("note_recorded", text="", task="T" * 64, phase="P" * 64, actor=actor)
    added = {"trace_id": "a" * 32, "span_id": "b" * 16, "retry_of": "c" * 16}
    assert len(encode({**event, **added})) <= LOG_EVENT_BYTES - MAX_EVENT_BYTES


def test_the_log_takes_an_event_of_64_kib_and_no_more() -> None:
    room = LOG_EVENT_BYTES - len(encode(stored("note_recorded", text="")))
    assert len(encode(stored("note_recorded", text="x" * room))) == LOG_EVENT_BYTES
    with pytest.raises(UsageProblem, match="over the limit of 65536"):
        encode(stored("note_recorded", text="x" * (room + 1)))


def test_a_stack_may_be_longer_than_a_text() -> None:
    checked_event(recorded("exception_recorded", stack="x" * MAX_STACK_BYTES))


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("note_recorded", {"texts": "x"}, "no field 'texts'"),
        ("note_recorded", {"text": None}, "text"),
        ("task_started", {"start_tokens": -1}, "start_tokens"),
        ("task_started", {"start_tokens": 1.5}, "start_tokens"),
        ("task_started", {"env": "moon"}, "env"),
        ("task_completed", {"success_criteria": "perhaps"}, "success_criteria"),
        ("commit_recorded", {"commit": "xyz"}, "commit"),
        ("commit_recorded", {"commit": "0" * 40 + "\n"}, "commit"),
        ("command_finished", {"duration_s": "1e5"}, "duration_s"),
        ("command_finished", {"duration_s": "5\n"}, "duration_s"),
        ("command_finished", {"started_at": "2025-10-04T22:00:00"}, "started_at"),
        ("note_recorded", {"at": "2025-10-04 at noon"}, "at"),
        ("note_recorded", {"at": "2025-10-04T22:00:00"}, "at"),
        ("event_corrected", {"replacement": {"x": 1.5}}, "x 1.5 is a float"),
        ("event_corrected", {"replacement": {"x": object()}}, "^event_corrected: "),
    ],
)
def test_a_refusal_names_the_field(
    kind: str, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(UsageProblem, match=said):
        checked_event(recorded(kind, **changes))


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageProblem, match="no event kind 'task_begun'"):
        checked_event({"kind": "task_begun", "at": "2025-10-04T22:00:00Z"})


@pytest.mark.parametrize(
    ("kind", "made", "most", "said"),
    [
        ("task_started", {"estimated_duration_s": 1}, HUNDRED_YEARS_S, "100 years"),
        ("task_started", {"start_tokens": 1}, 10**15, "10^15"),
        ("task_completed", {"retrieval": {"count": 1}}, 10**15, "10^15"),
        ("event_corrected", {"replacement": {"bugs": 1}}, 10**15, "10^15"),
        ("event_corrected", {"replacement": {"estimated_duration_s": 1}},
         HUNDRED_YEARS_S, "100 years"),
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_is_refused_wherever_it_stands(
    kind: str, made: dict[str, object], most: int, said: str
) -> None:
    def holding(value: object, number: int) -> object:
        """The value with another number in the place of its own."""
        if isinstance(value, dict):
            return {key: holding(inner, number) for key, inner in value.items()}
        return number

    (field, value) = next(iter(made.items()))
    checked_event(recorded(kind, **{field: holding(value, most)}))
    with pytest.raises(UsageProblem, match=f"{most + 1} cannot be: it is over ") as err:
        checked_event(recorded(kind, **{field: holding(value, most + 1)}))
    assert str(err.value).endswith(said)


def test_half_a_character_is_recorded_as_the_log_will_hold_it() -> None:
    event = checked_event(recorded("note_recorded", text="half \ud83d of one"))
    assert isinstance(event, NoteRecorded)
    assert event.text == "half ? of one"


@pytest.mark.parametrize("letter", ["x", "\u00e4", "\U0001f600"])
def test_a_stack_trace_is_cut_at_its_end_and_says_by_how_much(letter: str) -> None:
    size = len(letter.encode())
    fitting = letter * (MAX_STACK_BYTES // size)
    assert cut_stack(fitting) == fitting
    cut = cut_stack(fitting + letter * 1_000)
    checked_event(recorded("exception_recorded", stack=cut))
    kept, _, mark = cut.rpartition("\n")
    assert set(kept) == {letter}
    left = len(fitting) + 1_000 - len(kept)
    assert mark == f"[cut here: {left * size} more bytes]"
    assert len(cut.encode()) > MAX_STACK_BYTES - 100
