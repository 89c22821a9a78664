"""Real repositories for tests: git in a directory, and our command line in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Repo:
    """A repository in a temporary directory."""

    path: Path

    @classmethod
    def init(cls, path: Path, *args: str) -> Repo:
        subprocess.run(["git", "init", "-q", *args, str(path)], check=True)
        return cls(path)

    def git(self, *args: str, check: bool = True, **kwargs: Any) -> str:
        """Run git; return its stdout."""
        done = self.run("git", *args, **kwargs)
        if check and done.returncode != 0:
            raise AssertionError(
                f"git {args}: {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done.stdout.strip("\n")

    def run(
        self,
        *command: str,
        stdin: str | None = None,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.path,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            env={**os.environ, **(env or {})},
            check=False,
            timeout=120,
        )

    def track(self, fold: str = "detached") -> None:
        """Begin tracking, with commits folding in line or detached."""
        (self.path / ".gitlog-track.toml").write_text(f'[log]\nfold = "{fold}"\n')
        self.ours("init")

    def cli(
        self,
        *args: str,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run our command line in a process of its own."""
        return self.run(sys.executable, "-m", "gitlog_track", *args, env=env)

    def ours(self, *args: str, env: dict[str, str] | None = None) -> str:
        """Run our command line; it has to succeed. Returns its stdout."""
        done = self.cli(*args, env=env)
        if done.returncode != 0:
            raise AssertionError(
                f"{args}: {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(
        self, message: str, *args: str, name: str = "file", text: str = ""
    ) -> str:
        """Change a file and commit; return the new commit's id."""
        self.write(name, text or f"{message} {time.monotonic_ns()}\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message, *args)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    @property
    def common(self) -> Path:
        common = self.git("rev-parse", "--path-format=absolute", "--git-common-dir")
        return Path(common)

    @property
    def journal(self) -> Path:
        return self.common / "gitlog-track" / "journal"

    def log_lines(self, subject: str = "") -> list[str]:
        """Return every line of the log below a path of its tree, as stored."""
        if self.run(
            "git", "rev-parse", "-q", "--verify", "refs/gitlog-track/log"
        ).returncode:
            return []
        names = self.git("ls-tree", "-r", "--name-only", "refs/gitlog-track/log").split(
            "\n"
        )
        lines = []
        for name in names:
            if name != "format.json" and name.startswith(subject):
                blob = self.git("cat-file", "-p", f"refs/gitlog-track/log:{name}")
                lines += blob.split("\n")
        return lines

    def events(self, kind: str = "", task: str | None = None) -> list[dict[str, Any]]:
        """Fold, then return the log's events in order, of one kind or task if asked."""
        self.cli("fold")
        found: list[dict[str, Any]] = [json.loads(line) for line in self.log_lines()]
        found.sort(key=lambda e: (e["seq"], e["at"], e["id"]))
        return [
            e
            for e in found
            if (not kind or e["kind"] == kind) and (task is None or e["task"] == task)
        ]

    def wait_for_fold(self, timeout_s: float = 10.0) -> None:
        """Wait until a detached fold has emptied the journal."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            names = [n for n in os.listdir(self.journal) if n != "unreadable"]
            if not names:
                return
            time.sleep(0.01)
        raise AssertionError(f"not folded: {os.listdir(self.journal)}")
