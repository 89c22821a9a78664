"""Which events each way of making, changing and bringing in commits leaves in the log."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.support.hooks import CLASH, COLLEAGUE, FF, REBASE, TOPIC, sh, stored, todo
from tests.support.repos import Repo


@dataclass(frozen=True)
class Case:
    """One row of the table.

    Attributes:
        name: of the case.
        act: the commands that are watched.
        before: commands that set the stage; what they record does not count.
        attempts: how many ``commit_attempted`` events are expected.
        operations: of the ``commit_recorded`` events, in order.
        rewrites: (cause, number of pairs) of the ``commits_rewritten`` events.
    """

    name: str
    act: str
    before: str = ""
    attempts: int = 0
    operations: tuple[str, ...] = ()
    rewrites: tuple[tuple[str, int], ...] = ()


CASES = [
    Case("commit", "c two", attempts=1, operations=("commit",)),
    Case("commit -a", "echo x >base; git commit -qam x", "", 1, ("commit",)),
    Case("commit PATH", "echo x >base; git commit -qm x base", "", 1, ("commit",)),
    Case("empty commit", "git commit -qm x --allow-empty", "", 1, ("commit",)),
    Case("detached HEAD", "c two", "git checkout -q --detach", 1, ("commit",)),
    Case("orphan branch", "c two", "git checkout -q --orphan new", 1, ("commit",)),
    Case("no-verify", "git commit -qnm x --allow-empty", "", 0, ("commit",)),
    Case(
        "amend",
        "git commit -q --amend -m other",
        attempts=1,
        operations=("amend",),
        rewrites=(("amend", 1),),
    ),
    Case(
        "amend that changes nothing but the date",
        "GIT_COMMITTER_DATE='2020-01-01T00:00:00Z' git commit -q --amend --no-edit",
        attempts=1,
        operations=("amend",),
        rewrites=(("amend", 1),),
    ),
    Case(
        "amend without post-rewrite",
        "git commit -q --amend --no-post-rewrite -m other",
        attempts=1,
        operations=("amend",),
    ),
    Case("true merge", "git merge -q topic", TOPIC, operations=("merge",)),
    Case("merge --no-ff", "git merge -q --no-ff topic", FF, operations=("merge",)),
    Case(
        "octopus merge",
        "git merge -q topic other",
        TOPIC + "git checkout -q -b other HEAD~1; c o1; git checkout -q main",
        operations=("merge",),
    ),
    Case("merge fast-forward", "git merge -q topic", FF),
    Case("merge --ff-only", "git merge -q --ff-only topic", FF),
    Case("merge up to date", "git merge -q HEAD~1", "c two"),
    Case(
        "merge with a conflict, then commit",
        "git merge -q topic || true; echo both >base; git commit -qam merged",
        CLASH,
        attempts=1,
        operations=("merge",),
    ),
    Case(
        "merge with a conflict, then merge --continue",
        "git merge -q topic || true; echo both >base; git add base; "
        "GIT_EDITOR=true git merge --continue",
        CLASH,
        attempts=1,
        operations=("merge",),
    ),
    Case("merge --squash alone", "git merge -q --squash topic", TOPIC),
    Case(
        "merge --squash, then commit",
        "git merge -q --squash topic; git commit -q -m squashed",
        TOPIC,
        attempts=1,
        operations=("commit",),
    ),
    Case(
        "pull of a colleague's merge that fast-forwards",
        "git pull -q ../colleague main",
        COLLEAGUE,
    ),
    Case(
        "pull by a URL with colons, of a colleague's merge that fast-forwards",
        'git pull -q "file://$PWD/../colleague" main',
        COLLEAGUE,
    ),
    Case(
        "pull that merges",
        "git pull -q --no-rebase ../colleague main",
        COLLEAGUE + "c mine",
        operations=("merge",),
    ),
    Case(
        "pull --rebase",
        "git pull -q --rebase ../colleague main",
        COLLEAGUE + "c mine",
        operations=("rebase",),
        rewrites=(("rebase", 1),),
    ),
    Case(
        "rebase",
        "git rebase -q main",
        REBASE,
        operations=("rebase", "rebase"),
        rewrites=(("rebase", 2),),
    ),
    Case(
        "rebase --apply",
        "git rebase -q --apply main",
        REBASE,
        rewrites=(("rebase", 2),),
    ),
    Case(
        "rebase with a conflict, continued",
        "git rebase -q main || true; echo both >base; git add base; "
        "GIT_EDITOR=true git rebase --continue",
        CLASH + "git checkout -q topic",
        operations=("rebase",),
        rewrites=(("rebase", 1),),
    ),
    Case(
        "rebase with a conflict, resolved by a commit",
        "git rebase -q main || true; echo both >base; git commit -qam both; "
        "GIT_EDITOR=true git rebase --continue",
        CLASH + "git checkout -q topic",
        attempts=1,
        operations=("rebase",),
        rewrites=(("rebase", 1),),
    ),
    Case(
        "rebase -i squash",
        todo("2s/^pick/squash/") + "GIT_EDITOR=true git rebase -q -i HEAD~2",
        REBASE,
        operations=("rebase",),
        rewrites=(("amend", 1), ("rebase", 2)),
    ),
    Case(
        "rebase -i fixup",
        todo("2s/^pick/fixup/") + "git rebase -q -i HEAD~2",
        REBASE,
        operations=("rebase",),
        rewrites=(("amend", 1), ("rebase", 2)),
    ),
    Case(  # git tells of the one pair twice, first as an amend
        "rebase -i reword",
        todo("2s/^pick/reword/") + "GIT_EDITOR='echo new >' git rebase -q -i HEAD~2",
        REBASE,
        attempts=1,
        operations=("rebase",),
        rewrites=(("amend", 1),),
    ),
    Case("cherry-pick", "git cherry-pick topic", TOPIC, 0, ("cherry-pick",)),
    Case(
        "cherry-pick with a conflict, then commit",
        "git cherry-pick topic || true; echo both >base; git commit -qam both",
        CLASH,
        attempts=1,
        operations=("cherry-pick",),
    ),
    Case(
        "revert with a conflict, continued",
        "git revert --no-edit HEAD~1 || true; echo both >base; git add base; "
        "GIT_EDITOR=true git revert --continue",
        "c one base; c two base",
        attempts=1,
        operations=("revert",),
    ),
    Case(
        "cherry-pick of two",
        "git cherry-pick main..topic",
        TOPIC,
        operations=("cherry-pick", "cherry-pick"),
    ),
    Case("revert", "git revert --no-edit HEAD", "c two", 0, ("revert",)),
    Case(
        "am",
        "git am -q 0001-t1.patch",
        FF + "git format-patch -q main..topic",
    ),
    Case("stash and pop", "echo x >base; git stash -q; git stash pop -q"),
    Case(
        "commit-tree and update-ref",
        'git update-ref HEAD "$(git commit-tree -p HEAD -m x HEAD^{tree})"',
    ),
    Case("reset and checkout", "git reset -q --hard HEAD~1; git checkout -q -", FF),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_log_tells_what_was_done(base: Repo, case: Case) -> None:
    sh(base, case.before)
    known = {event["id"] for event in stored(base)}

    sh(base, case.act)

    new = [event for event in stored(base) if event["id"] not in known]
    found = Case(
        name=case.name,
        act=case.act,
        before=case.before,
        attempts=sum(e["kind"] == "commit_attempted" for e in new),
        operations=tuple(e["operation"] for e in new if e["kind"] == "commit_recorded"),
        rewrites=tuple(
            (e["cause"], len(e["pairs"]))
            for e in new
            if e["kind"] == "commits_rewritten"
        ),
    )
    assert found == case
