"""Two versions at once: hooks of one and a program of the other, and both frameworks."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.faults.ground import PACKAGE, Ground, Scene
from tests.faults.storage import looked_at
from tests.faults.tally import Fault, NotHereError, Tally
from tests.support.hooks import HOOK_NAMES, change_hooks

PROJECT = PACKAGE.parent
FIRST = "c11a353"
"""The first commit that had hooks, the fold process and the journal as they are."""


def older_versions(ground: Ground, most: int) -> list[Path]:
    """Put some older versions of this project somewhere; the newest first.

    Raises:
        NotHereError: this is no clone of the project with its history.
    """
    git = ("git", "-C", str(PROJECT))
    ask = (*git, "log", "--format=%h", f"{FIRST}..HEAD", "--", "hooks")
    done = subprocess.run(ask, capture_output=True, text=True, check=False)
    names = done.stdout.split()
    if done.returncode or len(names) < 2 or not (PROJECT / ".git").exists():
        raise NotHereError("no clone of the project with its history")
    found = []
    for name in names[1 : most + 1]:  # the first has the hooks of today
        path = ground.path / f"version-{name}"
        path.mkdir()
        whole = (*git, "archive", name, "gitlog_track", "hooks")
        archive = subprocess.run(whole, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", str(path)], input=archive, check=True)
        found.append(path)
    return found


def mixed(scene: Scene, hooks: Path, program: Path) -> None:
    """Install the hooks of one version and let them start the program of another."""
    init = (sys.executable, "-m", "gitlog_track", "init")
    done = scene.run(init, {"PYTHONPATH": str(hooks)})
    assert done.returncode == 0, done.stderr

    def change(text: str) -> str:
        return text.replace(f"'{hooks}/gitlog_track/", f"'{program}/gitlog_track/")

    change_hooks(scene.repo.common / "hooks", change)
    assert str(program) in (scene.repo.common / "hooks/post-commit").read_text()


def work(scene: Scene, tally: Tally, where: str) -> None:
    """Commit, amend, rebase: each commit is made, and recorded once."""
    scene.repo.git("config", "user.name", "A")
    scene.repo.git("checkout", "-q", "-b", "topic")
    for text in ("one", "two"):
        looked_at(tally, scene.commit(text), where)
    amend = ("git", "commit", "-q", "--amend", "--allow-empty", "-m", "amended")
    looked_at(tally, scene.run(amend), where)
    scene.told.append(scene.head())
    scene.repo.git("checkout", "-q", "-b", "side", "HEAD~2")
    looked_at(tally, scene.commit("of the side"), where)
    looked_at(tally, scene.run(("git", "rebase", "-q", "topic")), where)
    scene.told.append(scene.head())
    tally.settle(scene, where)
    kinds = [str(e["kind"]) for e in scene.site.events()]
    if kinds.count("commits_rewritten") not in {2, 3}:
        tally.wrong.append(f"{where}: {kinds}")


def two_natives(ground: Ground, tally: Tally, most: int) -> None:
    for older in older_versions(ground, most):
        for hooks, program in ((older, PROJECT), (PROJECT, older)):
            where = f"hooks of {hooks.name}, program of {program.name}"
            scene = ground.scene()
            mixed(scene, hooks, program)
            work(scene, tally, where)
            ground.done_with(scene)


def beside_framework(ground: Ground, tally: Tally, most: int) -> None:
    """Native hooks of one version, the framework's entry of the other."""
    if importlib.util.find_spec("pre_commit") is None:
        raise NotHereError("pre-commit is not installed")
    for older in older_versions(ground, most):
        for native, framed in ((older, PROJECT), (PROJECT, older)):
            where = f"native of {native.name}, framework's of {framed.name}"
            scene = ground.scene()
            configure(scene, framed)
            mixed(scene, native, native)
            types = [arg for name in HOOK_NAMES for arg in ("--hook-type", name)]
            done = scene.run((sys.executable, "-m", "pre_commit", "install", *types))
            assert done.returncode == 0, done.stderr
            scene.repo.git("add", ".pre-commit-config.yaml")
            work_framed(scene, tally, where)
            ground.done_with(scene)


def configure(scene: Scene, version: Path) -> None:
    rows = ["repos:", "- repo: local", "  hooks:"]
    for name in HOOK_NAMES:
        entry = f"env PYTHONPATH={version} {sys.executable} -m gitlog_track hook {name}"
        rows += [f"  - id: ours-{name}", f"    name: {name}", f"    entry: {entry}",
                 "    language: system", f"    stages: [{name}]", "    always_run: true",
                 f"    pass_filenames: {'true' if name == 'commit-msg' else 'false'}"]  # fmt: skip
    scene.repo.write(".pre-commit-config.yaml", "\n".join(rows) + "\n")


def work_framed(scene: Scene, tally: Tally, where: str) -> None:
    """The framework says what it runs; so commits are acknowledged by their exit code."""
    for text in ("one", "two"):
        done = scene.run(("git", "commit", "-q", "--allow-empty", "-m", text))
        looked_at(tally, done, where)
        if done.returncode == 0:
            scene.told.append(scene.head())
        else:
            tally.wrong.append(f"{where}: {done.stdout}{done.stderr}")
    tally.settle(scene, where)
    kinds = [str(e["kind"]) for e in scene.site.events()]
    if kinds.count("commit_attempted") != 2:
        tally.wrong.append(f"{where}: attempts: {kinds}")


def rows() -> Iterator[Fault]:
    yield Fault(
        "an older version's hooks and this program, and vice versa", 1, 6, two_natives
    )
    yield Fault(
        "pre-commit framework and native hooks of two versions", 1, 2, beside_framework
    )
