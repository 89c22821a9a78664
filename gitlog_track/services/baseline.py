"""Add a commit to the configured baseline."""

from __future__ import annotations

import os

from gitlog_track.config import FILE_NAME, PYPROJECT, parse_toml, render_tables
from gitlog_track.errors import ConfigError, LogError, UsageProblem
from gitlog_track.git.pushes import peel
from gitlog_track.services.install import is_in_pyproject
from gitlog_track.services.workspace import Workspace


def add_baseline(workspace: Workspace, revision: str) -> tuple[str, str]:
    """Write a commit into ``gate.baseline``; return the file and the commit.

    Raises:
        UsageProblem: the revision is no commit.
        ConfigError: the file has comments, which rewriting it would lose; or there is
            none, since pyproject.toml holds the configuration.
        LogError: there is no work tree to keep the file in.
    """
    commit = None if revision.startswith("-") else peel(workspace.git, revision)
    if commit is None:
        raise UsageProblem(f"{revision!r} is no commit here")
    top = workspace.repository.top
    if top is None:
        raise LogError("a bare repository has no configuration file")
    path = f"{top}/{FILE_NAME}"
    if not os.path.exists(path) and is_in_pyproject(top):
        raise ConfigError(
            f"the configuration is in {PYPROJECT}; a new {FILE_NAME} would switch it off",
            hint=f"add to {PYPROJECT} by hand: [tool.gitlog-track.gate] "
            f'baseline = ["{commit}"]',
        )
    text = _read(path)
    if "#" in text:
        raise ConfigError(
            f"{FILE_NAME} has comments, which rewriting it would lose",
            hint=f'add to its [gate] table by hand: baseline = ["{commit}"]',
        )
    tables = parse_toml(text, FILE_NAME)
    gate = tables.setdefault("gate", {})
    if isinstance(gate, dict):
        known = gate.get("baseline", [])
        gate["baseline"] = [*dict.fromkeys([*known, commit])]
    with open(path, "w", encoding="utf-8") as file:
        file.write(render_tables(tables))
    return path, commit


def _read(path: str) -> str:
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()
