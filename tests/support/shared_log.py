"""The log of a project and of its colleagues, as pushes and fetches leave it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from gitlog_track.log.layout import LOG_REF
from tests.support.gate import Project
from tests.support.repos import Repo


def log_there(project: Project) -> str | None:
    return project.received().get(LOG_REF)


def log_here(project: Project) -> str:
    return project.work.git("rev-parse", LOG_REF)


def colleague(project: Project) -> Repo:
    path = project.work.path.parent / "bob"
    subprocess.run(
        ["git", "clone", "-q", str(project.origin.path), str(path)], check=True
    )
    bob = Repo(path)
    bob.ours("init")
    bob.ours("fetch")
    return bob


def clone_of(project: Project, path: Path) -> Repo:
    subprocess.run(
        ["git", "clone", "-q", str(project.origin.path), str(path)], check=True
    )
    return Repo(path)
