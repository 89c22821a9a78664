"""Repositories that somebody names on the command line."""

from __future__ import annotations

import subprocess
from pathlib import Path


def problem_of(path: Path) -> str | None:
    """Return one sentence if a path is no repository to work on, else None.

    It is one if git can clone it and its HEAD has a commit.

    Args:
        path: of a bare repository, or of the top of a work tree.
    """
    line = ["git", "ls-remote", str(path.absolute()), "HEAD"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return f"git finds no repository at {path}: name its top, or a bare one"
    if not done.stdout:
        return f"the repository {path} has no commit at HEAD: name one that has"
    return None
