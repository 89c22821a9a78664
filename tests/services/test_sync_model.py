"""Clones and a server in any order of doings: nothing acknowledged is lost or doubled.

Real repositories, driven in process. A run's seed is printed and can be given back in
``GITLOG_TRACK_TEST_SEED``.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from gitlog_track.errors import GitlogTrackError
from gitlog_track.git.transport import Transport
from gitlog_track.log import fold as fold_module
from gitlog_track.log.audit import audit_log
from gitlog_track.log.merge import Merger
from gitlog_track.log.ref import LogRef
from gitlog_track.services.sync import Exchange
from tests.support.deaths import death
from tests.support.remotes import Server, Site

MOST_CLONES = 5
TASKS = ("P1-001", "P1-002", "p1-001")


DEATHS: tuple[tuple[object, str], ...] = (
    (Transport, "push"),
    (Transport, "fetch"),
    (Merger, "_join"),
    (Exchange, "_accept"),
    (LogRef, "advance"),
    (LogRef, "move"),
    (fold_module, "remove_entries"),
)


class Team:
    """Some clones, one server, and what was acknowledged."""

    def __init__(self, template: Path, place: Path) -> None:
        self._template = template
        self._place = place
        self._made = 0
        shutil.copytree(template / "server.git", place / "server.git")
        self.server = Server(place / "server.git")
        self.sites: list[Site] = []
        self.told: list[str] = []
        for _ in range(2):
            self.clone()

    def clone(self) -> None:
        path = self._next()
        shutil.copytree(self._template / "site", path)
        site = Site(path, _count=self._made * 10_000)
        site.run("remote", "set-url", "origin", str(self.server.path))
        assert site.writer
        self.sites.append(site)

    def copy(self, site: Site) -> None:
        made = site.copy(self._next())
        made._count = self._made * 10_000
        self.sites.append(made)

    def _next(self) -> Path:
        self._made += 1
        return self._place / f"site-{self._made}"

    def record(self, site: Site, task: str) -> None:
        text = f"{site.path.name} {len(self.told)}"
        site.record(task=task, text=text)
        self.told.append(text)

    def do(self, what: str, number: int, detail: int) -> None:
        site = self.sites[number % len(self.sites)]
        match what:
            case "record":
                self.record(site, TASKS[detail % len(TASKS)])
            case "fold":
                site.fold()
            case "clone" | "copy" if len(self.sites) < MOST_CLONES:
                self.clone() if what == "clone" else self.copy(site)
            case "fetch" | "push" | "sync":
                self.exchange(site, what)
            case "kill":
                target, name = DEATHS[detail % len(DEATHS)]
                self.record(site, TASKS[0])
                with death(target, name, after=detail % 2 == 0):
                    self.exchange(site, "sync")
            case "gc":
                site.run("pack-refs", "--all")
                site.run("gc", "-q", "--prune=now")
            case _:
                pass

    def exchange(self, site: Site, what: str) -> None:
        with contextlib.suppress(GitlogTrackError):
            getattr(site.exchange(), what)()

    def check(self) -> None:
        """Let all sync: then each has every event once, and all have one log."""
        for _ in range(2):
            for site in self.sites:
                site.sync()
        assert len({site.tip for site in self.sites} | {self.server.tip}) == 1
        for site in self.sites[:1] if self.told else []:
            by_id = {str(e["id"]): str(e["text"]) for e in site.events()}
            assert Counter(by_id.values()) == Counter(self.told)
            assert audit_log(site.log).findings == ()


steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["record"] * 5 + ["fold", "fetch", "push", "clone", "copy", "kill", "gc"] + ["sync"] * 3
        ),
        st.integers(0, MOST_CLONES - 1),
        st.integers(0, 20),
    ),
    min_size=3,
    max_size=12,
)  # fmt: skip


def play(template: Path, sequences: int) -> None:
    given_seed = os.environ.get("GITLOG_TRACK_TEST_SEED")
    number = int(given_seed) if given_seed else random.SystemRandom().getrandbits(32)
    print(f"GITLOG_TRACK_TEST_SEED={number}")  # shown when it fails

    @seed(number)
    @settings(
        max_examples=sequences,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(steps)
    def run(sequence: list[tuple[str, int, int]]) -> None:
        with tempfile.TemporaryDirectory(dir=template) as place:
            team = Team(template, Path(place))
            for step in sequence:
                team.do(*step)
            team.check()

    run()


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template"
    server = Server.make(path / "server.git")
    site = Site.of(server, path / "site")
    for hooks in (server.path / "hooks", site.path / ".git" / "hooks"):
        shutil.rmtree(hooks)
    return path


def test_any_order_of_doings_ends_in_one_log(template: Path) -> None:
    play(template, 12)


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(4))
def test_a_thousand_orders_of_doings_end_in_one_log(template: Path, shard: int) -> None:
    assert shard in range(4)  # each has a seed of its own
    play(template, 250)
