"""Instants of a file that is imported, each with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from gitlog_track.errors import UsageProblem
from gitlog_track.importers.record import BadRecordError
from gitlog_track.model.timestamps import Timestamps

T = TypeVar("T")


class Instants:
    """Reads the instants of one file; see :class:`Timestamps`.

    Attributes:
        zone: of instants that have no offset; None where nobody said.
        now: what lies behind it has not happened yet.
    """

    def __init__(self, zone: ZoneInfo | None, now: datetime) -> None:
        self.zone = zone
        self.now = now
        self._timestamps = Timestamps(zone, now)

    def read(self, text: str, line: int) -> datetime:
        """Return an instant with its offset, to the millisecond.

        Raises:
            BadRecordError: it is none, or none that can have been.
        """
        return _at(line, self._timestamps.read, text)

    def of_match(self, found: re.Match[str], line: int) -> datetime:
        """Return the instant of a match of ``INSTANT``; see :meth:`read`."""
        return _at(line, self._timestamps.of_match, found)


def _at(line: int, read: Callable[[T], datetime], said: T) -> datetime:
    try:
        return read(said)
    except UsageProblem as err:
        raise BadRecordError(str(err), line, hint=err.hint) from err
