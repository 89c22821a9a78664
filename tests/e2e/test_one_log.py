"""One repository has one log: its ref is fixed by init, whatever a checkout configures."""

from __future__ import annotations

from pathlib import Path

from tests.support.hooks import sh
from tests.support.repos import Repo

OURS = "refs/gitlog-track/log"
OTHER = "refs/notes/other"


def _ref_of(repo: Repo) -> str:
    text = (repo.common / "gitlog-track" / "settings").read_text()
    return dict(row.split("=", 1) for row in text.splitlines())["ref"]


def _configure(repo: Repo, ref: str) -> None:
    repo.write(".gitlog-track.toml", f'[log]\nfold = "sync"\nref = "{ref}"\n')


def test_another_worktree_with_another_ref_is_told_and_changes_nothing(
    tracked: Repo,
    tmp_path: Path,
) -> None:
    sh(tracked, "c base; git worktree add -q ../linked -b linked")
    linked = Repo(tmp_path / "linked")
    _configure(linked, OTHER)
    for command in (["status"], ["start", "P1-001"], ["init"], ["report"]):
        done = linked.cli(*command)
        assert done.returncode == 2
        assert f"log.ref is configured as {OTHER}" in done.stderr
        assert f"this repository's log is {OURS}" in done.stderr
        assert "gitlog-track deinit" in done.stderr
    sh(linked, "c recorded")

    assert _ref_of(tracked) == OURS
    assert tracked.events("commit_recorded")[-1]["commit"] == linked.head()
    assert tracked.git("for-each-ref", OTHER) == ""
    tracked.ours("status")


def test_doctor_names_a_ref_that_disagrees(tracked: Repo) -> None:
    _configure(tracked, OTHER)
    done = tracked.cli("doctor")
    assert done.returncode == 1
    assert f"problem log.ref is configured as {OTHER}" in done.stdout


def test_deinit_then_init_changes_the_ref(tracked: Repo) -> None:
    sh(tracked, "c base")
    _configure(tracked, OTHER)
    said = tracked.cli("deinit")
    assert said.returncode == 0
    assert f"the log stays in {OURS}" in said.stderr
    tracked.ours("init")
    sh(tracked, "c next")
    assert _ref_of(tracked) == OTHER
    assert tracked.git("for-each-ref", OTHER) != ""
