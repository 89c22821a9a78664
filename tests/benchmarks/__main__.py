"""Run the benchmarks: a Markdown table and JSON; fails where a limit is far missed.

``python -m tests.benchmarks`` takes some minutes; ``--short`` is what CI runs. Every
figure is a ratio of one interleaved run: machines are noisy, absolute times say little.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.benchmarks import (
    agents,
    backfills,
    commits,
    folds,
    histories,
    peers,
    pushes,
    reports,
    scrubs,
    syncs,
)
from tests.benchmarks.machine import describe
from tests.benchmarks.results import HEADER, Results

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
    to_bare = commits.ratios(samples, "bare")
    notes = "git notes append in post-commit"
    to_notes = commits.ratios(samples, notes)
    small = files < 1_000
    limits = {"ours, detached fold": 2.8, "ours, fold in line": 8.0 if small else 3.0}
    for name, sample in samples.items():
        wall, cpu = median(sample.wall_s) * 1e3, median(sample.cpu_s) * 1e3
        title = f"commit, {files} files: {name}"
        detail = f"({wall:.1f} ms, min {min(sample.wall_s) * 1e3:.1f}, CPU {cpu:.1f})"
        results.add(f"{title} {detail}", to_bare[name], limits.get(name), "x bare")
    name = "ours, detached fold"
    results.add(f"commit, {files} files: {name}", to_notes[name], 1.6, "x notes append")


def startup_rows(results: Results, rounds: int) -> None:
    def run(*args: str) -> None:
        subprocess.run([sys.executable, *args], check=True, stdout=subprocess.DEVNULL)

    lines = {
        "pass": ("-c", "pass"),
        "--help": ("-m", "gitlog_track", "--help"),
        "--version": ("-m", "gitlog_track", "--version"),
    }
    pairs: dict[str, list[float]] = {name: [] for name in lines}
    for _ in range(rounds):
        for name, line in lines.items():
            begin = time.perf_counter()
            run(*line)
            pairs[name].append(time.perf_counter() - begin)
    base = median(pairs["pass"])
    for flag in ("--help", "--version"):
        ratio = median(pairs[flag]) / base
        results.add(f"gitlog-track {flag}", ratio, 8.0, "x python -c pass")


def fold_rows(results: Results, base: Path, *, long: bool) -> None:
    env = commits.environment(base)
    rates = [folds.events_per_s(base / f"fold-{n}", env) for n in range(5)]
    results.at_least(
        "fold of 1,000 entries, in process", median(rates), 5_000, "events/s"
    )
    if long:
        loose, packed = folds.growth(base / "growth", env)
        name = "10,000 events folded one by one to 40 tasks"
        results.add(f"{name}, loose", loose / 1e6, 100, "MB")
        results.add(f"{name}, after git gc", packed / 1e6, 10, "MB")


def backfill_rows(results: Results, base: Path) -> None:
    """Import files of one task each."""
    env = commits.environment(base)
    for form, what in (("logs", "founding logs of 11 events"), ("json", "results")):
        rates = [
            backfills.tasks_per_s(base / f"backfill-{form}-{n}", env, form, 2_000)
            for n in range(3)
        ]
        first, again = (median(column) for column in zip(*rates, strict=True))
        results.at_least(f"backfill of 2,000 {what}", first, 1_000, "tasks/s")
        results.at_least(f"backfill of the same {what}", again, 1_000, "tasks/s")


def event_rows(results: Results, base: Path, rounds: int) -> None:
    """Record one event from a process, as others do."""
    found, absent = peers.one_event(commits.environment(base), base, rounds)
    least = median(found["git notes append"])
    for name, seconds in found.items():
        title = f"one event from a process: {name} ({median(seconds) * 1e3:.0f} ms)"
        results.add(title, median(seconds) / least, None, "x git notes append")
    for name in absent:
        results.not_measured(f"one event from a process: {name}", ABSENT)


def scrub_rows(results: Results) -> None:
    for name, rate in scrubs.rates().items():
        if "hostile" not in name:
            limit = 5 if "scrubbing" in name else 1
            results.at_least(name, rate, limit, "MB/s")


def gate_rows(results: Results, base: Path, *, long: bool) -> None:
    """Judge pushes of one to 70,000 commits without claims."""
    env = commits.environment(base)
    path = base / "history"
    pushes.make_history(path, env, 70_001 if long else 10_001)
    ones = pushes.pairs(path, env, 1, 9)
    results.add("gate, push of 1 commit", median(g for g, _ in ones) * 1e3, 250, "ms")
    sizes: dict[int, float | None] = {1_000: None, 10_000: 3.5}
    if long:
        sizes[70_000] = 3.0
    for size, limit in sizes.items():
        found = pushes.pairs(path, env, size, 5)
        ratio = median(g for g, _ in found) / median(log for _, log in found)
        name = f"gate, push of {size:,} commits"
        results.add(name, ratio, limit, "x git log")


def history_rows(results: Results, path: Path, rounds: int) -> None:
    """Resolve HEAD's commits to tasks, without a log and with one of every tenth."""
    for name, share in (("no log", 0), ("a log of every tenth", 10)):
        found = histories.pairs(path, share, rounds)
        ratio = median(ours / log for ours, log in found.seconds)
        title = f"history of {found.commits:,} commits to tasks, {name}"
        results.add(title, ratio, 1.5, "x git log")


def driller_rows(results: Results, base: Path) -> None:
    """Read 2,000 messages with what people use to mine histories."""
    env = commits.environment(base)
    pushes.make_history(base / "short-history", env, 2_001)
    name = "every message of 2,001 commits: PyDriller"
    ratio = peers.read_history(base / "short-history", env, 3)
    if ratio is None:
        results.not_measured(name, ABSENT)
    else:
        results.add(name, ratio, None, "x git log")
    found = histories.pairs(base / "short-history", 10, 5)
    ours = median(ours / log for ours, log in found.seconds)
    name = "the same and their tasks, ours, a log of every tenth"
    results.add(name, ours, None, "x git log")


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
        ratio = commits.ratios(samples, f"{fold}, 10 tasks")[f"{fold}, 100,000 tasks"]
        results.add(f"commit, {fold} fold, 100,000 tasks", ratio, 1.5, "x 10 tasks")


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
        results.add(f"{name}: after one more event", found.appended_s, 0.4, "s")
        results.add(f"{name}: unchanged", found.unchanged_s, 0.3, "s")
        for query, taken in reports.queries_ms(path, env).items():
            limit = 50 if query.startswith("trace") else 100
            results.add(f"{query}, {tasks:,} tasks", taken, limit, "ms")
        for call, taken in agents.calls_ms(path, env).items():
            results.add(f"MCP, {call}, {tasks:,} tasks", taken, 150, "ms")
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
    results.add(title, syncs.ratio(found, "sync", "git"), 1.5, plain)
    title = f"sync of one event, {log}, the whole command"
    results.add(title, syncs.ratio(found, "command", "git"), None, plain)
    took_s = syncs.diverged_merge(base / "merge", env, tasks, 1_000)
    results.add(f"merge of 1,000 tasks each, {log}", took_s, 3.0, "s")
    found = syncs.no_op_push(base / "nothing", env, 15)
    more_ms = (median(found["with"]) - median(found["gate"])) * 1e3
    results.add("push of nothing, beyond the gate's own time", more_ms, 100, "ms")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--short", action="store_true", help="what CI runs")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument(
        "--history", type=Path, help="resolve this repository's history"
    )
    options = parser.parse_args()
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
            driller_rows(results, base)
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
