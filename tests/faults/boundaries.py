"""System calls at which a process is killed, stopped or told that it failed: strace.

A program is run once and the calls that change something, or start or end a process,
are counted; then it is run once for each of them, and strace makes the fault on entry
to that very call. What is done between two such calls nobody outside can see, so these
are all the instants there are. The gits that a program starts are counted and hit in
the same way, through a ``git`` that is put first in PATH.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.faults.ground import Done, Scene
from tests.faults.tally import NotHereError
from tests.support.hooks import executable

CHANGES = (
    "open openat creat write writev pwrite64 ftruncate fsync fdatasync flock "
    "rename renameat renameat2 link linkat symlink unlink unlinkat mkdir mkdirat rmdir "
    "chmod fchmod fchmodat utimensat"
).split()
STARTS_AND_ENDS = "execve vfork fork clone clone3 exit_group".split()
ITSELF = "itself"
T = TypeVar("T")

_CALL = re.compile(r"^(\w+)\((.*)")
_PIPE = re.compile(r"^\d+<(pipe|socket)")
_SHIM = """#!/bin/sh
# The real git; the call of it that was asked for runs under strace.
if [ -z "${{FAULT_DIR-}}" ]; then exec {git} "$@"; fi
name='' skip=''
for arg do
	if [ -n "$skip" ]; then skip=''; continue; fi
	case $arg in
	-c | -C) skip=1 ;;
	-*) ;;
	*) name=$arg; break ;;
	esac
done
n=1
until mkdir "$FAULT_DIR/$name.$n" 2>/dev/null; do n=$((n + 1)); done
if [ "$FAULT_CALL" = "$name.$n" ] || [ "$FAULT_CALL" = all ]; then
	echo $$ >"$FAULT_DIR/$name.$n/pid"
	exec {strace} -qq -o "$FAULT_DIR/$name.$n/trace" $FAULT_OPTIONS {git} "$@"
fi
exec {git} "$@"
"""
_HOOK = """#!/bin/sh
# The real hook, under strace if it is the one that was asked for.
PATH="$FAULT_BIN:$PATH"
if [ "$FAULT_CALL" = itself ] || [ "$FAULT_CALL" = all ]; then
	exec {strace} -qq -o "$FAULT_DIR/itself" $FAULT_OPTIONS "$0.real" "$@"
fi
exec "$0.real" "$@"
"""


@dataclass(frozen=True)
class Point:
    """One system call of one process.

    Attributes:
        process: ``itself``, or the name and number of a git that it starts.
        call: the system call.
        number: the how-manieth of that name in that process.
        is_pipe: is it a write to another process? That can be cut, but not refused.
    """

    process: str
    call: str
    number: int
    is_pipe: bool = False

    def __str__(self) -> str:
        return f"{self.process} {self.call} {self.number}"


def find_strace() -> str:
    """Return where strace is.

    Raises:
        NotHereError: it is not there, or may not trace.
    """
    strace = shutil.which("strace")
    if strace is None:
        raise NotHereError("strace is not installed")
    probe = ("-qq", "-o", os.devnull, "-e", "inject=fsync:error=EIO", "true")
    if subprocess.run([strace, *probe], capture_output=True, check=False).returncode:
        raise NotHereError("strace may not trace here")
    return strace


@dataclass(frozen=True)
class Injector:
    """Runs programs under strace.

    Attributes:
        path: a directory of its own.
        strace, git: where they are.
    """

    path: Path
    strace: str
    git: str

    @classmethod
    def at(cls, path: Path) -> Injector:
        path.mkdir(exist_ok=True)
        git = shutil.which("git")
        assert git is not None
        made = cls(path, find_strace(), git)
        executable(made.shims / "git", _SHIM.format(git=git, strace=made.strace))
        return made

    @property
    def shims(self) -> Path:
        return self.path / "bin"

    def wrap(self, hook: Path) -> None:
        """Let a hook run under strace when it is asked for."""
        hook.rename(f"{hook}.real")
        executable(hook, _HOOK.format(strace=self.strace))

    def points(self, scene: Scene, argv: Sequence[str], hook: str = "") -> list[Point]:
        """Run a program once and return the calls that matter, in each process."""
        traced = ",".join(CHANGES + STARTS_AND_ENDS)
        options = ("-y", "-e", f"trace={traced}")
        place = self._run(scene, argv, hook, "all", options)[1]
        found = list(_points(ITSELF, place / ITSELF))
        for directory in sorted(place.iterdir(), key=_by_number):
            if directory.is_dir():
                found += _points(directory.name, directory / "trace")
        return found

    def hit(
        self,
        scene: Scene,
        argv: Sequence[str],
        point: Point,
        what: str,
        hook: str = "",
    ) -> tuple[Done, bool]:
        """Run a program and make a fault at a point.

        Args:
            scene: where.
            argv: the program.
            point: when.
            what: ``signal=KILL``, or ``error=`` and a name.
            hook: the hook of git that is meant; empty for the program itself.

        Returns:
            what became of it, and whether the point was reached.
        """
        # Of execve, strace shows the one by which the program starts, and counts it not.
        number = point.number - (point.call == "execve")
        inject = f"inject={point.call}:{what}:when={number}"
        options = ("-e", f"trace={point.call}", "-e", inject)
        done, place = self._run(scene, argv, hook, point.process, options)
        name = ITSELF if point.process == ITSELF else f"{point.process}/trace"
        trace = place / name
        text = trace.read_text(errors="replace") if trace.exists() else ""
        return done, "INJECTED" in text or "killed by" in text

    def _run(
        self,
        scene: Scene,
        argv: Sequence[str],
        hook: str,
        process: str,
        options: tuple[str, ...],
    ) -> tuple[Done, Path]:
        place = scene.path / "calls"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        env = {
            "FAULT_BIN": str(self.shims),
            "FAULT_DIR": str(place),
            "FAULT_CALL": process,
            "FAULT_OPTIONS": " ".join(options),
        }
        if hook:
            done = scene.run(argv, env)
            scene.quiet()
            return done, place
        env["PATH"] = f"{self.shims}:{os.environ['PATH']}"
        before: tuple[str, ...] = ()
        if process in {ITSELF, "all"}:
            before = ("sh", "-c", f'echo $$ >"{place}/pid"; exec "$0" "$@"')
            before += (self.strace, "-qq", "-o", str(place / ITSELF), *options)
        return scene.run((*before, *argv), env), place


def _by_number(path: Path) -> tuple[str, int]:
    name, _, number = path.name.partition(".")
    return name, int(number or 0)


def _points(process: str, trace: Path) -> Iterator[Point]:
    counted: Counter[str] = Counter()
    for line in trace.read_text(errors="replace").splitlines():
        match = _CALL.match(line)
        if match is None:
            continue
        call, arguments = match.groups()
        counted[call] += 1
        opens = call in {"open", "openat"}
        if opens and "O_WRONLY" not in arguments and "O_RDWR" not in arguments:
            continue
        if "/dev/null" in arguments or "__pycache__" in arguments:
            continue
        if call == "execve" and counted[call] == 1:
            continue  # strace itself would not start
        is_pipe = _PIPE.match(arguments) is not None
        own_output = process == ITSELF and arguments.startswith(("1<", "2<"))
        yield Point(process, call, counted[call], is_pipe and not own_output)


def spread(points: list[T], most: int) -> list[T]:
    """Return at most so many of the points, from the first to the last."""
    if len(points) <= most:
        return points
    if most < 2:
        return points[len(points) // 2 :][:most]
    step = (len(points) - 1) / (most - 1)
    return [points[round(step * n)] for n in range(most)]
