"""Projects with a log, commits made of any bytes, and remotes to push them to."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from subprocess import CompletedProcess

from gitlog_track.commands.context import Surroundings
from gitlog_track.commands.main import run
from gitlog_track.log.journal import write_entry
from gitlog_track.log.layout import Home
from tests.support.cli import inside
from tests.support.hooks import executable
from tests.support.repos import Repo

GOOD = "Add the parser\n\nTask: P1-009\nDuration: 12m\nTokens-Used: 3,236\n"
BAD = "Add the parser\n\nTask: P1-009\nTokens-Used: 2,400\n"
WHO = b"A U Thor <author@example.org> 1759633200 -0500"
ZERO = "0" * 40
DAY = "2025-10-04T"


def at(clock: str) -> str:
    return f"{DAY}{clock}-05:00"


def tell(path: Path, instant: str, *args: str) -> str:
    """Run a command line in this process at an instant; it has to succeed."""
    then = datetime.fromisoformat(instant)
    offset = then.utcoffset()
    assert offset is not None
    seconds = int(offset.total_seconds())
    surroundings = Surroundings(
        now_ns=lambda: int(then.timestamp() * 1000) * 1_000_000,
        offset_s=lambda _: seconds,
        environment=os.environ,
    )
    out, err = io.StringIO(), io.StringIO()
    streams = (contextlib.redirect_stdout(out), contextlib.redirect_stderr(err))
    with inside(path), streams[0], streams[1]:
        code = run(args, surroundings)
    assert code == 0, f"{args}: {code}\n{out.getvalue()}{err.getvalue()}"
    return out.getvalue()


def backfill(path: Path, task: str) -> None:
    """Put a task of 12 minutes into the log as an import of old notes would."""
    ends = {"task_started": "20:01:07", "task_completed": "20:13:07"}
    for number, (kind, clock) in enumerate(ends.items()):
        event: dict[str, object] = {
            "kind": kind,
            "at": at(clock).replace("-05", ".000-05"),
            "provenance": "backfilled",
            "source": "import:notes.md",
            "actor": "A U Thor <author@example.org>",
        }
        facts: dict[str, object] = {
            "subject_kind": "task",
            "subject_name": task,
            "at_ns": 1_759_633_200_000_000_000 + number,
            "worktree": "",
            "branch": "",
            "event": event | ({"status": "complete"} if number else {}),
        }
        write_entry(Home(str(path / ".git")), facts, f"old{number}")


def tell_log(path: Path) -> None:
    """Tell the log that the rules' examples are about.

    P1-009 was completed after 12 minutes with 3,236 tokens, P1-010 is open, and P1-008
    was imported from old notes.
    """
    backfill(path, "P1-008")
    tell(path, at("21:00:00"), "start", "P1-010")
    tell(path, at("22:00:00"), "start", "P1-009", "--start-tokens", "107264")
    end = ("--end-tokens", "110,500", "--iterations", "1", "--bugs", "0")
    tell(path, at("22:12:00"), "complete", *end)


@dataclass(frozen=True)
class Project:
    """A tracked work repository and the bare one that it pushes to."""

    work: Repo
    origin: Repo

    @classmethod
    def make(cls, directory: Path) -> Project:
        made = cls(
            Repo.init(directory / "work"),
            Repo.init(directory / "origin.git", "--bare"),
        )
        made.work.track(fold="sync")
        made.work.git("add", ".gitlog-track.toml")
        made.work.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "base")
        made.work.git("remote", "add", "origin", "../origin.git")
        made.work.git("push", "-q", "--no-verify", "-u", "origin", "main")
        tell_log(made.work.path)
        return made

    def copy(self, directory: Path) -> Project:
        for repo in (self.work, self.origin):
            target = directory / repo.path.name
            shutil.copytree(repo.path, target, symlinks=True)
        return Project(
            Repo(directory / self.work.path.name),
            Repo(directory / self.origin.path.name),
        )

    def raw(self, data: bytes, kind: str = "commit", *, literally: bool = False) -> str:
        """Store an object of any bytes; return its id."""
        flags = ("--literally",) if literally else ()
        done = subprocess.run(
            ["git", "hash-object", "-w", *flags, "-t", kind, "--stdin"],
            cwd=self.work.path,
            input=data,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def commit(
        self,
        message: str | bytes,
        *parents: str,
        headers: bytes = b"",
        literally: bool = False,
    ) -> str:
        """Store a commit without a hook having seen it; by default it follows main."""
        tree = self.work.git("rev-parse", "main^{tree}")
        above = parents or (self.work.git("rev-parse", "main"),)
        rows = [f"tree {tree}", *(f"parent {oid}" for oid in above if oid != "root")]
        head = "\n".join(rows).encode()
        text = message.encode() if isinstance(message, str) else message
        data = b"%s\nauthor %s\ncommitter %s\n%s\n%s" % (head, WHO, WHO, headers, text)
        return self.raw(data, literally=literally)

    def branch(self, name: str, message: str | bytes, *parents: str) -> str:
        """Make a branch of one new commit."""
        made = self.commit(message, *parents)
        self.work.git("update-ref", f"refs/heads/{name}", made)
        return made

    def tag(self, name: str, message: str, target: str = "main") -> str:
        """Make an annotated tag; return the id of the tag object."""
        self.work.git("tag", "-a", "-m", message, name, target)
        return self.work.git("rev-parse", f"refs/tags/{name}")

    def push(
        self, *args: str, env: dict[str, str] | None = None
    ) -> CompletedProcess[str]:
        return self.work.run("git", "push", *args, env=env)

    def received(self) -> dict[str, str]:
        """Return what the bare repository's refs point at."""
        form = "--format=%(objectname) %(refname)"
        rows = self.origin.git("for-each-ref", form).split("\n")
        return {name: oid for oid, _, name in (row.partition(" ") for row in rows)}

    def feed(
        self, *args: str, lines: str, env: dict[str, str] | None = None
    ) -> CompletedProcess[str]:
        """Run the installed pre-push hook itself on lines of one's own."""
        hook = str(self.work.common / "hooks" / "pre-push")
        return self.work.run(hook, *args, stdin=lines, env=env)

    def serve(self, script: str = "") -> None:
        """Make the bare repository judge what it receives, as a server does."""
        text = f'#!/bin/sh\nexec "{sys.executable}" -m gitlog_track hook pre-receive\n'
        executable(self.origin.path / "hooks" / "pre-receive", script or text)

    def configure(self, text: str) -> None:
        """Change the configuration in the work tree only."""
        (self.work.path / ".gitlog-track.toml").write_text(text)

    def commit_config(self, text: str, message: str = "Configure") -> str:
        """Commit a configuration on main, with any message."""
        self.configure(text)
        self.work.git("add", ".gitlog-track.toml")
        arguments = ("commit", "-qm", message, "--allow-empty")
        self.work.git("-c", "core.hooksPath=/dev/null", *arguments)
        return self.work.head()


def is_refused(done: CompletedProcess[str], rule: str = "") -> bool:
    """Was a push refused by the gate, with a rule where one is named?"""
    said = done.stdout + done.stderr
    return done.returncode != 0 and rule in said and "Traceback" not in said


@contextlib.contextmanager
def nothing_received(project: Project) -> Iterator[None]:
    """Check that the bare repository's refs stay what they are."""
    before = project.received()
    yield
    assert project.received() == before
