"""A sealed environment: own HOME, no configuration but what git has built in."""

from __future__ import annotations

import os
from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "A U Thor",
    "GIT_AUTHOR_EMAIL": "author@example.org",
    "GIT_COMMITTER_NAME": "C O Mitter",
    "GIT_COMMITTER_EMAIL": "committer@example.org",
}


def open_names() -> list[str]:
    """The variables of the environment by which a test could see its surroundings."""
    return [
        n for n in os.environ if n.startswith(("GIT_", "PRE_COMMIT", "GITLOG_TRACK"))
    ]


def sealed(home: Path) -> dict[str, str]:
    """Make a HOME and return the variables that have to be set."""
    home.mkdir()
    (home / ".gitconfig").write_text(
        '[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n'
        "[advice]\n\tdetachedHead = false\n[gc]\n\tautoDetach = false\n",
    )
    return IDENTITY | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_EDITOR": "false",
        "GIT_MERGE_AUTOEDIT": "no",
        "TZ": "UTC",
        "NO_COLOR": "1",
        "COLUMNS": "80",
    }
