"""A disk that is full, a directory that is read-only or not ours, for whole commands."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import TypeVar

from tests.faults.ground import Done, Ground, Scene, fold_detached, syncs
from tests.faults.tally import Fault, NotHereError, Tally

Act = Callable[[Scene], Done]
ALONE = "commit of which nothing but the hook can tell"
"""It folds detached, and nothing waits: no fold in line says what the hook should say."""
ACTS: dict[str, Act] = {
    ALONE: lambda scene: scene.commit("a commit"),
    "commit": lambda scene: scene.commit("a commit"),
    "note": lambda scene: scene.note("by command"),
    "fold": lambda scene: scene.ours("fold"),
    "sync": lambda scene: scene.ours("sync"),
    "start": lambda scene: scene.ours("start", "P2-001"),
    "report": lambda scene: scene.ours("report"),
    "push": lambda scene: scene.run(("git", "push", "-q", "origin", "main")),
}
SIZE = "6m"
FREE_KIB = (0, 4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128)
CLOSED = (".git/gitlog-track/journal", ".git", ".git/gitlog-track", ".git/objects",
          ".git/refs", ".git/refs/gitlog-track", ".git/logs")  # fmt: skip
NOBODY = "65534"
T = TypeVar("T", bound=Hashable)


@contextlib.contextmanager
def mounted(path: Path, *args: str) -> Iterator[None]:
    """Mount something for a while.

    Raises:
        NotHereError: that is not permitted.
    """
    command = ["mount", *args, str(path)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        raise NotHereError("mounting is not permitted")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def looked_at(tally: Tally, done: Done, where: str) -> None:
    """A fault of the disk is no bug of ours, and nothing waits for it for ever."""
    tally.tries += 1
    tally.saw(done.returncode)
    if done.returncode in {3, 124} or "Traceback" in done.stderr:
        tally.wrong.append(f"{where}: {done.returncode} {done.stderr[-600:]}")


def alternating(cases: list[T], most: int) -> list[T]:
    """Return at most so many of the pairs, each once, of all first and second members.

    The step has no divisor in common with their number, so none comes again before all
    have come; it is near the golden section, so that a few of them lie far apart.
    """
    count = len(cases)
    step = round(count * 0.618) or 1
    while math.gcd(step, count) != 1:
        step += 1
    chosen = [cases[step * n % count] for n in range(min(most, count))]
    assert len(set(chosen)) == len(chosen), "a case is tried twice"
    return chosen


def stage(ground: Ground, act: str) -> Scene:
    """Return the scene of an act."""
    scene = ground.scene(waiting=0 if act == ALONE else 3)
    if act == ALONE:
        fold_detached(scene)
    return scene


def fill(disk: Path, free_kib: int) -> Path:
    """Leave so much of a disk, and no more."""
    ballast = disk / ".ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError as err:
            if err.errno != errno.ENOSPC:
                raise
        file.truncate(max(file.tell() - free_kib * 1024, 0))
    return ballast


def full_disk(ground: Ground, tally: Tally, most: int) -> None:
    """The repository and its server stand on a small disk that is full.

    Where the hook is alone, only the journal does: else git itself would be refused.
    """
    cases = [(act, str(free)) for act in ACTS for free in FREE_KIB]
    for act, free in alternating(cases, most):
        where = f"{act} with {free} KiB left"
        alone = stage(ground, act) if act == ALONE else None
        disk = Path(alone.site.home.journal) if alone else ground.path / "disk"
        disk.mkdir(exist_ok=True)
        with mounted(disk, "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs"):
            scene = alone or ground.scene(at=disk / "scene")
            ballast = fill(disk, int(free))
            looked_at(tally, ACTS[act](scene), where)
            scene.quiet()
            ballast.unlink()
            tally.settle(scene, where, syncs)


def read_only(ground: Ground, tally: Tally, most: int) -> None:
    """A directory is mounted read-only."""
    cases = [(act, name) for act in ACTS for name in CLOSED]
    for act, name in alternating(cases, most):
        where = f"{act}, {name} read-only"
        scene = stage(ground, act)
        closed = scene.repo.path / name
        with mounted(closed, "--bind", str(closed)):
            subprocess.run(["mount", "-o", "remount,ro,bind", str(closed)], check=True)
            looked_at(tally, ACTS[act](scene), where)
            scene.quiet()
        tally.settle(scene, where, syncs)
        ground.done_with(scene)


def become_somebody(scene: Scene) -> None:
    """Let the scene's programs run as who is no superuser, and owns all of it.

    Raises:
        NotHereError: that is not permitted.
    """
    if os.geteuid() != 0:
        return
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise NotHereError("setpriv is not installed")
    scene.prefix = (setpriv, "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups")
    home = scene.path / "home"
    shutil.copytree(os.environ["HOME"], home)
    scene.env["HOME"] = str(home)
    give(scene, NOBODY)
    if scene.run((sys.executable, "-c", "import gitlog_track")).returncode:
        raise NotHereError("the interpreter is for the superuser alone")


def give(scene: Scene, uid: str) -> None:
    subprocess.run(["chown", "-R", f"{uid}:{uid}", str(scene.path)], check=True)


def denied(ground: Ground, tally: Tally, most: int) -> None:
    """A directory may not be written by who commits."""
    cases = [(act, name) for act in ACTS for name in CLOSED]
    for act, name in alternating(cases, most):
        where = f"{act}, {name} denied"
        scene = stage(ground, act)
        become_somebody(scene)
        closed = scene.repo.path / name
        below = [closed, *(p for p in closed.rglob("*") if p.is_dir())]
        for path in below:
            path.chmod(0o555)
        looked_at(tally, ACTS[act](scene), where)
        scene.quiet()
        for path in below:
            path.chmod(0o755)
        if scene.prefix:
            give(scene, "0")
        tally.settle(scene, where, syncs)
        ground.done_with(scene)


def rows() -> Iterator[Fault]:
    yield Fault("disk full (a small tmpfs)", 3, 40, full_disk)
    yield Fault("read-only directory (a mount)", 3, 25, read_only)
    yield Fault("permission denied (another user)", 3, 25, denied)
