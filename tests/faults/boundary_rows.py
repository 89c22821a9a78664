"""Faults at any system call of an act: it is killed there, or told "no"."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from tests.faults.acts import (
    BEFORE,
    COMMAND,
    DETACHED,
    FOLDING,
    GATE,
    GATE_BAD,
    HOOK,
    MESSAGE,
    MESSAGE_PROCESS,
    REWRITE,
    SERVER,
    SYNCING,
    WARNING,
    Act,
    bad_is_refused,
    pushes_good,
)
from tests.faults.boundaries import ITSELF, Injector, Point, spread
from tests.faults.ground import HUNG, Ground, Scene
from tests.faults.tally import Fault, Tally

KILL = "signal=KILL"
REFUSED = {  # what a full disk, or one that went read-only, answers to which calls
    "ENOSPC": {"open", "openat", "creat", "write", "writev", "pwrite64", "mkdir", "mkdirat",
               "rename", "renameat", "renameat2", "link", "linkat", "symlink", "fsync"},
    "EROFS": {"open", "openat", "creat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir",
              "rename", "renameat", "renameat2", "link", "linkat", "chmod", "utimensat"},
    "EIO": {"write", "pwrite64", "ftruncate", "fsync", "fdatasync", "flock"},
    "EAGAIN": {"vfork", "fork", "clone", "clone3", "execve"},
}  # fmt: skip


def stage(ground: Ground, act: Act, injector: Injector) -> Scene:
    scene = ground.scene()
    act.prepare(scene)
    if act.hook:
        side, _, name = act.hook.rpartition("/")
        top = scene.path / ("origin.git" if side else "work/.git")
        injector.wrap(top / "hooks" / name)
    return scene


_POINTS: dict[str, list[Point]] = {}


def points_of(act: Act, ground: Ground, injector: Injector) -> list[Point]:
    """Return every point of an act; counted once for all its faults."""
    for _ in ("so that the bytecode is written", "to count"):
        if act.name not in _POINTS or not _POINTS[act.name]:
            scene = stage(ground, act, injector)
            found = injector.points(scene, act.argv, act.hook)
            _POINTS[act.name] = found if act.name in _POINTS else []
            ground.done_with(scene)
    return _POINTS[act.name]


def unstage(scene: Scene, act: Act) -> None:
    """Put the hooks back as they were."""
    side, _, name = act.hook.rpartition("/")
    hook = scene.path / ("origin.git" if side else "work/.git") / "hooks" / name
    if act.hook:
        os.replace(f"{hook}.real", hook)


Hit = tuple[Point, str]
"""A point, and what strace does there."""


def faults_at(points: list[Point], kinds: str) -> list[Hit]:
    """Pair each point with what is made of it there."""
    if kinds == KILL:
        return [(point, KILL) for point in points]
    return [
        (point, f"error={name}")
        for point in points
        for name, calls in REFUSED.items()
        if point.call in calls and not point.is_pipe
    ]


def first_starts(faults: list[Hit], most: int) -> list[Hit]:
    """Return some faults of a gate: half of them early, where no process can be started.

    Then it cannot judge. Later it has judged, and only what it writes down goes wrong.
    """
    starts = [fault for fault in faults if fault[1] == "error=EAGAIN"]
    early = starts[: (most + 1) // 2]
    rest = [fault for fault in faults if fault not in early]
    return early + spread(rest, most - len(early))


def everywhere(
    act: Act, kinds: str, *, gits: bool
) -> Callable[[Ground, Tally, int], None]:
    """Return what makes faults at every point of an act: its own, or its gits'."""

    def run(ground: Ground, tally: Tally, most: int) -> None:
        injector = Injector.at(ground.path / "strace")
        points = points_of(act, ground, injector)
        chosen = [point for point in points if (point.process != ITSELF) == gits]
        faults = faults_at(chosen, kinds)
        some = first_starts if act.judge is bad_is_refused else spread
        for point, what in some(faults, most):
            where = f"{what} at {point}"
            scene = stage(ground, act, injector)
            done, was_hit = injector.hit(scene, act.argv, point, what, act.hook)
            unstage(scene, act)
            tally.tries += was_hit
            tally.saw(done.returncode)
            killed = was_hit and kinds == KILL and not gits
            if done.returncode == HUNG:
                tally.wrong.append(f"{where}: hung")
            tally.wrong += [
                f"{where}: {text}" for text in act.judge(scene, done, killed)
            ]
            tally.settle(scene, where, act.recover)
            ground.done_with(scene)

    return run


ERRORS = "no space, read-only, I/O error at a system call"


def few(act: Act, kinds: str, *, gits: bool) -> int:
    """Tries in the short form: what is quick, or must not say yes, is tried more often."""
    if act is FOLDING or (act is GATE_BAD and kinds != KILL and not gits):
        return 5
    return 1 if act is WARNING or act.recover is pushes_good else 2


def many(act: Act) -> int:
    """Tries in the long form: all points, but for what takes seconds each time."""
    return 30 if act.recover is pushes_good else 60 if act is SYNCING else 1_000


KILLED = (COMMAND, HOOK, DETACHED, BEFORE, MESSAGE, MESSAGE_PROCESS, WARNING, REWRITE, FOLDING,
          SYNCING, GATE, GATE_BAD, SERVER)  # fmt: skip
WITH_GITS = (COMMAND, HOOK, MESSAGE_PROCESS, WARNING, REWRITE, FOLDING, SYNCING, GATE,
             GATE_BAD, SERVER)  # fmt: skip
REFUSED_GITS = (COMMAND, FOLDING, SYNCING, GATE_BAD)


def rows() -> Iterator[Fault]:
    for acts, gits, kinds, what in (
        (KILLED, False, KILL, "kill -9 at a system call"),
        (WITH_GITS, True, KILL, "kill -9 at a system call of a git"),
        (KILLED, False, "errors", ERRORS),
        (REFUSED_GITS, True, "errors", f"{ERRORS} of a git"),
    ):
        for act in acts:
            run = everywhere(act, kinds, gits=gits)
            yield Fault(
                f"{what}: {act.name}", few(act, kinds, gits=gits), many(act), run
            )
