"""The repository's root commit, from which traces take their name.

Found once and remembered: walking to it costs as much as the history is long.
Standard library only.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitlog_track.git.process import Git
    from gitlog_track.log.layout import Home


def root_commit(git: Git, home: Home) -> str | None:
    """Return the root of the first-parent history, the same in every full clone.

    None in an empty repository, and in a shallow one, where the last commit that was
    fetched only looks like a root.
    """
    path = f"{home.path}/root"
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip() or None
    except OSError:
        pass
    if os.path.exists(f"{home.common_dir}/shallow"):
        return None
    root = _walk(git, "HEAD") or _walk(git, "--branches")
    if root:
        with open(path, "w", encoding="ascii") as file:
            file.write(root)
    return root


def _walk(git: Git, start: str) -> str | None:
    code, out, _ = git.try_run("rev-list", "--first-parent", "--max-parents=0", start)
    roots = sorted(out.decode("ascii", "replace").split()) if code == 0 else []
    return roots[0] if roots else None
