"""The whole way on repositories that exist: does it work there, and how long does it take?

``python -m tests.benchmarks.real_repositories [NAME=]PATH...`` clones each into a temporary
directory and a bare server beside it, and there runs init, 100 tracked commits, a rebase
of 50 of them, the gate on a claim that is true and on one that is not, a push that
carries the log, a sync in a second clone, a report, and an audit. Each step is checked;
nothing is written to the repository that was named.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.commits import environment
from tests.benchmarks.machine import describe
from tests.benchmarks.named import problem_of

COMMITS = 100
REBASED = 50
TASK = "P1-001"
OURS = (sys.executable, "-m", "gitlog_track")


class Walk:
    """One repository's clone, its server, and what each step took."""

    def __init__(self, source: str, base: Path) -> None:
        self.base = base
        self.env = environment(base)
        self.server = base / "server.git"
        self.clone = base / "clone"
        self.seconds: dict[str, float] = {}
        self._git(base, "clone", "-q", "--bare", source, str(self.server))
        self._git(base, "clone", "-q", str(self.server), str(self.clone))
        self.files = len(self.git("ls-files").splitlines())
        self.commits = int(self.git("rev-list", "--count", "HEAD"))

    def git(self, *args: str) -> str:
        """Run git in the clone."""
        return self._git(self.clone, *args)

    def ours(self, *args: str) -> str:
        """Run gitlog-track in the clone."""
        return self._run(self.clone, *OURS, *args)

    def step(self, name: str, take: Callable[[], None]) -> None:
        """Take a step and keep how long it took."""
        begin = time.perf_counter()
        take()
        self.seconds[name] = time.perf_counter() - begin

    def take_all(self) -> None:
        """Take every step, in order."""
        self.step("init", self._init)
        self.step(f"{COMMITS} bare commits", lambda: self._commit("bare", hooks=False))
        self.step(f"{COMMITS} tracked commits", lambda: self._commit("tracked"))
        self.step(f"rebase of {REBASED}", self._rebase)
        self.step("a false claim is refused", self._refuse)
        self.step("push of all, with the log", self._push)
        self.step("a second clone fetches the log", self._fetch)
        self.step("report, first", self._report)
        self.step("report, unchanged", self._report)
        self.step("audit", self._audit)

    def _init(self) -> None:
        self.ours("init")
        self.ours("start", TASK, "--estimate", "1h")

    def _commit(self, name: str, *, hooks: bool = True) -> None:
        bare = () if hooks else ("-c", "core.hooksPath=/dev/null")
        for number in range(COMMITS):
            path = self.clone / f"{name}-{number % 7}.txt"
            path.write_text(f"{name} {number}\n")
            self.git("add", str(path))
            self.git(*bare, "commit", "-q", "-m", f"{name.title()} {number}")

    def _rebase(self) -> None:
        # The order of two commits changes, so that git makes all behind them anew.
        first = f"HEAD~{REBASED}"
        swap = "sed -i -e '1{h;d}' -e '2{G}'"
        self._git(
            self.clone, "-c", f"sequence.editor={swap}", "rebase", "-q", "-i", first
        )

    def _refuse(self) -> None:
        self.ours("complete", "--tokens-used", "3236")
        claim = f"Claim\n\nTask: {TASK}\nTokens-Used: 2400"
        self.git("commit", "-q", "--allow-empty", "-m", claim)
        line = ["git", "push", "-q", "origin", "HEAD"]
        done = subprocess.run(
            line, cwd=self.clone, env=self.env, capture_output=True, check=False
        )
        assert done.returncode == 1, done.stderr.decode()
        assert b"GT004 refused" in done.stderr, done.stderr.decode()
        self.git("commit", "-q", "--amend", "--allow-empty", "-m", self.ours("claim"))

    def _push(self) -> None:
        self.git("push", "-q", "origin", "HEAD")
        assert "refs/gitlog-track/log" in self.git("ls-remote", "origin")

    def _fetch(self) -> None:
        other = self.base / "other"
        self._git(self.base, "clone", "-q", str(self.server), str(other))
        self._run(other, *OURS, "fetch")
        tips = [
            self._git(path, "rev-parse", "refs/gitlog-track/log^{tree}")
            for path in (self.clone, other)
        ]
        assert tips[0] == tips[1]

    def _report(self) -> None:
        commits = json.loads(self.ours("report", "--format", "json"))["commits"]
        # Bare commits are of the history too; all others, and the claim, have a task.
        assert commits["resolved"] == COMMITS + 1, commits

    def _audit(self) -> None:
        self.ours("audit")

    def _git(self, path: Path, *args: str) -> str:
        return self._run(path, "git", *args)

    def _run(self, path: Path, *line: str) -> str:
        done = subprocess.run(
            line, cwd=path, env=self.env, capture_output=True, check=False
        )
        assert done.returncode == 0, (line, done.stderr.decode("utf-8", "replace"))
        return done.stdout.decode("utf-8", "replace")


def named(text: str) -> tuple[str, Path]:
    """Return the name and the path of ``[NAME=]PATH``."""
    name, _, path = text.rpartition("=")
    return name or path, Path(path)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.real_repositories",
        description="Go the whole way on clones of repositories, and time each step.",
    )
    parser.add_argument(
        "sources", type=named, nargs="+", metavar="[NAME=]PATH", help="of a repository"
    )
    sources: list[tuple[str, Path]] = parser.parse_args().sources
    for _, path in sources:
        if problem := problem_of(path):
            print(problem, file=sys.stderr)
            return 2
    titles, columns = [], []
    # Nothing is deleted before the end: it would slow down what comes next.
    with tempfile.TemporaryDirectory(prefix="gitlog-track-real-") as directory:
        print(f"{describe(Path(directory))}\n", flush=True)
        for number, (name, path) in enumerate(sources):
            base = Path(directory) / str(number)
            base.mkdir()
            walk = Walk(str(path.absolute()), base)
            walk.take_all()
            titles.append(f"{name}: {walk.commits:,} commits, {walk.files:,} files")
            columns.append(walk.seconds)
    print("| step, seconds | " + " | ".join(titles) + " |")
    print("|---" * (len(titles) + 1) + "|")
    for step in columns[0]:
        row = " | ".join(f"{seconds[step]:.2f}" for seconds in columns)
        print(f"| {step} | {row} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
