"""Whole commits, side by side: bare, with peers' hooks, with ours."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.turns import order

PR_SET_CHILD_SUBREAPER = 36
NOTES_HOOK = (
    '#!/bin/sh\ngit notes append -m "$(date +%s) commit" HEAD >/dev/null 2>&1\n'
)
EMPTY_HOOK = "#!/bin/sh\nexit 0\n"


@dataclass
class Samples:
    """Wall and processor seconds of one case; the processor time has all children's."""

    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)


def adopt_orphans() -> None:
    """Let detached folds become our children, so that their time can be read."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def environment(home: Path) -> dict[str, str]:
    # What pip installs is compiled: nobody's command compiles itself each time.
    left_out = ("GIT_", "PYTHONDONTWRITEBYTECODE")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
    return {
        **kept,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.org",
    }


def call(env: dict[str, str], cwd: Path, *args: str) -> None:
    subprocess.run(args, cwd=cwd, env=env, check=True, stdout=subprocess.DEVNULL)


def make_repository(env: dict[str, str], path: Path, files: int) -> Path:
    path.mkdir(parents=True)
    call(env, path, "git", "init", "-q")
    for number in range(files):
        name = path / f"d{number % 97}" / f"f{number}"
        name.parent.mkdir(exist_ok=True)
        name.write_text(f"line {number}\n" * 20)
    call(env, path, "git", "add", "-A")
    call(env, path, "git", "commit", "-q", "-m", "Begin")
    return path


def write_hook(path: Path, name: str, text: str) -> None:
    hook = path / ".git" / "hooks" / name
    hook.write_text(text)
    hook.chmod(0o755)


def track(env: dict[str, str], path: Path, fold: str) -> None:
    (path / ".gitlog-track.toml").write_text(f'[log]\nfold = "{fold}"\n')
    ours = (sys.executable, "-m", "gitlog_track")
    subprocess.run([*ours, "-q", "init"], cwd=path, env=env, check=True)
    subprocess.run([*ours, "-q", "start", "P1-001"], cwd=path, env=env, check=True)


def cases(env: dict[str, str], base: Path, files: int) -> dict[str, Path]:
    """Return a fresh repository for every case."""
    names = (
        "bare",
        "three empty sh hooks",
        "git notes append in post-commit",
        "ours, detached fold",
        "ours, fold in line",
    )
    paths = {
        name: make_repository(env, base / f"{number}-{files}", files)
        for number, name in enumerate(names)
    }
    for hook in ("pre-commit", "commit-msg", "post-commit"):
        write_hook(paths["three empty sh hooks"], hook, EMPTY_HOOK)
    write_hook(paths["git notes append in post-commit"], "post-commit", NOTES_HOOK)
    track(env, paths["ours, detached fold"], "detached")
    track(env, paths["ours, fold in line"], "sync")
    return paths


def measure_commits(
    env: dict[str, str],
    paths: dict[str, Path],
    rounds: int,
) -> dict[str, Samples]:
    """Commit in every repository in turn, another one first every round."""
    samples = {name: Samples() for name in paths}
    for number in range(rounds + 2):
        for name in order(paths, number):
            path = paths[name]
            with (path / "d1" / "f1").open("a") as file:
                file.write(f"{number}\n")
            wall_s, cpu_s = _commit(env, path, f"Change number {number}")
            if number >= 2:
                samples[name].wall_s.append(wall_s)
                samples[name].cpu_s.append(cpu_s)
    return samples


def _commit(env: dict[str, str], path: Path, message: str) -> tuple[float, float]:
    begin = time.perf_counter()
    before = _children_s()
    # Hook managers write what they did.
    line = ("git", "commit", "-q", "-a", "-m", message)
    subprocess.run(line, cwd=path, env=env, check=True, stderr=subprocess.DEVNULL)
    wall_s = time.perf_counter() - begin
    _wait_for_children()
    return wall_s, _children_s() - before


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _wait_for_children() -> None:
    """Wait until no fold is left: neither running nor waiting in a journal."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return
