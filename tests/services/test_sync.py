"""Sync: any order of fetch, merge and push ends in one log, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

from gitlog_track.log.layout import LOG_REF
from gitlog_track.services.sync import merger_into
from tests.support.remotes import (
    Server,
    Site,
    assert_one_log,
    settle,
)


def test_the_first_sync_publishes_the_log(server: Server, ann: Site) -> None:
    ann.note("one")
    done = ann.sync()
    assert (done.is_pushed, done.tip) == (True, ann.tip)
    assert server.tip == ann.tip == ann.tracking


def test_without_any_log_there_is_nothing_to_do(server: Server, ann: Site) -> None:
    done = ann.sync()
    assert (done.tip, done.is_pushed, server.refs) == (None, False, {})


def test_a_clone_without_the_log_gets_it_whole(ann: Site, bob: Site) -> None:
    ann.note("one")
    ann.sync()
    assert bob.fetch().merged == "adopted"
    assert bob.tip == ann.tip
    assert (bob.path / ".git" / "logs" / LOG_REF).exists()


def test_what_waits_in_the_journal_goes_along(ann: Site, bob: Site) -> None:
    ann.record(task="P1-001", text="waiting")
    ann.push()
    bob.fetch()
    assert bob.notes() == ["waiting"]


def test_news_come_by_fast_forward_and_nothing_is_pushed(ann: Site, bob: Site) -> None:
    ann.note("one")
    ann.sync()
    bob.sync()
    ann.note("two")
    ann.sync()
    done = bob.sync()
    assert (done.merged, done.is_pushed) == ("fast-forward", False)
    assert bob.tip == ann.tip


def test_two_logs_begun_independently_join(
    server: Server, ann: Site, bob: Site
) -> None:
    ann.note("of ann")
    bob.note("of bob")
    ann.sync()
    assert bob.sync().merged == "merge"
    ann.sync()
    assert ann.notes() == ["of ann", "of bob"]
    assert_one_log(server, ann, bob)


def test_both_clones_make_the_same_merge(ann: Site, bob: Site) -> None:
    ann.note("one")
    ann.sync()
    bob.sync()
    ann.note("two", "P1-002")
    bob.note("three", "P1-003")
    tips = (ann.tip, bob.tip)
    for site, other in ((ann, bob), (bob, ann)):
        site.run("fetch", "-q", str(other.path), f"{LOG_REF}:refs/heads/other")
    for site, theirs in zip((ann, bob), reversed(tips), strict=True):
        merger_into(site.workspace, site.ref).merge(str(theirs))
    assert ann.tip == bob.tip
    header = ann.text("cat-file", "commit", str(ann.tip))
    assert "author gitlog-track <> " in header
    assert [line[7:] for line in header.split("\n") if line[:7] == "parent "] == sorted(
        str(tip) for tip in tips
    )


def test_every_order_of_syncs_ends_in_one_tree(server: Server, tmp_path: Path) -> None:
    base = Site.of(server, tmp_path / "base")
    base.note("zero")
    trees = set()
    for number, order in enumerate([(0, 1, 2), (2, 1, 0), (1, 2, 0)]):
        place = tmp_path / f"order-{number}"
        place.mkdir()
        host = Server.make(place / "server.git")
        sites = []
        for index in range(3):
            site = base.copy(place / f"site-{index}")
            site.run("remote", "set-url", "origin", str(host.path))
            site.write_as(f"{index:012x}")
            site.note(f"of {index}", f"P1-{index}")
            site.note(f"of {index}", "P1-001")
            sites.append(site)
        for index in order:
            sites[index].sync()
        settle(*sites)
        assert_one_log(host, *sites)
        trees.add(sites[0].root)
    assert len(trees) == 1


def test_merging_twice_changes_nothing(ann: Site, bob: Site) -> None:
    ann.note("one")
    bob.note("two")
    ann.sync()
    bob.sync()
    tip = bob.tip
    assert [bob.sync().merged, bob.fetch().merged] == ["nothing new"] * 2
    assert bob.tip == tip


def test_a_task_that_two_spelled_differently_is_one_task(
    server: Server, ann: Site, bob: Site
) -> None:
    ann.note("upper", "AB-1")
    bob.note("lower", "ab-1")
    ann.sync()
    bob.sync()
    bob.note("after", "ab-1")
    ann.sync()
    ann.sync()
    bob.sync()
    states = list(bob.log.states("task"))
    assert [state.name for state in states] == ["AB-1"]
    assert len(states[0].stored) == 3
    assert [stored.event.seq for stored in states[0].stored] == [1, 1, 2]
    settle(ann, bob)
    assert_one_log(server, ann, bob)
