"""What a remote may hold in place of a log: it is refused whole."""

from __future__ import annotations

import pytest

from gitlog_track.errors import GitlogTrackError, LogError
from gitlog_track.log.layout import LOG_REF
from tests.support.examples import line
from tests.support.remotes import (
    Server,
    Site,
)


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
    refused(
        ann,
        "log on origin is not merged: the log is of format 2; this version reads format 1",
    )
    assert server.tip == before


def test_a_log_that_is_a_commit_of_code_is_no_log(ann: Site, bob: Site) -> None:
    bob.commit("code")
    bob.run("push", "-q", "origin", f"HEAD:{LOG_REF}")
    refused(ann, r"log on origin is not merged: .*has no format\.json")


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
