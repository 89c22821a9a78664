"""Fetch a log that is wanted here: one that is absent, or behind a colleague's.

A claim may have been cherry-picked from somebody whose log has not come here yet.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from gitlog_track.errors import GitlogTrackError
from gitlog_track.git.transport import Budget, RemoteTooSlowError, Transport
from gitlog_track.services.partial import is_incomplete
from gitlog_track.services.remotes import listed_remotes
from gitlog_track.services.sync import Exchange
from gitlog_track.services.time_limit import GRACE_S, OverdueError, time_limit
from gitlog_track.services.workspace import Workspace

LATE_S = 5.0
"""How long the gate of a push waits for a log before it refuses for want of one."""
ASKED_S = 30.0
"""How long a report or a verification waits for one."""


Waiting = Callable[[str], AbstractContextManager[object]]
"""Tells a person, if it takes long, which remote is waited for."""


@dataclass(frozen=True, slots=True)
class Late:
    """What came of asking the listed remotes for a log that is wanted here.

    Attributes:
        moved: is the log another one now?
        problems: one sentence for each remote that gave none.
        notes: what a person should know of what was taken.
        is_cut_short: was a remote given up because it took too long?
    """

    moved: bool = False
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_cut_short: bool = False


def fetch_late(
    workspace: Workspace, seconds: float, waiting: Waiting = nullcontext
) -> Late:
    """Fetch and merge the log of every listed remote; what fails is told, not raised.

    Args:
        workspace: this side.
        seconds: how long it may take in all.
        waiting: tells what is waited for.
    """
    before = workspace.ref().read()
    problems: list[str] = []
    notes: list[str] = []
    is_cut_short = False
    budget = Budget(seconds)
    for remote in listed_remotes(workspace):
        transport = Transport(workspace.git, remote, budget, workspace.top)
        try:
            with waiting(remote), time_limit((budget.left() or 0.0) + GRACE_S):
                found = Exchange(workspace, transport, patience_s=1.0).fetch()
            notes += found.notes
            if found.tip is None:
                problems.append(f"{remote} has no log")
        except OverdueError as err:
            is_cut_short = True
            problems.append(f"the log was not fetched from {remote}: {err}")
        except GitlogTrackError as err:
            is_cut_short = is_cut_short or isinstance(err, RemoteTooSlowError)
            problems.append(f"the log was not fetched: {err}")
    moved = workspace.ref().read() != before
    return Late(moved, tuple(problems), tuple(notes), is_cut_short)


def fetch_absent(workspace: Workspace, waiting: Waiting = nullcontext) -> Late:
    """Fetch the log where there is none, or only a part of it; tell what came of it."""
    if not is_absent(workspace):
        return Late()
    late = fetch_late(workspace, ASKED_S, waiting)
    return replace(late, problems=()) if late.moved else late


def is_absent(workspace: Workspace) -> bool:
    """Is the log not here, or did a partial clone leave out some of what it says now?"""
    tip = workspace.ref().read()
    return tip is None or is_incomplete(workspace.git, tip)
