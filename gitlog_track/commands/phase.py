"""``phase start|milestone|review``: a phase's own events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.lifecycle import finish
from gitlog_track.errors import UsageProblem
from gitlog_track.log.layout import Subject
from gitlog_track.model.event import PhaseMilestone
from gitlog_track.model.names import check_name
from gitlog_track.model.phases import PhaseStarted
from gitlog_track.services.record import record
from gitlog_track.services.values import duration_s, percentage, target


@click.group()
def phase() -> None:
    """Record a phase's start, milestones and review."""


def _record(
    surroundings: Surroundings, name: str, fields: Mapping[str, object]
) -> None:
    workspace = surroundings.workspace()
    workspace.require_tracked()
    check_name(name, "phase")
    state = workspace.log().state(Subject("phase", name))
    if fields["kind"] == "phase_started" and state.last(PhaseStarted) is not None:
        raise UsageProblem(f"phase {state.name} was started already")
    record(workspace, Subject("phase", state.name), fields, "phase")
    finish(surroundings, workspace, f"recorded for phase {state.name}")


@phase.command()
@click.argument("name", metavar="PHASE")
@click.option("--description", default="", help="What the phase is.")
@click.option("--estimate", metavar="DURATION", help="Such as 42.5h.")
@click.option("--coverage-target", metavar="TARGET", help="Such as '>80%'.")
@click.option(
    "--performance-target", metavar="TARGET", multiple=True, help="Such as 'ipc<5ms'."
)
@click.option("--deliverable", multiple=True, help="What the phase is to deliver.")
@click.pass_obj
def start(surroundings: Surroundings, /, name: str, **options: Any) -> None:
    """Begin PHASE."""
    estimate, coverage = options["estimate"], options["coverage_target"]
    fields = {
        "kind": "phase_started",
        "description": options["description"] or None,
        "estimated_duration_s": duration_s(estimate) if estimate else None,
        "test_coverage_target": target(coverage, "test_coverage") if coverage else None,
        "performance_targets": [target(t) for t in options["performance_target"]]
        or None,
        "projected_deliverables": list(options["deliverable"]) or None,
    }
    _record(surroundings, name, fields)


@phase.command()
@click.argument("name", metavar="PHASE")
@click.argument("milestone", type=click.Choice(get_args(PhaseMilestone)))
@click.pass_obj
def milestone(surroundings: Surroundings, name: str, milestone: str) -> None:
    """Record that PHASE reached a milestone."""
    fields = {
        "kind": "phase_milestone_reached",
        "milestone": milestone,
    }
    _record(surroundings, name, fields)


@phase.command()
@click.argument("name", metavar="PHASE")
@click.option("--deliverable", multiple=True, help="What was delivered.")
@click.option("--projections", type=click.IntRange(min=0), help="How many were made.")
@click.option("--projections-held", type=click.IntRange(min=0), help="How many held.")
@click.option("--test-coverage", metavar="PERCENT", help="Of the whole phase, as 87%.")
@click.option("--biggest-surprise", default="", help="What nobody had expected.")
@click.option("--biggest-win", default="", help="What went best.")
@click.option("--biggest-challenge", default="", help="What was hardest.")
@click.option("--improvement", multiple=True, help="How to plan better.")
@click.option("--pattern", multiple=True, help="A pattern that was found.")
@click.option("--debt", multiple=True, help="A shortcut that was taken.")
@click.pass_obj
def review(surroundings: Surroundings, /, name: str, **options: Any) -> None:
    """Record what PHASE delivered and taught."""
    held, made = options["projections_held"], options["projections"]
    if held is not None and (made is None or held > made):
        raise UsageProblem(f"{held} of {made} projections cannot have held")
    coverage = options["test_coverage"]
    fields = {
        "kind": "phase_reviewed",
        "deliverables": list(options["deliverable"]) or None,
        "projections": made,
        "projections_held": held,
        "test_coverage": percentage(coverage) if coverage is not None else None,
        "biggest_surprise": options["biggest_surprise"] or None,
        "biggest_win": options["biggest_win"] or None,
        "biggest_challenge": options["biggest_challenge"] or None,
        "improvements": list(options["improvement"]) or None,
        "patterns_extracted": list(options["pattern"]) or None,
        "technical_debt": list(options["debt"]) or None,
    }
    _record(surroundings, name, fields)
