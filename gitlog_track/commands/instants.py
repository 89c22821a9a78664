"""Days and instants as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import click

from gitlog_track.commands.context import Surroundings


def instant(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> datetime | None:
    """Read an option's value: a day, a local time, or an instant with an offset.

    Without an offset it is local time; a day alone is its beginning.

    Raises:
        click.BadParameter: it is none of them.
    """
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value.strip())
    except ValueError as err:
        said = f"{value!r} is no date: expected 2026-11-21 or 2026-11-21T09:30+01:00"
        raise click.BadParameter(said, ctx, param) from err
    return at if at.tzinfo is not None else at.replace(tzinfo=_local(at, ctx.obj))


def _local(at: datetime, around: Surroundings) -> timezone:
    as_if_utc_s = int(at.replace(tzinfo=UTC).timestamp())
    return timezone(timedelta(seconds=around.offset_s(as_if_utc_s * 1_000_000_000)))
