"""HEAD's commits resolved to tasks, beside ``git log`` over the same history."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from gitlog_track.config import Config
from gitlog_track.git.process import Git
from gitlog_track.git.repository import discover
from gitlog_track.log.layout import Home
from gitlog_track.measures.recorded import Recorded, RecordedCommit
from gitlog_track.services.history import resolve_history
from gitlog_track.services.workspace import Clock, Workspace


class Pairs(NamedTuple):
    """Wall seconds of ours and of ``git log``, in turn, over so many commits."""

    commits: int
    seconds: list[tuple[float, float]]


def pairs(path: Path, share: int, rounds: int) -> Pairs:
    """Resolve the history of a repository.

    Args:
        path: where it is; nothing is written there.
        share: a log holds one of so many commits, rewritten once; 0 is an empty log.
        rounds: how often, in turn with ``git log``.
    """
    workspace = _workspace(path)
    oids = workspace.git.run("rev-list", "HEAD").decode().split()
    recorded = _recorded(oids[::share]) if share else Recorded()
    seconds = []
    for _ in range(rounds):
        begin = time.perf_counter()
        found = resolve_history(workspace, recorded)
        between = time.perf_counter()
        _log(path)
        seconds.append((between - begin, time.perf_counter() - between))
        assert found.on_head.commits == len(oids)
        assert found.on_head.resolved >= len(recorded.rewrites)
    return Pairs(len(oids), seconds)


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
