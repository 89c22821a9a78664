"""With an ordinary push the log goes along: after the gate, before the code.

It never fails the user's push and never holds it up for longer than the budget: what
cannot be carried now is carried by the next push.
"""

from __future__ import annotations

from dataclasses import replace

from gitlog_track.errors import GitlogTrackError
from gitlog_track.log.layout import tracking_ref
from gitlog_track.log.ref import LogRef
from gitlog_track.services.judging import PushLine
from gitlog_track.services.workspace import Workspace

BUDGET_S = 5.0
PATIENCE_S = 1.0


def goes_along(workspace: Workspace, remote: str, lines: list[PushLine]) -> bool:
    """Has the log to go along with a push to this remote?

    Not where the push itself carries the log's ref: git has fixed by now what it sends
    and what it expects to find there.
    """
    config, ref = workspace.config, workspace.log_ref
    if not config.sync_on_push or remote not in config.sync_remotes:
        return False
    if any(line.ref == ref for line in lines) or not workspace.home.is_tracked():
        return False
    tip = workspace.ref().read()
    seen = LogRef(workspace.git, workspace.home.common_dir, tracking_ref(remote)).read()
    return tip not in {None, seen}


def carry(workspace: Workspace, remote: str) -> str:
    """Push the log; return one line for a person, empty where all went well.

    Args:
        workspace: the pushing side.
        remote: name of the remote.
    """
    # Most pushes find the log there already: what talks to remotes is not loaded.
    from gitlog_track.git.transport import Budget, Transport
    from gitlog_track.services.sync import Exchange

    transport = Transport(workspace.git, remote, Budget(BUDGET_S))
    hurried = replace(workspace, patience_s=PATIENCE_S)
    try:
        done = Exchange(hurried, transport, patience_s=0.0).push()
    except GitlogTrackError as err:
        return f"the code goes without its log, the next push carries it: {err}"
    return "; ".join(done.notes)
