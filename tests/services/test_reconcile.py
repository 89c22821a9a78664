"""Squash merges as forges write them, on real repositories: what is found, and once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitlog_track.config import Config
from gitlog_track.measures.resolution import Resolution
from tests.services.test_history import OFF, resolved, ways
from tests.support.hooks import sh
from tests.support.repos import Repo

# w NAME [TITLE]: work recorded for the branch's task, by a message that does not name it.
W = 'w() { echo "$1" >"$1"; git add -A; git commit -q --no-verify -m "${2:-$1}"; }; '
# s BRANCH: all of a branch in the index, as a forge does it, without a hook of ours.
S = f"s() {{ git checkout -q main; {OFF} merge -q --squash $1; }}; "
TWO = W + "git checkout -q -b P1-001 main; w one; w two; git checkout -q main; "
GITHUB = """Feature (#12)

* one

Task: P1-001

* two

Task: P1-001

---------

Co-authored-by: A U Thor <author@example.org>
"""
MIDDLE = """Say it all at once

Task: P1-001

It ends in words.
"""


def squash(repo: Repo, branch: str, message: str, *, gone: bool = False) -> str:
    """Merge a branch as a forge does; return the new commit."""
    sh(repo, S + f"s {branch}")
    repo.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", message)
    if gone:
        forget(repo)
    return repo.head()


def forget(repo: Repo) -> None:
    """Let go of all commits but main's, as a clone made afterwards has them."""
    sh(
        repo,
        "for b in $(git for-each-ref --format='%(refname:short)' refs/heads); do "
        "test $b = main || git branch -q -D $b; done; "
        "git reflog expire --expire=now --all; git gc -q --prune=now",
    )


def reconcile(repo: Repo, *args: str, code: int = 0) -> dict[str, Any]:
    done = repo.cli("reconcile", "--format", "json", *args)
    assert done.returncode == code, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def rows(found: dict[str, Any]) -> list[tuple[str, str, int, str]]:
    return [
        (row["commit"], row["task"], len(row["squashed"]), row["trace"])
        for row in found["squashes"]
    ]


def is_settled(repo: Repo) -> bool:
    """Does a second run find nothing to record, and is nothing lost?"""
    tip = repo.git("rev-parse", "refs/gitlog-track/log")
    again = reconcile(repo)
    same = tip == repo.git("rev-parse", "refs/gitlog-track/log")
    return same and not again["squashes"] and resolved(repo).orphaned == ()


@pytest.mark.parametrize(
    ("message", "gone", "trace"),
    [
        pytest.param(GITHUB, False, "patch_id", id="github"),
        pytest.param(GITHUB, True, "trailer", id="github-from-afar"),
        pytest.param("One and two", False, "patch_id", id="gitlab"),
        pytest.param("Merge all\n\n* one\n* two\n", False, "patch_id", id="bullets"),
        pytest.param(MIDDLE, False, "patch_id", id="middle"),
        pytest.param(MIDDLE, True, "trailer", id="middle-from-afar"),
    ],
)
def test_a_squash_merge_is_found_and_recorded_once(
    base: Repo, message: str, gone: bool, trace: str
) -> None:
    sh(base, TWO + "c m1")
    made = squash(base, "P1-001", message, gone=gone)
    assert len(resolved(base).orphaned) == 2
    assert rows(reconcile(base)) == [(made, "P1-001", 2, trace)]
    found = resolved(base)
    assert (found.orphaned, found.moved) == ((), 2)
    title = message.partition("\n")[0]
    assert ways(base, found)[title][1:] == ("P1-001",)
    assert is_settled(base)
    assert base.ours("audit") == ""
    (event,) = base.events("commits_rewritten")
    assert (event["cause"], event["task"], "entry" in event) == (
        "squash",
        "P1-001",
        False,
    )


def test_gits_own_squash_names_the_commits(base: Repo) -> None:
    sh(base, TWO)
    sh(
        base,
        S + f"s P1-001; echo more >one; git add -A; {OFF} commit -q -F .git/SQUASH_MSG",
    )
    assert rows(reconcile(base)) == [(base.head(), "P1-001", 2, "ids")]
    assert is_settled(base)


@pytest.mark.parametrize(
    "title", ["one (#7)", "one (!7)", "one", "Other\n\n* one (#7)\n* two\n"]
)
def test_the_repeated_title_leads_back(base: Repo, title: str) -> None:
    sh(base, W + "git checkout -q -b P1-001 main; w one")
    # A conflict solved on the forge: the patch is another one.
    sh(base, S + "s P1-001; echo changed >one; git add -A")
    base.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", title)
    sh(base, "git branch -q -D P1-001")
    assert rows(reconcile(base)) == [(base.head(), "P1-001", 1, "title")]
    assert is_settled(base)


def test_two_tasks_squashed_into_one_are_both_carried(base: Repo) -> None:
    sh(
        base,
        W + "git checkout -q -b P1-001 main; w one; git checkout -q -b P1-002; w two",
    )
    made = squash(base, "P1-002", "Feature (#3)")
    assert rows(reconcile(base)) == [
        (made, "P1-001", 1, "patch_id"),
        (made, "P1-002", 1, "patch_id"),
    ]
    found = resolved(base)
    assert found.ambiguous == ()
    assert ways(base, found)["Feature (#3)"] == ("recorded", "P1-001", "P1-002")
    assert is_settled(base)


def test_two_tasks_of_one_branch_merged_one_by_one(base: Repo) -> None:
    sh(base, TWO + "git checkout -q -b P1-002 P1-001; w three; w four")
    first = squash(base, "P1-001", "First (#1)")
    sh(base, f"{OFF} checkout -q P1-002 -- .")
    base.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Second (#2)")
    assert rows(reconcile(base)) == [
        (first, "P1-001", 2, "patch_id"),
        (base.head(), "P1-002", 2, "patch_id"),
    ]
    assert is_settled(base)


def test_a_branch_that_took_main_in_is_compared_as_a_forge_does(base: Repo) -> None:
    sh(base, TWO + "c m1; git checkout -q P1-001; git merge -q --no-edit main; w three")
    sh(base, "git checkout -q main; c m2")
    made = squash(base, "P1-001", "Feature (#3)")
    assert rows(reconcile(base)) == [(made, "P1-001", 4, "patch_id")]
    assert is_settled(base)


def test_commits_rebased_before_the_squash_are_followed_too(base: Repo) -> None:
    amend = "git commit -q --amend --no-verify -m"
    sh(base, TWO + f"c m1; git checkout -q P1-001; {amend} a; {amend} b; {amend} c")
    sh(base, "git rebase -q main")
    squash(base, "P1-001", "Feature (#3)")
    assert len(resolved(base).orphaned) == 7
    reconcile(base)
    assert is_settled(base)


SAME = (
    W + "git checkout -q -b P1-001 main; w same first; w other first; "
    "git checkout -q -b P1-002 main; w same second; w other second; "
)


def test_one_change_made_in_two_tasks_is_ambiguous_and_stays(base: Repo) -> None:
    sh(base, SAME)
    made = squash(base, "P1-002", "Feature (#3)")
    tip = base.git("rev-parse", "refs/gitlog-track/log")
    found = reconcile(base, code=1)
    assert found["squashes"] == []
    (doubt,) = found["ambiguous"]
    assert (doubt["commits"], doubt["tasks"], doubt["trace"]) == (
        [made],
        ["P1-001", "P1-002"],
        "patch_id",
    )
    assert base.git("rev-parse", "refs/gitlog-track/log") == tip
    assert len(resolved(base).orphaned) == 4
    told = base.cli("reconcile")
    assert told.returncode == 1
    assert "ambiguous by the combined patch: " in told.stdout
    assert f"  may be in {made[:12]} Feature (#3)\n" in told.stdout


def test_one_change_with_one_title_made_in_two_tasks_is_shown(base: Repo) -> None:
    """Nothing is lost of it, and nobody can tell whose it is."""
    sh(
        base,
        # Dates of their own: made in one second, they and the squash were one commit.
        W
        + "git checkout -q -b P1-001 main; GIT_AUTHOR_DATE=2000-01-01T00:00Z w same T;"
        "git checkout -q -b P1-002 main; GIT_AUTHOR_DATE=2001-01-01T00:00Z w same T; ",
    )
    lost = sorted(base.git("rev-parse", "P1-001", "P1-002").split("\n"))
    made = squash(base, "P1-002", "T")
    found = reconcile(base, code=1)
    (row,) = [row for row in resolved(base).ambiguous if row.commit == made]
    assert (row.tasks, row.way) == (("P1-001", "P1-002"), "patch_id")
    (doubt,) = found["ambiguous"]
    assert sorted(doubt["squashed"]) == lost
    assert (doubt["commits"], doubt["tasks"]) == ([made], ["P1-001", "P1-002"])
    told = base.cli("reconcile").stdout
    assert f"  may be in {made[:12]} T\n" in told


def test_a_title_in_two_commits_is_ambiguous(base: Repo) -> None:
    sh(base, W + "git checkout -q -b P1-001 main; w one fix; git checkout -q main")
    sh(base, "git branch -q -D P1-001")
    for number in (1, 2):
        sh(base, f"{OFF} commit -q --allow-empty -m 'fix (#{number})'")
    (doubt,) = reconcile(base, code=1)["ambiguous"]
    assert (len(doubt["commits"]), doubt["trace"]) == (2, "title")
    # The message that names the task is the one that is meant.
    sh(base, f"{OFF} commit -q --allow-empty -m 'fix (#3)' -m 'Task: P1-001'")
    assert rows(reconcile(base)) == [(base.head(), "P1-001", 1, "title")]


def test_of_two_tries_of_a_task_the_one_that_was_merged_is_told(base: Repo) -> None:
    sh(
        base,
        TWO
        + "git checkout -q -b again main; git branch -q -m again P1-001-again; w three",
    )
    made = squash(base, "P1-001", "All of it\n\nTask: P1-001\n")
    assert rows(reconcile(base)) == [(made, "P1-001", 2, "patch_id")]
    assert len(resolved(base).orphaned) == 1


def test_from_afar_two_tries_cannot_be_told_apart(base: Repo) -> None:
    sh(base, TWO + "git checkout -q -b P1-001-again main; w three")
    squash(base, "P1-001", MIDDLE, gone=True)
    (doubt,) = reconcile(base, code=1)["ambiguous"]
    assert (len(doubt["squashed"]), doubt["trace"]) == (3, "trailer")


@pytest.mark.parametrize("title", ["one", "two", "two\n\nTask: P1-001"])
def test_work_that_was_thrown_away_is_in_nothing_else(base: Repo, title: str) -> None:
    sh(base, W + "git checkout -q -b P1-001; w one; git reset -q --hard HEAD~1")
    sh(base, f"echo 2 >two; git add -A; git commit -q --no-verify -m '{title}'")
    assert reconcile(base)["squashes"] == []
    assert len(resolved(base).orphaned) == 1


@pytest.mark.parametrize(
    "held",
    [
        pytest.param("", id="local"),
        pytest.param("git worktree add -q ../side P1-001; ", id="in-a-worktree"),
        pytest.param(
            "git update-ref refs/remotes/origin/P1-001 P1-001; git branch -q -D P1-001; ",
            id="remote-tracking",
        ),
    ],
)
@pytest.mark.parametrize("message", ["Go on\n\nTask: P1-001\n", "one (#4)"])
def test_work_that_a_branch_still_holds_is_in_nothing_else(
    base: Repo, held: str, message: str
) -> None:
    # Another piece of the task came by a forge; the branch is to be merged later.
    sh(base, W + "git checkout -q -b P1-001; w one; git checkout -q main; " + held)
    sh(base, "echo 3 >three; git add -A")
    base.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", message)
    tip = base.git("rev-parse", "refs/gitlog-track/log")
    assert rows(reconcile(base)) == []
    assert base.git("rev-parse", "refs/gitlog-track/log") == tip


def test_another_tasks_name_stands_against_a_title(base: Repo) -> None:
    sh(base, W + "git checkout -q -b P1-001 main; w one; git checkout -q main")
    sh(base, f"{OFF} commit -q --allow-empty -m one -m 'Task: P1-002'")
    assert reconcile(base)["squashes"] == []


def test_a_dry_run_records_nothing(base: Repo) -> None:
    sh(base, TWO)
    made = squash(base, "P1-001", "Feature (#3)")
    tip = base.git("rev-parse", "refs/gitlog-track/log")
    told = base.cli("reconcile", "--dry-run")
    assert told.stdout == (
        f"{made[:12]} Feature (#3): 2 commits of P1-001, by the combined patch\n"
    )
    assert told.stderr.startswith("1 squash merge found, 0 ambiguous; 0 recorded")
    assert base.git("rev-parse", "refs/gitlog-track/log") == tip


def test_a_range_limits_what_is_looked_at(base: Repo) -> None:
    sh(base, TWO)
    made = squash(base, "P1-001", "Feature (#3)")
    sh(base, "c later")
    assert rows(reconcile(base, "HEAD~1..HEAD")) == []
    assert rows(reconcile(base, f"{made}^..HEAD")) == [(made, "P1-001", 2, "patch_id")]


@pytest.mark.parametrize("revisions", ["nowhere", "", "--all", "a..b"])
def test_a_range_that_is_none_is_told(base: Repo, revisions: str) -> None:
    done = base.cli("reconcile", "--", revisions)
    assert done.returncode == 2
    assert "is no range here" in done.stderr


def test_without_tracking_or_commits_there_is_nothing_to_find(repo: Repo) -> None:
    assert reconcile(repo)["squashes"] == []


def test_a_title_of_others_is_made_harmless(base: Repo) -> None:
    sh(base, TWO)
    squash(base, "P1-001", "Red \x1b[31m (#3)")
    told = base.cli("reconcile")
    assert "\x1b" not in told.stdout
    assert "\\x1b" in told.stdout


@pytest.fixture
def two(base: Repo, tmp_path: Path) -> tuple[Repo, Repo]:
    """Two clones with the same lost work and the same squash merge."""
    sh(base, TWO)
    squash(base, "P1-001", GITHUB)
    base.git("init", "-q", "--bare", "../origin.git")
    base.git("remote", "add", "origin", "../origin.git")
    base.git("-c", "core.hooksPath=/dev/null", "push", "-q", "origin", "main")
    base.ours("push")
    base.git("clone", "-q", "../origin.git", "../other")
    other = Repo(tmp_path / "other")
    other.track(fold="sync")
    other.ours("fetch")
    return base, other


def test_two_clones_that_reconcile_at_once_record_one_event(
    two: tuple[Repo, Repo],
) -> None:
    # One has the squashed commits, the other only the log: they find the same.
    traces = [rows(reconcile(repo))[0][1:] for repo in two]
    assert traces == [("P1-001", 2, "patch_id"), ("P1-001", 2, "trailer")]
    for repo in (*two, *two):
        repo.ours("sync")
    found: list[Resolution] = [resolved(repo, Config()) for repo in two]
    assert found[0].orphaned == found[1].orphaned == ()
    events = [repo.events("commits_rewritten") for repo in two]
    assert len({event["id"] for told in events for event in told}) == 1
    assert all(is_settled(repo) for repo in two)
    assert two[0].ours("audit") == ""
