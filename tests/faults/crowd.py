"""Nothing is lost: many recorders at once, gc and pack-refs in a loop, kill -9 anywhere."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

import gitlog_track
from gitlog_track.log.audit import audit_log
from gitlog_track.log.layout import LOG_REF
from gitlog_track.services.hook_scripts import render
from tests.support.clones import Clone

PACKAGE = Path(gitlog_track.__file__).parent
FOLD = (sys.executable, "-I", "-S", str(PACKAGE / "fold_process.py"))

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
    assert (done.returncode, done.stderr) == (0, b"")


def entries_in_log(clone: Clone) -> Counter[str]:
    """How often the log holds each journal entry."""
    return Counter(str(e["entry"]).rpartition("@")[0] for e in clone.events())


def assert_sound(clone: Clone) -> None:
    assert clone.waiting == []
    assert clone.unreadable == []
    assert clone.run("fsck", "--strict", "--no-dangling") == b""
    assert audit_log(clone.log).findings == ()
    ids = Counter(str(e["id"]) for e in clone.events())
    assert set(ids.values()) <= {1}


def everybody_records(clone: Clone, tmp_path: Path, processes: int, count: int) -> None:
    """So many processes record so many events each while others fold, gc and pack."""
    started = subprocess.run(
        [sys.executable, "-m", "gitlog_track", "start", "P1-009"],
        cwd=clone.path, env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)}, check=False,
    )  # fmt: skip
    assert started.returncode == 0
    loops = [
        loop(clone, *FOLD, clone.home.common_dir),
        loop(clone, "git", "gc", "-q"),
        loop(clone, "git", "pack-refs", "--all"),
    ]
    acknowledged = tmp_path / "acknowledged"
    recorders = [recorder(clone, count, acknowledged) for _ in range(processes - 2)]
    recorders += [by_command(clone, count), by_hook(clone, count, tmp_path)]
    try:
        assert [r.wait(timeout=300) for r in recorders] == [0] * processes
    finally:
        for one in loops:
            end(one)
    settle(clone)
    fold_now(clone)
    in_log = entries_in_log(clone)
    names = acknowledged.read_text().split()
    assert len(names) == len(set(names)) == (processes - 2) * count
    assert {in_log[name] for name in names} == {1}
    kinds = Counter(str(e["kind"]) for e in clone.events())
    assert kinds == {
        "note_recorded": (processes - 1) * count, "commit_attempted": count, "task_started": 1,
    }  # fmt: skip
    assert_sound(clone)


def settle(clone: Clone) -> None:
    """A git that was killed may have left its lock; ten minutes later it is stale."""
    locks = [
        clone.path / ".git" / f"{LOG_REF}.lock",
        clone.path / ".git" / "packed-refs.lock",
    ]
    if locks[0].exists():
        long_ago = time.time() - 660
        os.utime(locks[0], (long_ago, long_ago))
    locks[1].unlink(missing_ok=True)
    (clone.path / ".git" / "gc.pid").unlink(missing_ok=True)


def test_a_few_recorders_lose_nothing(clone: Clone, tmp_path: Path) -> None:
    everybody_records(clone, tmp_path, processes=4, count=25)


@pytest.mark.slow
def test_eight_recorders_of_200_events_lose_nothing(
    clone: Clone, tmp_path: Path
) -> None:
    everybody_records(clone, tmp_path, processes=8, count=200)


def kill_at_random(clone: Clone, tmp_path: Path, kills: int) -> None:
    """Kill recorders and folds at random instants; alone, or with their git."""
    seed = int.from_bytes(os.urandom(4), "big")
    print(f"seed {seed}")  # shown when it fails
    chance = random.Random(seed)  # no secret
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    victims = 0
    while victims < kills:
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
            victim.wait()
        settle(clone)
    fold_now(clone)
    in_log = entries_in_log(clone)
    names = acknowledged.read_text().split()
    assert names
    lost = [name for name in names if in_log[name] != 1]
    assert lost == [], seed
    assert set(in_log.values()) == {1}
    assert_sound(clone)
    assert not list((clone.path / ".git").glob("fast_import_crash_*"))


def test_a_few_kills_lose_nothing(clone: Clone, tmp_path: Path) -> None:
    kill_at_random(clone, tmp_path, kills=12)


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing(clone: Clone, tmp_path: Path) -> None:
    kill_at_random(clone, tmp_path, kills=120)
