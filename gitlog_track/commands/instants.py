"""Days and instants as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.errors import UsageProblem
from gitlog_track.model.instants import NS_PER_S


def instant(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> datetime | None:
    """Read an option's value; see :func:`parse_instant`."""
    return None if value is None else parse_instant(ctx.obj, param.opts[0], value)


def parse_instant(surroundings: Surroundings, option: str, text: str) -> datetime:
    """Return the instant that an option names.

    Args:
        surroundings: tells the local offset, for what has none.
        option: its name, for the message.
        text: ISO 8601; a day alone is its local midnight.

    Raises:
        UsageProblem: it is neither a date nor an instant.
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as err:
        raise UsageProblem(
            f"{option} {text!r} is no date and no instant; "
            "expected one like 2025-10-04 or 2025-10-04T22:00:00-05:00"
        ) from err
    return at if at.tzinfo is not None else at.replace(tzinfo=_local(surroundings, at))


def check_order(since: datetime | None, until: datetime | None) -> None:
    """Check that a span has a beginning before its end.

    Raises:
        UsageProblem: it has not.
    """
    if since is not None and until is not None and since >= until:
        raise UsageProblem(
            f"--since {since.isoformat()} is not before --until {until.isoformat()}: "
            "no task can have started between them"
        )


def _local(surroundings: Surroundings, at: datetime) -> timezone:
    offset_s = 0
    # Twice: the first answer may be that of the other side of a clock change.
    for _ in range(2):
        at_s = int(at.replace(tzinfo=UTC).timestamp()) - offset_s
        offset_s = surroundings.offset_s(at_s * NS_PER_S)
    return timezone(timedelta(seconds=offset_s))
