"""What hooks saw, told with what the commit says, long after and whatever is current."""

from __future__ import annotations

import pytest

from gitlog_track.log.layout import Subject
from gitlog_track.services.hook_scripts import render
from tests.support.clones import Clone
from tests.support.examples import Fields


def commit(
    clone: Clone, message: str = "work\n\nTask: P1-009", text: str = "a\nb\n"
) -> str:
    (clone.path / "file").write_text(text)
    clone.run("add", "file")
    clone.run("commit", "-q", "-m", message)
    return clone.text("rev-parse", "HEAD")


def forged(clone: Clone, who: str) -> str:
    """Store a commit by anybody at any time, which no hook has seen."""
    tree = clone.text("rev-parse", "HEAD^{tree}")
    raw = f"tree {tree}\nauthor {who}\ncommitter {who}\n\nwork\n".encode()
    args = ("hash-object", "-w", "--literally", "-t", "commit", "--stdin")
    return clone.text(*args, stdin=raw)


def folded(clone: Clone) -> list[Fields]:
    clone.fold()
    state = clone.log.state(Subject("task", "P1-009"))
    assert state.is_valid
    return clone.events()


def test_a_commit_is_told_with_its_tree_parents_and_size(clone: Clone) -> None:
    parent = clone.text("rev-parse", "HEAD")
    oid = commit(clone)
    clone.hook("post-commit", head=oid, task="")
    (event,) = folded(clone)
    assert (event["task"], event["commit"], event["operation"]) == (
        "P1-009",
        oid,
        "commit",
    )
    assert event["tree"] == clone.text("rev-parse", f"{oid}^{{tree}}")
    assert event["commit_parents"] == [parent]
    assert (event["files"], event["insertions"], event["deletions"]) == (1, 2, 0)
    patch = clone.text("patch-id", "--stable", stdin=clone.run("show", oid) + b"\n")
    assert event["patch_id"] == patch.split()[0]
    assert event["actor"] == "C O Mitter <committer@example.org>"


def test_a_commit_seen_twice_is_one_event(clone: Clone) -> None:
    oid = commit(clone)
    clone.hook("post-commit", head=oid)
    clone.hook("post-commit", head=oid)
    assert len(folded(clone)) == 1
    clone.hook("post-commit", head=oid)
    assert clone.fold() == 0


def test_a_commit_of_two_tasks_is_an_event_of_each(clone: Clone) -> None:
    oid = commit(clone, "x\n\nTask: P1-009\nTask: P1-010")
    clone.hook("post-commit", head=oid, task="P9-999")
    assert [e["task"] for e in folded(clone)] == ["P1-009", "P1-010"]


@pytest.mark.parametrize("head", ["z" * 40, "short", "ref: refs/heads/main", "1" * 64])
@pytest.mark.parametrize("hook", ["post-commit", "post-rewrite"])
def test_what_is_no_commit_is_set_aside_and_never_in_the_log(
    clone: Clone, head: str, hook: str
) -> None:
    clone.hook(hook, head=head, pair=f"{head} {'1' * 40}")
    clone.hook("pre-commit", head=head)
    (event,) = folded(clone)
    assert (event["kind"], event["head"]) == ("commit_attempted", None)
    assert len(clone.unreadable) == 1


def test_a_branch_that_is_anothers_second_name_is_read_through(clone: Clone) -> None:
    clone.run("symbolic-ref", "refs/heads/alias", clone.text("symbolic-ref", "HEAD"))
    clone.run("symbolic-ref", "HEAD", "refs/heads/alias")
    hook = clone.path / ".git" / "hooks" / "pre-commit"
    hook.write_text(render("pre-commit"))
    hook.chmod(0o755)
    before = clone.text("rev-parse", "HEAD")
    commit(clone)
    clone.fold()
    assert [e["head"] for e in clone.events()] == [before]


def test_a_commit_that_was_pruned_is_told_with_what_is_known(clone: Clone) -> None:
    head = "1" * 40
    clone.hook("post-commit", head=head, state="cherry-pick")
    clone.fold()
    (event,) = clone.events()
    assert (event["task"], event["commit"], event["operation"]) == (
        "P1-009",
        head,
        "cherry-pick",
    )
    assert "tree" not in event


@pytest.mark.parametrize(
    ("message", "task", "branch", "found"),
    [
        ("x\n\nTask: P1-009", "P1-002", "refs/heads/P1-003", "P1-009"),
        ("x", "P1-009", "refs/heads/P1-003", "P1-009"),
        ("x", "", "refs/heads/P1-009-scaffold", "P1-009"),
        ("x", "", "refs/heads/main", None),
        ("x", "../x", "", None),
    ],
)
def test_the_task_is_the_one_of_that_moment(
    clone: Clone, message: str, task: str, branch: str, found: str | None
) -> None:
    clone.hook("post-commit", head=commit(clone, message), task=task, branch=branch)
    (event,) = folded(clone)
    assert event["task"] == found


@pytest.mark.parametrize(
    ("state", "operation"), [("rebase", "rebase"), ("am", "unknown"), ("", "commit")]
)
def test_the_operation_is_the_entrys_state_before_the_reflogs(
    clone: Clone, state: str, operation: str
) -> None:
    clone.hook("post-commit", head=commit(clone), state=state)
    (event,) = folded(clone)
    assert event["operation"] == operation


def test_a_true_merge_is_told_and_a_fast_forward_is_not(clone: Clone) -> None:
    base = clone.text("rev-parse", "HEAD")
    clone.run("checkout", "-q", "-b", "side")
    side = commit(clone)
    clone.run("checkout", "-q", "-")
    clone.run("merge", "-q", "--ff-only", "side")
    clone.hook("post-merge", head=side, orig=base, squash="0")
    assert clone.fold() == 0
    clone.run("reset", "-q", "--hard", base)
    clone.run("merge", "-q", "--no-ff", "-m", "merge\n\nTask: P1-009", "side")
    merge = clone.text("rev-parse", "HEAD")
    clone.hook("post-merge", head=merge, orig=base, squash="0", state="merge")
    (event,) = folded(clone)
    assert (event["commit"], event["operation"], event["patch_id"]) == (
        merge,
        "merge",
        None,
    )


@pytest.mark.parametrize(("state", "count"), [("", 0), ("merge", 1)])
def test_after_a_merge_no_change_is_measured(
    clone: Clone, state: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Merges have no size and a fast-forward is not recorded: two processes less."""
    monkeypatch.setattr("gitlog_track.log.observe.diff_stats", None)
    base = clone.text("rev-parse", "HEAD")
    tree = clone.text("rev-parse", "HEAD^{tree}")
    merge = clone.text(
        "commit-tree", tree, "-p", base, "-p", clone.commit(), "-m", "merge"
    )
    clone.hook("post-merge", head=merge, state=state)
    assert len(folded(clone)) == count


@pytest.mark.parametrize(
    ("when", "at"),
    [
        ("1759633200 +2359", "2025-10-06T02:59:00.000+23:59"),
        ("1759633200 -7530", "1970-01-01T00:00:00.000+00:00"),
        ("1759633200 +0060", "1970-01-01T00:00:00.000+00:00"),
        ("1759633200 +2400", "1970-01-01T00:00:00.000+00:00"),
        ("253402214399 +2359", "9999-12-31T23:58:59.000+23:59"),
        ("253402214400 +0000", "1970-01-01T00:00:00.000+00:00"),
        ("99999999999999 +0000", "1970-01-01T00:00:00.000+00:00"),
        ("-1 +0000", "1970-01-01T00:00:00.000+00:00"),
        ("soon +0000", "1970-01-01T00:00:00.000+00:00"),
    ],
)
def test_a_commit_at_an_impossible_time_spoils_no_task(
    clone: Clone, when: str, at: str
) -> None:
    oid = forged(clone, f"A <a@example.org> {when}")
    clone.hook("post-commit", head=oid)
    (event,) = folded(clone)
    assert (event["authored_at"], event["committed_at"]) == (at, at)
    assert event["actor"] == "A <a@example.org>"


@pytest.mark.parametrize("hook", ["post-merge", "post-rewrite"])
def test_what_a_colleague_committed_names_nobody_here(clone: Clone, hook: str) -> None:
    made = forged(clone, "Colleague <colleague@example.org> 1759633200 +0000")
    clone.hook("pre-commit", head=clone.text("rev-parse", "HEAD"))
    clone.hook(hook, head=made, pair=f"{'1' * 40} {made}")
    events = folded(clone)
    assert {e["actor"] for e in events} == {"C O Mitter <committer@example.org>"}


def test_rewrites_are_events_of_at_most_100_pairs(clone: Clone) -> None:
    name = clone.hook("post-rewrite", cause="rebase")
    path = clone.path / ".git" / "gitlog-track" / "journal" / name
    pairs = "".join(f"pair {n:040x} {n + 1:040x}\n" for n in range(250))
    same = f"pair {'a' * 40} {'a' * 40}\n"
    path.write_text(path.read_text().replace("end\n", pairs + same + "end\n"))
    clone.stamp(str(path))
    events = folded(clone)
    sizes = [len(rows) for e in events if isinstance(rows := e["pairs"], list)]
    assert sizes == [100, 100, 50]
    assert {e["cause"] for e in events} == {"rebase"}


def test_an_attempt_is_told_even_without_a_head(clone: Clone) -> None:
    clone.hook("pre-commit", head="")
    (event,) = folded(clone)
    assert (event["kind"], event["head"]) == ("commit_attempted", None)


def test_events_are_flushed_where_that_is_asked(clone: Clone) -> None:
    clone.settings.fsync = "1"
    clone.record(text="x")
    assert clone.fold() == 1
