"""Which remotes the log is exchanged with, where each is, and how far it is behind."""

from __future__ import annotations

from dataclasses import dataclass

from gitlog_track.errors import UsageProblem
from gitlog_track.git.remotes import Urls, remote_names, urls_of
from gitlog_track.log.tracking import Tracking
from gitlog_track.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Peer:
    """One place that the log is exchanged with.

    Attributes:
        remote: name or URL, as people say it.
        address: URL to fetch from and push to; empty where the remote's name says it
            to git, because a push goes where a fetch comes from.
    """

    remote: str
    address: str = ""


def listed_remotes(workspace: Workspace) -> list[str]:
    """Return the remotes of ``sync.remotes`` that this clone has."""
    known = remote_names(workspace.git)
    return [name for name in workspace.config.sync_remotes if name in known]


def chosen_remotes(workspace: Workspace, remote: str | None) -> list[str]:
    """Return the remote that was asked for, or those that are listed.

    Raises:
        UsageProblem: there is none.
    """
    if remote is not None:
        if not remote or remote.startswith("-"):
            raise UsageProblem(f"{remote!r} is no remote")
        return [remote]
    listed = listed_remotes(workspace)
    if not listed:
        names = ", ".join(workspace.config.sync_remotes) or "none"
        raise UsageProblem(
            f"this clone has no remote to sync with (sync.remotes: {names})",
            hint="git remote add origin URL, or name one: gitlog-track sync REMOTE",
        )
    return listed


def peers_of(workspace: Workspace, remote: str) -> list[Peer]:
    """Return the places that a push to a remote reaches.

    The log is fetched from where it is pushed to, whatever ``remote.<name>.url`` is:
    of two servers each has a log of its own, and an exchange with each.
    """
    urls = urls_of(workspace.git, remote)
    if urls is None or urls.is_one:
        return [Peer(remote)]
    return [Peer(remote, url) for url in urls.push]


def peer_of_push(workspace: Workspace, remote: str, url: str) -> Peer | None:
    """Return what a push exchanges the log with; None where that is not listed.

    Args:
        workspace: the pushing side.
        remote: what git tells the hook first: a remote's name, or the URL it was given.
        url: what it tells second: the URL that is pushed to.
    """
    for name in workspace.config.sync_remotes:
        urls = urls_of(workspace.git, name)
        if urls is None:
            if name == remote:
                return Peer(name)
        elif name == remote or url in (urls.fetch, *urls.push):
            is_named = urls.is_one and url == urls.fetch
            return Peer(name) if is_named else Peer(name, url)
    return None


def tracking_of(workspace: Workspace, peer: Peer) -> Tracking:
    """Return what a peer's log was when it was last accepted."""
    urls: Urls | None = None
    if not peer.address:
        urls = urls_of(workspace.git, peer.remote)
    return Tracking(
        workspace.home,
        workspace.git,
        peer.address or peer.remote,
        urls.fetch if urls else "",
        workspace.log_ref,
    )


def unsent(workspace: Workspace) -> dict[str, int | None]:
    """Return how many log commits each listed remote lacks; None where it has none."""
    tip = workspace.ref().read()
    if tip is None:
        return {}
    found: dict[str, int | None] = {}
    for remote in listed_remotes(workspace):
        for peer in peers_of(workspace, remote):
            count = _behind(workspace, peer, tip)
            if count != 0 and found.get(remote, 0) is not None:
                found[remote] = count and max(count, found.get(remote) or 0)
    return found


def _behind(workspace: Workspace, peer: Peer, tip: str) -> int | None:
    seen = tracking_of(workspace, peer).read()
    if seen is None or seen == tip:
        return None if seen is None else 0
    args = ("rev-list", "--count", f"{seen}..{tip}")
    return int(workspace.git.run(*args).decode().strip() or 0)
