"""A workspace whose clock a test sets; two clones that share a server."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gitlog_track.config import Config
from gitlog_track.git.process import Git
from gitlog_track.git.repository import discover
from gitlog_track.services.workspace import Clock, Workspace
from tests.support.clones import START_NS, Clone
from tests.support.remotes import Server, Site


@dataclass
class Desk:
    """A clone, and a workspace on it that sees the clone's clock."""

    clone: Clone
    config: Config = field(default_factory=Config)

    @property
    def workspace(self) -> Workspace:
        return Workspace(
            repository=discover(
                {**os.environ, "GIT_DIR": str(self.clone.path / ".git")}
            ),
            git=Git(str(self.clone.path / ".git"), os.environ),
            home=self.clone.home,
            config=self.config,
            clock=Clock(lambda: self.clone.now_ns, lambda _: -18_000),
            nonce=lambda: os.urandom(4).hex(),
            jitter=lambda: 0.0,
            patience_s=1.0,
        )

    def at(self, second: float) -> None:
        """Set the clock to so many seconds after its start."""
        self.clone.now_ns = START_NS + round(second * 1_000_000_000)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    clone = Clone.make(tmp_path / "clone")
    clone.commit("root")
    return Desk(clone)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server.make(tmp_path / "server.git")


@pytest.fixture
def ann(server: Server, tmp_path: Path) -> Site:
    return Site.of(server, tmp_path / "ann")


@pytest.fixture
def bob(server: Server, tmp_path: Path) -> Site:
    return Site.of(server, tmp_path / "bob")
