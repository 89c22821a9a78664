"""Clocks that jump: between the commands of a task, under the hooks, under a fold."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.main import run
from tests.faults.ground import Ground, Scene
from tests.faults.tally import Fault, Tally
from tests.support.cli import inside

BEGIN_NS = 1_759_633_200_000_000_000
S = 1_000_000_000
DAY = 86_400 * S
JUMPS = (-20_000 * DAY, -3_650 * DAY, -DAY, -3_600 * S, -S, -1, 0, 1, S, 3_600 * S,
         DAY, 3_650 * DAY, 40_000 * DAY)  # fmt: skip
STEPS = (
    ("start", "P3-001", "--start-tokens", "100"),
    ("pause", "P3-001"),
    ("note", "--task", "P3-001", "{text}"),
    ("resume", "P3-001"),
    ("complete", "--end-tokens", "200"),
)
ASKED = (
    ("show", "P3-001", "--format", "json"),
    ("validate", "P3-001"),
    ("report", "--format", "json"),
    ("audit",),
)


def at(scene: Scene, now_ns: int, *args: str) -> tuple[int, str, str]:
    """Run a command line in this process at an instant."""
    surroundings = Surroundings(
        now_ns=lambda: now_ns, offset_s=lambda _: 0, environment=os.environ
    )
    out, err = io.StringIO(), io.StringIO()
    streams = (contextlib.redirect_stdout(out), contextlib.redirect_stderr(err))
    with inside(scene.repo.path), streams[0], streams[1]:
        code = run(args, surroundings)
    return code, out.getvalue(), err.getvalue()


def negative(value: Any, path: str = "") -> list[str]:
    """Where a number of seconds is below zero."""
    if isinstance(value, dict):
        return [
            found for key in value for found in negative(value[key], f"{path}.{key}")
        ]
    if isinstance(value, list):
        return [found for item in value for found in negative(item, path)]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return (
        [f"{path} = {value}"] if is_number and value < 0 and "duration" in path else []
    )


def commands(ground: Ground, tally: Tally, most: int) -> None:
    """The clock jumps once or twice in a task, in either direction, at each command."""
    cases = list(product(range(1, len(STEPS)), JUMPS, (0, 1)))
    step = max(len(cases) // most, 1) + 1 if most < len(cases) else 1
    for where_to, jump, again in cases[::step]:
        where = f"{jump / S:g} s before {STEPS[where_to][0]}, back again {again}"
        scene = ground.scene(waiting=0)
        now_ns = BEGIN_NS
        for number, words in enumerate(STEPS):
            now_ns += 60 * S
            if number == where_to:
                now_ns += jump
            if again and number == where_to + 1:
                now_ns -= jump
            code, _, said = at(scene, now_ns, *(w.format(text="noted") for w in words))
            tally.saw(code)
            if code == 0 and words[0] == "note":
                scene.told.append("noted")
            if code != 0:
                tally.wrong.append(f"{where}: {words[0]}: {code} {said[-300:]}")
        tally.tries += 1
        for words in ASKED:
            code, out, said = at(scene, now_ns + 60 * S, *words)
            tally.saw(code)
            if code not in {0, 1}:
                tally.wrong.append(f"{where}: {words[0]}: {code} {said[-300:]}")
            if "json" in words:
                tally.wrong += [f"{where}: {row}" for row in negative(json.loads(out))]
        tally.settle(scene, where)
        ground.done_with(scene)


def files(ground: Ground, tally: Tally, most: int) -> None:
    """The entries of hooks were written by another clock than that of the fold."""
    step = max(len(JUMPS) // most, 1)
    for jump in JUMPS[::step]:
        where = f"an entry of {jump / S:g} s from now"
        scene = ground.scene()
        (scene.repo.common / "hooks/post-commit").chmod(0o644)  # only the attempt
        scene.repo.git("config", "advice.ignoredHook", "false")
        scene.commit("a commit")
        scene.told.remove(scene.head())
        journal = Path(scene.site.home.journal)
        for entry in journal.iterdir():
            if not entry.name.endswith(".json"):
                then = max(entry.stat().st_mtime_ns + jump, -(2**62))
                os.utime(entry, ns=(then, then))
        done = scene.ours("fold")
        tally.tries += 1
        tally.saw(done.returncode)
        kinds = [e["kind"] for e in scene.site.events()]
        if done.returncode != 0 or "commit_attempted" not in kinds:
            tally.wrong.append(f"{where}: {done.returncode} {done.stderr} {kinds}")
        report = scene.ours("report")
        if tally.saw(report.returncode) != 0:
            tally.wrong.append(f"{where}: report: {report.stderr[-300:]}")
        tally.settle(scene, where)
        ground.done_with(scene)


def rows() -> Iterator[Fault]:
    yield Fault("clock jumps between commands, pause and resume too", 4, 104, commands)
    yield Fault("clock jumps between a hook and the fold", 3, 13, files)
