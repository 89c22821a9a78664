"""``git gc --prune=now`` between folds, and at any instant of one."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gitlog_track.log.layout import LOG_REF
from tests.faults.boundaries import ITSELF, Injector, Point, spread
from tests.faults.boundary_rows import FOLDING, points_of
from tests.faults.ground import Ground, Scene, folds
from tests.faults.tally import Fault, Tally

GC = ("git", "gc", "-q", "--prune=now")
STOPPED_FOR_S = 0.05
"""A process that is traced stops at every call, for less than this."""


def between(ground: Ground, tally: Tally, most: int) -> None:
    """Everything that no ref holds goes, after each fold and before the next."""
    scene = ground.scene()
    for number in range(most):
        scene.wait(f"before prune {number}")
        if number % 3 == 0:
            folds(scene)
        if number % 5 == 0:
            scene.run(("git", "pack-refs", "--all", "--prune"))
        scene.run(("git", "reflog", "expire", "--expire=now", "--all"))
        tally.saw(scene.run(GC).returncode)
        tally.tries += 1
    tally.settle(scene, "gc between folds")


def during(ground: Ground, tally: Tally, most: int) -> None:
    """The fold's git is stopped after each of its calls, and all is pruned meanwhile."""
    injector = Injector.at(ground.path / "strace")
    points = points_of(FOLDING, ground, injector)
    chosen = [p for p in points if p.process.startswith("fast-import")]
    chosen += [p for p in points if p.process == ITSELF]
    for point in spread(chosen, most):
        where = f"gc at {point}"
        scene = ground.scene()
        before = scene.repo.git("rev-parse", LOG_REF)
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(
                injector.hit, scene, FOLDING.argv, point, "signal=STOP"
            )
            pid = stopped(scene, point, running.done)
            if pid is not None:
                scene.run(GC)
                os.kill(pid, signal.SIGCONT)
                tally.tries += 1
            done, _ = running.result()
        tally.saw(done.returncode)
        if done.returncode != 0 or scene.repo.git("rev-parse", LOG_REF) == before:
            tally.wrong.append(f"{where}: not folded: {done.returncode} {done.stderr}")
        tally.settle(scene, where)
        ground.done_with(scene)


def stopped(scene: Scene, point: Point, is_over: Callable[[], bool]) -> int | None:
    """Wait until the process of a point has been stopped; None if it has ended."""
    name = "pid" if point.process == ITSELF else f"{point.process}/pid"
    file = scene.path / "calls" / name
    until = time.monotonic() + 10
    since = None
    while time.monotonic() < until and not is_over():
        pid = child_of(file)
        if pid is not None and is_held(pid):
            since = since or time.monotonic()
            if time.monotonic() - since > STOPPED_FOR_S:
                return pid
        else:
            since = None
        time.sleep(0.002)
    return None


def child_of(file: Path) -> int | None:
    """Return the only child of a process whose number a file holds."""
    try:
        tracer = file.read_text().strip()
        children = Path(f"/proc/{tracer}/task/{tracer}/children").read_text().split()
    except OSError:
        return None
    return int(children[0]) if children else None


def is_held(pid: int) -> bool:
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "tT"
        )
    except OSError:
        return False


def rows() -> Iterator[Fault]:
    yield Fault("git gc --prune=now between folds", 4, 40, between)
    yield Fault("git gc --prune=now at a system call of a fold", 4, 40, during)
