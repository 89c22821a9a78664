"""Repositories made by ``git fast-import``: large ones, in seconds."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path


def fast_import(path: Path, env: dict[str, str], parts: Iterable[bytes]) -> None:
    """Make a tracked repository of what fast-import reads, or add it to one."""
    init = ["git", "-c", "init.defaultBranch=main", "init", "-q", str(path)]
    subprocess.run(init, check=True, env=env)
    with subprocess.Popen(
        ["git", "-C", str(path), "fast-import", "--quiet"],
        stdin=subprocess.PIPE,
        env=env,
    ) as child:
        assert child.stdin is not None
        for part in parts:
            child.stdin.write(part)
    home = path / ".git" / "gitlog-track"
    (home / "journal").mkdir(parents=True, exist_ok=True)
    (home / "settings").write_text("")
