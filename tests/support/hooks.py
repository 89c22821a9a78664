"""What the tests of the hooks share: shell scripts, changed hooks, what was recorded."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from tests.support.repos import Repo

HOOK_NAMES = (
    "pre-commit",
    "commit-msg",
    "post-commit",
    "post-merge",
    "post-rewrite",
    "pre-push",
)

# c MESSAGE [FILE]: change a file, by default one of the message's name, and commit.
_PRELUDE = """set -eu
c() { echo "$1" >"${2:-$1}"; git add -A; git commit -q -m "$1"; }
"""

# Scenes, played in a repository that has a commit of a file "base" on main.
TOPIC = "git checkout -q -b topic; c t1; c t2; git checkout -q main; c m1; "
CLASH = "git checkout -q -b topic; c theirs base; git checkout -q main; c ours base; "
REBASE = TOPIC + "git checkout -q topic"
FF = "git checkout -q -b topic; c t1; git checkout -q main; "
COLLEAGUE = (
    "git clone -q . ../colleague; cd ../colleague; git checkout -q -b side; c s1; "
    "git checkout -q main; c m1; git merge -q --no-ff side; cd ../repo; "
)


def todo(script: str) -> str:
    """Return the setting by which git edits the list of ``rebase -i`` with sed."""
    return f"GIT_SEQUENCE_EDITOR=\"sed -i '{script}'\" "


def try_sh(
    repo: Repo,
    script: str,
    env: dict[str, str] | None = None,
) -> CompletedProcess[str]:
    """Run a script at the top of a repository; it may fail."""
    return repo.run("sh", "-c", _PRELUDE + script, env=env)


def sh(repo: Repo, script: str, env: dict[str, str] | None = None) -> str:
    """Run a script at the top of a repository; return what it said on both streams."""
    done = try_sh(repo, script, env)
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{script}\n{done.returncode}\n{said}"
    return said


def executable(path: Path, text: str) -> Path:
    """Write a script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return path


def change_hooks(hooks: Path, change: Callable[[str], str]) -> None:
    """Rewrite the text of every installed hook of ours."""
    for name in HOOK_NAMES:
        path = hooks / name
        path.write_text(change(path.read_text()))


def stored(repo: Repo, kind: str = "") -> list[dict[str, Any]]:
    """Return the log's events as they are now, without folding first."""
    events: list[dict[str, Any]] = [json.loads(line) for line in repo.log_lines()]
    events.sort(key=lambda e: (e["seq"], e["at"], e["id"]))
    return [e for e in events if not kind or e["kind"] == kind]


def waiting(repo: Repo) -> list[str]:
    """Return the names of the journal's entries."""
    return [name for name in os.listdir(repo.journal) if name != "unreadable"]


def snapshot(directory: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file below a directory: its bytes, its mode."""
    return {
        str(path.relative_to(directory)): (path.read_bytes(), path.stat().st_mode)
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


_HELD: list[subprocess.Popen[str]] = []


def hold_folds(repo: Repo) -> None:
    """Let hooks find a detached fold that has been started and never begins.

    The process that stands for it ends with us, when the pipe to it is closed.
    """
    if not _HELD:
        command = ["sh", "-c", "read -r _", "fold_process"]
        _HELD.append(subprocess.Popen(command, stdin=subprocess.PIPE, text=True))
    (repo.common / "gitlog-track" / "pending").write_text(f"{_HELD[0].pid}\n")
