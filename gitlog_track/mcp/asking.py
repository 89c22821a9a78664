"""What every question needs: a workspace opened now, one at a time, errors as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from gitlog_track.errors import GitlogTrackError, UsageProblem
from gitlog_track.renderers.safe import clipped
from gitlog_track.services.workspace import Workspace

MESSAGE_LENGTH = 1_000


@dataclass(frozen=True, slots=True)
class Asker:
    """Opens the workspace for each question: configuration and log are as they are then.

    One question at a time: the SDK runs each in a thread of its own, and forty at once
    would each bring the index up to date. For the same reason the index is made by one
    process: a process of many threads cannot be forked.

    Attributes:
        open_workspace: opens it.
        parse_instant: reads an instant; takes its argument's name and the text.
    """

    open_workspace: Callable[[], Workspace]
    parse_instant: Callable[[str, str], datetime]
    _one_at_a_time: Lock = field(default_factory=Lock)

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """Open the workspace and keep others waiting.

        Raises:
            GitlogTrackError: it cannot be opened.
        """
        with self._one_at_a_time:
            yield self.open_workspace()

    def span(self, since: str, until: str) -> tuple[datetime | None, datetime | None]:
        """Return the instants between which tasks have to have started.

        Raises:
            UsageProblem: one is no instant, or the first is not before the second.
        """
        begin = self.parse_instant("since", since) if since else None
        end = self.parse_instant("until", until) if until else None
        if begin is not None and end is not None and begin >= end:
            raise UsageProblem(
                f"since {begin.isoformat()} is not before until {end.isoformat()}: "
                "no task can have started between them"
            )
        return begin, end


def spoken(error: GitlogTrackError) -> str:
    """Return an error as text for a client: the sentence, and what helps below it."""
    said = clipped(str(error), MESSAGE_LENGTH)
    hint = clipped(error.hint, MESSAGE_LENGTH) if error.hint else ""
    return f"{said}\n  {hint}" if hint else said
