"""Sync: any order of fetch, merge and push ends in one log, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

import gitlog_track
from gitlog_track.errors import GitlogTrackError, LogError
from gitlog_track.git.transport import RemoteError
from gitlog_track.log.layout import LOG_REF
from gitlog_track.services import sync
from gitlog_track.services.sync import RewrittenError, merger_into
from tests.support.examples import line
from tests.support.remotes import (
    Server,
    Site,
    assert_one_log,
    settle,
)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server.make(tmp_path / "server.git")


@pytest.fixture
def ann(server: Server, tmp_path: Path) -> Site:
    return Site.of(server, tmp_path / "ann")


@pytest.fixture
def bob(server: Server, tmp_path: Path) -> Site:
    return Site.of(server, tmp_path / "bob")


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


# copies


def test_a_copied_clone_writes_as_another_and_nothing_is_double(
    server: Server, ann: Site, tmp_path: Path
) -> None:
    ann.note("before")
    ann.record(task="P1-001", text="waiting when copied")
    copy = ann.copy(tmp_path / "copy")
    ann.note("of ann")
    copy.note("of the copy")
    settle(ann, copy)
    assert ann.notes() == copy.notes() == [
        "before", "of ann", "of the copy", "waiting when copied",
    ]  # fmt: skip
    assert len({event["id"] for event in ann.events()}) == 4
    assert ann.writer != copy.writer
    settle(ann, copy)
    assert {site.tip for site in (ann, copy)} == {server.tip}
    ann.assert_sound()
    (state,) = ann.log.states("task")
    assert len(state.stored) == 4
    assert [problem.code for problem in state.problems if problem.invalid] == []


def test_a_copy_that_its_place_does_not_tell_is_found_when_merging(
    server: Server, ann: Site, tmp_path: Path
) -> None:
    ann.note("before")
    copy = ann.copy(tmp_path / "copy")
    # A virtual machine's copy has device, inode and host of the first.
    copy.write_as(ann.writer)
    for number in range(3):
        ann.note(f"ann {number}")
        copy.note(f"copy {number}")
    assert ann.writer == copy.writer
    ann.sync()
    done = copy.sync()
    assert "new id" in done.notes[0]
    assert copy.writer != ann.writer
    ann.sync()
    for number in range(3, 6):
        ann.note(f"ann {number}")
        copy.note(f"copy {number}")
    settle(ann, copy)
    assert len(ann.notes()) == 13
    assert_one_log(server, ann, copy)


# races


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


def test_it_gives_up_after_five_races_and_says_so(server: Server, ann: Site) -> None:
    ann.note("one")
    lock = server.path / f"{LOG_REF}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    with pytest.raises(RemoteError, match="others push") as caught:
        ann.push()
    assert "nothing is lost" in str(caught.value.hint)
    lock.unlink()
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


# rewrites


def rewrite(server: Server, tip: str) -> str:
    """Let somebody force the log back to an empty one with another root."""
    tree = server.text("rev-parse", f"{tip}^{{tree}}")
    made = server.text("commit-tree", tree, "-m", "rewritten")
    server.text("update-ref", LOG_REF, made)
    return made


def test_a_rewritten_log_is_reported_and_not_merged(
    server: Server, ann: Site, bob: Site
) -> None:
    ann.note("one")
    ann.sync()
    bob.sync()
    rewrite(server, str(ann.tip))
    ann.note("two")
    before = ann.tip
    for act in (ann.sync, ann.push, ann.fetch, ann.sync):
        with pytest.raises(RewrittenError, match="was rewritten") as caught:
            act()
        assert "--accept-rewrite" in str(caught.value.hint)
        assert (ann.tip, ann.tracking) == (before, bob.tip)


def test_an_accepted_rewrite_joins_both(server: Server, ann: Site, bob: Site) -> None:
    ann.note("one")
    ann.sync()
    bob.sync()
    forced = rewrite(server, str(ann.tip))
    ann.note("two")
    done = ann.sync(accept=True)
    assert (done.merged, done.is_pushed) == ("merge", True)
    assert ann.ref.contains(forced)
    assert ann.notes() == ["one", "two"]
    bob.sync()
    assert_one_log(server, ann, bob)


def test_a_deleted_log_is_reported_and_not_pushed_again(
    server: Server, ann: Site
) -> None:
    ann.note("one")
    ann.sync()
    server.text("update-ref", "-d", LOG_REF)
    ann.note("two")
    for act in (ann.sync, ann.push, ann.fetch):
        with pytest.raises(RewrittenError, match="is gone from origin"):
            act()
    assert server.tip is None
    ann.sync(accept=True)
    assert server.tip == ann.tip


def test_a_fast_forward_that_drops_a_line_is_no_growth(ann: Site, bob: Site) -> None:
    for text in ("one", "two"):
        ann.note(text)
    ann.sync()
    bob.sync()
    files = {
        path: data.replace(data.split(b"\n")[0] + b"\n", b"", 1)
        if "tasks" in path
        else data
        for path, data in bob.files().items()
    }
    bob.forge_files(files, str(bob.tip))
    bob.run("push", "-q", "origin", LOG_REF)
    with pytest.raises(LogError, match=r"1 line of .* gone or changed") as caught:
        ann.sync()
    assert "gitlog-track sync origin --accept-rewrite" in str(caught.value.hint)
    assert ann.notes() == ["one", "two"]
    assert ann.sync(accept=True).merged == "merge"
    assert ann.notes() == ["one", "two"]


BAD_LINES = [
    (b"no event\n", "a line cannot be read"),
    (line("note_recorded", task="P1-001", text="x", id="f" * 32) + b"\n", "the id of what it says"),
    (line("note_recorded", task="P9-999", text="x") + b"\n", "does not belong into"),
]  # fmt: skip


@pytest.mark.parametrize("accept", [False, True])
@pytest.mark.parametrize(("added", "words"), BAD_LINES)
def test_lines_are_judged_however_many_steps_came_with_them(
    ann: Site,
    bob: Site,
    monkeypatch: pytest.MonkeyPatch,
    added: bytes,
    words: str,
    accept: bool,
) -> None:
    monkeypatch.setattr(sync, "STEPS_JUDGED", 0)
    ann.note("one")
    ann.sync()
    (note,) = bob.sync().notes
    assert "of 1 new log commits the lines were judged, not every step" in note
    files = {p: d + added if "tasks" in p else d for p, d in bob.files().items()}
    bob.forge_files(files, str(bob.tip))
    bob.run("push", "-q", "origin", LOG_REF)
    before = ann.tip, ann.tracking
    with pytest.raises(LogError, match=words):
        ann.sync(accept=accept)
    assert (ann.tip, ann.tracking) == before


# what a remote may hold


def refused(site: Site, words: str) -> None:
    """Check that a fetch refuses what is there, again and again, and changes nothing."""
    before = site.tip, site.tracking
    for _ in range(2):
        with pytest.raises(LogError, match=words):
            site.sync()
    assert (site.tip, site.tracking) == before


@pytest.mark.parametrize("has_log", [False, True])
def test_a_blob_or_tag_in_the_logs_place_is_no_log(
    server: Server, ann: Site, has_log: bool
) -> None:
    if has_log:
        ann.note("one")
    blob = server.text("hash-object", "-w", "--stdin", stdin=b"no log")
    server.text("update-ref", LOG_REF, blob)
    refused(ann, "is no log: .* is a blob, expected a commit")
    tree = server.text("hash-object", "-t", "tree", "-w", "--stdin")
    commit = server.text("commit-tree", tree, "-m", "x")
    tag = f"object {commit}\ntype commit\ntag x\ntagger A <a> 1 +0000\n\nx\n"
    made = server.text("hash-object", "-t", "tag", "-w", "--stdin", stdin=tag.encode())
    server.text("update-ref", LOG_REF, made)
    refused(ann, "is a tag, expected a commit")
    server.text("update-ref", "-d", LOG_REF)
    if has_log:
        assert ann.sync().is_pushed


@pytest.mark.parametrize("has_log", [False, True])
def test_a_newer_format_is_not_taken_and_not_written_to(
    server: Server, ann: Site, bob: Site, has_log: bool
) -> None:
    if has_log:
        ann.note("one")
    bob.forge_files({"format.json": b'{"format":2}\n', "new/thing": b"x"})
    bob.run("push", "-q", "origin", LOG_REF)
    before = server.tip
    refused(ann, "format 2; this version reads format 1")
    assert server.tip == before


def test_a_log_that_is_a_commit_of_code_is_no_log(ann: Site, bob: Site) -> None:
    bob.commit("code")
    bob.run("push", "-q", "origin", f"HEAD:{LOG_REF}")
    refused(ann, r"has no format\.json")


@pytest.mark.parametrize("has_log", [False, True])
@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("40000", b".."),
        ("40000", b".git"),
        ("100644", b"..%2f..%2fevil"),
        ("100644", b"\x1b[2J"),
        ("100644", b"\xff"),
        ("120000", b"link"),
        ("160000", b"module"),
        ("40000", b"evil"),
        ("100777", b"format.jsom"),
    ],
)
def test_hostile_trees_are_refused_whole(
    ann: Site, bob: Site, has_log: bool, mode: str, name: bytes
) -> None:
    if has_log:
        ann.note("one")
        ann.sync()
        bob.sync()
    made = hostile_tip(bob, mode, name)
    bob.run("push", "-q", "origin", f"{made}:{LOG_REF}")
    with pytest.raises(LogError):
        ann.sync()
    assert ann.notes() == (["one"] if has_log else [])
    assert (ann.tip is None) == (not has_log)


def hostile_tip(site: Site, mode: str, name: bytes) -> str:
    oid = site.blob(b"x\n")
    if mode == "40000":
        oid = site.tree(("100644", b"x", oid))
    if mode == "160000":
        oid = "1" * 40
    rows = [("100644", b"format.json", site.blob(b'{"format":1}\n')), (mode, name, oid)]
    tree = site.tree(*sorted(rows, key=lambda r: r[1]))
    parents = ["-p", str(site.tip)] if site.tip else []
    return site.text("commit-tree", tree, *parents, "-m", "hostile")


@pytest.mark.parametrize("has_log", [False, True])
@pytest.mark.parametrize("case", ["twice", "out of order"])
def test_rows_that_git_would_not_write_so_are_refused(
    ann: Site, bob: Site, has_log: bool, case: str
) -> None:
    if has_log:
        ann.note("one")
        ann.sync()
        bob.sync()
    event = line("note_recorded", task=None, text="x") + b"\n"
    names = [b"0a1b2c3d4e5f-000001", b"0a1b2c3d4e5f-000002"]
    chosen = names[:1] * 2 if case == "twice" else names[::-1]
    heap = bob.tree(*(("100644", name, bob.blob(event)) for name in chosen))
    rows = [("100644", b"format.json", bob.blob(b'{"format":1}\n'))]
    if has_log:
        tasks = bob.text("rev-parse", f"{LOG_REF}:tasks")
        rows.append(("40000", b"tasks", tasks))
    tree = bob.tree(*rows, ("40000", b"unassigned", heap))
    parents = ["-p", str(bob.tip)] if has_log else []
    made = bob.text("commit-tree", tree, *parents, "-m", "hostile")
    bob.run("push", "-q", "origin", f"{made}:{LOG_REF}")
    with pytest.raises(LogError):
        ann.sync()
    assert ann.notes() == (["one"] if has_log else [])


@pytest.mark.parametrize(
    "case", ["missing blob", "a blob as directory", "a tree as file"]
)
def test_trees_that_are_not_what_they_say_are_refused(
    server: Server, ann: Site, case: str
) -> None:
    ann.note("one")
    form = server.text("hash-object", "-w", "--stdin", stdin=b'{"format":1}\n')
    empty = server.text("hash-object", "-t", "tree", "-w", "--stdin")
    other = {
        "missing blob": b"100644 unassigned\0" + b"\1" * 20,
        "a blob as directory": b"40000 unassigned\0" + bytes.fromhex(form),
        "a tree as file": b"100644 unassigned\0" + bytes.fromhex(empty),
    }[case]
    data = b"100644 format.json\0" + bytes.fromhex(form) + other
    tree = server.text(
        "hash-object", "-w", "--literally", "-t", "tree", "--stdin", stdin=data
    )
    header = f"tree {tree}\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nx\n"
    made = server.text(
        "hash-object", "-t", "commit", "-w", "--stdin", stdin=header.encode()
    )
    server.text("update-ref", LOG_REF, made)
    before = ann.tip
    with pytest.raises(GitlogTrackError):
        ann.sync()
    assert (ann.tip, ann.tracking, server.tip) == (before, None, made)
