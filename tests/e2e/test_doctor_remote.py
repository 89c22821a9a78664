"""``doctor --remote``: does the host keep the log?"""

from __future__ import annotations

from tests.support.gate import Project
from tests.support.hooks import executable


def test_doctor_probes_a_remote_and_leaves_nothing(project: Project) -> None:
    assert project.push("origin", "main").returncode == 0
    before = project.received()
    done = project.work.cli("doctor", "--remote", "origin")
    assert done.returncode == 0, done.stdout
    assert "origin takes, keeps and gives back refs like" in done.stdout
    assert "origin has the log as it is here" in done.stdout
    assert project.received() == before


def test_doctor_offers_a_name_that_the_host_takes(project: Project) -> None:
    only = "while read -r a b ref; do case $ref in refs/heads/*) ;; *) exit 1 ;; esac; done"
    executable(project.origin.path / "hooks" / "pre-receive", f"#!/bin/sh\n{only}\n")
    done = project.work.cli("doctor", "--remote", "origin")
    assert done.returncode == 1
    assert "origin refuses refs/gitlog-track/log" in done.stdout
    assert "origin refuses refs/notes/gitlog-track" in done.stdout
    assert 'set log.ref = "refs/heads/gitlog-track"' in done.stdout
    assert set(project.received()) == {"refs/heads/main"}
