"""What an event of a commit, a merge or a rewrite holds, and what is counted once."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.support.hooks import (
    COLLEAGUE,
    FF,
    REBASE,
    TOPIC,
    change_hooks,
    executable,
    hold_folds,
    sh,
    stored,
    todo,
)
from tests.support.repos import Repo


def test_the_first_commit_is_told_whole(tracked: Repo) -> None:
    sh(tracked, "printf '1\\n2\\n3\\n' >f; git add f; git commit -q -m first")

    attempted, recorded = stored(tracked)
    assert attempted["kind"] == "commit_attempted"
    assert attempted["head"] is None
    shown = tracked.git("show", "--format=%H %T %cI", "-s").split()
    assert [recorded["commit"], recorded["tree"]] == shown[:2]
    assert recorded["committed_at"].startswith(shown[2][:19])
    assert recorded["commit_parents"] == []
    assert recorded["operation"] == "commit"
    counts = [recorded[name] for name in ("files", "insertions", "deletions")]
    assert counts == [1, 3, 0]
    assert recorded["actor"] == "C O Mitter <committer@example.org>"


def test_a_commit_is_told_with_its_parent_and_stable_patch_id(base: Repo) -> None:
    sh(base, "echo more >>base; c two")

    recorded = stored(base, "commit_recorded")[-1]
    patch = base.git("show", "--format=")
    patch_id = base.git("patch-id", "--stable", stdin=patch + "\n").split()[0]
    assert recorded["patch_id"] == patch_id
    assert recorded["commit_parents"] == [base.git("rev-parse", "HEAD~1")]
    assert stored(base, "commit_attempted")[-1]["head"] == recorded["commit_parents"][0]


def test_a_merge_is_told_with_both_parents_and_without_a_patch_id(base: Repo) -> None:
    sh(base, TOPIC + "git merge -q topic")

    merge = stored(base, "commit_recorded")[-1]
    parents = base.git("rev-parse", "HEAD^1", "HEAD^2").split()
    assert merge["commit_parents"] == parents
    assert merge["patch_id"] is None


def test_a_merge_counts_once_when_another_branch_fast_forwards_to_it(
    base: Repo,
) -> None:
    sh(base, TOPIC + "git checkout -q -b release; git merge -q topic")
    base.ours("start", "P1-002")
    sh(base, "git checkout -q main; git merge -q release")

    merges = [e for e in stored(base) if e.get("operation") == "merge"]
    assert [e["task"] for e in merges] == [None]


def test_a_merge_is_told_without_any_reflog(base: Repo) -> None:
    sh(base, "git config core.logAllRefUpdates false; rm -r .git/logs/HEAD")
    sh(base, FF + COLLEAGUE + "git merge -q --no-ff topic; git branch -D topic")

    recorded = stored(base, "commit_recorded")[-1]
    assert [recorded["commit"], recorded["operation"]] == [base.head(), "merge"]


def test_a_colleagues_merge_stays_theirs_without_any_reflog(base: Repo) -> None:
    sh(base, "git config core.logAllRefUpdates false; rm -r .git/logs/HEAD")
    sh(base, COLLEAGUE)
    before = len(stored(base))
    sh(base, "git pull -q ../colleague main")

    assert base.git("rev-list", "--count", "--merges", "HEAD") == "1"
    assert len(stored(base)) == before


def test_an_attempt_that_made_no_commit_is_folded_later(base: Repo) -> None:
    refused = base.run("git", "commit", "-m", "nothing to commit")

    assert refused.returncode == 1
    assert (
        len(base.events("commit_attempted")) == len(base.events("commit_recorded")) + 1
    )


def test_rewrite_pairs_name_the_old_and_the_new_commit(base: Repo) -> None:
    sh(base, REBASE)
    old = base.git("rev-list", "--reverse", "main..topic").split()
    sh(base, "git rebase -q main")
    new = base.git("rev-list", "--reverse", "main..topic").split()

    [event] = stored(base, "commits_rewritten")
    assert event["pairs"] == [list(pair) for pair in zip(old, new, strict=True)]


def test_squash_joins_the_rewrites_to_one_new_commit(base: Repo) -> None:
    sh(base, REBASE)
    old = base.git("rev-list", "--reverse", "main..topic").split()
    sh(base, todo("2s/^pick/fixup/") + "git rebase -q -i main")

    rewritten = stored(base, "commits_rewritten")[-1]
    assert rewritten["pairs"] == [[oid, base.head()] for oid in old]


def test_reword_with_the_same_text_rewrites_nothing(
    base: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In another second it would be another commit.
    monkeypatch.setenv("GIT_COMMITTER_DATE", "@1759633200 +0000")
    sh(base, "c two")
    sh(base, todo("1s/^pick/reword/") + "GIT_EDITOR=true git rebase -q -i HEAD~1")

    assert stored(base, "commits_rewritten") == []


def test_a_commit_without_hooks_leaves_no_event(base: Repo) -> None:
    code = (
        "import pygit2; r = pygit2.Repository('.'); s = pygit2.Signature('a', 'b');"
        "r.create_commit('HEAD', s, s, 'quiet', r.head.peel().tree.id, [r.head.target])"
    )
    before = stored(base)
    made = base.run(sys.executable, "-c", code)

    assert made.returncode == 0, made.stderr
    assert base.git("log", "-1", "--format=%s") == "quiet"
    assert stored(base) == before


def test_a_pruned_commit_keeps_its_event_with_what_is_known(repo: Repo) -> None:
    repo.track()
    sh(repo, "c base")
    repo.ours("start", "P1-001")
    repo.wait_for_fold()
    hold_folds(repo)
    sh(repo, "c lost; git reset -q --hard HEAD~1; git reflog expire --expire=all --all")
    lost = repo.git("rev-parse", "ORIG_HEAD")
    sh(repo, "git update-ref -d ORIG_HEAD; git prune --expire=now")

    [event] = repo.events("commit_recorded", task="P1-001")
    assert repo.run("git", "cat-file", "-e", lost).returncode != 0
    assert event["commit"] == lost
    assert "tree" not in event


def count_folds(repo: Repo, counter: Path) -> None:
    """Let the hooks start a script that notes each start and then becomes Python."""
    wrapper = executable(
        counter.with_suffix(".sh"),
        f'#!/bin/sh\necho "$2 $3" >>{counter}\nexec {sys.executable} "$@"\n',
    )
    old, new = f"gt_python='{sys.executable}'", f"gt_python='{wrapper}'"
    change_hooks(repo.common / "hooks", lambda text: text.replace(old, new))


@pytest.mark.parametrize("fold", ["detached", "sync"])
def test_a_long_rebase_is_no_piece_of_work_and_starts_one_fold(
    repo: Repo,
    tmp_path: Path,
    fold: str,
) -> None:
    commits = 120
    repo.track(fold)
    sh(repo, "c base; git checkout -q -b topic")
    picks = f"for n in $(seq {commits}); do git commit -qnm $n --allow-empty; done"
    sh(
        repo,
        "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath "
        f"GIT_CONFIG_VALUE_0=/dev/null; {picks}",
    )
    sh(repo, "git checkout -q main; c other; git checkout -q topic")
    repo.ours("start", "P1-001")
    counter = tmp_path / "folds"
    count_folds(repo, counter)

    sh(repo, "git rebase -q main")
    repo.wait_for_fold()

    assert len(counter.read_text().splitlines()) == 1
    events = repo.events(task="P1-001")
    rebased = [e["operation"] for e in events if e["kind"] == "commit_recorded"]
    assert rebased == ["rebase"] * commits
    pairs = [e["pairs"] for e in events if e["kind"] == "commits_rewritten"]
    assert [len(part) for part in pairs] == [100, 20]
    shown = json.loads(repo.ours("show", "P1-001", "--format", "json"))
    assert shown["measures"]["commits"]["value"] is None


def test_rewrites_of_two_tasks_go_to_each_task(base: Repo) -> None:
    for task in ("P1-001", "P1-002"):
        base.commit(f"Do it\n\nTask: {task}", name=task)
    later = {"GIT_COMMITTER_DATE": "2030-01-01T00:00:00Z"}
    sh(base, "git rebase -q --force-rebase HEAD~2", later)

    found = {e["task"]: len(e["pairs"]) for e in stored(base, "commits_rewritten")}
    assert found == {"P1-001": 1, "P1-002": 1}


def test_the_same_rewrite_seen_twice_is_recorded_once(base: Repo) -> None:
    old = base.head()
    sh(base, "git commit -q --amend -m other")
    hook = base.common / "hooks" / "post-rewrite"
    again = base.run(str(hook), "amend", stdin=f"{old} {base.head()}\n")

    assert again.returncode == 0
    assert len(stored(base, "commits_rewritten")) == 1


def test_an_entry_is_judged_by_the_hour_it_was_made_in(repo: Repo) -> None:
    repo.track()
    sh(repo, "c base")
    repo.ours("start", "P1-001")
    repo.wait_for_fold()
    hold_folds(repo)
    sh(repo, "c mine; git commit -q --allow-empty --no-verify -m unnamed")
    (repo.common.parent / ".git/gitlog-track/current").write_text("P1-002\n")

    tasks = {e["task"] for e in repo.events("commit_recorded") if e["task"]}
    assert tasks == {"P1-001"}


def test_during_a_rebase_the_branch_is_the_one_being_rebased(base: Repo) -> None:
    sh(base, "git checkout -q -b P7-007-x; c one; git checkout -q main; c m1")
    sh(base, "git checkout -q P7-007-x; git rebase -q main")

    rebased = [e for e in stored(base) if e.get("operation") == "rebase"]
    assert [e["task"] for e in rebased] == ["P7-007"]
    assert os.path.exists(base.path / "m1")
