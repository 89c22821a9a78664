"""A history read from a process of its own, as who mines one meets each tool."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from gitlog_track.log.journal import write_entry
from gitlog_track.log.layout import Home
from tests.benchmarks.syncs import workspace
from tests.benchmarks.turns import Act, in_turn

PYDRILLER = """
import sys
from pydriller import Repository
print(sum(1 for c in Repository(sys.argv[1]).traverse_commits() if c.msg and c.hash))
"""
OURS = """
from gitlog_track.commands.context import Surroundings
from gitlog_track.measures.recorded import Recorded
from gitlog_track.services.history import resolve_history
workspace = Surroundings().workspace()
log = workspace.log()
found = resolve_history(workspace, Recorded.of(log.states("task"))).on_head
print(found.commits, found.resolved)
"""


def record(path: Path, env: dict[str, str], share: int) -> None:
    """Make a log that has recorded one of so many of HEAD's commits, each for a task."""
    oids = _output(path, env, "git", "rev-list", "HEAD").split()
    for number, oid in enumerate(oids[::share]):
        event = {
            "kind": "commit_recorded",
            "at": "2026-09-21T13:33:20.000+00:00",
            "commit": oid,
            "operation": "commit",
            "provenance": "live",
            "source": "hook:post-commit benchmark",
            "actor": "A U Thor <author@example.org>",
        }
        facts: dict[str, object] = {
            "at_ns": 1_790_000_000_000_000_000 + number,
            "subject_kind": "task",
            "subject_name": f"P1-{number:05}",
            "event": event,
        }
        write_entry(Home(str(path / ".git")), facts, f"{number:08d}")
    workspace(path, env).fold()


def measure(
    path: Path, env: dict[str, str], share: int, rounds: int
) -> dict[str, list[float]]:
    """Return the wall seconds of whole processes, the start and all imports included.

    ``git log`` prints every message; ``PyDriller``, where it is installed, reads every
    message; ``ours`` reads every message and the log, without an index, and tells which
    commits belong to which tasks.

    Args:
        path: of a repository for which :func:`record` made a log.
        env: of all processes.
        share: the log has recorded one of so many commits.
        rounds: how often.
    """
    python = (sys.executable, "-c")
    lines: dict[str, tuple[str, ...]] = {
        "git log": ("git", "log", "--format=%H%n%B"),
        "ours": (*python, OURS),
    }
    if find_spec("pydriller") is not None:
        lines["PyDriller"] = (*python, PYDRILLER, str(path))
    commits = int(_output(path, env, "git", "rev-list", "--count", "HEAD"))
    expected = f"{commits} {len(range(0, commits, share))}"
    assert _output(path, env, *lines["ours"]).strip() == expected
    acts: dict[str, Act] = {
        name: partial(_output, path, env, *line) for name, line in lines.items()
    }
    return in_turn(acts, rounds)


def _output(path: Path, env: dict[str, str], *line: str) -> str:
    done = subprocess.run(
        line, cwd=path, env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout
