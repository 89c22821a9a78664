"""Instants that nobody seems to have read off a clock are told, and condemn nothing."""

from __future__ import annotations

from datetime import datetime

import pytest

from gitlog_track.measures.suspicion import suspicions
from gitlog_track.measures.validation import validate_task
from gitlog_track.model.replay import replay
from tests.support.examples import line

NOW = datetime.fromisoformat("2025-10-05T00:00:00-05:00")
FOUNDING = ("22:00:00", "22:01:15", "22:12:00")


def warned(*clocks: str, now: datetime = NOW, **fields: object) -> list[str]:
    kinds = ("task_started", *["note_recorded"] * (len(clocks) - 2), "task_completed")
    lines = [
        line(kind, n, at=f"2025-10-04T{clock}-05:00", **fields,
             **({"text": "x"} if kind == "note_recorded" else {}))
        for n, (kind, clock) in enumerate(zip(kinds, clocks, strict=True), 1)
    ]  # fmt: skip
    state = replay("P1-009", lines)
    assert validate_task(state, ("TASK", "STATUS")).is_valid
    found = list(suspicions(state, now))
    assert not any(problem.invalid for problem in found)
    return [problem.code for problem in found]


def imported(*clocks: str) -> list[str]:
    return warned(*clocks, provenance="backfilled", source="import:notes.md")


@pytest.mark.parametrize(
    ("clocks", "codes"),
    [
        (FOUNDING, ["rounded_instant"]),
        (("20:00:00", "21:17:31"), ["rounded_instant"]),
        (("20:00:00.001", "21:17:31"), []),
        (("20:00:01", "21:17:31"), []),
        (("20:10:00", "21:17:00"), []),
        (("20:10:00", "20:11:00", "21:17:00"), ["no_seconds"]),
        (("20:10:00", "20:11:00", "21:17:00.5"), []),
        (("20:10:00", "20:11:00", "20:30:01", "21:17:00"), []),
        (("20:10:00", "20:10:00", "20:30:00"), []),
        (("20:00:00", "20:11:00", "21:17:00"), ["rounded_instant", "no_seconds"]),
    ],
)
def test_imported_instants_that_look_rounded(
    clocks: tuple[str, ...], codes: list[str]
) -> None:
    assert imported(*clocks) == codes
    assert warned(*clocks) == []


@pytest.mark.parametrize("provenance", ["live", "backfilled"])
@pytest.mark.parametrize(
    ("clock", "is_ahead"), [("22:12:03", True), ("22:12:02", False)]
)
def test_what_lies_in_the_future_beyond_the_tolerance(
    provenance: str, clock: str, is_ahead: bool
) -> None:
    now = datetime.fromisoformat("2025-10-05T03:12:00+00:00")
    found = warned("22:00:01", clock, now=now, provenance=provenance)
    assert found == ["in_future"] * is_ahead


def test_a_warning_names_the_first_event_and_how_many_more() -> None:
    lines = [
        line(kind, n, at=f"2025-10-04T{n:02d}:00:00-05:00", provenance="backfilled")
        for n, kind in enumerate(("task_started", "task_paused", "task_completed"), 1)
    ]
    state = replay("P1-009", lines)
    rounded, _ = suspicions(state, NOW)
    assert rounded.text == (
        f"task_started {state.events[0].id} at 2025-10-04T01:00:00-05:00 (and 2 more) "
        "was imported and is a full hour: an estimate?"
    )
