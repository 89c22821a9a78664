"""Pushes that lose races merge and try again; nothing is lost meanwhile."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import pytest

import gitlog_track
from gitlog_track.git.transport import Pushed, RemoteError, Transport
from gitlog_track.log.layout import LOG_REF
from tests.support.remotes import (
    Server,
    Site,
    assert_one_log,
    settle,
)


def test_a_push_that_lost_a_race_merges_and_pushes_again(
    server: Server, ann: Site, bob: Site
) -> None:
    for site in (ann, bob):
        site.note("first")
        site.sync()
    ann.fetch()
    ann.note("of ann")
    bob.note("of bob")
    ann.push()
    done = bob.push()
    assert (done.merged, done.is_pushed) == ("merge", True)
    ann.fetch()
    assert_one_log(server, ann, bob)


def test_it_gives_up_after_five_races_and_says_so(
    server: Server, ann: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.note("one")
    ann.push()
    real = Transport.push
    tries = []

    def too_late(self: Transport, *args: Any, **kwargs: Any) -> list[Pushed]:
        tree = server.text("rev-parse", f"{LOG_REF}^{{tree}}")
        made = server.text("commit-tree", tree, "-p", str(server.tip), "-m", "faster")
        server.text("update-ref", LOG_REF, made)
        tries.append(made)
        return real(self, *args, **kwargs)

    ann.note("two")
    with monkeypatch.context() as patch:
        patch.setattr(Transport, "push", too_late)
        with pytest.raises(RemoteError, match="others push") as caught:
            ann.push()
    assert len(tries) == 5
    assert "nothing is lost" in str(caught.value.hint)
    ann.push()
    assert server.tip == ann.tip


PUSHER = """
import sys, time
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
from gitlog_track.errors import GitlogTrackError
from tests.support.remotes import Site
site = Site(Path(sys.argv[3]))
for number in range(int(sys.argv[4])):
    site.note(f"{site.path.name} {number}", f"P1-{number % 5}")
    begin = time.perf_counter()
    try:
        site.push()
        print(time.perf_counter() - begin)
    except GitlogTrackError:
        print("gave up, for the next push to carry")
"""


def everybody_pushes(server: Server, tmp_path: Path, clones: int, folds: int) -> None:
    sites = [Site.of(server, tmp_path / f"c{number}") for number in range(clones)]
    tops = (str(Path(gitlog_track.__file__).parents[1]), str(Path(__file__).parents[2]))
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PUSHER, *tops, str(site.path), str(folds)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for site in sites
    ]
    said = [process.communicate(timeout=600)[0] for process in started]
    assert [process.returncode for process in started] == [0] * clones
    settle(*sites)
    assert_one_log(server, *sites)
    expected = Counter(f"c{c} {n}" for c in range(clones) for n in range(folds))
    assert Counter(sites[0].notes()) == expected
    rows = [row for text in said for row in text.split("\n")[:-1]]
    took_s = [float(row) for row in rows if not row.startswith("gave up")]
    assert len(rows) == clones * folds
    print(
        f"{len(took_s)} pushes, median {median(took_s):.3f} s, longest {max(took_s):.3f} s"
    )


def test_a_few_clones_pushing_at_once_lose_nothing(
    server: Server, tmp_path: Path
) -> None:
    everybody_pushes(server, tmp_path, clones=3, folds=4)


@pytest.mark.slow
def test_eight_clones_pushing_fifty_folds_each_lose_nothing(
    server: Server, tmp_path: Path
) -> None:
    everybody_pushes(server, tmp_path, clones=8, folds=50)
