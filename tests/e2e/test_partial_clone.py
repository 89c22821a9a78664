"""A clone made with ``--filter``: the log comes whole, and over few connections."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.hooks import executable
from tests.support.remotes import Server, Site
from tests.support.repos import Repo

LOG = "refs/gitlog-track/log"
TASKS = 12


@pytest.fixture
def ann(tmp_path: Path) -> Site:
    """A clone that has published a log of some tasks, and a branch."""
    server = Server.make(tmp_path / "server.git")
    for key in ("allowFilter", "allowAnySHA1InWant"):
        server.text("config", f"uploadpack.{key}", "true")
    made = Site.of(server, tmp_path / "ann")
    made.commit("root")
    made.run("push", "-q", "origin", "HEAD:main")
    for number in range(TASKS):
        made.record(task=f"P1-{number:03d}", text="x")
        made.fold()
    made.sync()
    return made


class Partial(Repo):
    """A partial clone whose connections to its origin are counted."""

    @property
    def counter(self) -> Path:
        return self.path.parent / "connections"

    def connections(self, *args: str) -> int:
        """Run our command line, which has to succeed; return how many it took."""
        self.counter.write_text("")
        self.ours(*args)
        return len(self.counter.read_text().split())

    def missing(self) -> list[str]:
        rows = self.git("rev-list", "--objects", "--missing=print", LOG).split("\n")
        return [row for row in rows if row.startswith("?")]


@pytest.fixture(params=["blob:none", "tree:0"])
def partial(request: pytest.FixtureRequest, ann: Site, tmp_path: Path) -> Partial:
    path = tmp_path / "partial"
    made = Partial(path)
    upload = f'#!/bin/sh\necho x >>"{made.counter}"\nexec git-upload-pack "$@"\n'
    script = executable(tmp_path / "upload-pack", upload)
    url = f"file://{tmp_path / 'server.git'}"
    flags = (f"--filter={request.param}", f"--upload-pack={script}", "-q")
    ann.run("clone", *flags, url, str(path))
    made.git("config", "remote.origin.uploadpack", str(script))
    return made


def test_the_log_is_fetched_whole_at_once(partial: Partial, ann: Site) -> None:
    assert partial.connections("fetch") == 1
    assert partial.missing() == []
    for args in (["audit"], ["tasks"], ["show", "P1-003"], ["report"]):
        assert partial.connections(*args) == 0, args
    ann.note("more", task="P1-003")
    ann.sync()
    assert partial.connections("sync") == 1
    assert partial.missing() == []


def by_hand(partial: Partial) -> None:
    """Fetch the log as git does here by default: without what the clone leaves out."""
    partial.git("fetch", "-q", "origin", f"{LOG}:{LOG}")
    assert len(partial.missing()) >= 1


def test_a_log_fetched_in_part_is_completed_at_once(partial: Partial) -> None:
    by_hand(partial)
    # One for the log itself, and one for each depth that was left out.
    assert partial.connections("fetch") <= 5
    assert partial.missing() == []
    assert partial.connections("report") == 0


@pytest.mark.parametrize("args", [["report"], ["verify", "HEAD"]])
def test_what_reads_such_a_log_completes_it_first(
    partial: Partial, args: list[str]
) -> None:
    by_hand(partial)
    assert partial.connections(*args) <= 5
    assert partial.missing() == []


def test_a_forks_log_is_whole_too(partial: Partial, ann: Site) -> None:
    url = f"file://{ann.path}/.git"
    ann.run("config", "uploadpack.allowFilter", "true")
    partial.counter.write_text("")
    assert partial.cli("verify", "HEAD", "--log-from", url).returncode == 0
    assert len(partial.counter.read_text().split()) == 0


def test_what_reads_a_part_of_a_log_says_what_helps(partial: Partial) -> None:
    by_hand(partial)
    done = partial.cli("tasks")
    if done.returncode == 0:
        # A git that does not know GIT_NO_LAZY_FETCH has fetched what was missing.
        assert partial.connections("tasks") == 0
        return
    assert done.returncode == 4
    assert "a partial clone left out" in done.stderr
    assert "gitlog-track fetch" in done.stderr
