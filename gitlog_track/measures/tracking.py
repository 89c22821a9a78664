"""Is the tracking itself working? Its measures, and the targets they have to reach. Pure.

Targets are those of the founding documents; a measure without one is stated only.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from gitlog_track.measures.performance import is_met
from gitlog_track.measures.phase_table import TRACKING_MEASURES
from gitlog_track.measures.task import Measures
from gitlog_track.measures.totals import PhaseTotals
from gitlog_track.measures.value import MISSING, Value, quotient
from gitlog_track.model.event import Target

TARGETS = {
    target.name: target
    for target in (
        Target(name="tracking_completeness", comparator=">=", value="100", unit="%"),
        Target(name="projection_accuracy", comparator=">", value="80", unit="%"),
        Target(name="iteration_efficiency", comparator="<", value="1.2"),
        Target(name="hallucination_rate", comparator="<", value="1", unit="%"),
        Target(
            name="token_efficiency_improvement", comparator="<=", value="-10", unit="%"
        ),
    )
}


class TrackingRow(Struct, frozen=True, kw_only=True):
    """One measure of the tracking itself, against its target.

    Attributes:
        measure: its id.
        value: what it is.
        target: what it has to reach; None where it is stated only.
        met: is it reached? None without a target or a value.
    """

    measure: str
    value: Value
    target: Target | None
    met: bool | None


def measure_tracking(
    totals: PhaseTotals, phase: Measures, improvement: Value, coverage: Value
) -> tuple[TrackingRow, ...]:
    """Return the measures of the tracking itself, in the catalogue's order.

    Args:
        totals: of the tasks in question.
        phase: their phase-level measures.
        improvement: see :func:`improvement`.
        coverage: share of HEAD's commits that resolve to a task.
    """
    ratio = totals.ratio
    accuracy = Decimal(100 * totals.close) / ratio.n if ratio.n else None
    projected = totals.projected
    held = Decimal(100 * totals.held) / projected.n if projected.n else None
    found = {
        "tracking_completeness": totals.sums["tracking_completeness"].mean(),
        "projection_accuracy": projected.value(held),
        "estimate_accuracy": ratio.value(accuracy),
        "iteration_efficiency": phase["average_iterations_per_task"],
        "hallucination_rate": phase["hallucination_rate"],
        "token_efficiency_improvement": improvement,
        "commit_coverage": coverage,
    }
    return tuple(_row(measure.id, found[measure.id]) for measure in TRACKING_MEASURES)


def improvement(phase: Measures, before: Measures, *, over: str) -> Value:
    """Return the change of tokens a task from the phase before, in per cent.

    Args:
        phase: measures of the later phase.
        before: measures of the phase before.
        over: name of the phase before, which the value has as its basis.
    """
    now, then = phase["tokens_per_task_avg"], before["tokens_per_task_avg"]
    change = quotient(now, then, scale=100)
    if change.number is None:
        return MISSING
    return Value(
        number=change.number - 100,
        evidence=change.evidence,
        logged_at=change.logged_at,
        source=change.source,
        basis=f"against {over}",
    )


def _row(measure: str, value: Value) -> TrackingRow:
    target = TARGETS.get(measure)
    number = value.number
    met = is_met(target, number) if target and number is not None else None
    return TrackingRow(measure=measure, value=value, target=target, met=met)
