"""What a phase says of itself: its milestones and review, each with its evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.phase import measure_phase
from gitlog_track.measures.phase_events import (
    MILESTONES,
    REVIEWED_LISTS,
    measure_own_events,
)
from gitlog_track.measures.report import OwnRecord
from gitlog_track.measures.task import Measures
from gitlog_track.measures.totals import PhaseTotals, total_of
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from tests.support.examples import OWN_FIELDS, line
from tests.support.reports import done
from tests.support.stories import known

BEGIN = datetime.fromisoformat("2025-10-04T09:00:00+00:00")

Told = tuple[str, dict[str, object]]
STARTED: Told = ("phase_started", {})


def phase(*told: Told, junk: bool = False) -> TaskState:
    """A phase from kinds and fields of its events, one an hour."""
    lines = [
        line(kind, n + 1, at=(BEGIN + timedelta(hours=n)).isoformat(), **fields)
        for n, (kind, fields) in enumerate(told)
    ]
    return replay("P1", [*lines, b"junk"] if junk else lines)


def reached(milestone: str) -> Told:
    return ("phase_milestone_reached", {"milestone": milestone})


def reviewed(**fields: object) -> Measures:
    return measure_own_events(phase(("phase_reviewed", fields)))


def test_a_phase_without_events_says_nothing() -> None:
    assert measure_own_events(phase()) == {}
    assert reviewed() == {}


def test_a_phase_begins_when_it_was_started_and_names_what_it_is_to_deliver() -> None:
    found = measure_own_events(
        phase(("phase_started", {"projected_deliverables": ["a log", "a gate"]}))
    )
    assert known(found["phase_begin"]) == (BEGIN, Evidence.MEASURED)
    projected = known(found["projected_deliverables"])
    assert projected == (("a log", "a gate"), Evidence.DECLARED)
    assert set(measure_own_events(phase(STARTED))) == {"phase_begin"}


def test_what_the_phase_says_counts_more_than_what_its_tasks_do() -> None:
    own = measure_own_events(
        phase(STARTED, ("phase_reviewed", {"test_coverage": "87.5"}))
    )
    totals = total_of([done("P1-001")])
    assert measure_phase(totals)["phase_begin"].instant != BEGIN
    found = measure_phase(totals, own)
    assert found["phase_begin"].instant == BEGIN
    assert found["actual_total"] == measure_phase(totals)["actual_total"]
    coverage = found["test_coverage_overall"]
    assert known(coverage) == (Decimal("87.5"), Evidence.DECLARED)
    assert coverage.basis == "of the phase"


@pytest.mark.parametrize(("measure", "milestone"), MILESTONES.items())
def test_of_a_milestone_reached_twice_the_last_time_counts(
    measure: str, milestone: str
) -> None:
    other = next(name for name in MILESTONES.values() if name != milestone)
    found = measure_own_events(
        phase(reached(milestone), reached(milestone), reached(other))
    )
    assert known(found[measure]) == (BEGIN + timedelta(hours=1), Evidence.MEASURED)
    assert len(found) == 2


def test_a_review_says_what_was_learnt() -> None:
    found = reviewed(**OWN_FIELDS["phase_reviewed"])
    assert {v.evidence for v in found.values()} == {Evidence.DECLARED}
    texts = {
        name: found[name].text
        for name in ("biggest_surprise", "biggest_win", "biggest_challenge")
    }
    assert texts == {
        "biggest_surprise": "locks",
        "biggest_win": "speed",
        "biggest_challenge": "hooks",
    }
    lists = {name: found[name].texts for name in REVIEWED_LISTS}
    assert lists == {
        "patterns_extracted": ("maildir",),
        "technical_debt_incurred": ("none",),
        "theory_improvements": ("earlier",),
    }


def test_the_last_review_counts() -> None:
    own = phase(
        ("phase_reviewed", {"biggest_win": "first", "biggest_challenge": "gone"}),
        ("phase_reviewed", {"biggest_win": "second"}),
    )
    found = measure_own_events(own)
    assert {name: v.text for name, v in found.items()} == {"biggest_win": "second"}


@pytest.mark.parametrize(
    ("said", "accuracy"),
    [
        ({"projections": 12, "projections_held": 11}, ("91.67", 12)),
        ({"projections": 4, "projections_held": 0}, ("0.00", 4)),
        ({"projections": 12}, None),
        ({"projections_held": 3}, None),
        ({"projections": 0, "projections_held": 0}, None),
    ],
)
def test_a_theory_is_as_accurate_as_projections_held(
    said: dict[str, object], accuracy: tuple[str, int] | None
) -> None:
    found = reviewed(**said).get("theory_accuracy")
    number = found.number if found is not None else None
    shown = None if found is None else (f"{number:.2f}", found.n)
    assert shown == accuracy


def test_a_phase_log_that_is_no_proof_proves_nothing() -> None:
    found = measure_own_events(phase(STARTED, reached("first_code"), junk=True))
    assert known(found["phase_begin"]) == (BEGIN, Evidence.DECLARED)
    assert {v.evidence for v in found.values()} == {Evidence.DECLARED}


@pytest.mark.parametrize("is_reviewed", [False, True])
def test_a_report_keeps_what_the_phase_says_without_its_events(
    is_reviewed: bool,
) -> None:
    told: list[Told] = [STARTED, ("phase_reviewed", {"biggest_win": "speed"})]
    own = phase(*told[: 1 + is_reviewed])
    found = OwnRecord.of(own)
    assert (found.name, found.is_reviewed) == ("P1", is_reviewed)
    assert set(found.measures) == set(measure_own_events(own))
    assert {v.events for v in found.measures.values()} == {()}
    begin = measure_phase(PhaseTotals(), found.measures)["phase_begin"]
    assert begin.instant == BEGIN
