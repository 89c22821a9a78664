"""Kinds of events of a phase itself, a named group of tasks."""

from __future__ import annotations

from gitlog_track.model.event import Count, DecimalText, Event, PhaseMilestone, Target


class PhaseStarted(Event, frozen=True, kw_only=True, tag="phase_started"):
    """``phase start``: a named group of tasks begins."""

    description: str = ""
    estimated_duration_s: Count | None = None
    test_coverage_target: Target | None = None
    performance_targets: tuple[Target, ...] = ()
    projected_deliverables: tuple[str, ...] = ()


class PhaseMilestoneReached(
    Event,
    frozen=True,
    kw_only=True,
    tag="phase_milestone_reached",
):
    """``phase milestone``."""

    milestone: PhaseMilestone


class PhaseReviewed(Event, frozen=True, kw_only=True, tag="phase_reviewed"):
    """``phase review``: what the phase delivered and taught."""

    deliverables: tuple[str, ...] = ()
    projections: Count | None = None
    projections_held: Count | None = None
    test_coverage: DecimalText | None = None
    biggest_surprise: str = ""
    biggest_win: str = ""
    biggest_challenge: str = ""
    improvements: tuple[str, ...] = ()
    patterns_extracted: tuple[str, ...] = ()
    technical_debt: tuple[str, ...] = ()
