"""HEAD's commits resolved to tasks, beside ``git log`` over the same history."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from gitlog_track.config import Config
from gitlog_track.git.process import Git
from gitlog_track.git.repository import discover
from gitlog_track.log.layout import Home
from gitlog_track.measures.recorded import Recorded, RecordedCommit
from gitlog_track.services.history import resolve_history
from gitlog_track.services.workspace import Clock, Workspace
from tests.benchmarks.turns import in_turn


def count(path: Path) -> int:
    """Return how many commits HEAD has."""
    return len(_oids(_workspace(path)))


def measure(path: Path, share: int, rounds: int) -> dict[str, list[float]]:
    """Return seconds of resolving a repository's history in process, and of ``git log``.

    Args:
        path: where it is; nothing is written there.
        share: a log holds one of so many commits, rewritten once; 0 is an empty log.
        rounds: how often, in turn with ``git log``.
    """
    workspace = _workspace(path)
    oids = _oids(workspace)
    recorded = _recorded(oids[::share]) if share else Recorded()

    def ours() -> None:
        found = resolve_history(workspace, recorded)
        assert found.on_head.commits == len(oids)
        assert found.on_head.resolved >= len(recorded.rewrites)

    return in_turn({"ours": ours, "git log": lambda: _log(path)}, rounds)


def _oids(workspace: Workspace) -> list[str]:
    return workspace.git.run("rev-list", "HEAD").decode().split()


def _recorded(oids: list[str]) -> Recorded:
    """A log of commits that were amended once: their task follows from the first."""
    old = [oid[::-1] for oid in oids]
    return Recorded(
        tasks=tuple(f"P1-{number:05}" for number in range(len(oids))),
        commits=tuple(
            RecordedCommit(oid, f"P1-{number:05}", oid)
            for number, oid in enumerate(old)
        ),
        rewrites=tuple(zip(old, oids, strict=True)),
        began_s=0,
    )


def _workspace(path: Path) -> Workspace:
    command = ["git", "-C", str(path), "rev-parse", "--absolute-git-dir"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    git_dir = done.stdout.strip()
    return Workspace(
        repository=discover({**os.environ, "GIT_DIR": git_dir}),
        git=Git(git_dir, os.environ),
        home=Home(git_dir),
        config=Config(),
        clock=Clock(lambda: 0, lambda _: 0),
        nonce=lambda: "",
        jitter=lambda: 0.0,
    )


def _log(path: Path) -> None:
    command = ["git", "-C", str(path), "log", "--format=%H%n%B"]
    subprocess.run(command, check=True, stdout=subprocess.PIPE)
