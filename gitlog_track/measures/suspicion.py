"""Instants that look as if nobody read them off a clock. Warnings: never a verdict.

Source: the founding "Real-Time Execution Logging": timestamps are system-generated, "not
rounded estimates like 20:00:00".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from gitlog_track.model.events import KnownEvent, kind_of
from gitlog_track.model.replay import CLOCK_TOLERANCE
from gitlog_track.model.task import Problem, TaskState

ENOUGH_TO_TELL = 3
"""Of real instants one in 60 has no seconds, but three only once in 216,000 times."""


def suspicions(state: TaskState, now: datetime) -> Iterator[Problem]:
    """Yield a warning for each way in which a log's instants look made up.

    Args:
        state: of a task or phase.
        now: with an offset; what lies more than the clock tolerance behind it cannot
            have happened yet.
    """
    backfilled = [e for e in state.events if e.provenance == "backfilled"]
    on_the_hour = [e for e in backfilled if e.at.minute == 0 and _is_whole_minute(e.at)]
    if on_the_hour:
        text = f"{_named(on_the_hour)} was imported and is a full hour: an estimate?"
        yield Problem("rounded_instant", text, False)
    instants = {event.at for event in backfilled}
    if len(instants) >= ENOUGH_TO_TELL and all(map(_is_whole_minute, instants)):
        text = f"all {len(instants)} imported instants are whole minutes: estimates?"
        yield Problem("no_seconds", text, False)
    ahead = [e for e in state.events if e.at - now > CLOCK_TOLERANCE]
    if ahead:
        yield Problem("in_future", f"{_named(ahead)} lies in the future", False)


def _is_whole_minute(at: datetime) -> bool:
    return at.second == at.microsecond == 0


def _named(events: Sequence[KnownEvent]) -> str:
    """Return the first of some events, and how many there are besides."""
    first = events[0]
    more = f" (and {len(events) - 1} more)" if len(events) > 1 else ""
    return f"{kind_of(first)} {first.id} at {first.at.isoformat()}{more}"
