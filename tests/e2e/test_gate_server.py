"""The server's side: what a bare repository with our pre-receive hook takes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.support.gate import (
    BAD,
    GOOD,
    ZERO,
    Project,
    at,
    is_refused,
    nothing_received,
    tell,
)
from tests.support.repos import Repo

LOG = "refs/gitlog-track/log"


@pytest.fixture
def served(project: Project) -> Project:
    """The bare repository judges; nothing on the client's side does."""
    project.serve()
    project.work.git("config", "core.hooksPath", "/dev/null")
    return project


@pytest.fixture
def stocked(served: Project) -> Project:
    """The server has the log already."""
    assert served.push("origin", LOG).returncode == 0
    return served


def feed(project: Project, *lines: str) -> CompletedProcess[str]:
    """Run the hook as receive-pack does, but on lines in this order."""
    objects = str(project.work.common / "objects")
    return subprocess.run(
        [str(project.origin.path / "hooks" / "pre-receive")],
        cwd=project.origin.path,
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "GIT_DIR": ".",
            "GIT_QUARANTINE_PATH": objects,
            "GIT_OBJECT_DIRECTORY": objects,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(project.origin.path / "objects"),
        },
    )


def test_a_claim_without_a_log_is_refused(served: Project) -> None:
    served.branch("topic", GOOD)
    with nothing_received(served):
        assert is_refused(served.push("origin", "topic"), "GT007")


def test_a_commit_without_a_claim_needs_no_log(served: Project) -> None:
    served.branch("topic", "Go on\n\nTask: P1-009\n")
    assert served.push("origin", "topic").returncode == 0


@pytest.mark.parametrize("args", [("topic", LOG), (LOG, "topic")])
def test_log_and_branch_in_one_push_are_taken(
    served: Project, args: tuple[str, ...]
) -> None:
    topic = served.branch("topic", GOOD)
    done = served.push("origin", *args)
    assert done.returncode == 0, done.stderr
    assert served.received()["refs/heads/topic"] == topic
    assert served.received()[LOG] == served.work.git("rev-parse", LOG)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("message", "code"), [(GOOD, 0), (BAD, 1)])
def test_the_log_counts_wherever_its_line_stands(
    served: Project, order: int, message: str, code: int
) -> None:
    lines = [
        f"{ZERO} {served.commit(message)} refs/heads/topic",
        f"{ZERO} {served.work.git('rev-parse', LOG)} {LOG}",
    ]
    done = feed(served, *lines[::order])
    assert done.returncode == code, done.stderr
    assert "GT004" in done.stderr or not code


def test_a_log_that_comes_later_is_too_late(served: Project) -> None:
    served.branch("topic", GOOD)
    assert is_refused(served.push("origin", "topic"), "GT007")
    assert served.push("origin", LOG).returncode == 0
    assert served.push("origin", "topic").returncode == 0


@pytest.mark.parametrize(
    "target",
    ["refs/heads/topic", "refs/tags/v1", "refs/for/main", "refs/pull/1/head"],
)
def test_a_bad_claim_is_refused_in_every_namespace(
    stocked: Project, target: str
) -> None:
    bad = stocked.commit(BAD)
    with nothing_received(stocked):
        assert is_refused(stocked.push("origin", f"{bad}:{target}"), "GT004")


@pytest.mark.parametrize("size", [2, 3, 5])
def test_one_bad_ref_refuses_the_whole_push(stocked: Project, size: int) -> None:
    for number in range(size):
        stocked.branch(f"b{number}", BAD if number == size - 1 else GOOD)
    names = [f"b{number}" for number in range(size)]
    with nothing_received(stocked):
        assert is_refused(stocked.push("origin", *names), "GT004")


def test_a_commit_in_several_refs_counts_once(stocked: Project) -> None:
    bad = stocked.branch("one", BAD)
    stocked.branch("two", "Go on", bad)
    done = stocked.push("origin", "one", "two", f"{bad}:refs/heads/three")
    assert "2 commits, 1 claims, 1 violations: fail" in done.stderr


def test_an_annotated_tags_own_message_is_judged(stocked: Project) -> None:
    stocked.tag("bad", BAD)
    stocked.tag("good", GOOD)
    with nothing_received(stocked):
        assert is_refused(stocked.push("origin", "bad"), "GT004")
    assert stocked.push("origin", "good").returncode == 0


def test_a_tag_of_a_bad_tag_is_refused(stocked: Project) -> None:
    stocked.tag("outer", "Release", stocked.tag("inner", BAD))
    with nothing_received(stocked):
        assert is_refused(stocked.push("origin", "outer"), "GT004")


def test_a_branch_may_be_deleted(stocked: Project) -> None:
    stocked.push("origin", "main:old")
    assert stocked.push("origin", ":old").returncode == 0


def forge(project: Project, change: Callable[[str], str], *parents: str) -> str:
    """Write a log commit in which the lines of one task's files are changed."""
    rows = project.work.git("ls-tree", "-r", LOG).splitlines()
    index = {"GIT_INDEX_FILE": str(project.work.path / ".git" / "forged")}
    entries = ""
    for row in rows:
        meta, _, name = row.partition("\t")
        oid = meta.split(" ")[2]
        if "P1-009" in name:
            text = project.work.run("git", "cat-file", "-p", oid).stdout
            oid = project.raw(change(text).encode(), "blob")
        entries += f"100644 {oid}\t{name}\n"
    project.work.run("git", "update-index", "--index-info", stdin=entries, env=index)
    tree = project.work.run("git", "write-tree", env=index).stdout.strip()
    above = [word for oid in parents for word in ("-p", oid)]
    return project.work.git("commit-tree", tree, *above, "-m", "forged")


def deletion(_: Project) -> str:
    return f":{LOG}"


def rewritten(project: Project) -> str:
    return f"+{forge(project, lambda text: text)}:{LOG}"


def older(_: Project) -> str:
    return f"+{LOG}~1:{LOG}"


def blob(project: Project) -> str:
    return f"+{project.raw(b'text', 'blob')}:{LOG}"


def tag_object(project: Project) -> str:
    return f"+{project.tag('log', 'the log', LOG)}:{LOG}"


def code(_: Project) -> str:
    return f"+main:{LOG}"


def line_removed(project: Project) -> str:
    def cut(text: str) -> str:
        return text.partition("\n")[2]

    return f"{forge(project, cut, LOG)}:{LOG}"


def line_changed(project: Project) -> str:
    def lie(text: str) -> str:
        return text.replace("110500", "109664")

    return f"{forge(project, lie, LOG)}:{LOG}"


def changed_and_put_back(project: Project) -> str:
    lie = forge(project, lambda text: text.replace("110500", "109664"), LOG)
    return f"{forge(project, lambda text: text, lie)}:{LOG}"


def _tree_with(mode: str, name: bytes, oid: str) -> Callable[[Project], str]:
    """Return an attack: a log commit with one more row in its tree, of any bytes."""

    def attack(project: Project) -> str:
        rows = project.work.run("git", "ls-tree", f"{LOG}^{{tree}}").stdout.splitlines()
        tree = {row.partition("\t")[2].encode(): row.split()[::2] for row in rows}
        tree[name] = [mode, oid or project.raw(b"{}\n", "blob")]
        raw = b"".join(
            b"%s %s\0%s" % (kind.lstrip("0").encode(), key, bytes.fromhex(row))
            for key, (kind, row) in sorted(tree.items())
        )
        made = project.raw(raw, "tree", literally=True)
        parent = project.work.git("rev-parse", LOG)
        who = "A U Thor <author@example.org> 1759633200 -0500"
        text = f"tree {made}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nx\n"
        return f"{project.raw(text.encode(), 'commit')}:{LOG}"

    return attack


HOSTILE_TREES = {
    "symlink": _tree_with("120000", b"tasks2", ""),
    "submodule": _tree_with("160000", b"sub", "1" * 40),
    "executable": _tree_with("100755", b"tool", ""),
    "unknown-file": _tree_with("100644", b"README", ""),
    "dot-git": _tree_with("100644", b".git", ""),
    "parent": _tree_with("100644", b"..", ""),
    "newline": _tree_with("100644", b"a\nb\x1b[31m", ""),
    "not-utf-8": _tree_with("100644", b"\xff\xfe", ""),
    "file-for-a-directory": _tree_with("100644", b"phases", ""),
    "newer-format": _tree_with("100644", b"format.json", ""),
}


@pytest.mark.parametrize("name", HOSTILE_TREES)
def test_a_hostile_tree_is_refused_in_one_sentence(stocked: Project, name: str) -> None:
    refspec = HOSTILE_TREES[name](stocked)
    with nothing_received(stocked):
        done = stocked.push("origin", refspec)
        assert is_refused(done, "pre-receive hook declined"), done.stderr
    said = [
        row
        for row in done.stderr.split("\n")
        if "gitlog-track" in row and "remote:" in row
    ]
    assert len(said) == 1, done.stderr
    assert "refused: " in said[0] or "cannot verify" in said[0]
    assert "\x1b[31m" not in done.stderr


@pytest.mark.parametrize("attack", [deletion, rewritten], ids=lambda f: f.__name__)
def test_gits_own_settings_do_not_protect_the_log(
    stocked: Project, attack: Callable[[Project], str]
) -> None:
    """Why the hook is needed. Source: git-config(1), receive.denyDeletes."""
    for key in ("denyNonFastForwards", "denyDeletes"):
        stocked.origin.git("config", f"receive.{key}", "true")
    refspec = attack(stocked)
    assert is_refused(stocked.push("origin", refspec), "refused: ")
    (stocked.origin.path / "hooks" / "pre-receive").unlink()
    assert stocked.push("origin", refspec).returncode == 0


LOG_ATTACKS = [deletion, rewritten, older, blob, tag_object, code, line_removed, line_changed, changed_and_put_back]  # fmt: skip


@pytest.mark.parametrize("attack", LOG_ATTACKS, ids=lambda f: f.__name__)
def test_the_log_only_grows(stocked: Project, attack: Callable[[Project], str]) -> None:
    refspec = attack(stocked)
    with nothing_received(stocked):
        done = stocked.push("origin", refspec)
        assert is_refused(done, "pre-receive hook declined"), done.stderr


def test_a_log_that_grew_is_taken(stocked: Project) -> None:
    tell(stocked.work.path, at("22:20:00"), "note", "one more", "--task", "P1-009")
    done = stocked.push("origin", LOG)
    assert done.returncode == 0, done.stderr


def test_a_bad_log_refuses_the_branch_beside_it(stocked: Project) -> None:
    refspec = line_changed(stocked)
    stocked.branch("topic", BAD)
    with nothing_received(stocked):
        assert is_refused(stocked.push("origin", refspec, "topic"))


def test_the_hook_writes_no_ref_and_no_file_of_its_own(stocked: Project) -> None:
    before = sorted(
        p for p in stocked.origin.path.rglob("*") if "objects" not in p.parts
    )
    lines = [
        f"{ZERO} {stocked.commit(m)} refs/heads/{n}"
        for m, n in ((GOOD, "a"), (BAD, "b"))
    ]
    with nothing_received(stocked):
        assert feed(stocked, lines[0]).returncode == 0
        assert feed(stocked, lines[1]).returncode == 1
    after = sorted(
        p for p in stocked.origin.path.rglob("*") if "objects" not in p.parts
    )
    assert after == before


@pytest.mark.parametrize("setting", ['mode = "off"', 'mode = "warn"', "tolerance = { token_count_used = 5000 }"])  # fmt: skip
def test_what_is_judged_cannot_choose_its_judge(stocked: Project, setting: str) -> None:
    stocked.commit_config(f"[gate]\n{setting}\n", BAD)
    with nothing_received(stocked):
        assert is_refused(stocked.push("origin", "main"), "GT004")


def test_a_new_branch_cannot_bring_its_policy_either(stocked: Project) -> None:
    stocked.commit_config('[gate]\nmode = "off"\n', BAD)
    with nothing_received(stocked):
        assert is_refused(stocked.push("origin", "main:fresh"), "GT004")


def test_a_side_branch_cannot_lower_the_policy_in_two_pushes(stocked: Project) -> None:
    lowered = stocked.commit_config('[gate]\nmode = "off"\n')
    assert stocked.push("origin", "main:side").returncode == 0
    bad = stocked.commit(BAD, lowered)
    with nothing_received(stocked):
        assert is_refused(stocked.push("origin", f"{bad}:refs/heads/side"), "GT004")


def test_the_policy_of_the_old_tip_counts_once_it_is_there(stocked: Project) -> None:
    stocked.commit_config('[gate]\nmode = "warn"\n')
    assert stocked.push("origin", "main").returncode == 0
    bad = stocked.commit(BAD)
    done = stocked.push("origin", f"{bad}:refs/heads/main")
    assert (done.returncode, "GT004 warning" in done.stderr) == (0, True)


@pytest.mark.parametrize(
    "text",
    ["[gate]\nmode = \n", "a = " + "[" * 5_000, "a = " + "9" * 5_000, "#" * 300_000],
    ids=["no value", "nested", "digits", "large"],
)
def test_a_policy_that_cannot_be_read_is_refused_before_it_counts(
    stocked: Project, text: str
) -> None:
    stocked.commit_config(text)
    with nothing_received(stocked):
        done = stocked.push("origin", "main")
        assert is_refused(done, ".gitlog-track.toml"), done.stderr


def test_a_first_push_into_an_empty_server_is_judged(
    served: Project, tmp_path: Path
) -> None:
    empty = Project(served.work, Repo.init(tmp_path / "empty.git", "--bare"))
    empty.serve()
    served.work.git("remote", "add", "empty", "../empty.git")
    served.branch("topic", BAD)
    assert is_refused(served.push("empty", "topic", LOG), "GT004")
    assert empty.origin.git("for-each-ref") == ""
    served.branch("topic", GOOD)
    done = served.push("empty", "topic", LOG)
    assert done.returncode == 0, done.stderr


CRASH = "import runpy, sys; sys.argv = ['x', 'hook', 'pre-receive']; "


@pytest.mark.parametrize(
    "crash",
    [
        "import gitlog_track.services.receive as v; v.verify_receive = None; ",
        "import gitlog_track.services.receive as v; v.parse_receive = None; ",
        "import gitlog_track.gate.judge as j; j.Judge.violations = None; ",
    ],
)
def test_a_crash_of_the_hook_refuses(stocked: Project, crash: str) -> None:
    run = "runpy.run_module('gitlog_track', run_name='__main__')"
    stocked.serve(f'#!/bin/sh\nexec "{sys.executable}" -c "{CRASH}{crash}{run}"\n')
    stocked.branch("topic", GOOD)
    with nothing_received(stocked):
        done = stocked.push("origin", "topic")
        assert is_refused(done, "cannot verify this push"), done.stderr


@pytest.mark.parametrize("line", ["a b", f"{ZERO} HEAD refs/heads/x", f"{ZERO} {'1' * 40} refs/heads/x"])  # fmt: skip
def test_a_line_that_makes_no_sense_is_refused(stocked: Project, line: str) -> None:
    done = feed(stocked, line)
    assert done.returncode == 1
    assert "cannot verify" in done.stderr or "GT011" in done.stderr
