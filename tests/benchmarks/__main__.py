"""Run the benchmarks: a Markdown table and JSON; fails where a limit is far missed.

``python -m tests.benchmarks`` takes some minutes; ``--short`` is what CI runs.

Machines are noisy and absolute times say little, so what has something beside it is a
ratio: of the medians of times taken in turn, another one first every round. These are
commits and their processor time, the starts of the command line, one event from a
process, the gate on 1,000 commits and more, histories, and the sync of one event. Median
and minimum are of the row's own times, not of what it is compared with.

Absolute is what is held against patience or space, as nothing here does the same: the
gate on one commit, reports, queries, MCP calls, folds, backfills, scrubbing (processor
time), the merge, what a push of nothing takes beyond the gate (a difference of two medians
taken in turn), memory and the log's size. Rows without a median were measured once: the
first report of each size and its memory, the merge, and the log's size. The power of the
size follows from two first reports.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks import (
    agents,
    backfills,
    claimed_pushes,
    commits,
    folds,
    histories,
    miners,
    peers,
    pushes,
    reports,
    scrubs,
    syncs,
)
from tests.benchmarks.machine import describe
from tests.benchmarks.named import problem_of
from tests.benchmarks.results import HEADER, Results
from tests.benchmarks.turns import in_turn

ABSENT = "it is not installed"


def commit_rows(
    results: Results, base: Path, files: int, rounds: int, *, long: bool
) -> None:
    env = commits.environment(base)
    paths = commits.cases(env, base / f"commits-{files}", files)
    if long:
        managers, absent = peers.hook_managers(env, base, files)
        paths |= managers
        for name in absent:
            results.not_measured(f"commit, {files} files: {name}", ABSENT)
    samples = commits.measure_commits(env, paths, rounds)
    bare = samples["bare"]
    small = files < 1_000
    limits = {"ours, detached fold": 2.8, "ours, fold in line": 8.0 if small else 3.0}
    for name, sample in samples.items():
        title = f"commit, {files} files: {name}"
        results.ratio(title, sample.wall_s, bare.wall_s, limits.get(name), "x bare")
    for name, sample in samples.items():
        title = f"processor time of a commit and all it starts, {files} files: {name}"
        results.ratio(title, sample.cpu_s, bare.cpu_s, None, "x bare")
    ours = samples["ours, detached fold"].wall_s
    notes = samples["git notes append in post-commit"].wall_s
    title = f"commit, {files} files: ours, detached fold, beside git notes append"
    results.ratio(title, ours, notes, 1.6, "x notes append")


def startup_rows(results: Results, rounds: int) -> None:
    def run(*args: str) -> None:
        subprocess.run([sys.executable, *args], check=True, stdout=subprocess.DEVNULL)

    lines = {
        "pass": ("-c", "pass"),
        "--help": ("-m", "gitlog_track", "--help"),
        "--version": ("-m", "gitlog_track", "--version"),
    }
    found = in_turn({name: partial(run, *line) for name, line in lines.items()}, rounds)
    for flag in ("--help", "--version"):
        name = f"gitlog-track {flag}"
        results.ratio(name, found[flag], found["pass"], 8.0, "x python -c pass")


def fold_rows(results: Results, base: Path, *, long: bool) -> None:
    env = commits.environment(base)
    taken = [folds.at_once_s(base / f"fold-{n}", env, 1_000) for n in range(5)]
    name = "fold of 1,000 entries, in process"
    results.at_least(name, 1_000 / median(taken), 5_000, "events/s", taken)
    if long:
        loose, packed = folds.growth(base / "growth", env)
        name = "10,000 events folded one by one to 40 tasks"
        results.add(f"{name}, loose", loose / 1e6, 100, "MB")
        results.add(f"{name}, after git gc", packed / 1e6, 10, "MB")


def backfill_rows(results: Results, base: Path) -> None:
    """Import files of one task each."""
    env = commits.environment(base)
    for form, what in (("logs", "founding logs of 11 events"), ("json", "results")):
        found = [
            backfills.first_and_again(base / f"{form}-{n}", env, form, 2_000)
            for n in range(3)
        ]
        first, again = zip(*found, strict=True)
        for title, taken in (("2,000", first), ("the same", again)):
            name = f"backfill of {title} {what}, in process"
            results.at_least(name, 2_000 / median(taken), 1_000, "tasks/s", taken)


def event_rows(results: Results, base: Path, rounds: int) -> None:
    """Record one event from a process, as others do."""
    found, absent = peers.one_event(commits.environment(base), base, rounds)
    notes = found["git notes append"]
    for name, seconds in found.items():
        title = f"one event from a process: {name}"
        results.ratio(title, seconds, notes, None, "x git notes append")
    for name in absent:
        results.not_measured(f"one event from a process: {name}", ABSENT)


def scrub_rows(results: Results) -> None:
    for name, work in scrubs.works().items():
        if "hostile" not in name:
            title = f"{name}, processor time"
            limit = 5 if "scrubbing" in name else 1
            results.at_least(title, work.mb_per_s, limit, "MB/s", work.cpu_s)


def gate_rows(results: Results, base: Path, *, long: bool) -> None:
    """Judge pushes of one to 70,000 commits without claims, and one with claims."""
    env = commits.environment(base)
    path = base / "history"
    pushes.make_history(path, env, 70_001 if long else 10_001)
    ones = pushes.measure(path, env, 1, 9)["gate"]
    name = "gate, push of 1 commit that claims nothing"
    results.add(name, median(ones) * 1e3, 250, "ms", ones)
    sizes: dict[int, float | None] = {1_000: None, 10_000: 3.5}
    if long:
        sizes[70_000] = 3.0
    for size, limit in sizes.items():
        found = pushes.measure(path, env, size, 5)
        name = f"gate, push of {size:,} commits that claim nothing"
        results.ratio(name, found["gate"], found["git log"], limit, "x git log")
    found = claimed_pushes.measure(base / "claims", env, 1_000, 10, 5)
    name = "gate, push of 1,000 commits of which every tenth claims what the log backs"
    results.ratio(name, found["gate"], found["git log"], None, "x git log")


def history_rows(results: Results, path: Path, rounds: int) -> None:
    """Resolve HEAD's commits to tasks, without a log and with one of every tenth."""
    size = histories.count(path)
    for name, share in (("no log", 0), ("a log of every tenth", 10)):
        found = histories.measure(path, share, rounds)
        title = f"history of {size:,} commits to tasks, {name}, in process"
        results.ratio(title, found["ours"], found["git log"], 1.5, "x git log")


def miner_rows(results: Results, base: Path) -> None:
    """Read 2,001 messages with what people use to mine histories, and with ours."""
    env = commits.environment(base)
    path = base / "short-history"
    pushes.make_history(path, env, 2_001)
    miners.record(path, env, 10)
    found = miners.measure(path, env, 10, 5)
    name = "every message of 2,001 commits, from a process: "
    if "PyDriller" in found:
        driller = found["PyDriller"]
        results.ratio(f"{name}PyDriller", driller, found["git log"], None, "x git log")
    else:
        results.not_measured(f"{name}PyDriller", ABSENT)
    name += "ours, which resolves them to tasks too, a log of every tenth"
    results.ratio(name, found["ours"], found["git log"], None, "x git log")


def scale_rows(results: Results, base: Path, rounds: int) -> None:
    """Is a commit as fast on a log of 100,000 tasks as on one of 10?"""
    env = commits.environment(base)
    paths = {}
    for tasks in (10, 100_000):
        for fold in ("detached", "sync"):
            path = commits.make_repository(env, base / f"tasks-{tasks}-{fold}", 50)
            commits.track(env, path, fold)
            folds.add_tasks(path, env, tasks)
            paths[f"{fold}, {tasks:,} tasks"] = path
    samples = commits.measure_commits(env, paths, rounds)
    for fold in ("detached", "sync"):
        few, many = (samples[f"{fold}, {n} tasks"].wall_s for n in ("10", "100,000"))
        name = f"commit, {fold} fold, 100,000 tasks"
        results.ratio(name, many, few, 1.5, "x 10 tasks")


def report_rows(results: Results, base: Path, *, long: bool) -> None:
    """Report on logs of 10,000 to a million events; ask the index of the largest."""
    env = commits.environment(base)
    sizes = {10_000: 100, 100_000: 1_000, 1_000_000: 10_000}
    before = 0.0
    for events, tasks in list(sizes.items())[: None if long else 2]:
        path = base / f"report-{events}"
        found = reports.measure(path, env, tasks, 100)
        is_largest = events == 1_000_000
        name = f"report, {events:,} events, {tasks:,} tasks"
        results.add(
            f"{name}: first", found.first.wall_s, 6 if is_largest else None, "s"
        )
        if before:
            power = reports.exponent(before, found.first.wall_s, 10)
            results.add(f"{name}: first, power of the size", power, 1.1, "")
        before = found.first.wall_s
        results.add(f"{name}: first, all processes", found.first.peak_mb, 600, "MB")
        for title, limit_s, taken in (
            ("after one more event", 0.4, found.appended_s),
            ("unchanged", 0.3, found.unchanged_s),
        ):
            results.add(f"{name}: {title}", median(taken), limit_s, "s", taken)
        for query, taken in reports.queries(path, env).items():
            title = f"{query}, {tasks:,} tasks, in process"
            limit = 50 if query.startswith("trace") else 100
            results.add(title, median(taken) * 1e3, limit, "ms", taken)
        for call, taken in agents.calls(path, env).items():
            title = f"MCP, {call}, {tasks:,} tasks"
            results.add(title, median(taken) * 1e3, 150, "ms", taken)
    if long:
        found = reports.measure(base / "report-wide", env, 100_000, 10)
        name = "report, 1,000,000 events, 100,000 tasks: first"
        results.add(name, found.first.wall_s, 8, "s")


def sync_rows(results: Results, base: Path, *, long: bool) -> None:
    """Carry the log: one event of a large one, two that diverged, and nothing at all."""
    env = commits.environment(base)
    tasks = 100_000 if long else 5_000
    for name in ("one", "merge", "nothing"):
        (base / name).mkdir(parents=True)
    found = syncs.one_event(base / "one", env, tasks, 9)
    log = f"log of {tasks:,} tasks"
    plain = "x git fetch and git push of the log"
    title = f"sync of one event, {log}, in process"
    results.ratio(title, found["sync"], found["git"], 1.5, plain)
    title = f"sync of one event, {log}, the whole command"
    results.ratio(title, found["command"], found["git"], None, plain)
    took_s = syncs.diverged_merge(base / "merge", env, tasks, 1_000)
    results.add(f"merge of 1,000 tasks each, {log}", took_s, 3.0, "s")
    found = syncs.no_op_push(base / "nothing", env, 15)
    more_ms = (median(found["with"]) - median(found["gate"])) * 1e3
    name = "push of nothing, beyond the gate's own time"
    results.add(name, more_ms, 100, "ms", found["with"])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--short", action="store_true", help="what CI runs")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument(
        "--history", type=Path, help="resolve this repository's history"
    )
    options = parser.parse_args()
    if options.history and (problem := problem_of(options.history)):
        print(problem, file=sys.stderr)
        return 2
    commits.adopt_orphans()
    results = Results()
    rounds = 20 if options.short else 40
    with tempfile.TemporaryDirectory(prefix="gitlog-track-bench-") as directory:
        base = Path(directory)
        machine = describe(base)
        print(f"{machine}\n\n{HEADER}")
        long = not options.short
        commit_rows(results, base, 50, rounds, long=long)
        if long:
            commit_rows(results, base, 5_000, rounds, long=long)
            event_rows(results, base, rounds // 2)
            miner_rows(results, base)
        startup_rows(results, rounds)
        fold_rows(results, base, long=long)
        backfill_rows(results, base)
        scrub_rows(results)
        gate_rows(results, base, long=long)
        report_rows(results, base, long=long)
        history_rows(results, options.history or base / "history", 5)
        sync_rows(results, base / "sync", long=long)
        if long:
            scale_rows(results, base, rounds)
    if options.json:
        rows = [row.fields() for row in results.rows]
        found = {"machine": machine, "rows": rows}
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    far = results.far_exceeded()
    for name in far:
        print(f"missed by more than half: {name}", file=sys.stderr)
    return 1 if far else 0


if __name__ == "__main__":
    sys.exit(main())
