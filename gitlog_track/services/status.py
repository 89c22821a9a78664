"""Where the work stands: current task, time against estimate, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gitlog_track.errors import GitlogTrackError
from gitlog_track.log.journal import count_unreadable, list_names
from gitlog_track.log.layout import Subject
from gitlog_track.services.correct import unassigned_events
from gitlog_track.services.current import current_task
from gitlog_track.services.record import fold_quietly
from gitlog_track.services.remotes import unsent
from gitlog_track.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What ``status`` shows.

    Attributes:
        task: the current one, if any; ``phase`` and ``status`` are the task's.
        elapsed_s: since it was started.
        estimated_s: its estimate, if any.
        waiting: journal entries that are not in the log.
        waiting_because: why the fold did not take them, if it did not.
        unreadable: journal entries that cannot be understood.
        unassigned: events that belong to no task yet.
        tip: the log commit, if there is a log that can be found.
        unsent: for each remote that is behind, how many log commits it lacks; None where
            it was never given any.
    """

    task: str | None
    phase: str | None
    status: str
    elapsed_s: Decimal | None
    estimated_s: int | None
    waiting: int
    waiting_because: str
    unreadable: int
    unassigned: int
    tip: str | None
    unsent: Mapping[str, int | None]


def read_status(workspace: Workspace) -> Status:
    """Return where the work stands in this worktree.

    Raises:
        LogError: tracking has not begun, or the log cannot be read.
    """
    workspace.require_tracked()
    problem = fold_quietly(workspace) if workspace.may_fold else None
    task = current_task(workspace)
    tip, state, unassigned = None, None, 0
    try:
        tip = workspace.ref().read()
        log = workspace.log_as_it_is()
        state = log.state(Subject("task", task)) if task else None
        unassigned = len(unassigned_events(log.unassigned()))
    except GitlogTrackError as err:
        problem = problem or str(err)
    started = state.started if state else None
    return Status(
        task=task,
        phase=state.phase if state else None,
        status=state.status if state else "",
        elapsed_s=_elapsed_s(workspace, started.at) if started else None,
        estimated_s=started.estimated_duration_s if started else None,
        waiting=len(list_names(workspace.home)),
        waiting_because=problem or "",
        unreadable=count_unreadable(workspace.home),
        unassigned=unassigned,
        tip=tip,
        unsent=unsent(workspace),
    )


def _elapsed_s(workspace: Workspace, begin: datetime) -> Decimal:
    now_ms = workspace.clock.now_ns() // 1_000_000
    return (Decimal(now_ms) - Decimal(round(begin.timestamp() * 1000))) / 1000
