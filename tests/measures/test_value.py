"""Values: missing stays missing through every computation, evidence only weakens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.value import (
    MISSING,
    Value,
    computed,
    declared,
    difference,
    from_events,
    measured,
    quotient,
    seconds_between,
)
from gitlog_track.model.event import Event
from gitlog_track.model.events import LessonLearned
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from tests.support.examples import line, stored


def number(value: float, evidence: Evidence = Evidence.MEASURED) -> Value:
    return Value(number=Decimal(str(value)), evidence=evidence, events=(f"e{value}",))


def instant(second: int, evidence: Evidence = Evidence.MEASURED) -> Value:
    at = datetime(2025, 10, 4, 22, 0, second, 250_000, tzinfo=UTC)
    return Value(instant=at, evidence=evidence, events=(f"i{second}",))


@pytest.mark.parametrize(
    "value",
    [
        difference(number(1), MISSING),
        difference(MISSING, number(1)),
        quotient(number(1), MISSING),
        quotient(number(1), number(0)),
        seconds_between(instant(1), MISSING),
        seconds_between(MISSING, instant(1)),
        seconds_between(number(1), instant(1)),
    ],
)
def test_what_lacks_an_input_is_missing_and_never_0(value: Value) -> None:
    assert value == MISSING
    assert value.number is None
    assert value.evidence is Evidence.MISSING


def test_a_declared_0_is_a_value() -> None:
    none = number(0, Evidence.DECLARED)
    assert difference(none, none).number == 0
    assert quotient(none, number(4)).number == 0


@pytest.mark.parametrize("weak", list(Evidence)[1:])
def test_a_computed_value_is_as_weak_as_its_weakest_input(weak: Evidence) -> None:
    inputs = (number(1), number(2, weak))
    wanted = min(weak, Evidence.DERIVED)
    for value in (difference(*inputs), quotient(*inputs)):
        assert value.evidence is wanted
        assert value.events == ("e1", "e2")
    assert seconds_between(instant(1), instant(2, weak)).evidence is wanted


def test_only_instants_that_were_measured_give_a_derived_time() -> None:
    passed = seconds_between(instant(1), instant(59))
    assert (passed.number, passed.evidence) == (Decimal(58), Evidence.DERIVED)
    assert seconds_between(instant(59), instant(59)).number == 0
    assert seconds_between(instant(59), instant(1)) == MISSING


def test_a_scale_makes_a_percentage() -> None:
    assert quotient(number(1), number(4), scale=100).number == 25


def test_a_computed_value_remembers_when_and_where_its_inputs_were_logged() -> None:
    early, late = (datetime(2025, 10, day, tzinfo=UTC) for day in (4, 5))
    one = Value(
        number=Decimal(1), evidence=Evidence.DECLARED, events=("a",), logged_at=late
    )
    other = Value(
        number=Decimal(1),
        evidence=Evidence.BACKFILLED,
        events=("a", "b"),
        logged_at=early,
        source="old.log",
    )
    found = computed(Decimal(2), (one, other), basis="both")
    assert (found.logged_at, found.source, found.basis) == (late, "old.log", "both")
    assert found.events == ("a", "b")
    assert found.evidence is Evidence.BACKFILLED


@pytest.mark.parametrize("taken", [measured, declared])
@pytest.mark.parametrize(
    "changes",
    [
        [{}, {}],
        [{}, {"provenance": "backfilled", "source": "old.log"}],
        [{}, {"kind": "event_corrected", "reason": "r", "replacement": {"text": "c"}}],
    ],
)
def test_what_events_come_to_is_what_their_values_come_to(
    taken: Callable[[TaskState, Event, str], Value], changes: list[dict[str, object]]
) -> None:
    lines = [line("lesson_learned", 1, text="a"), line("lesson_learned", 2, text="b")]
    for seq, fields in enumerate(changes, 3):
        kind = str(fields.get("kind", "lesson_learned"))
        own = {**fields, "text": "c"} if kind == "lesson_learned" else {**fields}
        own.pop("kind", None)
        if kind == "event_corrected":
            own["event"] = stored("lesson_learned", 1, text="a")["id"]
        lines.append(line(kind, seq, **own))
    state = replay("P1-009", lines)
    events = state.of(LessonLearned)
    evidence = Evidence.MEASURED if taken is measured else Evidence.DECLARED
    single = [taken(state, event, event.text) for event in events]
    wanted = computed("all", single, basis="x")
    assert from_events(state, events, "all", evidence, basis="x") == wanted
