"""The founding story with real git: from init to a clone that reads the log."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support.repos import Repo

LOG = "refs/gitlog-track/log"


@pytest.fixture
def origin(tmp_path: Path) -> Repo:
    return Repo.init(tmp_path / "origin.git", "--bare")


def work_on(repo: Repo) -> None:
    """One task: commits that are amended, rebased and merged, tests that fail and pass."""
    repo.ours("start", "P1-009", "--estimate", "15m", "--start-tokens", "107264")
    repo.commit("Add the scaffold", name="scaffold")
    repo.git("commit", "-q", "--amend", "-m", "Add the scaffold, better")
    repo.write("test_it.py", "def test_it():\n    assert False\n")
    pytest_ = ("run", "--label", "tests", "--", sys.executable, "-m", "pytest", "-q")
    options = ("-p", "no:cacheprovider", "-p", "no:xdist", "test_it.py")
    assert repo.cli(*pytest_, *options).returncode == 1
    repo.ours("bug", "the test fails")
    repo.write("test_it.py", "def test_it():\n    assert True\n")
    assert repo.cli(*pytest_, *options).returncode == 0
    repo.ours("fix", "the test passes")
    repo.git("switch", "-q", "-c", "topic")
    repo.commit("Add a topic", name="topic")
    repo.git("switch", "-q", "main")
    repo.commit("Go on meanwhile", name="meanwhile")
    repo.git("switch", "-q", "topic")
    repo.git("rebase", "-q", "main")
    repo.git("switch", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge the topic", "topic")
    repo.ours(
        "complete", "--end-tokens", "110,500", "--iterations", "2", "--success", "pass"
    )


def test_the_story(tracked: Repo, origin: Repo, tmp_path: Path) -> None:
    tracked.git("remote", "add", "origin", str(origin.path))
    work_on(tracked)
    operations = [e["operation"] for e in tracked.events("commit_recorded")]
    assert operations == ["commit", "amend", "commit", "commit", "rebase", "merge"]
    assert [e["exit_code"] for e in tracked.events("command_finished")] == [1, 0]
    assert [e["cause"] for e in tracked.events("commits_rewritten")] == [
        "amend",
        "rebase",
    ]

    tracked.git("push", "-q", "origin", "main", LOG)
    origin.git("clone", "-q", str(origin.path), str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    clone.git("fetch", "-q", "origin", f"{LOG}:{LOG}")

    here = json.loads(tracked.ours("show", "P1-009", "--format", "json"))
    there = json.loads(clone.ours("show", "P1-009", "--format", "json"))
    assert {**there, "repository": ""} == {**here, "repository": ""}
    assert there["measures"]["token_count_used"]["value"] == 3236
    assert there["measures"]["duration"]["evidence"] == "derived"
    assert there["measures"]["bugs_encountered"]["value"] == 1
    # The amended and the rebased commit are one piece of work each.
    assert len(there["measures"]["commits"]["value"]) == 4
    assert there["validation"]["valid"] is True
    assert clone.cli("audit").returncode == 0


def test_every_commit_names_its_task(tracked: Repo) -> None:
    work_on(tracked)
    form = "--format=%s|%(trailers:key=Task,valueonly,separator=%x2C)"
    rows = dict(row.split("|") for row in tracked.git("log", form).split("\n"))
    assert (
        rows.pop("Merge the topic") == ""
    )  # git's own message of a merge is left alone
    assert set(rows.values()) == {"P1-009"}


def test_the_log_reads_as_a_journal(tracked: Repo) -> None:
    work_on(tracked)
    subjects = tracked.git("log", "--format=%an: %s", LOG).split("\n")
    assert subjects[-1] == "C O Mitter: Record 1 event of P1-009"
    tasks = tracked.git("log", "--format=%(trailers:key=Task,valueonly)", LOG).split()
    assert set(tasks) == {"P1-009"}
    assert len(tracked.git("reflog", "show", LOG).split("\n")) == len(subjects)
    assert tracked.git("fsck", "--strict") == ""


def test_a_report_without_a_log_is_true_and_useful(repo: Repo) -> None:
    assert "0 commits on HEAD" in repo.ours("report")
    repo.commit("Add it")
    repo.commit("Finish it\n\nDuration: 12 minutes\nTask: P1-001")
    told = repo.ours("report")
    assert "2 commits on HEAD; 1 name a task; 1 claim a metric" in told
    assert "gitlog-track init" in told
    assert json.loads(repo.ours("report", "--format", "json"))["log"] is None


def test_a_report_in_a_bare_and_in_a_shallow_repository(
    tracked: Repo,
    origin: Repo,
    tmp_path: Path,
) -> None:
    work_on(tracked)
    tracked.git("push", "-q", str(origin.path), "main", LOG)
    assert "P1" in origin.ours("report")
    shallow = tmp_path / "shallow"
    tracked.git("clone", "-q", "--depth", "1", f"file://{origin.path}", str(shallow))
    assert "shallow" in Repo(shallow).ours("report")


def test_the_demo_tells_the_story_and_leaves_nothing(
    tmp_path: Path, repo: Repo
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    told = repo.ours("demo", env={"TMPDIR": str(scratch)})
    for words in (
        "Task: P1-009",
        "P1-009: valid",
        "TOKENS_USED: 3236",
        "0 findings",
        "GT004 refused",
        "Metrics-Log: ",
        "P1     1/1 D",
    ):
        assert words in told
    assert list(scratch.iterdir()) == []
