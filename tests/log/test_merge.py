"""Merging into the log's ref: what becomes of it under other people's hands."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gitlog_track.errors import (
    LogBusyError,
    LogCorruptError,
    LogError,
    LogFormatError,
)
from gitlog_track.git.commits import Commit
from gitlog_track.log import merge as merge_module
from gitlog_track.log.layout import LOG_REF, tracking_ref
from gitlog_track.log.merge import LinesGoneError, Merged, merge_header
from gitlog_track.log.ref import LogRef
from gitlog_track.log.writer import known_writer, renew_writer, writer_of
from tests.support.clones import Clone, merger


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge_module, "FIRST_PAUSE_S", 0.001)


@pytest.fixture
def split(clone: Clone) -> tuple[Clone, str]:
    """A log, and a commit of another that went on from its first fold."""
    clone.record(task="P1-001", text="zero")
    clone.fold()
    base = clone.tip
    clone.record(task="P1-002", text="theirs")
    clone.fold()
    theirs = str(clone.tip)
    clone.run("update-ref", LOG_REF, str(base))
    clone.record(task="P1-003", text="ours")
    clone.fold()
    return clone, theirs


def test_both_are_parents_and_the_ref_keeps_a_reflog(split: tuple[Clone, str]) -> None:
    clone, theirs = split
    ours = str(clone.tip)
    done = merger(clone).merge(theirs)
    assert (done.how, done.tip) == ("merge", clone.tip)
    commit = Commit(done.tip, clone.run("cat-file", "commit", done.tip))
    assert commit.parents == sorted([ours, theirs])
    assert sorted(map(str, clone.texts())) == ["ours", "theirs", "zero"]
    reflog = (clone.path / ".git" / "logs" / LOG_REF).read_text()
    assert reflog.count(done.tip) == 1


def test_the_header_follows_from_the_parents_in_any_order() -> None:
    early = Commit("1" * 40, b"tree x\ncommitter A <a> 5 +0200\n\nx")
    late = Commit("2" * 40, b"tree y\ncommitter B <b> 7 -0500\n\ny")
    header = merge_header([early, late])
    assert header == merge_header([late, early])
    assert header.startswith(
        b"author gitlog-track <> 7 +0000\ncommitter gitlog-track <> 7"
    )


def test_a_fold_meanwhile_is_merged_with(
    split: tuple[Clone, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clone, theirs = split
    real: Callable[..., object] = LogRef.begin
    tree = clone.text("rev-parse", f"{LOG_REF}^{{tree}}")
    moved = clone.text("commit-tree", tree, "-p", str(clone.tip), "-m", "meanwhile")

    def begin(self: LogRef, **kwargs: object) -> object:
        monkeypatch.setattr(LogRef, "begin", real)
        clone.run("update-ref", LOG_REF, moved)
        return real(self, **kwargs)

    monkeypatch.setattr(LogRef, "begin", begin)
    merger(clone).merge(theirs)
    assert clone.ref.contains(moved)
    assert clone.ref.contains(theirs)


def test_a_merge_whose_objects_a_gc_took_is_made_again(
    split: tuple[Clone, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clone, theirs = split
    real = LogRef.advance

    def advance(self: LogRef, *args: object, **kwargs: object) -> str | None:
        monkeypatch.setattr(LogRef, "advance", real)
        made = real(self, *args, **kwargs)  # type: ignore[arg-type]  # as it was called
        tree = clone.text("rev-parse", f"{made}^{{tree}}")
        os.unlink(clone.path / ".git" / "objects" / tree[:2] / tree[2:])
        return made

    monkeypatch.setattr(LogRef, "advance", advance)
    done = merger(clone).merge(theirs)
    assert clone.tip == done.tip
    assert clone.run("fsck", "--strict", "--no-dangling") == b""


def test_a_locked_ref_is_waited_for_and_then_named(split: tuple[Clone, str]) -> None:
    clone, theirs = split
    lock = Path(clone.ref.lock_path)
    lock.touch()
    clone.now_ns = int(lock.stat().st_mtime * 1e9) + 5_000_000_000
    with pytest.raises(LogBusyError, match=r"log\.lock is there"):
        merger(clone).merge(theirs)
    clone.now_ns += 700_000_000_000
    assert merger(clone).merge(theirs).how == "merge"


def test_a_follower_that_lost_lines_is_refused_unless_accepted(clone: Clone) -> None:
    for text in ("one", "two"):
        clone.record(task=f"P1-{text}", text=text)
        clone.fold()
    ours = str(clone.tip)
    files = {path: data for path, data in clone.files().items() if "one" not in path}
    theirs = clone.forge_files(files, ours)
    clone.run("update-ref", LOG_REF, ours)
    with pytest.raises(LinesGoneError) as caught:
        merger(clone).merge(theirs)
    said = f"the log at {theirs[:12]} follows ours, but lines of ours are gone"
    assert str(caught.value) == said
    keeps = "gitlog-track sync --accept-rewrite keeps them, in a merge"
    assert caught.value.hint == keeps
    assert clone.tip == ours
    assert merger(clone).merge(theirs, accept_loss=True).how == "merge"
    assert sorted(map(str, clone.texts())) == ["one", "two"]


def test_a_log_of_a_newer_format_is_not_written_to(split: tuple[Clone, str]) -> None:
    clone, theirs = split
    ours = clone.forge_files({"format.json": b'{"format":2}\n'}, str(clone.tip))
    with pytest.raises(LogFormatError, match="format 2"):
        merger(clone).merge(theirs)
    assert clone.tip == ours


def test_what_we_have_already_changes_nothing(split: tuple[Clone, str]) -> None:
    clone, _ = split
    ours = str(clone.tip)
    before = clone.text("rev-parse", f"{ours}^")
    for theirs in (ours, before):
        assert merger(clone).merge(theirs) == Merged(ours, "nothing new")
    assert clone.tip == ours


def test_a_log_that_follows_ours_is_taken_as_it_is(split: tuple[Clone, str]) -> None:
    clone, theirs = split
    clone.run("update-ref", LOG_REF, clone.text("rev-parse", f"{theirs}^"))
    done = merger(clone).merge(theirs)
    assert (done.tip, done.how) == (theirs, "fast-forward")
    assert clone.tip == theirs
    reflog = (clone.path / ".git" / "logs" / LOG_REF).read_text()
    assert reflog.rstrip().endswith("fast-forward")


@pytest.mark.parametrize("begins", [True, False], ids=["adopt", "fast-forward"])
def test_a_ref_that_somebody_moves_meanwhile_is_read_again(
    split: tuple[Clone, str], monkeypatch: pytest.MonkeyPatch, begins: bool
) -> None:
    clone, theirs = split
    others = str(clone.tip)
    if begins:
        clone.run("update-ref", "-d", LOG_REF)
    else:
        clone.run("update-ref", LOG_REF, clone.text("rev-parse", f"{theirs}^"))
    real = LogRef.move

    def move(self: LogRef, *args: str) -> bool:
        monkeypatch.setattr(LogRef, "move", real)
        clone.run("update-ref", LOG_REF, others)
        return real(self, *args)

    monkeypatch.setattr(LogRef, "move", move)
    assert merger(clone).merge(theirs).how == "merge"
    assert clone.ref.contains(others)
    assert clone.ref.contains(theirs)


def test_where_there_is_no_log_theirs_is_adopted(split: tuple[Clone, str]) -> None:
    clone, theirs = split
    clone.run("update-ref", "-d", LOG_REF)
    assert merger(clone).merge(theirs) == Merged(theirs, "adopted")
    assert sorted(map(str, clone.texts())) == ["theirs", "zero"]
    reflog = (clone.path / ".git" / "logs" / LOG_REF).read_text()
    assert reflog.rstrip().endswith(" adopt") or reflog.rstrip().endswith("\tadopt")


def test_a_tree_out_of_order_is_not_adopted(split: tuple[Clone, str]) -> None:
    clone, theirs = split
    rows = clone.text("ls-tree", f"{theirs}:tasks").split("\n")
    listed = [(row.split()[0], row.split()[2], row.split()[3]) for row in rows]
    turned = clone.tree(
        *(
            (mode.lstrip("0"), name.encode(), oid)
            for mode, oid, name in reversed(listed)
        )
    )
    form = ("100644", b"format.json", clone.text("rev-parse", f"{theirs}:format.json"))
    forged = clone.forge(clone.tree(form, ("40000", b"tasks", turned)))
    clone.run("update-ref", "-d", LOG_REF)
    assert len(listed) > 1
    with pytest.raises(LogCorruptError, match="is not in its place"):
        merger(clone).merge(forged)
    assert clone.tip is None


def test_a_ref_that_never_holds_still_is_given_up(
    split: tuple[Clone, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clone, theirs = split
    tries: list[str] = []

    def advance(self: LogRef, *_: object, **__: object) -> None:
        tries.append(self.name)

    monkeypatch.setattr(LogRef, "advance", advance)
    with pytest.raises(LogBusyError, match="moved or locked again and again") as caught:
        merger(clone).merge(theirs)
    assert caught.value.hint == "run the command again; nothing is lost meanwhile"
    assert tries == [LOG_REF] * 6


def test_a_lock_that_was_left_behind_is_broken_once(
    split: tuple[Clone, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clone, theirs = split
    broken: list[float] = []
    tries: list[str] = []

    def break_stale_lock(self: LogRef, now_s: float) -> bool:
        del self
        broken.append(now_s)
        return True

    monkeypatch.setattr(LogRef, "break_stale_lock", break_stale_lock)
    monkeypatch.setattr(
        LogRef, "advance", lambda self, *_, **__: tries.append(self.name)
    )
    with pytest.raises(LogBusyError, match="moved or locked again and again"):
        merger(clone).merge(theirs)
    assert broken == [clone.now_ns / 1e9]
    assert len(tries) == 7


def test_a_merge_waits_longer_each_time(
    split: tuple[Clone, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clone, theirs = split
    pauses: list[float] = []
    monkeypatch.setattr("gitlog_track.log.merge.time.sleep", pauses.append)
    monkeypatch.setattr(LogRef, "advance", lambda *_, **__: None)
    with pytest.raises(LogBusyError):
        merger(clone).merge(theirs)
    first = pauses[0]
    assert pauses == [first * 2**n for n in range(6)]
    assert 0.0005 <= first < 0.0015


def test_what_cannot_be_written_is_named(split: tuple[Clone, str]) -> None:
    clone, theirs = split
    home = Path(clone.home.path)
    home.rename(home.with_name("aside"))
    home.touch()
    with pytest.raises(LogError) as caught:
        merger(clone).merge(theirs)
    assert str(caught.value) == f"cannot merge: {home}: File exists"
    hint = "nothing is lost meanwhile; gitlog-track doctor tells more"
    assert caught.value.hint == hint


def test_a_copy_that_another_wrote_with_gets_an_id_of_its_own(clone: Clone) -> None:
    clone.record(task="P1-001", text="zero")
    clone.fold()
    base, own = str(clone.tip), clone.writer
    clone.record(task="P1-001", text="by the other copy")
    clone.fold()
    theirs = str(clone.tip)
    clone.run("update-ref", LOG_REF, base)
    clone.record(task="P1-002", text="ours")
    clone.fold()
    done = merger(clone).merge(theirs)
    assert done.new_writer
    assert known_writer(clone.home) != own
    assert not merger(clone).merge(theirs).new_writer


# names of tracking refs


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        ("origin", "origin"),
        ("my.fork", "my.fork"),
        ("a/b", "url-"),
        ("../x.git", "url-"),
        ("https://example.org/x.git", "url-"),
        ("x.lock", "url-"),
    ],
)
def test_every_remote_has_a_ref_that_git_takes(
    clone: Clone, remote: str, name: str
) -> None:
    ref = tracking_ref(remote)
    clone.run("check-ref-format", ref)
    assert ref.startswith(f"refs/gitlog-track-remote/{name}")
    assert ref.endswith("/log")


# writers of a copy


def test_entries_from_before_a_copy_keep_the_former_id(clone: Clone) -> None:
    first = writer_of(clone.home, 100)
    renew_writer(clone.home, 200)
    second = writer_of(clone.home, 250)
    renew_writer(clone.home, 300)
    third = writer_of(clone.home, 350)
    assert third.id == known_writer(clone.home)
    assert len({first.id, second.id, third.id}) == 3
    found = [third.of_entry(at) for at in (1, 200, 201, 300, 301)]
    assert found == [first.id, first.id, second.id, second.id, third.id]


def test_a_merge_adds_to_no_segment_of_another_spelling(clone: Clone) -> None:
    clone.record(task="AB-1", text="one")
    clone.fold()
    writer = clone.writer
    files = clone.files()
    (path,) = (p for p in files if "AB-1" in p)
    fan = path.split("/")[1]
    name = path.rpartition("/")[2]
    files[f"tasks/{fan}/ab-1/{name}"] = files.pop(path).replace(b'"AB-1"', b'"ab-1"')
    files[f"tasks/{fan}/AB-1/{name.replace(writer, 'f' * 12)}"] = b""
    files = {p: data or b'{"id":"x","kind":"k","seq":7}\n' for p, data in files.items()}
    clone.forge_files(files)
    clone.record(task="ab-1", text="two")
    clone.fold()
    written = [p for p in clone.paths() if f"AB-1/{writer}" in p]
    assert len(written) == 1
    assert clone.run("cat-file", "-p", f"{LOG_REF}:{written[0]}").count(b"\n") == 0
