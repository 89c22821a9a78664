"""What stands behind a value: how well it is known, and where that can be checked."""

from __future__ import annotations

from gitlog_track.measures.evidence import Evidence, label
from gitlog_track.measures.value import Value
from gitlog_track.renderers.numbers import instant


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
