"""What several reading commands are asked for: instants, and processors to use."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone

from gitlog_track.commands.context import Surroundings
from gitlog_track.errors import UsageProblem
from gitlog_track.model.instants import NS_PER_S


def parse_moment(
    surroundings: Surroundings, option: str, text: str | None
) -> datetime | None:
    """Return the instant that an option names; None where it was not given.

    Args:
        surroundings: tells the local offset, for what has none.
        option: its name, for the message.
        text: ISO 8601; a date alone is its midnight.

    Raises:
        UsageProblem: it is neither a date nor an instant.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as err:
        raise UsageProblem(
            f"{option} {text!r} is no date and no instant; "
            "expected one like 2025-10-04 or 2025-10-04T22:00:00-05:00"
        ) from err
    return moment if moment.tzinfo else _local(surroundings, moment)


def _local(surroundings: Surroundings, moment: datetime) -> datetime:
    """Give a moment the offset that clocks here have then."""
    offset_s = 0
    # Twice: the first answer may be that of the other side of a clock change.
    for _ in range(2):
        at_s = moment.replace(tzinfo=UTC).timestamp() - offset_s
        offset_s = surroundings.offset_s(int(at_s) * NS_PER_S)
    return moment.replace(tzinfo=timezone(timedelta(seconds=offset_s)))


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
