"""``backfill history``: commits that were made before tracking began."""

from __future__ import annotations

import json

import pytest

from tests.support.cli import Cli
from tests.support.repos import Repo


@pytest.fixture
def history(repo: Repo, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Three commits of two tasks, one of none, and a merge; tracking begins after them."""
    repo.commit("Begin")
    repo.commit("Parse\n\nTask: P1-001", name="a")
    repo.commit("Parse more\n\nTask: P1-001\nTask: P1-002", name="b", text="b\n")
    repo.git("switch", "-q", "-c", "topic", "HEAD~1")
    repo.commit("Other\n\nTask: P1-002", name="c")
    repo.git("switch", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "Join\n\nTask: P1-002", "topic")
    repo.track(fold="sync")
    return Cli(repo.path, capsys, now="2099-01-01T00:00:00+00:00")


def events(cli: Cli, task: str) -> list[dict[str, object]]:
    shown = json.loads(cli.run("show", task, "--format", "json"))
    found: list[dict[str, object]] = shown["events"]
    return found


def test_what_a_commit_proves_is_recorded_and_no_more(history: Cli) -> None:
    answer = history.try_run("backfill", "history")
    assert answer.code == 0
    assert answer.err == (
        "5 commits of 2 tasks recorded; 0 known already, 0 copies of such, "
        "1 name no task\n"
    )
    found = events(history, "P1-001")
    assert [e["kind"] for e in found] == ["commit_recorded"] * 2
    first = found[0]
    assert first["at"] == first["committed_at"]
    assert first["provenance"] == "backfilled"
    assert first["source"] == "importer:history 1"
    assert (first["operation"], first["files"], first["insertions"]) == (
        "unknown",
        1,
        3,
    )
    operations = [e["operation"] for e in events(history, "P1-002")]
    assert operations.count("merge") == 1
    assert json.loads(history.run("show", "P1-001", "--format", "json"))["status"] == (
        "not_started"
    )
    assert history.try_run("audit").code == 0


def test_run_twice_nothing_changes(history: Cli) -> None:
    history.run("backfill", "history")
    before = Repo(history.path).git("rev-parse", "refs/gitlog-track/log^{tree}")
    answer = history.try_run("backfill", "history")
    assert "0 commits of 0 tasks recorded; 5 known already" in answer.err
    after = Repo(history.path).git("rev-parse", "refs/gitlog-track/log^{tree}")
    assert before == after


def test_a_range_and_a_dry_run(history: Cli) -> None:
    answer = history.try_run("backfill", "history", "--dry-run", "HEAD~1..HEAD")
    assert "2 commits of 1 task would be recorded" in answer.err
    assert history.try_run("show", "P1-002").code == 4
    assert "2 commits of 1 task recorded" in (
        history.try_run("backfill", "history", "HEAD~1..HEAD").err
    )


@pytest.mark.parametrize("revisions", ["nonsense", "", "--all", "HEAD..nonsense"])
def test_a_range_that_is_none(history: Cli, revisions: str) -> None:
    answer = history.try_run("backfill", "history", "--", revisions)
    assert answer.code == 2
    assert "is no range here" in answer.err


def test_what_hooks_recorded_stays_what_it_is(history: Cli) -> None:
    repo = Repo(history.path)
    live = repo.commit("Live\n\nTask: P1-003")
    before = [e for e in events(history, "P1-003") if e["kind"] == "commit_recorded"]
    history.run("backfill", "history")
    after = [e for e in events(history, "P1-003") if e["kind"] == "commit_recorded"]
    assert [e["commit"] for e in after] == [live]
    assert after == before
    assert after[0]["provenance"] == "live"


def test_a_copy_of_a_recorded_commit_is_no_second_piece_of_work(history: Cli) -> None:
    repo = Repo(history.path)
    repo.commit("Live\n\nTask: P1-003", name="live", text="live\n")
    repo.git("switch", "-q", "-c", "copy", "HEAD~1")
    repo.commit("Meanwhile", name="meanwhile")
    hooks = repo.common / "hooks"
    hooks.rename(repo.common / "hooks-aside")
    repo.git("cherry-pick", "main")
    (repo.common / "hooks-aside").rename(hooks)
    answer = history.try_run("backfill", "history")
    assert "1 copies of such" in answer.err
    shown = json.loads(history.run("show", "P1-003", "--format", "json"))
    assert len(shown["measures"]["commits"]["value"]) == 1


def test_an_empty_repository_has_nothing_to_record(cli: Cli) -> None:
    assert "0 commits of 0 tasks recorded" in cli.try_run("backfill", "history").err


def test_a_shallow_clone_measures_no_change_where_it_is_cut_off(
    history: Cli, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("shallow") / "clone"
    Repo(history.path).git(
        "clone", "-q", "--depth", "2", f"file://{history.path}", str(path)
    )
    clone = Cli(path, history.capsys, now=history.now)
    clone.run("init")
    clone.run("backfill", "history")
    cut = [e for e in events(clone, "P1-002") if e["files"] is None]
    assert len(cut) == 3  # the two commits that are cut off, and the merge
