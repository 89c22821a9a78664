"""Every phase-level measure, from the totals of its tasks and its own events. Pure.

A sum or mean is over the tasks that have the figure, and says how many those are.
"""

from __future__ import annotations

from decimal import Decimal
from statistics import median

from msgspec.structs import replace

from gitlog_track.measures.intervals import length_s
from gitlog_track.measures.phase_table import PHASE_MEASURES
from gitlog_track.measures.task import Measures
from gitlog_track.measures.totals import First, PhaseTotals
from gitlog_track.measures.value import MISSING, Value, difference, quotient

NOTHING: Measures = {}


def measure_phase(totals: PhaseTotals, own: Measures = NOTHING) -> Measures:
    """Return every phase-level measure by its id, in the catalogue's order.

    Args:
        totals: of the phase's tasks, settled.
        own: what the phase's own events say; it counts more than what its tasks do.
    """
    found = {
        "phase_begin": _instant(totals.begin),
        "phase_first_code": _instant(totals.first_code),
        **_time(totals),
        **_quality(totals),
        **_tokens(totals),
        "critical_blockers": _critical(totals),
        **own,
    }
    return {measure.id: found.get(measure.id, MISSING) for measure in PHASE_MEASURES}


def _instant(first: First) -> Value:
    if first.at is None:
        return MISSING
    tally = first.tally
    return Value(
        instant=first.at,
        evidence=tally.evidence,
        logged_at=tally.logged_at,
        source=tally.source,
    )


def _critical(totals: PhaseTotals) -> Value:
    counted = totals.critical.value()
    if not counted.is_known:
        return MISSING
    return replace(counted, number=None, texts=tuple(totals.critical_texts))


def _time(totals: PhaseTotals) -> dict[str, Value]:
    actual, estimate = totals.paired_actual.value(), totals.paired_estimate.value()
    n = totals.paired_actual.n or None
    middle = median(totals.ratios) if totals.ratios else None
    return {
        "estimated_total": totals.sums["estimated_duration"].value(),
        "actual_total": totals.sums["actual_duration"].value(),
        "variance": replace(difference(actual, estimate), n=n),
        "efficiency_ratio": replace(quotient(actual, estimate), n=n),
        "parallel_efficiency": _parallel(totals),
        "estimate_bias": totals.ratio.value(middle),
    }


def _parallel(totals: PhaseTotals) -> Value:
    """Seconds saved by working on tasks at the same time."""
    alone = totals.sums["actual_duration"]
    return alone.value(alone.amount - length_s(totals.spans))


def _quality(totals: PhaseTotals) -> dict[str, Value]:
    retried = MISSING
    if totals.ended:
        share = Decimal(100 * totals.retried) / totals.ended
        retried = totals.attempts.value(share, n=totals.ended)
    coverage = totals.sums["test_coverage_actual"]
    return {
        "tasks_total": totals.begins.value(Decimal(totals.tasks), n=totals.tasks),
        "tasks_completed": _counted(totals, totals.complete),
        "tasks_failed_first_attempt": _counted(
            totals, len(totals.failed_first), basis=", ".join(totals.failed_first)
        ),
        "retry_rate": retried,
        "average_iterations_per_task": totals.sums["iterations_count"].mean(),
        "test_coverage_overall": coverage.mean(basis="mean of tasks"),
        "performance_targets_met": _targets_met(totals),
    }


def _targets_met(totals: PhaseTotals) -> Value:
    """What was not measured was neither met nor missed."""
    left = totals.goals - totals.judged
    return totals.performance.value(
        Decimal(totals.met),
        n=totals.judged,
        basis=f"{left} not measured" if left else "",
    )


def _counted(totals: PhaseTotals, count: int, *, basis: str = "") -> Value:
    """Return how many tasks have a status, of those of which it is known.

    A status is typed at the end of an attempt, so such a count is declared at best.
    """
    return totals.statuses.value(Decimal(count), basis=basis)


def _tokens(totals: PhaseTotals) -> dict[str, Value]:
    tokens = totals.sums["token_count_used"]
    n = totals.paired_interactions.n
    rate = quotient(
        totals.paired_hallucinations.value(),
        totals.paired_interactions.value(),
        scale=100,
    )
    return {
        "total_tokens_used": tokens.value(),
        "tokens_per_task_avg": tokens.mean(whole=True),
        "ai_interactions_total": totals.sums["ai_interactions"].value(),
        "hallucination_count_total": totals.sums["hallucination_count"].value(),
        "hallucination_rate": replace(rate, n=n if rate.is_known else None),
    }
