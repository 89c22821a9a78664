"""Settings, lock, writer and identity: the small files beside the journal."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.errors import LogBusyError, LogError
from gitlog_track.log.identity import NOBODY, actor_as, author_line, git_identity
from gitlog_track.log.layout import Home, Subject
from gitlog_track.log.lock import FoldLock
from gitlog_track.log.settings import (
    Settings,
    load_settings,
    parse_settings,
    save_settings,
)
from gitlog_track.log.writer import writer_of
from tests.support.clones import Clone

one_line = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=30
)


# settings


@given(one_line, one_line, st.sampled_from(["Task", "Work-Item", "X"]))
def test_settings_read_back(branch: str, phase: str, trailer: str) -> None:
    settings = Settings(branch_pattern=branch, phase_pattern=phase, trailer=trailer)
    assert parse_settings(settings.render()).render() == settings.render()


def test_unknown_settings_are_passed_over_and_absent_ones_default() -> None:
    read = parse_settings("newer=1\nfold=sync\njunk\n\ntrailer=Work\n")
    assert (read.fold, read.actor, read.trailer_glob) == (
        "sync",
        "full",
        "[Ww][Oo][Rr][Kk]",
    )


def test_settings_are_written_only_when_they_changed(clone: Clone) -> None:
    assert not save_settings(clone.home, Settings())
    assert save_settings(clone.home, Settings(fold="sync"))
    assert load_settings(clone.home).fold == "sync"
    assert sorted(os.listdir(clone.home.path)) == ["journal", "settings"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_settings_that_cannot_be_read_are_the_defaults(
    clone: Clone, content: bytes | None
) -> None:
    path = Path(clone.home.settings)
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert load_settings(clone.home).render() == Settings().render()
    assert save_settings(clone.home, Settings())


# lock


def test_a_lock_held_for_too_long_is_named(clone: Clone) -> None:
    with FoldLock(clone.home, 1):
        before = time.monotonic()
        with pytest.raises(LogBusyError, match=re.escape(f"{clone.home.path}/lock")):
            FoldLock(clone.home, 0.05).__enter__()
        assert time.monotonic() - before < 1
    with FoldLock(clone.home, 0.05):
        assert os.path.exists(f"{clone.home.path}/lock")


def _hold(path: str, holding: str) -> None:
    with FoldLock(Home(path), 1):
        Path(holding).touch()
        time.sleep(60)


def test_a_lock_goes_with_its_holder(clone: Clone, tmp_path: Path) -> None:
    holding = tmp_path / "holding"
    process = get_context("fork").Process(
        target=_hold, args=(clone.home.common_dir, str(holding))
    )
    process.start()
    while not holding.exists():
        time.sleep(0.01)
    with pytest.raises(LogBusyError):
        FoldLock(clone.home, 0.05).__enter__()
    process.kill()
    with FoldLock(clone.home, 5):
        pass
    process.join()


def test_a_lock_that_cannot_be_made_is_a_log_error(clone: Clone) -> None:
    os.mkdir(f"{clone.home.path}/lock")
    entry = clone.record(text="x")
    with pytest.raises(LogError, match="lock"):
        clone.fold()
    assert clone.waiting == [entry]


# writer


def test_a_clone_keeps_its_id(clone: Clone) -> None:
    first = clone.writer
    assert re.fullmatch("[0-9a-f]{12}", first)
    assert clone.writer == first


def test_a_clone_that_was_moved_keeps_its_id(clone: Clone, tmp_path: Path) -> None:
    first = clone.writer
    os.rename(clone.path, tmp_path / "moved")
    assert Clone(tmp_path / "moved").writer == first


def test_a_clone_that_was_copied_gets_its_own_and_the_first_keeps_its(
    clone: Clone, tmp_path: Path
) -> None:
    first = clone.writer
    subprocess.run(["cp", "-a", str(clone.path), str(tmp_path / "copy")], check=True)
    copy = Clone(tmp_path / "copy")
    assert copy.writer not in {first, ""}
    assert copy.writer == copy.writer
    assert clone.writer == first


def test_a_copy_on_another_machine_gets_its_own(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = clone.writer
    name = os.uname()

    class Other:
        nodename = name.nodename + "-other"

    monkeypatch.setattr(os, "uname", Other)
    assert clone.writer != first


@pytest.mark.parametrize("content", [b"", b"abc", b"\xff\xff\n\xff", b"0a1b2c3d4e5f\n"])
def test_a_writer_file_that_was_cut_is_renewed(clone: Clone, content: bytes) -> None:
    clone.record(text="x")
    assert clone.writer
    Path(clone.home.path, "writer").write_bytes(content)
    renewed = clone.writer
    assert re.fullmatch("[0-9a-f]{12}", renewed)
    assert clone.writer == renewed


def test_linked_worktrees_are_one_writer(clone: Clone) -> None:
    clone.run("worktree", "add", "-q", "../side")
    common = subprocess.run(
        ["git", "rev-parse", "--path-format=absolute", "--git-common-dir"],
        cwd=clone.path.parent / "side",
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()
    assert writer_of(Home(common), 1).id == clone.writer


# identity

FULL = "A U Thor <author@example.org>"


@pytest.mark.parametrize(
    ("kept", "identity", "wanted"),
    [
        ("full", FULL, FULL),
        ("name", FULL, "A U Thor"),
        ("name", "<only@mail>", "unknown"),
        ("name", "No Mail", "No Mail"),
    ],
)
def test_an_identity_is_kept_as_configured(
    clone: Clone, kept: str, identity: str, wanted: str
) -> None:
    assert actor_as(kept, identity, clone.home) == wanted


def test_a_hash_tells_people_apart_in_one_clone_only(
    clone: Clone, tmp_path: Path
) -> None:
    other = Clone.make(tmp_path / "other")
    mine = actor_as("hash", FULL, clone.home)
    assert re.fullmatch("actor-[0-9a-f]{16}", mine)
    assert actor_as("hash", FULL, clone.home) == mine
    assert actor_as("hash", "Somebody Else <x@y>", clone.home) != mine
    assert actor_as("hash", FULL, other.home) != mine
    assert os.stat(f"{clone.home.path}/actor-key").st_mode & 0o077 == 0


@pytest.mark.parametrize("kept", ["full", "name", "hash"])
@pytest.mark.parametrize(
    "identity", ["\udc80 <x@y>", "", "<>", ">x<", "a\nb <c>", "\x1b[31m"]
)
def test_no_identity_stops_a_fold(clone: Clone, kept: str, identity: str) -> None:
    clone.settings = Settings(actor=kept)
    clone.drop(
        {
            "subject_kind": "task",
            "subject_name": "P1-009",
            "event": {"kind": "note_recorded", "at": "2025-10-04T22:00:00Z", "text": "x",
                      "actor": identity},
        },
    )  # fmt: skip
    assert clone.fold() == 1
    assert clone.log.state(Subject("task", "P1-009")).problems == ()


@given(st.text(max_size=40))
def test_a_commit_header_takes_any_identity(identity: str) -> None:
    line = author_line(identity)
    assert re.fullmatch(r"[^<>\x00-\x1f\x7f]+ <[^<>\x00-\x1f\x7f]*>", line)


@pytest.mark.parametrize("name", ["", " ", "<>", "\x1b]0;evil\x07"])
def test_git_without_an_identity_is_nobody(
    clone: Clone, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_NAME", name)
    found = git_identity(clone.git)
    assert found == NOBODY or found.endswith("<committer@example.org>")


def test_git_tells_its_identity(clone: Clone) -> None:
    assert git_identity(clone.git) == "C O Mitter <committer@example.org>"
    assert shutil.which("git")
