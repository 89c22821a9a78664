"""``fetch``, ``push`` and ``sync``: carry the log between clones."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import click

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.progress import waiting_for
from gitlog_track.errors import GitlogTrackError, UsageProblem
from gitlog_track.git.transport import Budget, Transport
from gitlog_track.services.remotes import chosen_remotes, peers_of
from gitlog_track.services.sync import Exchange, Synced
from gitlog_track.services.time_limit import GRACE_S, OverdueError, time_limit

REMOTE = click.argument("remote", metavar="[REMOTE]", required=False)
ACCEPT = click.option(
    "--accept-rewrite",
    is_flag=True,
    help="Go on where the remote's log was rewritten or is gone; nothing here is lost.",
)
SYNC_S = 600
"""Ten minutes: a first log of a million events over a slow line."""
TIMEOUT = click.option(
    "--timeout",
    "timeout_s",
    type=click.IntRange(1, 86_400),
    default=SYNC_S,
    show_default=True,
    metavar="SECONDS",
    help="Give a remote up after so long.",
)
MERGED = {
    "nothing new": "nothing new there",
    "adopted": "its log is here now",
    "fast-forward": "what was new there is here now",
    "merge": "both logs are joined",
    None: "",
}


@click.command()
@REMOTE
@ACCEPT
@TIMEOUT
@click.pass_obj
def fetch(
    surroundings: Surroundings,
    remote: str | None,
    accept_rewrite: bool,
    timeout_s: int,
) -> int:
    """Fetch the log of REMOTE and merge it into ours; by default of all that are listed.

    What others wrote is judged before it is merged.
    """
    asked = _Asked(timeout_s, accept_rewrite)
    return _each(surroundings, remote, asked, Exchange.fetch)


@click.command()
@REMOTE
@click.option(
    "--atomic",
    "branch",
    metavar="BRANCH",
    help="Push this branch too: both or neither.",
)
@TIMEOUT
@click.pass_obj
def push(
    surroundings: Surroundings,
    remote: str | None,
    branch: str | None,
    timeout_s: int,
) -> int:
    """Push the log to REMOTE; by default to all that are listed.

    Where the remote has more, that is fetched and merged first. Never forces.
    """
    asked = _Asked(timeout_s)
    if branch is None:
        return _each(surroundings, remote, asked, Exchange.push)
    if not branch or branch.startswith(("-", "+")) or ":" in branch:
        raise UsageProblem(f"{branch!r} is no branch")
    return _each(surroundings, remote, asked, lambda each: each.push_atomically(branch))


@click.command()
@REMOTE
@ACCEPT
@TIMEOUT
@click.pass_obj
def sync(
    surroundings: Surroundings,
    remote: str | None,
    accept_rewrite: bool,
    timeout_s: int,
) -> int:
    """Fetch, merge and push the log; by default with all remotes that are listed."""
    asked = _Asked(timeout_s, accept_rewrite)
    return _each(surroundings, remote, asked, Exchange.sync)


class _Asked(NamedTuple):
    """What was asked beside the remote."""

    timeout_s: int
    accept_rewrite: bool = False


def _each(
    surroundings: Surroundings,
    remote: str | None,
    asked: _Asked,
    act: Callable[[Exchange], Synced],
) -> int:
    """Act on every remote; one that fails does not keep the next from its turn."""
    workspace = surroundings.workspace()
    failed = 0
    chosen = chosen_remotes(workspace, remote)
    for peer in (peer for name in chosen for peer in peers_of(workspace, name)):
        transport = Transport(
            workspace.git,
            peer.remote,
            Budget(asked.timeout_s),
            workspace.top,
            address=peer.address,
            may_ask=sys.stdin.isatty() and sys.stderr.isatty(),
        )
        try:
            with waiting_for(transport.label), time_limit(asked.timeout_s + GRACE_S):
                done = act(Exchange(workspace, transport, asked.accept_rewrite))
        except OverdueError as err:
            surroundings.warn(f"{transport.label} was given up: {err}")
            failed = max(failed, GitlogTrackError.exit_code)
        except GitlogTrackError as err:
            surroundings.say_error(err)
            failed = max(failed, err.exit_code)
        else:
            surroundings.say(_told(done))
            for note in done.notes:
                surroundings.warn(note)
    return failed


def _told(done: Synced) -> str:
    if done.tip is None:
        return f"{done.remote}: no log here or there yet"
    parts = [MERGED[done.merged], "pushed" if done.is_pushed else ""]
    text = ", ".join(part for part in parts if part) or "nothing to push"
    return f"{done.remote}: {text}; the log is at {done.tip[:12]}"
