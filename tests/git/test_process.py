"""Child processes: no deadlock, no other repository, errors in git's own words."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gitlog_track.errors import GitError
from gitlog_track.git.commits import MAX_PATCH_BYTES, diff_stats
from gitlog_track.git.objects import MissingObjectError, ObjectReader, read_blobs
from gitlog_track.git.process import Child, Git, scrubbed
from gitlog_track.git.pushes import Selection, new_commits
from tests.support.clones import Clone
from tests.support.hooks import executable
from tests.support.repos import Repo


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone.make(tmp_path / "clone")


def within(seconds: float, act: Callable[[], object]) -> object:
    """Do it, but fail instead of hanging."""
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(act()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "hangs"
    return found[0]


def test_waiting_for_a_child_that_is_still_writing_does_not_hang() -> None:
    child = Child([sys.executable, "-c", "print('x' * 10**6)"], os.environ)
    within(20, child.wait)
    assert child.wait()[0] != 0


def test_a_reader_that_stops_in_the_middle_does_not_hang(clone: Clone) -> None:
    oids = ["1" * 40, *(clone.blob(os.urandom(40_000)) for _ in range(10))]
    clone.run("update-index", "--add", "--cacheinfo", f"100644,{oids[1]},x")

    def read() -> object:
        with pytest.raises(MissingObjectError):
            list(read_blobs(clone.git, clone.home.common_dir, oids))
        return True

    assert within(20, read)


def test_an_object_that_git_dies_of_costs_no_other(clone: Clone) -> None:
    objects = clone.path / ".git" / "objects"
    good = clone.blob(b"good")
    clone.run("update-index", "--add", "--cacheinfo", f"100644,{good},x")
    clone.commit()
    clone.run("repack", "-adq")
    bad = clone.blob(os.urandom(40_000))
    loose = objects / bad[:2] / bad[2:]
    loose.chmod(0o644)
    loose.write_bytes(loose.read_bytes()[:20_000])
    assert not (objects / good[:2] / good[2:]).exists()
    with ObjectReader(clone.git, clone.home.common_dir) as reader:
        for _ in range(2):
            assert reader.read(good, "blob") == b"good"
            with pytest.raises(GitError, match=r"cat-file ended early .*fatal"):
                reader.read(bad, "blob")


@pytest.mark.parametrize(
    "program", ["exit 3", "echo too short; exit 3", f"echo {'1' * 40} commit 9; echo x"]
)
def test_commits_that_git_stops_reading_are_not_none(
    clone: Clone, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start_reading(git: Git, source: Child, *_: str) -> Child:
        return Child(
            ("sh", "-c", f"cat >/dev/null; {program}"), git.environment, source
        )

    monkeypatch.setattr(Git, "start_reading", start_reading)
    with pytest.raises(GitError):
        list(new_commits(clone.git, Selection(tips=(clone.commit(),))))


def test_a_patch_over_the_limit_does_not_hang_and_has_no_patch_id(clone: Clone) -> None:
    text = "".join(f"line {number:084d}\n" for number in range(10_000))
    files = MAX_PATCH_BYTES // len(text) + 2
    for number in range(files):
        (clone.path / f"file-{number}").write_text(f"{number}\n{text}")
    clone.run("add", "-A")
    large = clone.commit("large")
    small = clone.commit("small")
    found = within(60, lambda: diff_stats(clone.git, [small, large]))
    assert isinstance(found, dict)
    assert found[large].patch_id is None
    assert (found[large].files, found[large].deletions) == (files, 0)
    assert found[large].insertions == files * 10_001


def test_git_sees_only_the_repository_it_is_told(
    clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Clone.make(tmp_path / "other")
    oid = other.blob(b"only in the other")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / ".git" / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.path / ".git" / "objects"))
    monkeypatch.setenv("GIT_NAMESPACE", "other")
    git = Git(str(clone.path / ".git"), os.environ)
    assert git.try_run("cat-file", "-e", oid)[0] != 0
    made = git.run("hash-object", "-w", "--stdin", stdin=b"mine").decode().strip()
    assert (clone.path / ".git" / "objects" / made[:2] / made[2:]).exists()


def test_identity_is_kept_and_places_are_dropped() -> None:
    given = {
        "GIT_DIR": "/x",
        "GIT_WORK_TREE": ".",
        "GIT_AUTHOR_NAME": "A",
        "HOME": "/h",
    }
    kept = scrubbed(given)
    assert kept["GIT_AUTHOR_NAME"] == "A"
    assert kept["HOME"] == "/h"
    assert kept["GIT_NO_REPLACE_OBJECTS"] == "1"
    assert not {"GIT_DIR", "GIT_WORK_TREE"} & set(kept)


def test_a_failure_is_told_in_gits_words(clone: Clone) -> None:
    with pytest.raises(
        GitError, match="git cat-file failed with 128: fatal: Not a valid"
    ):
        clone.git.run("cat-file", "-p", "nothing")


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(GitError, match="cannot run no-such-program") as caught:
        Child(["no-such-program"], os.environ)
    assert caught.value.hint == "install git, or put it on PATH"


def test_writing_to_a_child_that_has_ended_is_an_error() -> None:
    child = Child([sys.executable, "-c", "raise SystemExit('no more')"], os.environ)
    with pytest.raises(GitError, match="ended"):
        child.write(b"x" * (64 << 20))
    with pytest.raises(GitError, match="has ended already"):
        child.write(b"x")
    assert child.wait()[1] == "no more"


def test_a_configuration_that_cannot_be_read_is_no_empty_one(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when git is killed: then no remote, umask or ref must be made up."""
    repo.git("config", "remote.origin.url", "x")
    git = Git(str(repo.path / ".git"), os.environ)
    (tmp_path / "bin").mkdir()
    shim = executable(tmp_path / "bin" / "git", "#!/bin/sh\nkill -9 $$\n")
    with monkeypatch.context() as patched:
        patched.setenv("PATH", str(shim.parent), prepend=":")
        with pytest.raises(GitError, match=r"^git config failed with -9"):
            git.config()
    assert git.configured("remote.origin.url") == "x"
