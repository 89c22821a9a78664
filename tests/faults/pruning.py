"""``git gc --prune=now`` between folds, and ``git prune`` at any instant of one.

At an instant, not ``gc``: it packs refs first, and ends with 128 where a fold holds the
lock of one, before it has pruned anything. That is just when new objects can be lost.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gitlog_track.log.layout import LOG_REF
from tests.faults.acts import FOLDING
from tests.faults.boundaries import ITSELF, Injector, Point
from tests.faults.boundary_rows import points_of
from tests.faults.ground import Ground, Scene, folds
from tests.faults.tally import Fault, Tally

GC = ("git", "gc", "-q", "--prune=now")
PRUNE = ("git", "prune", "--expire=now")
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
        done = scene.run(GC)
        tally.tries += tally.saw(done.returncode) == 0
        if done.returncode != 0:
            tally.wrong.append(f"gc {number} did not prune: {done.stderr[-300:]}")
    tally.settle(scene, "gc between folds")


def during(ground: Ground, tally: Tally, most: int) -> None:
    """The fold's git is stopped after each of its calls, and all is pruned meanwhile."""
    injector = Injector.at(ground.path / "strace")
    for point in dangerous_first(points_of(FOLDING, ground, injector))[:most]:
        where = f"prune at {point}"
        scene = ground.scene()
        before = scene.repo.git("rev-parse", LOG_REF)
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(
                injector.hit, scene, FOLDING.argv, point, "signal=STOP"
            )
            try:
                if stopped(scene, point, running.done):
                    tally.tries += scene.run(PRUNE).returncode == 0
            finally:
                go_on(scene, point, running.done)
            done, _ = running.result()
        tally.saw(done.returncode)
        if done.returncode != 0 or scene.repo.git("rev-parse", LOG_REF) == before:
            tally.wrong.append(f"{where}: not folded: {done.returncode} {done.stderr}")
        tally.settle(scene, where)
        ground.done_with(scene)


def dangerous_first(points: list[Point]) -> list[Point]:
    """Sort the points of a fold: first where objects are written and no ref has them.

    That is from when the import has unpacked its pack until the ref is renamed.
    """
    ours = [point for point in points if point.process == ITSELF]
    imports = [point for point in points if point.process.startswith("fast-import")]
    begin, end = (
        next(n for n, point in enumerate(imports) if point.call.startswith(call))
        for call in ("unlink", "rename")  # "unlinkat" and "renameat" elsewhere
    )
    return imports[begin:end] + imports[end:] + imports[:begin] + ours


def stopped(scene: Scene, point: Point, is_over: Callable[[], bool]) -> bool:
    """Wait until the process of a point has been stopped; False if it has ended."""
    file = tracer_file(scene, point)
    until = time.monotonic() + 10
    since = None
    while time.monotonic() < until and not is_over():
        pid = child_of(file)
        if pid is not None and is_held(pid):
            since = since or time.monotonic()
            if time.monotonic() - since > STOPPED_FOR_S:
                return True
        else:
            since = None
        time.sleep(0.002)
    return False


def go_on(scene: Scene, point: Point, is_over: Callable[[], bool]) -> None:
    """Let the process go on until it has ended; on a busy machine it may stop late."""
    while not is_over():
        pid = child_of(tracer_file(scene, point))
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        time.sleep(0.02)


def tracer_file(scene: Scene, point: Point) -> Path:
    """Return the file that holds the number of the strace of a point's process."""
    name = "pid" if point.process == ITSELF else f"{point.process}/pid"
    return scene.path / "calls" / name


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
    yield Fault("git prune --expire=now at a system call of a fold", 6, 40, during)
