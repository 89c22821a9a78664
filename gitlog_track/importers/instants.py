"""Instants as files have them: with an offset, with ``Z`` or ``UTC``, or with none.

One without an offset is no instant until somebody says of which timezone it is.
Source: ISO 8601-1:2019, 5.4; PEP 495 for local times that happened twice or never.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gitlog_track.errors import UsageProblem
from gitlog_track.importers.record import BadRecordError

TOLERANCE = timedelta(seconds=2)
"""How far clocks of two machines may be apart; see ``model.replay``."""
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
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


class Instants:
    """Reads the instants of one file.

    Attributes:
        zone: of instants that have no offset; None where nobody said.
        now: what lies more than the tolerance behind it has not happened yet.
    """

    def __init__(self, zone: ZoneInfo | None, now: datetime) -> None:
        self.zone = zone
        self.now = now

    def read(self, text: str, line: int) -> datetime:
        """Return an instant with its offset, to the millisecond.

        Raises:
            BadRecordError: it is none, or none that can have been.
        """
        found = INSTANT.fullmatch(text.strip())
        if found is None:
            raise BadRecordError(f"{text[:60]!r} is no instant; {EXPECTED}", line)
        return self.of_match(found, line)

    def of_match(self, found: re.Match[str], line: int) -> datetime:
        """Return the instant of a match of :data:`INSTANT`; see :meth:`read`."""
        fraction = (found["fraction"] or "").ljust(3, "0")[:3]
        try:
            seconds = "" if len(found["time"]) > len("hh:mm") else ":00"
            local = datetime.fromisoformat(
                f"{found['day']}T{found['time']}{seconds}.{fraction}"
            )
            at = self._with_offset(local, found["zone"], line)
            ahead = at - self.now
        except (ValueError, OverflowError) as err:
            text = f"{found[0][:60]!r} is no instant: {err}"
            raise BadRecordError(text, line) from err
        if ahead > TOLERANCE:
            raise BadRecordError(f"{found[0]} lies in the future", line)
        if at < EARLIEST:
            raise BadRecordError(f"{found[0]} lies before any work here", line)
        return at

    def _with_offset(self, local: datetime, zone: str | None, line: int) -> datetime:
        if zone is None:
            return self._in_zone(local, line)
        if zone[0] not in "+-":
            return local.replace(tzinfo=UTC)
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        if int(digits[2:]) > 59 or offset >= timedelta(days=1):
            raise ValueError(f"there is no offset {zone}")
        return local.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset))

    def _in_zone(self, local: datetime, line: int) -> datetime:
        """Give a local time the offset that the clocks of the zone had."""
        shown = local.isoformat(sep=" ", timespec="seconds")
        if self.zone is None:
            raise BadRecordError(
                f"{shown} has no offset from UTC, so it could be any of 24 hours",
                line,
                hint="say where it was: --timezone Europe/Berlin",
            )
        first, second = (local.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        before, after = first.utcoffset(), second.utcoffset()
        if before is None or after is None or before % timedelta(minutes=1):
            raise ValueError(f"{self.zone.key} had no offset of whole minutes then")
        if before > after:
            text = f"{shown} happened twice in {self.zone.key}: clocks were set back"
            raise BadRecordError(f"{text}; write its offset", line)
        if before < after:
            text = f"{shown} never was in {self.zone.key}: clocks were set forward"
            raise BadRecordError(text, line)
        return local.replace(tzinfo=timezone(before))


def written(at: datetime) -> str:
    """Return an instant as the log writes it."""
    return at.isoformat(timespec="milliseconds")
