"""Recorders, folds, syncs and gates that end, or are told "no", at any system call."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.faults.boundaries import ITSELF, Injector, Point, spread
from tests.faults.ground import (
    FOLD,
    HUNG,
    OURS,
    Done,
    Ground,
    Recover,
    Scene,
    folds,
    syncs,
)
from tests.faults.tally import Fault, Tally
from tests.support.gate import BAD, GOOD

KILL = "signal=KILL"
REFUSED = {  # what a full disk, or one that went read-only, answers to which calls
    "ENOSPC": {"open", "openat", "creat", "write", "writev", "pwrite64", "mkdir", "mkdirat",
               "rename", "renameat", "renameat2", "link", "linkat", "symlink", "fsync"},
    "EROFS": {"open", "openat", "creat", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir",
              "rename", "renameat", "renameat2", "link", "linkat", "chmod", "utimensat"},
    "EIO": {"write", "pwrite64", "ftruncate", "fsync", "fdatasync", "flock"},
    "EAGAIN": {"vfork", "fork", "clone", "clone3", "execve"},
}  # fmt: skip

Prepared = Callable[[Scene], None]
Judged = Callable[[Scene, Done, bool], Iterator[str]]


@dataclass(frozen=True)
class Act:
    """Something that a fault is made in.

    Attributes:
        name: for the table.
        argv: the program.
        hook: which hook of git is meant; empty for the program itself. A hook of the
            server begins with ``server/``.
        prepare: what a scene needs besides.
        judge: notes what was acknowledged, and yields what must not be.
        recover: what anybody does next; returns what went wrong.
    """

    name: str
    argv: tuple[str, ...]
    judge: Judged
    hook: str = ""
    prepare: Prepared = lambda _: None
    recover: Recover = folds


def only_told(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    """A fold or a sync acknowledges nothing that was not acknowledged before."""
    del scene
    yield from no_bug(done, was_killed)


def no_bug(done: Done, was_killed: bool) -> Iterator[str]:
    """Whoever is told "no" says so; nobody crashes or hangs."""
    if done.returncode == 3 or "Traceback" in done.stderr:
        yield f"a bug shows: {done.stderr[-600:]}"
    if not was_killed and done.returncode not in {0, 1, 4}:
        yield f"exit code {done.returncode}: {done.stderr[-300:]}"


def note_is_told(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    if done.returncode == 0:
        scene.told.append("by command")
    yield from no_bug(done, was_killed)


def commit_is_told(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    """A recorder that fails never stops a commit, and says so in one line."""
    if done.returncode == 0 and not done.stderr and not was_killed:
        scene.told.append(scene.repo.head())
    if was_killed:
        return
    if done.returncode != 0 or scene.repo.git("log", "-1", "--format=%s") != "a commit":
        yield f"the commit was stopped: {done.returncode} {done.stderr}"
    strange = [row for row in done.stderr.splitlines() if "gitlog-track: " not in row]
    if strange and not all("sh" in row or "hooks/" in row for row in strange):
        yield f"said: {done.stderr}"


def bad_is_refused(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    """A gate that ends, however it ends, has not let a bad claim through."""
    del was_killed
    if "refs/heads/bad" in scene.server.refs or done.returncode == 0:
        yield f"a bad claim was pushed: {done.stderr[-600:]}"


def good_may_pass(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    """What git says of a push is what the server has."""
    del was_killed
    if ("refs/heads/good" in scene.server.refs) != (done.returncode == 0):
        yield f"git said {done.returncode}: {done.stderr[-600:]}"
    if "Traceback" in done.stderr:
        yield done.stderr[-600:]


def pushes_good(scene: Scene) -> str:
    """The next push is judged as ever: the good one passes, the bad one does not."""
    good = scene.run(("git", "push", "-q", "origin", "good"))
    bad = scene.run(("git", "push", "-q", "origin", "bad"))
    if good.returncode != 0 or bad.returncode == 0:
        return f"good {good.returncode}, bad {bad.returncode}: {good.stderr}"
    return syncs(scene)


def two_branches(scene: Scene) -> None:
    scene.project.branch("good", GOOD)
    scene.project.branch("bad", BAD)


def a_server_judges(scene: Scene) -> None:
    two_branches(scene)
    scene.project.serve()
    scene.repo.git("config", "core.hooksPath", "/dev/null")


COMMIT = ("git", "commit", "-q", "--allow-empty", "-m", "a commit")
AMEND = ("git", "commit", "-q", "--amend", "--allow-empty", "-m", "a commit")
NOTE = (*OURS, "note", "--task", "P1-010", "by command")

COMMAND = Act("a command that records", NOTE, note_is_told)
HOOK = Act("post-commit hook", COMMIT, commit_is_told, hook="post-commit")
BEFORE = Act("pre-commit hook", COMMIT, commit_is_told, hook="pre-commit")
MESSAGE = Act("commit-msg hook", COMMIT, commit_is_told, hook="commit-msg")
REWRITE = Act("post-rewrite hook", AMEND, commit_is_told, hook="post-rewrite")
FOLDING = Act("fold", (*FOLD, ".git"), only_told)
SYNCING = Act("sync", (*OURS, "sync"), only_told, recover=syncs)
GATE = Act(
    "gate of a good push", ("git", "push", "-q", "origin", "good"),
    good_may_pass, "pre-push", two_branches, pushes_good,
)  # fmt: skip
GATE_BAD = Act(
    "gate of a bad push", ("git", "push", "-q", "origin", "bad"),
    bad_is_refused, "pre-push", two_branches, pushes_good,
)  # fmt: skip
SERVER = Act(
    "server's gate of a bad push", ("git", "push", "-q", "origin", "bad"),
    bad_is_refused, "server/pre-receive", a_server_judges, pushes_good,
)  # fmt: skip


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


def faults_at(points: list[Point], kinds: str) -> list[tuple[Point, str]]:
    """Pair each point with what is made of it there."""
    if kinds == KILL:
        return [(point, KILL) for point in points]
    return [
        (point, f"error={name}")
        for point in points
        for name, calls in REFUSED.items()
        if point.call in calls and not point.is_pipe
    ]


def everywhere(
    act: Act, kinds: str, *, gits: bool
) -> Callable[[Ground, Tally, int], None]:
    """Return what makes faults at every point of an act: its own, or its gits'."""

    def run(ground: Ground, tally: Tally, most: int) -> None:
        injector = Injector.at(ground.path / "strace")
        points = points_of(act, ground, injector)
        chosen = [point for point in points if (point.process != ITSELF) == gits]
        for point, what in spread(faults_at(chosen, kinds), most):
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


def few(act: Act) -> int:
    """Tries in the short form: what is quick is tried more often."""
    return 5 if act is FOLDING else 1 if act.recover is pushes_good else 2


def many(act: Act) -> int:
    """Tries in the long form: all points, but for what takes seconds each time."""
    return 30 if act.recover is pushes_good else 60 if act is SYNCING else 1_000


def rows() -> Iterator[Fault]:
    for act in (
        COMMAND,
        HOOK,
        BEFORE,
        MESSAGE,
        REWRITE,
        FOLDING,
        SYNCING,
        GATE,
        GATE_BAD,
        SERVER,
    ):
        own = everywhere(act, KILL, gits=False)
        yield Fault(f"kill -9 at a system call: {act.name}", few(act), many(act), own)
    for act in (COMMAND, HOOK, REWRITE, FOLDING, SYNCING, GATE, GATE_BAD, SERVER):
        gits = everywhere(act, KILL, gits=True)
        yield Fault(
            f"kill -9 at a system call of a git: {act.name}", few(act), many(act), gits
        )
    for act in (COMMAND, HOOK, BEFORE, REWRITE, FOLDING, SYNCING, GATE, GATE_BAD):
        own = everywhere(act, "errors", gits=False)
        yield Fault(f"{ERRORS}: {act.name}", few(act), many(act), own)
    for act in (COMMAND, FOLDING, SYNCING, GATE_BAD):
        gits = everywhere(act, "errors", gits=True)
        yield Fault(f"{ERRORS} of a git: {act.name}", few(act), many(act), gits)
