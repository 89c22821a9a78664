"""The user's own configuration of git widens nothing of what is carried."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlog_track.log.layout import LOG_REF
from tests.support.hooks import executable
from tests.support.remotes import Server, Site


@pytest.fixture
def ann(ann: Site) -> Site:
    ann.note("one")
    return ann


def test_nothing_else_travels_along(server: Server, ann: Site) -> None:
    ann.commit("code")
    ann.run("tag", "-a", "-m", "v1", "v1")
    for key, value in {
        "push.followTags": "true",
        "remote.origin.push": "refs/heads/*",
        "remote.origin.fetch": "+refs/*:refs/*",
        "fetch.prune": "true",
        "fetch.writeCommitGraph": "true",
    }.items():
        ann.run("config", key, value)
    ann.sync()
    assert set(server.refs) == {LOG_REF}
    server.text("update-ref", "refs/heads/theirs", server.refs[LOG_REF])
    ann.note("two")
    before = ann.text("for-each-ref", "refs/heads", "refs/tags")
    server.text("update-ref", LOG_REF, str(ann.tracking))
    ann.fetch()
    assert ann.text("for-each-ref", "refs/heads", "refs/tags") == before
    assert ann.notes() == ["one", "two"]
    assert not (ann.path / ".git" / "FETCH_HEAD").exists()


def test_a_mirror_of_everything_does_not_nest(server: Server, ann: Site) -> None:
    ann.sync()
    ann.run("push", "-q", "--mirror", "origin")
    ann.note("two")
    ann.sync()
    assert [name for name in server.refs if name.count("gitlog-track") > 1] == []
    assert ann.text("for-each-ref", "--format=%(refname)").split("\n") == [
        "refs/gitlog-track-remote/origin/log",
        LOG_REF,
    ]


def test_no_hook_of_the_user_runs_for_the_log(ann: Site, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    for hook in ("pre-push", "reference-transaction", "post-merge", "post-rewrite"):
        executable(
            ann.path / ".git" / "hooks" / hook, f"#!/bin/sh\necho {hook} >>{ran}\n"
        )
    ann.sync()
    assert not ran.exists()
