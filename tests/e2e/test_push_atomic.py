"""``push --atomic``: branch and log, or neither."""

from __future__ import annotations

from tests.support.gate import BAD, GOOD, Project, tell
from tests.support.shared_log import colleague, log_here, log_there


def test_branch_and_log_go_together_or_not_at_all(project: Project) -> None:
    project.branch("topic", GOOD)
    done = project.work.cli("push", "--atomic", "topic")
    assert done.returncode == 0, done.stderr
    assert log_there(project) == log_here(project)
    assert "refs/heads/topic" in project.received()
    tell(project.work.path, "2025-10-04T22:41:00-05:00", "start", "P8-001")
    before = project.received()
    project.branch("topic", "Another history")
    done = project.work.cli("push", "--atomic", "topic")
    assert (done.returncode, project.received()) == (4, before)
    assert "nothing was pushed to origin: refs/heads/topic" in done.stderr
    project.branch("bad", BAD)
    done = project.work.cli("push", "--atomic", "bad")
    assert (done.returncode, project.received()) == (4, before)
    assert "GT004" in done.stderr


def test_together_also_where_a_colleague_was_faster(project: Project) -> None:
    assert project.push("origin", "main").returncode == 0
    bob = colleague(project)
    tell(bob.path, "2025-10-04T22:40:00-05:00", "start", "P7-001")
    bob.ours("push")
    project.branch("topic", GOOD)
    done = project.work.cli("push", "--atomic", "topic")
    assert done.returncode == 0, done.stderr
    assert "refs/heads/topic" in project.received()
    assert log_there(project) == log_here(project)
