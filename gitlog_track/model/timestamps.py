"""Instants as files have them: with an offset, with ``Z`` or ``UTC``, or with none.

One without an offset is no instant until somebody says of which timezone it is.
Source: ISO 8601-1:2019, 5.4; PEP 495 for local times that happened twice or never.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gitlog_track.errors import UsageProblem
from gitlog_track.model.replay import CLOCK_TOLERANCE

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
"""Before it lies no work: an instant of 1970-01-01 is a clock that was never set."""
_DATE = r"(?P<day>\d{4}-\d\d-\d\d)"
_TIME = r"(?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d{1,9}))?"
_OFFSET = r"\s?(?P<zone>[Zz]|UTC|GMT|[+-]\d\d:?\d\d)"
INSTANT = re.compile(rf"{_DATE}[Tt ]{_TIME}(?:{_OFFSET})?", re.ASCII)
EXPECTED = "expected one like 2025-10-04T22:00:00-05:00"


def timezone_named(name: str) -> ZoneInfo:
    """Return a timezone of the IANA database.

    Raises:
        UsageProblem: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as err:
        text = f"--timezone {name!r} is no timezone; expected one like Europe/Berlin"
        raise UsageProblem(text, hint="timedatectl list-timezones") from err


class Timestamps:
    """Reads the instants of one file.

    Attributes:
        zone: of instants that have no offset; None where nobody said.
        now: what lies behind it has not happened yet, but for what clocks of two
            machines may be apart; None where that does not matter.
    """

    def __init__(
        self, zone: ZoneInfo | None = None, now: datetime | None = None
    ) -> None:
        self.zone = zone
        self.now = now

    def read(self, text: str) -> datetime:
        """Return an instant with its offset, to the millisecond.

        Raises:
            UsageProblem: it is none, or none that can have been.

        >>> Timestamps().read("2026-01-10 14:30 UTC").isoformat()
        '2026-01-10T14:30:00+00:00'
        """
        found = INSTANT.fullmatch(text.strip())
        if found is None:
            raise UsageProblem(f"{text[:60]!r} is no instant; {EXPECTED}")
        return self.of_match(found)

    def of_match(self, found: re.Match[str]) -> datetime:
        """Return the instant of a match of :data:`INSTANT`; see :meth:`read`.

        Raises:
            UsageProblem: there is no such instant, or it lies in the future.
        """
        fraction = (found["fraction"] or "").ljust(3, "0")[:3]
        try:
            seconds = "" if len(found["time"]) > len("hh:mm") else ":00"
            local = datetime.fromisoformat(
                f"{found['day']}T{found['time']}{seconds}.{fraction}"
            )
            _refuse_early(local.replace(tzinfo=UTC) + timedelta(days=1), found[0])
            at = self._with_offset(local, found["zone"])
            ahead = at - self.now if self.now else timedelta(0)
        except (ValueError, OverflowError) as err:
            raise UsageProblem(f"{found[0][:60]!r} is no instant: {err}") from err
        if ahead > CLOCK_TOLERANCE:
            raise UsageProblem(f"{found[0]} lies in the future")
        _refuse_early(at, found[0])
        return at

    def _with_offset(self, local: datetime, zone: str | None) -> datetime:
        if zone is None:
            return self._in_zone(local)
        if zone[0] not in "+-":
            return local.replace(tzinfo=UTC)
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        if int(digits[2:]) > 59 or offset >= timedelta(days=1):
            raise ValueError(f"there is no offset {zone}")
        return local.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset))

    def _in_zone(self, local: datetime) -> datetime:
        """Give a local time the offset that the clocks of the zone had."""
        shown = local.isoformat(sep=" ", timespec="seconds")
        if self.zone is None:
            raise UsageProblem(
                f"{shown} has no offset from UTC, so it could be any of 24 hours",
                hint="say where it was: --timezone Europe/Berlin",
            )
        first, second = (local.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        before, after = first.utcoffset(), second.utcoffset()
        if before is None or after is None or before % timedelta(minutes=1):
            raise ValueError(f"{self.zone.key} had no offset of whole minutes then")
        if before > after:
            text = f"{shown} happened twice in {self.zone.key}: clocks were set back"
            raise UsageProblem(f"{text}; write its offset")
        if before < after:
            text = f"{shown} never was in {self.zone.key}: clocks were set forward"
            raise UsageProblem(text)
        return local.replace(tzinfo=timezone(before))


def _refuse_early(at: datetime, shown: str) -> None:
    if at < EARLIEST:
        first = EARLIEST.date().isoformat()
        raise UsageProblem(f"{shown} lies before {first}, so before any work here")


def written(at: datetime) -> str:
    """Return an instant as the log writes it."""
    return at.isoformat(timespec="milliseconds")
