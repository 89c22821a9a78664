"""What the tests of commit messages share: a tracked repository to copy, the three shells."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.support.hooks import change_hooks, executable, hold_folds
from tests.support.repos import Repo

TASK = "Task: P1-001"
SHELLS = {
    "dash": "dash",
    "bash": "bash",
    "busybox": "busybox ash",
}


def make_template(directory: Path) -> Repo:
    """Return a repository where task P1-001 is current, to be copied for each test."""
    repo = Repo.init(directory, "-b", "main")
    # Messages here name tasks that were never started.
    repo.write(".gitlog-track.toml", '[gate]\nrequire_log = "off"\n')
    repo.ours("init")
    repo.ours("start", "P1-001")
    repo.ours("fold")
    repo.git("config", "user.name", "A")
    repo.git("config", "user.email", "a@example.org")
    repo.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "base", "--allow-empty")
    return repo


def copy_with_shell(template: Repo, path: Path, shell: str) -> Repo:
    """Copy the repository; its hooks are then run by a shell, skipped where it is not."""
    name, _, applet = SHELLS[shell].partition(" ")
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    shutil.copytree(template.path, path, symlinks=True)
    repo = Repo(path)
    line = f"#!{found} {applet}".strip() + "\n"
    change_hooks(repo.common / "hooks", lambda text: line + text.partition("\n")[2])
    hold_folds(repo)
    return repo


def commit(
    repo: Repo,
    args: list[str],
    *,
    given: str | None = None,
    editor: str = "false",
) -> CompletedProcess[str]:
    """Commit; *editor* is a script that finds the message file in ``$1``."""
    script = executable(repo.path.parent / "editor", f"#!/bin/sh\n{editor}\n")
    command = ["git", "commit", "-q", "--allow-empty", *args]
    return repo.run(*command, stdin=given, env={"GIT_EDITOR": str(script)})


def message(repo: Repo, rev: str = "HEAD") -> str:
    """Return a commit's whole message, as stored."""
    raw = subprocess.check_output(["git", "cat-file", "commit", rev], cwd=repo.path)
    return raw.partition(b"\n\n")[2].decode()


def trailers(repo: Repo) -> list[str]:
    """Return the last commit's trailers as git reads them."""
    return repo.git("log", "-1", "--format=%(trailers)").split("\n")
