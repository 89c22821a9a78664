"""``doctor --remote``: does the host keep the log?"""

from __future__ import annotations

from gitlog_track.log.layout import LOG_REF
from tests.support.gate import Project
from tests.support.hooks import executable
from tests.support.shared_log import log_here


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


def test_the_log_goes_on_under_a_name_that_the_host_takes(project: Project) -> None:
    """The recipe that doctor gives: nothing is left behind, and nothing called gone."""
    work = project.work
    work.ours("sync")
    there = log_here(project)
    name = "refs/heads/gitlog-track"
    script = "#!/bin/sh\ncase $1 in refs/gitlog-track/*) exit 1;; esac\n"
    executable(project.origin.path / "hooks" / "update", script)
    project.configure(f'[log]\nref = "{name}"\nfold = "sync"\n')
    work.ours("deinit")
    done = work.cli("init")
    assert f"{name}: the log of {LOG_REF} goes on here" in done.stderr
    assert work.git("rev-parse", name) == there
    assert "goes on here" not in work.cli("init").stderr
    done = work.cli("sync")
    assert (done.returncode, "gone" in done.stderr) == (0, False), done.stderr
    assert project.received()[name] == there
    assert "P1-009" in work.ours("show", "P1-009")
