"""Written as a founding log and read again, a task has the same measures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gitlog_track.importers.decoding import mended
from gitlog_track.importers.event_lines import read_event, write_event
from gitlog_track.importers.founding_log import read_founding_log
from gitlog_track.importers.instants import Instants
from gitlog_track.importers.values import is_said
from gitlog_track.log.codec import encode
from gitlog_track.measures.task import measure_task
from gitlog_track.model.events import from_fields
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from gitlog_track.renderers.founding_log import render_log
from tests.support.examples import OTHER_OID, OWN_FIELDS, Fields, stored
from tests.support.imports import imported_state

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BEGIN = datetime(2025, 10, 4, 22, tzinfo=timezone(timedelta(hours=-5)))
READ_BACK = {
    "blocker_resolved": "note_recorded",  # which blocker the line does not say
    "commit_attempted": None,
    "event_corrected": None,
    "exception_recorded": None,  # export markdown has them
    "execution_recorded": None,
    "task_started": None,  # the log's head
}
"""What becomes of the kinds that no line of EVENTS can hold."""

texts = st.text(
    st.sampled_from("ab:=-_. #()\t\n\N{CROSS MARK}\u00e9") | st.characters(categories=["L", "N"]),
    max_size=20,
).filter(lambda text: mended(text) == text)  # fmt: skip
marked = st.builds(
    "{}{}".format,
    st.sampled_from(
        ["BUG - ", "NOTE - ", "PAUSED", "RUN - ", "ENDED - attempt 1 failed", "    "]
    ),
    texts,
)
words = texts | marked
counts = st.integers(0, 10**6)
words_of_fields = st.text("abcNone\u00e9\u4e00", min_size=3, max_size=12)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def targets(name: st.SearchStrategy[str]) -> st.SearchStrategy[Fields]:
    return st.fixed_dictionaries(
        {
            "name": name,
            "comparator": st.sampled_from(["<", "<=", ">", ">=", "="]),
            "value": st.integers(0, 99).map(str),
            "unit": st.sampled_from(["", "ms", "%"]),
        },
    )


STARTS = st.fixed_dictionaries(
    {
        "description": words.filter(is_said),
        "estimated_duration_s": maybe(counts),
        "start_tokens": maybe(counts),
        "test_coverage_target": maybe(targets(st.just("test_coverage"))),
        "performance_targets": st.lists(targets(st.sampled_from(["ipc", "a b"])), max_size=2),
        "projected_outcome": words_of_fields,
        "env": maybe(st.sampled_from(["dev", "stage", "prod"])),
        "risk": maybe(st.sampled_from(["low", "medium", "high"])),
        "labels": st.lists(words_of_fields, max_size=2),
    },
)  # fmt: skip
TOTALS = st.fixed_dictionaries(
    {
        **dict.fromkeys(("iterations", "bugs", "hallucinations"), maybe(counts)),
        **dict.fromkeys(("interactions", "context_switches", "files_written"), maybe(counts)),
        "blockers": maybe(st.lists(words, max_size=2)),
        "actual_outcome": words_of_fields,
        "success_criteria": maybe(st.sampled_from(["pass", "pending", "fail"])),
    },
)  # fmt: skip
MOMENTS = st.one_of(
    *(
        st.tuples(st.just(kind), st.fixed_dictionaries({field: words}))
        for kind, field in {
            "note_recorded": "text",
            "bug_found": "text",
            "bug_fixed": "text",
            "lesson_learned": "text",
            "iteration_recorded": "reason",
            "task_paused": "reason",
            "task_resumed": "reason",
        }.items()
    ),
    *(
        st.tuples(st.just(kind), st.fixed_dictionaries({"count": counts, "text": words}))
        for kind in ("interaction_recorded", "hallucination_recorded", "context_switched")
    ),
    st.tuples(
        st.just("blocker_hit"),
        st.fixed_dictionaries({"text": words, "critical": st.booleans()}),
    ),
    st.tuples(
        st.just("measurement_recorded"),
        st.sampled_from(
            [
                {"measure": "test_coverage_actual", "value": "87.5", "unit": "%"},
                {"measure": "tests_passed", "value": "12"},
                {"measure": "doc_completeness", "not_applicable": True, "reason": "none"},
                {"measure": "performance_actual", "name": "ipc", "value": "2.8", "unit": "ms"},
            ],
        ),
    ),
    st.tuples(
        st.just("usage_recorded"),
        st.fixed_dictionaries({"output": maybe(counts), "quality": st.sampled_from(["exact", "estimated"])}),
    ),
    st.tuples(st.just("commit_recorded"), st.just({"commit": OTHER_OID, "operation": "commit"})),
)  # fmt: skip


@st.composite
def tasks(draw: st.DrawFn) -> list[Fields]:
    """Events of a task that is valid, of one attempt or of two, ended or not."""
    found: list[tuple[str, Fields]] = [("task_started", draw(STARTS))]
    for last in draw(st.sampled_from([[True], [False, True]])):
        found += draw(st.lists(MOMENTS, max_size=5))
        if last and not draw(st.booleans()):
            break
        end = {**draw(TOTALS), **draw_tokens(draw, found)}
        status = draw(st.sampled_from(["complete", "partial", "failed"]))
        kind = "task_failed" if status == "failed" else "task_completed"
        found.append((kind, end if status == "failed" else {**end, "status": status}))
        if not last:
            found.append(("task_retried", {"description": draw(words_of_fields)}))
    events, attempt = [], 1
    for seq, (kind, fields) in enumerate(found, 1):
        attempt += kind == "task_retried"
        at = BEGIN + timedelta(seconds=seq * draw(st.integers(60, 61)) + seq / 8)
        own = {k: v for k, v in fields.items() if v is not None}
        stamp = at.isoformat(timespec="milliseconds")
        events.append(stored(kind, seq, at=stamp, attempt=attempt, **own))
    return events


def draw_tokens(draw: st.DrawFn, found: list[tuple[str, Fields]]) -> Fields:
    """Two readings of a counter, or an amount; both at once may contradict each other."""
    start = found[0][1]["start_tokens"]
    if isinstance(start, int):
        return {"end_tokens": start + draw(counts)}
    return {"tokens_used": draw(counts)} if draw(st.booleans()) else {}


def values_of(state: TaskState) -> dict[str, object]:
    """What each measure says, whoever said it."""
    found = measure_task(state)
    return {name: (value.value, value.not_applicable) for name, value in found.items()}


@settings(max_examples=60, deadline=None)
@given(tasks())
def test_a_task_that_is_written_and_read_has_the_same_measures(
    events: list[Fields],
) -> None:
    before = replay("P1-009", map(encode, events))
    assert before.is_valid
    text = render_log(before, measure_task(before))
    (record,) = read_founding_log(text.encode(), Instants(None, NOW))
    after = imported_state(record)
    assert values_of(after) == values_of(before)
    assert render_log(after, measure_task(after)) == text
    assert after.is_valid


def test_every_kind_is_read_back_as_it_was_written() -> None:
    for kind, fields in OWN_FIELDS.items():
        if kind.startswith("phase_"):
            continue
        event = from_fields(stored(kind, **fields))
        lines = write_event(event)
        wanted = READ_BACK.get(kind, kind)
        assert bool(lines) == (wanted is not None), kind
        if lines:
            read = read_event("\n".join(lines), event.at)
            assert read["kind"] == wanted


@given(words, st.sampled_from(["note_recorded", "bug_found", "lesson_learned"]))
def test_a_text_is_read_back_as_it_was_written(text: str, kind: str) -> None:
    event = from_fields(stored(kind, text=text))
    read = read_event("\n".join(write_event(event)), event.at)
    assert (read["kind"], read["text"]) == (kind, text)
