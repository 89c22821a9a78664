"""Many recorders at once, gc and pack-refs in a loop, kill -9 at any instant."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gitlog_track.log.audit import audit_log
from gitlog_track.log.layout import LOG_REF
from gitlog_track.services.hook_scripts import render
from tests.faults.ground import (
    AN_AGE_S,
    FOLD,
    OURS,
    PACKAGE,
    Ground,
    Scene,
    commits,
    fold_detached,
)
from tests.faults.tally import Fault, Tally
from tests.support.clones import Clone

RECORDER = """
import os, secrets, sys, time
sys.path.insert(0, sys.argv[1])
from gitlog_track.log.journal import write_entry
from gitlog_track.log.layout import Home
from gitlog_track.model.instants import format_instant
home, count, acknowledged = Home(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
out = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
for number in range(count):
    now = time.time_ns()
    event = {"kind": "note_recorded", "at": format_instant(now, 0), "text": str(number),
             "provenance": "live", "source": "test", "actor": "A <a@b>"}
    name = write_entry(home, {"at_ns": now, "subject_kind": "task",
                              "subject_name": f"P1-{number % 3:03d}", "event": event},
                       secrets.token_hex(8))
    os.write(out, f"{name}\\n".encode())
"""
COMMAND_LINE = """
import sys
sys.path.insert(0, sys.argv[1])
from gitlog_track.commands.main import run
for number in range(int(sys.argv[2])):
    assert run(["-q", "note", "--task", "P1-009", f"by command {number}"]) == 0
"""


def recorder(clone: Clone, count: int, acknowledged: Path) -> subprocess.Popen[bytes]:
    args = (str(PACKAGE.parent), clone.home.common_dir, str(count), str(acknowledged))
    return subprocess.Popen([sys.executable, "-c", RECORDER, *args])


def by_command(clone: Clone, count: int) -> subprocess.Popen[bytes]:
    args = (str(PACKAGE.parent), str(count))
    return subprocess.Popen([sys.executable, "-c", COMMAND_LINE, *args], cwd=clone.path)


def by_hook(clone: Clone, count: int, tmp_path: Path) -> subprocess.Popen[bytes]:
    hook = tmp_path / "pre-commit"
    hook.write_text(render("pre-commit"))
    loop = f'n=0; while [ $n -lt {count} ]; do sh "$0" || exit 1; n=$((n + 1)); done'
    return subprocess.Popen(["sh", "-c", loop, str(hook)], cwd=clone.path)


def loop(clone: Clone, *command: str) -> subprocess.Popen[bytes]:
    """Run a command again and again until it is killed."""
    script = 'while :; do "$@" >/dev/null 2>&1; done'
    return subprocess.Popen(
        ["sh", "-c", script, "loop", *command], cwd=clone.path, start_new_session=True
    )


def end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    process.wait()


def fold_now(clone: Clone) -> None:
    done = subprocess.run(
        [*FOLD, clone.home.common_dir], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b""), done.stderr


def entries_in_log(clone: Clone) -> Counter[str]:
    """How often the log holds each journal entry."""
    return Counter(str(e["entry"]).rpartition("@")[0] for e in clone.events())


def breaches(clone: Clone) -> list[str]:
    """Say what of a repository at rest is not as it must be."""
    found = [f"waits: {name}" for name in clone.waiting]
    found += [f"set aside: {name}" for name in clone.unreadable]
    found += [
        f"fsck: {row!r}"
        for row in clone.run("fsck", "--strict", "--no-dangling").split(b"\n")
        if row
    ]
    found += [f"audit: {row.text}" for row in audit_log(clone.log).findings]
    ids = Counter(str(e["id"]) for e in clone.events())
    return found + [f"twice: {name}" for name in ids if ids[name] > 1]


def make(ground: Ground) -> Clone:
    clone = Clone.make(ground.path / "clone")
    clone.commit("root")
    return clone


def account(clone: Clone, tally: Tally, acknowledged: Path) -> None:
    """Compare the names that the recorders were given with what is in the log."""
    settle(clone, tally)
    fold_now(clone)
    in_log = entries_in_log(clone)
    names = acknowledged.read_text().split()
    tally.acknowledged += len(names)
    tally.lost += [name for name in names if not in_log[name]]
    tally.doubled += [name for name in in_log if in_log[name] > 1]
    tally.wrong += breaches(clone)


def everybody_records(ground: Ground, tally: Tally, most: int) -> None:
    """Processes record many events each while others fold, gc and pack refs."""
    clone, processes = make(ground), 4 if most < 1_000 else 8
    count = most // processes
    started = subprocess.run([*OURS, "start", "P1-009"], cwd=clone.path, check=False)
    tally.saw(started.returncode)
    loops = [
        loop(clone, *FOLD, clone.home.common_dir),
        loop(clone, "git", "gc", "-q"),
        loop(clone, "git", "pack-refs", "--all"),
    ]
    acknowledged = ground.path / "acknowledged"
    recorders = [recorder(clone, count, acknowledged) for _ in range(processes - 2)]
    recorders += [by_command(clone, count), by_hook(clone, count, ground.path)]
    try:
        for process in recorders:
            tally.saw(process.wait(timeout=300))
    finally:
        for one in loops:
            end(one)
    tally.tries += processes * count
    account(clone, tally, acknowledged)
    kinds = Counter(str(e["kind"]) for e in clone.events())
    tally.acknowledged += 2 * count
    if kinds != {
        "note_recorded": (processes - 1) * count, "commit_attempted": count, "task_started": 1,
    }:  # fmt: skip
        tally.lost.append(f"of {processes} times {count} there are {kinds}")


def grow_old(clone: Clone) -> None:
    """A git that was killed may have left its lock; ten minutes later it is stale."""
    then = time.time() - AN_AGE_S
    for name in (f"{LOG_REF}.lock", "packed-refs.lock"):
        with contextlib.suppress(FileNotFoundError):
            os.utime(clone.path / ".git" / name, (then, then))


def settle(clone: Clone, tally: Tally) -> None:
    """Fold as anybody would; only where that does not help a person does, and is noted."""
    grow_old(clone)
    fold = (*FOLD, clone.home.common_dir)
    said = subprocess.run(fold, capture_output=True, text=True, check=False).stderr
    if "not folded yet" in said:
        tally.stuck.append(said)
        (clone.path / ".git" / "packed-refs.lock").unlink(missing_ok=True)


def kill_at_random(ground: Ground, tally: Tally, most: int) -> None:
    """Kill recorders and folds at random instants; alone, or with their git."""
    clone = make(ground)
    seed = int.from_bytes(os.urandom(4), "big")
    chance = random.Random(seed)  # no secret
    acknowledged = ground.path / "acknowledged"
    acknowledged.touch()
    victims = 0
    while victims < most:
        record = recorder(clone, 10_000, acknowledged)
        fold = subprocess.Popen(
            [*FOLD, clone.home.common_dir],
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + chance.uniform(0.04, 0.14)
        while time.monotonic() < until:
            if fold.poll() is not None:
                fold = subprocess.Popen(
                    [*FOLD, clone.home.common_dir],
                    start_new_session=True,
                    stderr=subprocess.DEVNULL,
                )
            time.sleep(0.001)
        for victim in chance.sample([record, fold], 2):
            victims += victim.poll() is None
            if victim is fold and chance.random() < 0.5 and victim.poll() is None:
                os.killpg(victim.pid, signal.SIGKILL)
            victim.kill()
            tally.saw(victim.wait())
        grow_old(clone)
    tally.tries += victims
    account(clone, tally, acknowledged)
    if left := list((clone.path / ".git").glob("fast_import_crash_*")):
        tally.wrong.append(f"seed {seed}: {left}")


ANYBODY = (
    ("git", "commit", "-q", "--allow-empty", "-m", "killed"),
    ("git", "commit", "-q", "--amend", "--allow-empty", "-m", "amended"),
    (*OURS, "sync"),
    ("git", "push", "-q", "origin", "main"),
)


def kill_anybody(ground: Ground, tally: Tally, most: int) -> None:
    """Kill one of all processes that are at work, while folds go on detached."""
    scene = ground.scene()
    fold_detached(scene)
    seed = int.from_bytes(os.urandom(4), "big")
    chance = random.Random(seed)  # no secret
    for number in range(10 * most):  # what has ended by itself was not killed
        if tally.tries == most:
            break
        scene.wait(f"before death {number}")
        started = subprocess.Popen(
            ANYBODY[number % len(ANYBODY)],
            cwd=scene.repo.path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.0, 0.15))
        if found := scene.at_work():
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(found), signal.SIGKILL)
                tally.tries += 1
        tally.saw(started.wait())
        scene.quiet()
        unlock(scene)
        if number % 3 == 0:
            scene.commit("and on")
            scene.quiet()
    tally.settle(scene, f"seed {seed}", commits)


def unlock(scene: Scene) -> None:
    """Ten minutes pass, and a person removes what locks git's own, as git says."""
    scene.later()
    for lock in scene.path.rglob("*.lock"):
        if "gitlog-track" not in str(lock.relative_to(scene.path)):
            lock.unlink()


def rows() -> Iterator[Fault]:
    name = "recorders at once; gc, pack-refs and folds in a loop"
    yield Fault(name, 100, 1_600, everybody_records)
    yield Fault(
        "kill -9 at a random instant: recorders, folds", 12, 120, kill_at_random
    )
    name = "kill -9 at a random instant: any process of commits, syncs and pushes"
    yield Fault(name, 6, 120, kill_anybody)
