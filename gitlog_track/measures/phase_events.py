"""What a phase's own events say: its beginning, its milestones, its review. Pure."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from gitlog_track.measures.task import Measures
from gitlog_track.measures.value import Value, declared, measured, no_proof
from gitlog_track.model.phases import (
    PhaseMilestoneReached,
    PhaseReviewed,
    PhaseStarted,
)
from gitlog_track.model.task import TaskState

MILESTONES = {
    "phase_first_code": "first_code",
    "phase_tests_passing": "tests_passing",
    "phase_integration_complete": "integration_complete",
    "phase_documentation_complete": "documentation_complete",
    "phase_final_approval": "final_approval",
}
REVIEWED_TEXTS = ("biggest_surprise", "biggest_win", "biggest_challenge")
REVIEWED_LISTS = {
    "patterns_extracted": "patterns_extracted",
    "technical_debt_incurred": "technical_debt",
    "theory_improvements": "improvements",
}


def measure_own_events(own: TaskState) -> Measures:
    """Return the phase-level measures that a phase's own events give, by id.

    Of a log that is no proof all of them are declared at best.

    Args:
        own: the replayed events of the phase itself.
    """
    found: dict[str, Value] = {}
    started = own.last(PhaseStarted)
    if started is not None:
        found["phase_begin"] = measured(own, started, started.at)
        if started.projected_deliverables:
            projected = declared(own, started, started.projected_deliverables)
            found["projected_deliverables"] = projected
    for name, milestone in MILESTONES.items():
        for event in own.of(PhaseMilestoneReached):
            if event.milestone == milestone:
                found[name] = measured(own, event, event.at)
    review = own.last(PhaseReviewed)
    if review is not None:
        found.update(_reviewed(own, review, _promised(started)))
    if own.is_valid:
        return found
    return {name: no_proof(value) for name, value in found.items()}


def _promised(started: PhaseStarted | None) -> tuple[str, ...]:
    return started.projected_deliverables if started else ()


def _reviewed(
    own: TaskState, review: PhaseReviewed, promised: tuple[str, ...]
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name in REVIEWED_TEXTS:
        if text := getattr(review, name):
            found[name] = declared(own, review, text)
    for name, attribute in REVIEWED_LISTS.items():
        if rows := getattr(review, attribute):
            found[name] = declared(own, review, rows)
    if review.test_coverage is not None:
        value = declared(own, review, Decimal(review.test_coverage))
        found["test_coverage_overall"] = replace(value, basis="of the phase")
    if review.deliverables:
        found["deliverables_completed"] = _delivered(own, review, promised)
    if review.projections and review.projections_held is not None:
        share = Decimal(100 * review.projections_held) / review.projections
        accuracy = declared(own, review, share)
        found["theory_accuracy"] = replace(accuracy, n=review.projections)
    return found


def _delivered(
    own: TaskState, review: PhaseReviewed, promised: tuple[str, ...]
) -> Value:
    """Return how many of what was promised was delivered; what was not is extra.

    Names are compared without case and surrounding space. Where nothing was promised
    all that was delivered counts, of nothing.
    """
    delivered = {name.strip().casefold() for name in review.deliverables}
    wanted = {name.strip().casefold() for name in promised}
    kept = delivered & wanted if wanted else delivered
    extra = len(delivered) - len(kept)
    return replace(
        declared(own, review, Decimal(len(kept))),
        n=len(wanted) or None,
        basis=f"{extra} not projected" if extra else "",
    )
