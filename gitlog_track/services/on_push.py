"""With an ordinary push the log goes along: after the gate, before the code.

It never fails the user's push and never holds it up for longer than the budget: what
cannot be carried now is carried by the next push.
"""

from __future__ import annotations

from dataclasses import replace

from gitlog_track.errors import GitlogTrackError
from gitlog_track.services.judging import PushLine
from gitlog_track.services.remotes import Peer, peer_of_push, tracking_of
from gitlog_track.services.workspace import Workspace

BUDGET_S = 5.0
PATIENCE_S = 1.0


def goes_along(
    workspace: Workspace, remote: str, url: str, lines: list[PushLine]
) -> Peer | None:
    """Return whom the log has to go to along with a push; None where it has not to.

    It has not where the push itself carries the log's ref: git has fixed by now what it
    sends and what it expects to find there.

    Args:
        workspace: the pushing side.
        remote: name of the remote, or the URL that was given in its place.
        url: what is pushed to. Of several push URLs git asks for each by itself.
        lines: all that git said is pushed.
    """
    config, ref = workspace.config, workspace.log_ref
    if not config.sync_on_push or not workspace.home.is_tracked():
        return None
    peer = peer_of_push(workspace, remote, url)
    if peer is None or any(line.ref == ref for line in lines):
        return None
    tip = workspace.ref().read()
    return None if tip in {None, tracking_of(workspace, peer).read()} else peer


def carry(workspace: Workspace, peer: Peer) -> str:
    """Push the log; return one line for a person, empty where all went well."""
    # Most pushes find the log there already: what talks to remotes is not loaded.
    from gitlog_track.git.transport import Budget, Transport
    from gitlog_track.services.sync import Exchange

    transport = Transport(
        workspace.git,
        peer.remote,
        Budget(BUDGET_S),
        workspace.top,
        address=peer.address,
    )
    hurried = replace(workspace, patience_s=PATIENCE_S)
    try:
        done = Exchange(hurried, transport, patience_s=0.0).push()
    except GitlogTrackError as err:
        return f"the code goes without its log, the next push carries it: {err}"
    return "; ".join(done.notes)
