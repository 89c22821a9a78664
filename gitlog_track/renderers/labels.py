"""What stands behind a value: how well it is known, over how much, by which formula."""

from __future__ import annotations

from decimal import Decimal

from gitlog_track.measures.evidence import Evidence, label
from gitlog_track.measures.value import Value
from gitlog_track.renderers.numbers import instant

OUT_OF = frozenset(
    {"tasks_completed", "performance_targets_met", "deliverables_completed"}
)
"""Counts whose n is what they are out of."""


def with_n(
    shown: str,
    measure: str,
    value: Value,
    of: Decimal | None = None,
    *,
    basis: str = "",
) -> str:
    """Return a shown value with how much it is over: ``1.15 (n=12)``, or ``7 of 8``.

    Args:
        shown: the value alone.
        measure: its id.
        value: what is shown.
        of: how many tasks there are: a figure over as many need not say so.
        basis: by which formula it was found, where that is to be said: :func:`basis_of`.
    """
    notes = []
    if value.n is not None and measure in OUT_OF:
        shown = f"{shown} of {value.n:,}"
    elif value.n is not None and value.n != of:
        notes.append(f"n={value.n:,}")
    if basis:
        notes.append(basis)
    return f"{shown} ({', '.join(notes)})" if notes else shown


def basis_of(measure: str, value: Value) -> str:
    """Return by which of several formulas a value was found; empty where there is one.

    Empty too for a target, whose comparator is part of it.
    """
    is_said = measure == "test_coverage_target"
    return value.basis if value.is_known and not is_said else ""


def evidence_label(value: Value, where: str) -> str:
    """Return a value's label.

    Args:
        value: what is labelled.
        where: the log's path at its commit, for values that the log proves.
    """
    if value.not_applicable:
        return f"N/A ({value.not_applicable})"
    text = label(value.evidence, _source(value, where))
    return f"{text} CORRECTED" if value.is_corrected else text


def _source(value: Value, where: str) -> str:
    match value.evidence:
        case Evidence.DECLARED:
            return instant(value.logged_at) if value.logged_at else ""
        case Evidence.BACKFILLED:
            return value.source
        case _:
            return where
