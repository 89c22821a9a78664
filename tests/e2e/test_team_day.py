"""A team's day: three clones and a server; CI joins later; a squash, and a forced log."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from gitlog_track.log.layout import LOG_REF
from tests.support.hooks import executable
from tests.support.repos import Repo

HOOK = f'#!/bin/sh\nexec "{sys.executable}" -m gitlog_track hook pre-receive\n'
PUSH = ("git", "push", "-q", "origin")


def clone(origin: Repo, path: Path) -> Repo:
    subprocess.run(["git", "clone", "-q", str(origin.path), str(path)], check=True)
    return Repo(path)


def pushes(repo: Repo, *args: str) -> str:
    done = repo.run(*PUSH, *args)
    assert done.returncode == 0, done.stderr
    return done.stderr


def work(repo: Repo, task: str) -> None:
    """Start a task, commit twice, find a bug, complete it, and claim what it took."""
    repo.ours("start", task, "--start-tokens", "1000")
    repo.commit(f"Begin {task}", name=f"{task}.txt")
    repo.ours("bug", "off by one")
    repo.commit(f"Go on with {task}", name=f"{task}.txt")
    repo.ours("complete", "--end-tokens", "3500", "--success", "pass")
    claim = repo.ours("claim", task).strip()
    repo.write(f"{task}.md", "done\n")
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", f"Finish {task}", "-m", claim)


def tip(repo: Repo) -> str:
    return repo.git("rev-parse", LOG_REF)


def test_a_teams_day(tmp_path: Path) -> None:
    origin = Repo.init(tmp_path / "origin.git", "--bare")
    executable(origin.path / "hooks" / "pre-receive", HOOK)
    ann = begins(origin, tmp_path)
    bob, cara = work_side_by_side(origin, tmp_path)
    takes_over_by_a_squash(ann, bob)
    ci = joins_as_ci(origin, tmp_path)
    forces_the_log(origin, cara)
    meets_the_forced_log(origin, bob)
    for repo in (ann, cara, bob):
        repo.cli("sync", "--accept-rewrite")
    for repo in (ann, bob, cara, ci):
        repo.ours("sync")
    assert {tip(repo) for repo in (ann, bob, cara, ci)} == {tip(origin)}
    has_everything_once(ci)


def begins(origin: Repo, tmp_path: Path) -> Repo:
    """Ann's push is judged twice and takes the log along."""
    ann = clone(origin, tmp_path / "ann")
    ann.track(fold="sync")
    ann.commit("Configure tracking", name="readme")
    work(ann, "P1-001")
    assert pushes(ann, "main") == ""
    assert tip(origin) == tip(ann)
    return ann


def work_side_by_side(origin: Repo, tmp_path: Path) -> tuple[Repo, Repo]:
    """Bob's push finds the log that Cara's has moved meanwhile."""
    bob, cara = (clone(origin, tmp_path / name) for name in ("bob", "cara"))
    for repo in (bob, cara):
        repo.ours("init")
        repo.ours("fetch")
    bob.git("switch", "-q", "-c", "feature")
    work(bob, "P1-002")
    work(cara, "P1-003")
    assert pushes(cara, "main") == ""
    assert pushes(bob, "feature") == ""
    merge = origin.git("log", "-1", "--format=%an: %s", LOG_REF)
    assert merge == "gitlog-track: Merge two logs"
    return bob, cara


def takes_over_by_a_squash(ann: Repo, bob: Repo) -> None:
    """Ann squashes Bob's branch with its claims; her gate fetches the log they need."""
    ann.git("pull", "-q", "--ff-only", "origin", "main")
    ann.git("fetch", "-q", "origin", "feature")
    ann.git("merge", "-q", "--squash", "FETCH_HEAD")
    claims = bob.git("log", "-1", "--format=%b", "feature")
    ann.git("commit", "-q", "-m", "Take P1-002 over (#2)", "-m", claims)
    assert ann.events(task="P1-002", kind="task_completed") == []
    assert pushes(ann, "main") == ""
    assert len(ann.events(task="P1-002", kind="task_completed")) == 1


def joins_as_ci(origin: Repo, tmp_path: Path) -> Repo:
    """CI has neither our hooks nor the log, and finds everything backed."""
    ci = clone(origin, tmp_path / "ci")
    done = ci.cli("verify", "HEAD")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3/3" in ci.ours("report")
    assert ci.cli("audit").returncode == 0
    return ci


def forces_the_log(origin: Repo, cara: Repo) -> None:
    """The server refuses a forced push of the log; so it is forced on the server."""
    cara.git("fetch", "-q", "origin", f"+{LOG_REF}:refs/heads/theirs")
    old = cara.git("commit-tree", "theirs~1^{tree}", "-m", "cleaned up")
    done = cara.run("git", "push", "--no-verify", "-f", "origin", f"{old}:{LOG_REF}")
    assert (done.returncode, "was rewritten" in done.stderr) == (1, True)
    forced = origin.git("commit-tree", f"{LOG_REF}~1^{{tree}}", "-m", "cleaned up")
    origin.git("update-ref", LOG_REF, forced)


def meets_the_forced_log(origin: Repo, bob: Repo) -> None:
    """The code still goes; the log waits until a person decides."""
    forced = tip(origin)
    bob.ours("note", "--task", "P1-002", "after the rewrite")
    said = pushes(bob, "feature")
    assert "the code goes without its log" in said
    assert "was rewritten" in said
    done = bob.cli("sync")
    assert (done.returncode, "--accept-rewrite" in done.stderr) == (4, True)
    assert tip(origin) == forced
    bob.ours("sync", "--accept-rewrite")


def has_everything_once(ci: Repo) -> None:
    events = ci.events()
    assert set(Counter(event["id"] for event in events).values()) == {1}
    kinds = Counter((event["task"], event["kind"]) for event in events)
    for task in ("P1-001", "P1-002", "P1-003"):
        assert kinds[task, "task_started"] == kinds[task, "task_completed"] == 1
        assert kinds[task, "commit_recorded"] >= 3
    assert kinds["P1-002", "note_recorded"] == 1
    assert ci.cli("audit").returncode == 0
    assert ci.cli("verify", "HEAD").returncode == 0
