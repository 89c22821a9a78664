"""The pre-commit framework's side of ``init --pre-commit``."""

from __future__ import annotations

import os
import subprocess
import sys

from gitlog_track.errors import LogError, UsageProblem
from gitlog_track.services.hook_scripts import HOOK_NAMES
from gitlog_track.services.install import Change

CONFIG_NAME = ".pre-commit-config.yaml"
MESSAGE_STAGES = ("commit-msg",)


def framework_config() -> str:
    """Return a configuration with one local hook a stage."""
    stages = ", ".join(HOOK_NAMES)
    rows = [f"default_install_hook_types: [{stages}]", "repos:", framework_repo()]
    return "\n".join(rows)


def framework_repo() -> str:
    """Return the ``repos`` entry to paste into a configuration that exists."""
    rows = ["- repo: local", "  hooks:"]
    for name in HOOK_NAMES:
        rows += [
            f"  - id: gitlog-track-{name}",
            f"    name: gitlog-track {name}",
            f"    entry: gitlog-track hook {name}",
            "    language: system",
            f"    stages: [{name}]",
            "    always_run: true",
            f"    pass_filenames: {'true' if name in MESSAGE_STAGES else 'false'}",
        ]
    return "\n".join(rows) + "\n"


def install_framework(top: str) -> list[Change]:
    """Write the framework's configuration and install its hooks.

    Args:
        top: of the work tree.

    Raises:
        UsageProblem: the framework is not installed, or a configuration is there that
            does not name our hooks; it is never edited.
        LogError: the framework refused.
    """
    path = f"{top}/{CONFIG_NAME}"
    changes = []
    if not os.path.lexists(path):
        with open(path, "w", encoding="utf-8") as file:
            file.write(framework_config())
        changes.append(Change(path, "written"))
    elif "gitlog-track" not in _read(path):
        raise UsageProblem(
            f"{path} is there and does not name our hooks; it is yours to edit",
            hint="add to it:\n\n" + framework_repo(),
        )
    command = [sys.executable, "-m", "pre_commit", "install"]
    for name in HOOK_NAMES:
        command += ["--hook-type", name]
    done = subprocess.run(  # noqa: S603  # our own interpreter
        command,
        cwd=top,
        capture_output=True,
        text=True,
        check=False,
    )
    if "No module named" in done.stderr:
        raise UsageProblem(
            "the pre-commit framework is not installed beside gitlog-track",
            hint="pip install 'gitlog-track[pre-commit]'",
        )
    if done.returncode != 0:
        raise LogError(f"pre-commit install failed: {done.stdout or done.stderr}")
    return [*changes, Change(f"{top}/.git", "framework hooks installed beside ours")]


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
