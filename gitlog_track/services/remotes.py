"""Which remotes the log is exchanged with, and how far each is behind."""

from __future__ import annotations

from gitlog_track.errors import UsageProblem
from gitlog_track.log.layout import tracking_ref
from gitlog_track.log.ref import LogRef
from gitlog_track.services.workspace import Workspace


def listed_remotes(workspace: Workspace) -> list[str]:
    """Return the remotes of ``sync.remotes`` that this clone has."""
    known = set(workspace.git.run("remote").decode("utf-8", "replace").split())
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


def unsent(workspace: Workspace) -> dict[str, int | None]:
    """Return how many log commits each listed remote lacks; None where it has none."""
    tip = workspace.ref().read()
    if tip is None:
        return {}
    found: dict[str, int | None] = {}
    for remote in listed_remotes(workspace):
        common = workspace.home.common_dir
        seen = LogRef(workspace.git, common, tracking_ref(remote)).read()
        if seen is None:
            found[remote] = None
        elif seen != tip:
            args = ("rev-list", "--count", f"{seen}..{tip}")
            found[remote] = int(workspace.git.run(*args).decode().strip() or 0)
    return {remote: count for remote, count in found.items() if count != 0}
