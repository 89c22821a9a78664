"""Instants as people write them into files; what they leave out is never guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from gitlog_track.errors import UsageProblem

_UTC_WORDS = ("UTC", "GMT")
_DAY_ALONE = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}\Z")


def parse_timestamp(text: str, zone: tzinfo | None) -> datetime:
    """Return the instant that a text names.

    Args:
        text: ISO 8601, with an offset, ``Z`` or ``UTC``.
        zone: of a text without one; None refuses it.

    Raises:
        UsageProblem: it is no instant, has no offset where no zone is given, or names an
            hour that the zone has twice or not at all.

    >>> parse_timestamp("2026-01-10 14:30 UTC", None).isoformat()
    '2026-01-10T14:30:00+00:00'
    """
    is_utc = text[-3:].upper() in _UTC_WORDS
    at = _parsed(text[:-3].rstrip() if is_utc else text, text)
    if is_utc:
        zone = UTC
    if at.tzinfo is not None and at.utcoffset() is not None:
        return at
    if zone is None:
        raise UsageProblem(
            f"{text!r} has no offset from UTC, so it names no instant",
            hint="write it as 2026-01-10T14:30:00Z, or say where it was with --timezone",
        )
    return _in_zone(at, zone)


def _parsed(bare: str, text: str) -> datetime:
    try:
        if not _DAY_ALONE.match(bare):
            return datetime.fromisoformat(bare)
    except ValueError:
        pass
    raise UsageProblem(
        f"{text[:80]!r} is no instant; expected one like 2026-01-10T14:30:00Z"
    )


def _in_zone(at: datetime, zone: tzinfo) -> datetime:
    first, second = at.replace(tzinfo=zone), at.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    back = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)
    how_often = "twice" if back == at else "not at all"
    raise UsageProblem(
        f"{at.isoformat()} is there {how_often} in {zone}: its clocks were changed",
        hint="write the offset from UTC behind it",
    )
