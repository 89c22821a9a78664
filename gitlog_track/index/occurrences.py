"""Occurrences as the index has them: all, or those of the last executions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from gitlog_track.failures.occurrences import Fix, Occurrence
from gitlog_track.failures.patterns import Seen
from gitlog_track.index.index import Index

_fixes = msgspec.json.Decoder(tuple[Fix, ...])
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIELDS = (
    *("kind", "event", "attempt", "text", "error_type", "stack_hash"),
    *("severity", "env", "provenance", "source"),
)
_OCCURRENCES = f"""
SELECT coalesce(name, ''), at_us, fixes, {", ".join(f"occurrence.{f}" for f in _FIELDS)}
FROM occurrence LEFT JOIN task ON task.id = occurrence.task WHERE at_us >= ?
"""  # noqa: S608
_BEGINNINGS = """
SELECT begun_us AS at_us FROM attempt WHERE begun_us NOT NULL
UNION ALL SELECT at_us FROM execution
UNION ALL SELECT at_us FROM occurrence WHERE kind = 'exception'
ORDER BY at_us DESC LIMIT 1 OFFSET ?
"""


def read_occurrences(index: Index, last: int | None) -> Iterator[Seen]:
    """Yield what went wrong or was learnt, in no particular order.

    Args:
        index: asked.
        last: only what happened from the beginning of the last so many executions on:
            attempts begun, execution and exception records, counted together. None is
            all.
    """
    for name, at_us, fixes, *fields in index.rows(_OCCURRENCES, [_since(index, last)]):
        yield Seen(
            name,
            Occurrence(
                at=_EPOCH + timedelta(microseconds=at_us),
                fixes=_fixes.decode(fixes),
                **dict(zip(_FIELDS, fields, strict=True)),
            ),
        )


def _since(index: Index, last: int | None) -> int:
    if last is not None:
        offset = min(last, 2**63) - 1
        for (at_us,) in index.rows(_BEGINNINGS, [offset]):
            return int(at_us)
    return -(2**63)
