"""HEAD's history resolved to tasks, on real repositories, with and without our hooks."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from gitlog_track.config import Config
from gitlog_track.errors import GitError
from gitlog_track.git.commits import diff_stats
from gitlog_track.git.head import head_commits, patch_ids
from gitlog_track.git.process import Git
from gitlog_track.git.repository import discover
from gitlog_track.log.layout import Home
from gitlog_track.measures.recorded import Recorded
from gitlog_track.measures.resolution import Resolution
from gitlog_track.services.history import resolve_history
from gitlog_track.services.workspace import Clock, Workspace
from tests.support.hooks import sh, todo
from tests.support.repos import Repo

OFF = "git -c core.hooksPath=/dev/null"
QUIET = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.hooksPath",
    "GIT_CONFIG_VALUE_0": "/dev/null",
}
# w NAME: work recorded for the branch's task, by a message that does not name it.
W = 'w() { echo "$1" >"$1"; git add -A; git commit -q --no-verify -m "$1"; }; '
TOPIC = W + "git checkout -q -b P1-001; w one; w two; git checkout -q main; c m1; "
WHO = b"A U Thor <author@example.org> 1759633200 -0500"


def workspace(repo: Repo, config: Config | None = None) -> Workspace:
    git_dir = repo.git("rev-parse", "--absolute-git-dir")
    return Workspace(
        repository=discover({**os.environ, "GIT_DIR": git_dir}),
        git=Git(git_dir, os.environ),
        home=Home(git_dir),
        config=config or Config(),
        clock=Clock(lambda: 0, lambda _: 0),
        nonce=lambda: "0",
        jitter=lambda: 0.0,
    )


def resolved(repo: Repo, config: Config | None = None) -> Resolution:
    place = workspace(repo, config)
    log = place.log()
    recorded = Recorded.of([*log.states("task"), log.unassigned()])
    return resolve_history(place, recorded)


def ways(repo: Repo, found: Resolution) -> dict[str, tuple[str, ...]]:
    """Return by title what resolves, its way and tasks."""
    titles = repo.git("log", "--encoding=UTF-8", "--format=%H %s").split("\n")
    title = {row[:40]: row[41:] for row in titles}
    return {title[row.commit]: (row.way, *row.tasks) for row in found.resolved}


def raw(
    repo: Repo, message: bytes, headers: bytes = b"", committer: bytes = WHO
) -> None:
    """Put a commit of any bytes on HEAD."""
    tree = repo.git("rev-parse", "HEAD^{tree}").encode()
    parent = repo.git("rev-parse", "HEAD").encode()
    head = b"tree %s\nparent %s\nauthor %s\ncommitter %s" % (
        tree,
        parent,
        WHO,
        committer,
    )
    done = subprocess.run(
        ["git", "hash-object", "-w", "--literally", "-t", "commit", "--stdin"],
        cwd=repo.path,
        input=head + b"\n" + headers + b"\n" + message,
        capture_output=True,
        check=True,
    )
    repo.git("update-ref", "HEAD", done.stdout.decode().strip())


def test_a_message_or_a_record_names_the_task(base: Repo) -> None:
    sh(base, W + "git checkout -q -b P1-001; w silent; c named")
    sh(base, f"{OFF} commit -q --allow-empty -m foreign -m 'task: p1-001'")
    found = resolved(base)
    assert ways(base, found) == {
        "foreign": ("trailer", "P1-001"),
        "named": ("trailer", "P1-001"),
        "silent": ("recorded", "P1-001"),
    }
    assert (found.on_head.commits, found.on_head.unresolved) == (5, 2)
    assert (found.kept, found.moved, found.orphaned) == (4, 0, ())


def test_an_amend_is_followed(base: Repo) -> None:
    sh(base, "git checkout -q -b P1-001; " + W + "w one")
    sh(
        base,
        f"{OFF} commit -q --amend --no-verify --date 2001-01-01T00:00:00Z -m other",
    )
    without_pair = resolved(base)
    assert ways(base, without_pair) == {"other": ("patch_id", "P1-001")}
    sh(base, "git commit -q --amend --no-verify -m third")
    found = resolved(base)
    assert ways(base, found) == {"third": ("recorded", "P1-001")}
    # The middle one, made without hooks, is in no event but as the beginning of a pair.
    assert (found.kept, found.moved, len(found.orphaned)) == (3, 1, 0)


def test_a_rebase_is_followed_by_its_pairs(base: Repo) -> None:
    sh(base, TOPIC)
    base.ours("start", "P9-009")
    sh(base, "git checkout -q P1-001; git rebase -q main")
    found = resolved(base)
    assert ways(base, found) == {
        "two": ("rewrite", "P1-001"),
        "one": ("rewrite", "P1-001"),
    }
    assert (found.moved, found.orphaned) == (2, ())
    assert len(found.work()["P1-001"]) == 2


def test_a_rebase_without_hooks_is_followed_by_patch_ids(base: Repo) -> None:
    sh(base, TOPIC + f"git checkout -q P1-001; {OFF} rebase -q main")
    found = resolved(base)
    assert ways(base, found) == {
        "two": ("patch_id", "P1-001"),
        "one": ("patch_id", "P1-001"),
    }
    assert (found.moved, found.orphaned) == (2, ())


def test_a_pick_to_another_branch_and_both_merged_count_once(base: Repo) -> None:
    sh(base, TOPIC + "git checkout -q -b release; git cherry-pick P1-001~1 >/dev/null")
    sh(base, "git checkout -q -b other main; git cherry-pick P1-001 >/dev/null", QUIET)
    sh(base, "git checkout -q main; git merge -q --no-edit P1-001 release")
    sh(base, "git merge -q --no-edit other")
    found = resolved(base)
    assert {way[1:] for way in ways(base, found).values()} == {("P1-001",)}
    assert found.on_head.resolved == 4
    assert len(found.work()["P1-001"]) == 2
    assert found.orphaned == ()


def test_a_squash_merge_carries_the_work_of_all_whom_it_names(base: Repo) -> None:
    sh(base, "git checkout -q -b P1-001; c one; git checkout -q -b P1-002; c two")
    sh(
        base,
        "git checkout -q main; git merge -q --squash P1-002; git commit -q -F .git/SQUASH_MSG",
    )
    body = "Merge all (#7)\n\n* one\n\nTask: p1-001\n\n* two\n\nTask: P1-002\n\n"
    body += "---------\n\nCo-authored-by: A <a@example.org>\n"
    (base.path / "message").write_text(body)
    sh(base, f"{OFF} commit -q --allow-empty -F message")
    found = resolved(base)
    assert sorted(ways(base, found).values()) == [
        ("trailer", "P1-001", "P1-002"),
        ("trailer", "P1-002", "P1-001"),
    ]
    assert {task: len(work) for task, work in found.work().items()} == {
        "P1-001": 2,
        "P1-002": 2,
    }


def test_commits_squashed_into_one_without_a_name_are_ambiguous(base: Repo) -> None:
    sh(base, W + "git checkout -q -b P1-001; w one; git checkout -q -b P1-002; w two")
    sh(
        base,
        "git checkout -q --detach; "
        + todo("2s/^pick/fixup/")
        + "git rebase -q -i main",
    )
    found = resolved(base)
    (row,) = found.ambiguous
    assert (row.commit, row.tasks) == (base.head(), ("P1-001", "P1-002"))
    assert (found.moved, found.orphaned) == (2, ())


def test_a_revert_is_not_the_work_it_takes_back(base: Repo) -> None:
    sh(base, W + "git checkout -q -b P1-001; w one; git checkout -q -b P1-002")
    sh(base, "git revert --no-edit HEAD")
    found = resolved(base)
    assert {way[1] for way in ways(base, found).values()} == {"P1-001", "P1-002"}
    assert [len(work) for work in found.work().values()] == [1, 1]


def test_one_change_made_in_two_tasks_is_ambiguous_where_it_comes_again(
    base: Repo,
) -> None:
    sh(base, W + "git checkout -q -b P1-001; w same; git checkout -q -b P1-002 main")
    sh(base, "echo same >same; git add same; git commit -q --no-verify -m again")
    sh(
        base,
        f"git checkout -q main; echo same >same; git add same; {OFF} commit -q -m x",
    )
    found = resolved(base)
    (row,) = found.ambiguous
    assert (row.commit, row.tasks, row.way) == (
        base.head(),
        ("P1-001", "P1-002"),
        "patch_id",
    )
    assert found.orphaned == ()


def test_what_was_thrown_away_is_an_orphan(base: Repo) -> None:
    sh(base, W + "git checkout -q -b P1-001; w one; git tag lost")
    sh(base, W + "git reset -q --hard HEAD~1; w two")
    lost = base.git("rev-parse", "lost")
    found = resolved(base)
    assert [(o.commit, o.tasks) for o in found.orphaned] == [(lost, ("P1-001",))]
    assert found.kept == 3


def test_another_key_names_the_task(base: Repo) -> None:
    sh(
        base,
        f"{OFF} commit -q --allow-empty -m x -m 'Issue: P1-001' -m 'Task: no/name'",
    )
    assert resolved(base).resolved == ()
    found = resolved(base, replace(Config(), task_trailer="Issue"))
    assert ways(base, found) == {"x": ("trailer", "P1-001")}


def test_no_commit_no_history(repo: Repo) -> None:
    found = resolve_history(workspace(repo), Recorded())
    assert (found.head, found.on_head.commits, found.is_partial) == (None, 0, False)


def test_a_detached_head_is_followed_and_no_branch(base: Repo) -> None:
    sh(base, "git checkout -q -b P1-001; c one; git checkout -q --detach HEAD~1")
    found = resolved(base)
    assert (found.head, found.on_head.commits) == (base.head(), 2)
    assert len(found.orphaned) == 1


@pytest.fixture
def other(base: Repo, tmp_path: Path) -> Path:
    """Where to clone a repository to, which has work and a log."""
    sh(base, TOPIC + f"git checkout -q P1-001; {OFF} rebase -q main")
    sh(base, "git config uploadpack.allowFilter true")
    return tmp_path / "other"


def test_a_bare_repository_is_read_like_any(base: Repo, other: Path) -> None:
    base.git("clone", "-q", "--mirror", ".", str(other))
    assert resolved(Repo(other)) == resolved(base)
    assert resolved(base).on_head.patch_id == 2


def test_a_shallow_clone_says_that_it_is_partial(base: Repo, other: Path) -> None:
    base.git("clone", "-q", "--depth=2", "--no-local", ".", str(other))
    log = "+refs/gitlog-track/*:refs/gitlog-track/*"
    sh(Repo(other), f"git fetch -q origin '{log}'")
    found = resolved(Repo(other))
    assert found.is_partial
    assert found.on_head.commits == 2
    # Of the commit at the cut no patch can be made: all its files would be its work.
    assert ways(Repo(other), found) == {"two": ("patch_id", "P1-001")}


def test_a_partial_clone_fetches_nothing(base: Repo, other: Path) -> None:
    base.git(
        "clone",
        "-q",
        "--filter=blob:none",
        "--no-checkout",
        "--no-local",
        ".",
        str(other),
    )
    log = "'refs/gitlog-track/*:refs/gitlog-track/*'"
    sh(Repo(other), f"git fetch -q --no-filter origin {log}")
    missing = "git rev-list --objects --missing=print HEAD | grep -c '^?'"
    before = sh(Repo(other), missing)
    found = resolved(Repo(other))
    assert (found.on_head.patch_id, found.unsearched > 0) == (0, True)
    assert sh(Repo(other), missing) == before


@pytest.mark.parametrize(
    ("message", "headers"),
    [
        pytest.param(b"x\n\nTask: P1-001\n" + b"long line\n" * 100_000, b"", id="1-MB"),
        pytest.param(b"x\n\nTask: P1-001\n\0\nTask: P1-002\n", b"", id="nul"),
        pytest.param(
            b"x\n\nTask: P1-001\n", b"encoding x-evil\n", id="unknown-encoding"
        ),
        pytest.param(
            b"x \xe9\n\nTask: P1-001\n", b"encoding UTF-16\n", id="wrong-encoding"
        ),
        pytest.param(b"\n\nx \xff\xfe\r\n\r\nTask: P1-001\r\n", b"", id="not-utf-8"),
        pytest.param(
            b"commit x\n\nTask: P1-001", b"gpgsig -\n  x\n", id="like-a-header"
        ),
    ],
)
def test_hostile_messages_are_read_and_what_follows_too(
    base: Repo, message: bytes, headers: bytes
) -> None:
    raw(base, message, headers)
    raw(base, b"")
    sh(base, f"{OFF} commit -q --allow-empty -m last -m 'Task: P1-003'")
    found = resolved(base)
    assert [row.tasks for row in found.resolved] == [("P1-003",), ("P1-001",)]
    assert found.on_head.commits == 5


@pytest.mark.parametrize(
    "committer", [b"nobody", b"<> 99999999999999999999 +0000", b"A <a@b> -5 +0000"]
)
def test_a_date_that_is_none_is_before_all_others(base: Repo, committer: bytes) -> None:
    raw(base, b"x", committer=committer)
    assert next(c.committed_s for c in head_commits(workspace(base).git)) == 0


def test_a_message_without_end_is_cut(
    base: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gitlog_track.git.head.MAX_MESSAGE_BYTES", 1 << 16)
    raw(base, b"x\n" * (1 << 20))
    first, second, _ = head_commits(workspace(base).git)
    assert len(first.message) < 1 << 18
    assert second.message.strip() == b"base"


def test_a_history_that_cannot_be_walked_is_said(base: Repo) -> None:
    oid = base.git("rev-parse", "HEAD~1")
    (base.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(GitError, match="git rev-list failed: error: Could not read"):
        resolve_history(workspace(base), Recorded())


def test_a_patch_that_cannot_be_made_is_said(base: Repo) -> None:
    oid = base.git("rev-parse", "HEAD:base")
    (base.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(GitError, match=f"git diff-tree failed: .*{oid}"):
        patch_ids(workspace(base).git, [base.head()])


def test_no_configuration_of_a_user_changes_what_is_read(base: Repo) -> None:
    base.git("config", "log.showSignature", "true")
    base.git("config", "i18n.logOutputEncoding", "UTF-16")
    base.git("config", "color.ui", "always")
    sh(base, f"{OFF} commit -q --allow-empty -m last -m 'Task: P1-003'")
    assert ways(base, resolved(base)) == {"last": ("trailer", "P1-003")}


def test_patch_ids_are_those_that_are_recorded(base: Repo) -> None:
    sh(
        base,
        "printf 'a\\0b' >binary; c bin; git mv base moved; c moved; chmod +x moved",
    )
    sh(base, "c mode; printf no-newline >nl; c nl; git rm -q nl; c gone")
    sh(
        base,
        f"{OFF} commit -q --allow-empty -m empty; " + TOPIC + "git merge -q P1-001",
    )
    git = workspace(base).git
    oids = [commit.oid for commit in head_commits(git)]
    recorded = {oid: stat.patch_id for oid, stat in diff_stats(git, oids).items()}
    assert patch_ids(git, oids) == {k: v for k, v in recorded.items() if v}
    assert patch_ids(git, []) == {}
