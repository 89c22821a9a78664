"""Sync beside plain git: one new event on a large log, a large merge, a push of nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from gitlog_track.config import Config
from gitlog_track.git.process import Git
from gitlog_track.git.repository import Repository
from gitlog_track.git.transport import Budget, Transport
from gitlog_track.log.layout import (
    LOG_REF,
    Home,
    Subject,
    directory,
    segment_name,
    tracking_ref,
)
from gitlog_track.services.incoming import judge_incoming
from gitlog_track.services.sync import Exchange, merger_into
from gitlog_track.services.workspace import Clock, Workspace
from tests.benchmarks.folds import write_note
from tests.benchmarks.imports import fast_import
from tests.benchmarks.turns import order, seconds

WRITER = "0a1b2c3d4e5f"
TRACKING = tracking_ref("origin")
EVENTS_IN_TASK = 10


def _stream(tasks: int, events: int) -> Iterator[bytes]:
    """Yield a log of so many tasks, in one commit; events as a fold writes them."""
    yield f"commit {LOG_REF}\ncommitter A <a@example.org> 1790000000 +0000\n".encode()
    yield b'data 2\nx\nM 100644 inline format.json\ndata 13\n{"format":1}\n\n'
    for number in range(tasks):
        subject = Subject("task", f"Q{number:06d}")
        lines = b"".join(_line(subject.name, seq) for seq in range(1, events + 1))
        path = f"{directory(subject)}/{segment_name(subject, WRITER, 1)}"
        yield f"M 100644 inline {path}\ndata {len(lines)}\n".encode() + lines + b"\n"


def _line(task: str, seq: int) -> bytes:
    event = {
        "actor": "A <a@example.org>",
        "at": "2026-09-21T13:33:20.000+00:00",
        "attempt": 1,
        "entry": f"{task}-{seq}@1",
        "id": f"{hash((task, seq)) & (1 << 128) - 1:032x}",
        "kind": "note_recorded",
        "phase": None,
        "provenance": "live",
        "seq": seq,
        "source": "benchmark",
        "task": task,
        "text": f"note {seq} of the benchmark",
        "writer": WRITER,
    }
    return json.dumps(event, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def make_pair(base: Path, env: dict[str, str], tasks: int) -> tuple[Path, Path]:
    """Make a bare server with a large log and a clone that has synced with it."""
    server, clone = base / "server.git", base / "clone"
    subprocess.run(
        ["git", "init", "-q", "-b", "main", "--bare", str(server)], check=True, env=env
    )
    fast_import(clone, env, _stream(tasks, EVENTS_IN_TASK))
    git(clone, env, "remote", "add", "origin", str(server))
    git(clone, env, "commit", "-q", "--allow-empty", "-m", "code")
    git(clone, env, "repack", "-a", "-d", "-q")
    git(clone, env, "push", "-q", "origin", "main", LOG_REF)
    exchange(clone, env).sync()
    return server, clone


def git(path: Path, env: dict[str, str], *args: str) -> str:
    done = subprocess.run(
        ["git", *args], cwd=path, env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def workspace(path: Path, env: dict[str, str]) -> Workspace:
    git_dir = str(path / ".git")
    return Workspace(
        repository=Repository(git_dir, git_dir, str(path), is_shallow=False),
        git=Git(git_dir, env),
        home=Home(git_dir),
        config=Config(),
        clock=Clock(time.time_ns, lambda _: 0),
        nonce=lambda: os.urandom(8).hex(),
        jitter=lambda: 0.5,
    )


def exchange(path: Path, env: dict[str, str]) -> Exchange:
    return Exchange(
        workspace(path, env),
        Transport(Git(str(path / ".git"), env), "origin", Budget(None), str(path)),
    )


def one_event(
    base: Path, env: dict[str, str], tasks: int, rounds: int
) -> dict[str, list[float]]:
    """Return wall seconds, in turn, of carrying one new event of a large log.

    ``git`` is a plain fetch and push of the log by refspecs, folded before; ``sync`` is
    ours in process, the fold included; ``command`` is the whole command line.
    """
    _, clone = make_pair(base, env, tasks)
    found: dict[str, list[float]] = {"git": [], "sync": [], "command": []}
    ours = (sys.executable, "-m", "gitlog_track", "sync")
    acts: dict[str, Callable[[], object]] = {
        "git": lambda: _fetch_and_push(clone, env),
        "sync": lambda: exchange(clone, env).sync(),
        "command": lambda: subprocess.run(
            ours, cwd=clone, env=env, check=True, stderr=subprocess.DEVNULL
        ),
    }
    for number in range(rounds):
        for place, name in enumerate(order(acts, number)):
            write_note(Home(str(clone / ".git")), 3 * number + place, f"Q{number:06d}")
            if name == "git":
                workspace(clone, env).fold()
            found[name].append(seconds(acts[name]))
            git(clone, env, "update-ref", TRACKING, LOG_REF)
    return found


def _fetch_and_push(clone: Path, env: dict[str, str]) -> None:
    git(clone, env, "fetch", "-q", "origin", f"{LOG_REF}:{TRACKING}")
    git(clone, env, "push", "-q", "--no-verify", "origin", LOG_REF)


def diverged_merge(base: Path, env: dict[str, str], tasks: int, new: int) -> float:
    """Merge two logs that diverged by so many tasks each; return wall seconds."""
    _, clone = make_pair(base, env, tasks)
    other = base / "other"
    shutil.copytree(clone, other)
    for path, first in ((clone, 0), (other, tasks // 2)):
        for number in range(new):
            name = f"N{first + number:06d}" if number % 2 else f"Q{first + number:06d}"
            write_note(Home(str(path / ".git")), first + number, name)
        workspace(path, env).fold()
    git(clone, env, "fetch", "-q", str(other), f"{LOG_REF}:refs/other/log")
    theirs = git(clone, env, "rev-parse", "refs/other/log")
    place = workspace(clone, env)
    return seconds(lambda: _take_over(place, theirs))


def _take_over(place: Workspace, theirs: str) -> None:
    judge_incoming(place, theirs, place.ref().read(), "other")
    assert merger_into(place, place.ref()).merge(theirs).how == "merge"


def no_op_push(base: Path, env: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Return wall seconds of a push of nothing: with our hook, and with the gate alone."""
    _, clone = make_pair(base, env, 10)
    (clone / ".git" / "gitlog-track" / "settings").unlink()
    ours = (sys.executable, "-m", "gitlog_track", "-q")
    subprocess.run([*ours, "init"], cwd=clone, env=env, check=True)
    git(clone, env, "push", "-q", "origin", "main")
    settings = clone / ".gitlog-track.toml"
    found: dict[str, list[float]] = {"gate": [], "with": []}
    for number in range(rounds):
        for name in order(found, number):
            is_on = "true" if name == "with" else "false"
            settings.write_text(f"[sync]\non_push = {is_on}\n")
            push = partial(git, clone, env, "push", "-q", "origin", "main")
            found[name].append(seconds(push))
    return found
