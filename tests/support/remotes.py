"""Clones that exchange their logs with bare servers, driven in process."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from gitlog_track.config import Config
from gitlog_track.git.process import Git
from gitlog_track.git.repository import Repository
from gitlog_track.git.transport import Budget, Transport
from gitlog_track.log.audit import audit_log
from gitlog_track.log.layout import LOG_REF
from gitlog_track.services.sync import Exchange, Synced
from gitlog_track.services.workspace import Clock, Workspace
from tests.support.clones import Clone
from tests.support.hooks import executable

TRACKING = "refs/gitlog-track-remote/origin/log"


@dataclass
class Server:
    """A bare repository."""

    path: Path

    @classmethod
    def make(cls, path: Path) -> Server:
        subprocess.run(["git", "init", "-q", "--bare", str(path)], check=True)
        return cls(path)

    def text(self, *args: str, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.path, input=stdin, capture_output=True, check=False
        )
        assert done.returncode == 0, (args, done.stderr.decode())
        return done.stdout.decode().strip("\n")

    @property
    def tip(self) -> str | None:
        return self.refs.get(LOG_REF)

    @property
    def refs(self) -> dict[str, str]:
        rows = self.text("for-each-ref", "--format=%(objectname) %(refname)").split(
            "\n"
        )
        return {
            name: oid for oid, _, name in (row.partition(" ") for row in rows) if name
        }

    def hook(self, name: str, text: str) -> None:
        executable(self.path / "hooks" / name, f"#!/bin/sh\n{text}\n")


@dataclass
class Site(Clone):
    """A clone with a remote named origin."""

    config: Config = field(default_factory=Config)

    @classmethod
    def of(cls, server: Server, path: Path) -> Site:
        made = Clone.make(path)
        made.run("remote", "add", "origin", str(server.path))
        return cls(path)

    def copy(self, path: Path) -> Site:
        """Copy the whole clone, as ``cp -a`` does."""
        shutil.copytree(self.path, path, symlinks=True)
        # Two machines never make one name for two entries.
        return Site(path, self.now_ns, self.settings, self._count + 1_000, self.config)

    @property
    def workspace(self) -> Workspace:
        git_dir = str(self.path / ".git")
        shallow = (self.path / ".git" / "shallow").exists()
        return Workspace(
            repository=Repository(git_dir, git_dir, str(self.path), is_shallow=shallow),
            git=Git(git_dir, os.environ),
            home=self.home,
            config=self.config,
            clock=Clock(lambda: self.now_ns, lambda _: 0),
            nonce=lambda: os.urandom(8).hex(),
            jitter=lambda: 0.1,
        )

    def exchange(
        self,
        remote: str = "origin",
        *,
        accept: bool = False,
        seconds: float | None = 60.0,
    ) -> Exchange:
        transport = Transport(self.git, remote, Budget(seconds), str(self.path))
        return Exchange(self.workspace, transport, accept)

    def sync(self, remote: str = "origin", *, accept: bool = False) -> Synced:
        return self.exchange(remote, accept=accept).sync()

    def fetch(self) -> Synced:
        return self.exchange().fetch()

    def push(self) -> Synced:
        return self.exchange().push()

    def note(self, text: str, task: str = "P1-001") -> None:
        self.record(task=task, text=text)
        self.fold()

    @property
    def tracking(self) -> str | None:
        return self.exchange().tracking.read()

    @property
    def root(self) -> str:
        return self.text("rev-parse", f"{LOG_REF}^{{tree}}")

    def write_as(self, writer: str) -> None:
        """Take a writer id, as if this clone had always had it."""
        assert self.writer
        path = f"{self.home.path}/writer"
        with open(path, encoding="utf-8") as file:
            place = file.read().split("\n")[1]
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{writer}\n{place}\n")

    def notes(self) -> list[str]:
        """The texts of all notes, each event once, sorted."""
        by_id = {e["id"]: str(e["text"]) for e in self.events() if "text" in e}
        return sorted(by_id.values())

    def assert_sound(self) -> None:
        assert audit_log(self.log).findings == ()
        assert self.run("fsck", "--strict", "--no-dangling") == b""


def settle(*sites: Site) -> None:
    """Let all sync until nothing moves; two rounds are enough."""
    for _ in range(2):
        for site in sites:
            site.sync()


def assert_one_log(server: Server, *sites: Site) -> None:
    """Check that all have one log, and nothing in it twice."""
    tips = {site.tip for site in sites} | {server.tip}
    assert len(tips) == 1, tips
    ids = Counter(str(e["id"]) for e in sites[0].events())
    assert set(ids.values()) <= {1}
    sites[0].assert_sound()
