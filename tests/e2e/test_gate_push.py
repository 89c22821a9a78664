"""Native pre-push: no bad claim leaves, in whatever ref or position it is pushed."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.gate import BAD, GOOD, ZERO, Project, is_refused, nothing_received
from tests.support.repos import Repo

LOG = "refs/gitlog-track/log"
POSITIONS = [(size, bad) for size in range(1, 6) for bad in range(size)]


def lightweight_tag(project: Project) -> list[str]:
    project.work.git("tag", "v1", project.commit(BAD))
    return ["origin", "v1"]


def tag_of_bad_commit(project: Project) -> list[str]:
    project.tag("v1", "Release", project.commit(BAD))
    return ["origin", "v1"]


def tag_message(project: Project) -> list[str]:
    project.tag("v1", BAD)
    return ["origin", "v1"]


def tag_of_a_tag(project: Project) -> list[str]:
    inner = project.tag("inner", BAD)
    project.tag("outer", "Release", inner)
    return ["origin", "outer"]


def tags_seventy_deep(project: Project) -> list[str]:
    target = project.tag("t0", BAD)
    for number in range(70):
        rows = f"object {target}\ntype tag\ntag n{number}\n"
        who = "tagger A <a@example.org> 1759633200 +0000\n\nRelease\n"
        target = project.raw((rows + who).encode(), "tag")
    project.work.git("update-ref", "refs/tags/deep", target)
    return ["origin", "deep"]


def tag_of_a_tree(project: Project) -> list[str]:
    project.tag("tree", BAD, project.work.git("rev-parse", "main^{tree}"))
    return ["origin", "tree"]


def raw_id(project: Project) -> list[str]:
    return ["origin", f"{project.commit(BAD)}:refs/heads/raw"]


def expression(project: Project) -> list[str]:
    good = project.commit("Go on", project.commit(BAD))
    project.work.git("checkout", "-q", "--detach", good)
    return ["origin", "HEAD~1:refs/heads/older"]


def below_the_tip(project: Project) -> list[str]:
    project.branch("topic", "Go on", project.commit(BAD))
    return ["origin", "topic"]


def second_parent(project: Project) -> list[str]:
    main = project.work.git("rev-parse", "main")
    project.branch("topic", "Merge it", main, project.commit(BAD))
    return ["origin", "topic"]


def root_commit(project: Project) -> list[str]:
    project.branch("other", BAD, "root")
    return ["origin", "other"]


def odd_namespace(project: Project) -> list[str]:
    return ["origin", f"{project.commit(BAD)}:refs/for/main"]


def mirror(project: Project) -> list[str]:
    project.work.git("update-ref", "refs/odd/place", project.commit(BAD))
    return ["--mirror", "origin"]


def forced(project: Project) -> list[str]:
    return ["origin", f"+{project.commit(BAD, 'root')}:refs/heads/main"]


def url_remote(project: Project) -> list[str]:
    project.branch("topic", BAD)
    return [str(project.origin.path), "topic"]


def odd_ref_name(project: Project) -> list[str]:
    project.branch("caf\u00e9\u2028line", BAD)
    return ["origin", "caf\u00e9\u2028line"]


BAD_PUSHES: list[Callable[[Project], list[str]]] = [
    lightweight_tag, tag_of_bad_commit, tag_message, tag_of_a_tag, tags_seventy_deep,
    tag_of_a_tree, raw_id, expression, below_the_tip, second_parent, root_commit,
    odd_namespace, mirror, forced, url_remote, odd_ref_name,
]  # fmt: skip


@pytest.mark.parametrize(("size", "bad"), POSITIONS)
def test_a_bad_claim_is_refused_in_each_position(
    project: Project, size: int, bad: int
) -> None:
    names = [f"b{number}" for number in range(size)]
    for number, name in enumerate(names):
        project.branch(name, BAD if number == bad else GOOD)
    with nothing_received(project):
        assert is_refused(project.push("origin", *names), "GT004")


@pytest.mark.parametrize("make", BAD_PUSHES, ids=lambda f: f.__name__)
def test_a_bad_claim_is_refused_in_every_kind_of_ref(
    project: Project, make: Callable[[Project], list[str]]
) -> None:
    args = make(project)
    with nothing_received(project):
        assert is_refused(project.push(*args), "GT0")


def test_what_is_refused_tells_the_commit_the_words_the_log_and_the_way_out(
    project: Project,
) -> None:
    bad = project.branch("topic", BAD)
    said = project.push("origin", "topic").stderr
    for words in (
        f"GT004 refused: {bad[:12]} Add the parser",
        "claim:  Tokens-Used: 2,400",
        "log:    3236 (declared)",
        f"git rebase -i {bad[:12]}^",
        "gitlog-track claim P1-009",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("make", "way"),
    [
        (root_commit, "git rebase -i --root"),
        (tag_message, "git tag -f -a NAME"),
    ],
)
def test_the_way_out_is_one_that_works(
    project: Project, make: Callable[[Project], list[str]], way: str
) -> None:
    assert way in project.push(*make(project)).stderr


def test_the_way_out_of_a_bad_head_is_to_amend_it(project: Project) -> None:
    project.work.git("reset", "-q", "--hard", project.commit(BAD))
    assert "mend:   git commit --amend;" in project.push("origin", "main").stderr


def good_branches(project: Project) -> list[str]:
    for number in range(3):
        project.branch(f"b{number}", GOOD)
    return ["origin", "b0", "b1", "b2"]


def good_tag(project: Project) -> list[str]:
    project.tag("v1", GOOD)
    return ["origin", "v1"]


def the_log(_: Project) -> list[str]:
    return ["origin", LOG]


def new_root(project: Project) -> list[str]:
    project.branch("other", GOOD, "root")
    return ["origin", "other"]


def tree_tag(project: Project) -> list[str]:
    project.work.git("tag", "tree", project.work.git("rev-parse", "main^{tree}"))
    return ["origin", "tree"]


def odd_good_name(project: Project) -> list[str]:
    project.branch("caf\u00e9\u2028line", GOOD)
    return ["origin", "caf\u00e9\u2028line"]


def good_mirror(project: Project) -> list[str]:
    project.branch("topic", GOOD)
    return ["--mirror", "origin"]


GOOD_PUSHES = [good_branches, good_tag, the_log, new_root, tree_tag, odd_good_name, good_mirror]  # fmt: skip


@pytest.mark.parametrize("make", GOOD_PUSHES, ids=lambda f: f.__name__)
def test_what_the_log_backs_is_pushed(
    project: Project, make: Callable[[Project], list[str]]
) -> None:
    before = project.received()
    done = project.push(*make(project))
    assert done.returncode == 0, done.stderr
    assert project.received() != before


def test_a_deletion_is_let_through(project: Project) -> None:
    project.branch("topic", BAD)
    assert project.push("--no-verify", "origin", "topic").returncode == 0
    done = project.push("origin", ":topic")
    assert done.returncode == 0, done.stderr
    assert "refs/heads/topic" not in project.received()


def test_a_deletion_beside_a_bad_claim_does_not_hide_it(project: Project) -> None:
    project.push("--no-verify", "origin", "main:old")
    project.branch("topic", BAD)
    with nothing_received(project):
        assert is_refused(project.push("origin", ":old", "topic"), "GT004")


def test_what_the_remote_has_is_not_judged_again(project: Project) -> None:
    bad = project.branch("topic", BAD)
    project.push("--no-verify", "origin", "topic")
    project.branch("next", "Go on", bad)
    assert project.push("origin", "next").returncode == 0


def test_each_of_two_push_urls_is_judged(project: Project, tmp_path: Path) -> None:
    second = Repo.init(tmp_path / "second.git", "--bare")
    for url in ("../origin.git", "../second.git"):
        project.work.git("remote", "set-url", "--add", "--push", "origin", url)
    project.branch("topic", BAD)
    with nothing_received(project):
        assert is_refused(project.push("origin", "topic"), "GT004")
    assert second.git("for-each-ref") == ""


def test_a_remote_id_that_is_unknown_here_hides_nothing(project: Project) -> None:
    other = project.origin.path.parent / "other"
    project.work.git("clone", "-q", str(project.origin.path), str(other))
    colleague = Repo(other)
    colleague.commit("A colleague goes on")
    colleague.git("push", "-q", "origin", "main")
    bad = project.commit(BAD)
    with nothing_received(project):
        assert is_refused(project.push("origin", f"+{bad}:main"), "GT004")


@pytest.mark.parametrize("zeros", ["0" * 40, "0" * 64])
@pytest.mark.parametrize(("message", "code"), [(BAD, 1), (GOOD, 0)])
def test_zero_ids_of_either_length_are_new_refs(
    project: Project, zeros: str, message: str, code: int
) -> None:
    line = f"refs/heads/x {project.commit(message)} refs/heads/x {zeros}\n"
    assert project.feed("origin", "../origin.git", lines=line).returncode == code


@pytest.mark.parametrize("zeros", ["0" * 40, "0" * 64])
def test_zero_ids_of_either_length_are_deletions(project: Project, zeros: str) -> None:
    line = f"(delete) {zeros} refs/heads/x {project.work.head()}\n"
    assert project.feed("origin", "../origin.git", lines=line).returncode == 0


def test_a_last_line_without_an_end_is_judged_too(project: Project) -> None:
    line = f"refs/heads/x {project.commit(BAD)} refs/heads/x {ZERO}"
    assert is_refused(project.feed("origin", "../origin.git", lines=line), "GT004")


@pytest.mark.parametrize(
    "line", ["one two three\n", "a b c d e\n", "\n", "a  c d\n", "a HEAD c HEAD\n"]
)
def test_a_line_that_git_does_not_write_is_refused(project: Project, line: str) -> None:
    done = project.feed("origin", "../origin.git", lines=line)
    assert is_refused(done, "cannot verify this push")


def test_an_object_that_is_not_there_is_refused(project: Project) -> None:
    line = f"refs/heads/x {'1' * 40} refs/heads/x {ZERO}\n"
    done = project.feed("origin", "../origin.git", lines=line)
    assert is_refused(done, "GT011")


def test_mode_warn_tells_and_mode_off_says_nothing(project: Project) -> None:
    project.branch("topic", BAD)
    project.configure('[gate]\nmode = "warn"\n')
    told = project.push("--dry-run", "origin", "topic")
    assert (told.returncode, "GT004 warning" in told.stderr) == (0, True)
    project.configure('[gate]\nmode = "off"\n')
    silent = project.push("origin", "topic")
    assert (silent.returncode, "GT004" in silent.stderr) == (0, False)


def test_the_baseline_is_not_judged_and_an_absent_one_is_ignored(
    project: Project,
) -> None:
    bad = project.branch("topic", "Go on", project.commit(BAD))
    project.configure(f'[gate]\nbaseline = ["{bad}", "{"1" * 40}"]\n')
    assert project.push("origin", "topic").returncode == 0
    project.branch("more", BAD, bad)
    assert is_refused(project.push("origin", "more"), "GT004")


def test_a_linked_worktree_pushes_through_the_same_gate(project: Project) -> None:
    bad = project.branch("topic", BAD)
    project.work.git("worktree", "add", "-q", "../linked", bad)
    linked = Repo(project.work.path.parent / "linked")
    assert is_refused(linked.run("git", "push", "origin", "HEAD:refs/heads/x"), "GT004")


def _refs_but_log(project: Project) -> list[str]:
    refs = project.work.git("for-each-ref").split("\n")
    return [row for row in refs if not row.endswith(f"\t{LOG}")]


def test_nothing_is_written_but_the_log_by_a_push(project: Project) -> None:
    project.branch("topic", BAD)
    before = _refs_but_log(project), project.work.git("status", "--porcelain")
    project.push("origin", "topic")
    after = _refs_but_log(project), project.work.git("status", "--porcelain")
    assert after == before
    assert os.listdir(project.work.journal) in ([], ["unreadable"])


@pytest.mark.parametrize(("message", "code"), [("No claim", 0), (BAD, 1)])
def test_a_fold_that_hangs_does_not_hold_up_a_push(
    project: Project, message: str, code: int
) -> None:
    project.branch("topic", message)
    with open(project.work.common / "gitlog-track" / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        begin = time.monotonic()
        done = project.push("origin", "topic")
        took_s = time.monotonic() - begin
    assert (done.returncode, took_s < 8) == (code, True), done.stderr
    assert ("a fold is under way" in done.stderr) == (code == 1)
    assert is_refused(done, "GT004") == (code == 1)


def test_the_shared_log_is_neither_deleted_nor_overwritten(project: Project) -> None:
    stale = project.work.git("rev-parse", LOG)
    tree = f"{stale}^{{tree}}"
    newer = project.work.git("commit-tree", tree, "-p", stale, "-m", "newer")
    other = project.work.git("commit-tree", tree, "-m", "of another clone")
    assert project.push("origin", f"{stale}:{LOG}").returncode == 0
    done = project.push("origin", f"{newer}:{LOG}")
    assert done.returncode == 0, done.stderr
    for refspec in (f":{LOG}", f"+{stale}:{LOG}", f"+{other}:{LOG}"):
        with nothing_received(project):
            done = project.push("origin", refspec)
        assert is_refused(done, "gitlog-track: push refused: ")
        assert "  gitlog-track push\n" in done.stderr
    unknown = f"{LOG} {newer} {LOG} {'1' * 40}\n"
    assert project.feed("origin", "../origin.git", lines=unknown).returncode == 1
