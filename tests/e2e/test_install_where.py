"""init in every kind of repository: worktrees, submodules, dotfiles, shared, and refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.hooks import (
    HOOK_NAMES,
    change_hooks,
    hold_folds,
    sh,
    snapshot,
    stored,
    waiting,
)
from tests.support.repos import Repo


def test_each_linked_worktree_has_its_own_task(tracked: Repo, tmp_path: Path) -> None:
    sh(tracked, "c base; git worktree add -q ../linked -b linked")
    linked = Repo(tmp_path / "linked")
    tracked.ours("start", "P1-001")
    linked.ours("start", "P1-002")
    sh(tracked, "c one")
    sh(linked, "c two; git commit -q --amend -m three")
    sh(linked, "git rebase -q main")

    by_task = {
        task: [
            e["operation"]
            for e in stored(tracked, "commit_recorded")
            if e["task"] == task
        ]
        for task in ("P1-001", "P1-002")
    }
    assert by_task == {"P1-001": ["commit"], "P1-002": ["commit", "amend", "rebase"]}
    assert linked.journal == tracked.journal
    assert waiting(tracked) == []


def test_a_commit_in_a_linked_worktree_on_a_packed_branch(
    tracked: Repo,
    tmp_path: Path,
) -> None:
    sh(tracked, "c base; git worktree add -q ../linked -b linked; git pack-refs --all")
    linked = Repo(tmp_path / "linked")
    sh(linked, "c two; git pack-refs --all; c three")

    heads = [e["head"] for e in stored(tracked, "commit_attempted")]
    log = tracked.git("rev-list", "--reverse", "linked").split()
    assert heads == [None, *log[:2]]


def test_init_in_a_linked_worktree_tracks_the_main_one(
    repo: Repo,
    tmp_path: Path,
) -> None:
    sh(repo, "c base; git worktree add -q ../linked -b linked")
    Repo(tmp_path / "linked").track("sync")
    sh(repo, "c one")

    assert repo.events("commit_recorded")[-1]["commit"] == repo.head()


def test_a_submodule_is_a_repository_of_its_own(tracked: Repo, tmp_path: Path) -> None:
    sh(tracked, "c base")
    sh(Repo.init(tmp_path / "library"), "c lib")
    sh(tracked, "git submodule --quiet add ../library lib; git commit -q -m sub")
    before = stored(tracked)
    sub = Repo(tracked.path / "lib")
    sub.track("sync")
    sub.ours("start", "S1-001")
    sh(sub, "c inside")

    assert sub.common == tracked.common / "modules" / "lib"
    assert sub.events("commit_recorded")[-1]["commit"] == sub.head()
    assert sub.git("log", "-1", "--format=%(trailers)") == "Task: S1-001"
    assert stored(tracked) == before


def test_dotfiles_in_another_repository_do_not_touch_it(
    tracked: Repo,
    tmp_path: Path,
) -> None:
    sh(tracked, "c base")
    outer = snapshot(tracked.common)
    inside = tracked.path / "config"
    inside.mkdir()
    git_dir = tmp_path / "dotfiles"
    subprocess.run(["git", "init", "-q", "--bare", git_dir], check=True)
    env = {"GIT_DIR": str(git_dir), "GIT_WORK_TREE": str(inside)}
    dot = Repo(inside)
    dot.ours("init", env=env)
    dot.ours("start", "D1-001", env=env)
    (inside / "rc").write_text("x")
    place = ["git", f"--git-dir={git_dir}", f"--work-tree={inside}"]
    for args in (["add", "rc"], ["commit", "-q", "-m", "Keep rc"]):
        done = dot.run(*place, *args)
        assert (done.returncode, done.stderr) == (0, "")
    dot.ours("fold", env=env)

    names = dot.run(
        "git", "ls-tree", "-r", "--name-only", "refs/gitlog-track/log", env=env
    )
    assert "/D1-001/" in names.stdout
    message = dot.run("git", "log", "-1", "--format=%(trailers)", env=env)
    assert message.stdout.strip() == "Task: D1-001"
    assert snapshot(tracked.common) == outer


def test_an_empty_repository_can_be_tracked(repo: Repo) -> None:
    repo.ours("init")
    repo.ours("start", "P1-001")

    assert repo.cli("doctor").returncode == 0
    assert [e["kind"] for e in repo.events()] == ["task_started"]


def refused(repo: Repo, *args: str) -> str:
    done = repo.cli(*args)
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_bare_repository_is_refused(tmp_path: Path) -> None:
    bare = Repo.init(tmp_path / "bare", "--bare")
    before = snapshot(bare.path)

    assert "no work tree" in refused(bare, "init")
    assert snapshot(bare.path) == before


def test_a_sha256_repository_is_refused_by_name(tmp_path: Path) -> None:
    repo = Repo.init(tmp_path / "repo", "--object-format=sha256")
    before = snapshot(repo.path)

    assert "sha256" in refused(repo, "init")
    assert snapshot(repo.path) == before


@pytest.mark.parametrize(
    ("key", "value"),
    [("refStorage", "reftable"), ("compatObjectFormat", "sha256"), ("fancy", "x")],
)
def test_an_unknown_extension_is_refused_by_name(
    repo: Repo,
    key: str,
    value: str,
) -> None:
    repo.git("config", "core.repositoryFormatVersion", "1")
    repo.git("config", f"extensions.{key}", value)

    assert key.lower() in refused(repo, "init").lower()
    assert not (repo.path / ".git" / "gitlog-track").exists()


def test_no_repository_at_all(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert "not a git repository" in refused(Repo(tmp_path / "plain"), "init")
    assert list((tmp_path / "plain").iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository away")
def test_another_users_repository_is_refused_with_the_remedy(repo: Repo) -> None:
    for path in (repo.path, repo.path / ".git"):
        os.chown(path, 65534, 65534)
    said = refused(repo, "init")

    assert "another user" in said
    assert f"git config --global --add safe.directory {repo.path}" in said
    sh(repo, f"git config --global --add safe.directory '{repo.path}'")
    assert repo.cli("init").returncode == 0


@pytest.mark.parametrize(
    ("shared", "umask", "mode"),
    [
        ("group", 0o077, 0o660),
        ("group", 0o022, 0o664),
        ("all", 0o077, 0o664),
        ("0640", 0o022, 0o640),
        ("false", 0o077, 0o600),
    ],
)
def test_a_shared_repository_is_shared_as_git_does(
    tmp_path: Path,
    shared: str,
    umask: int,
    mode: int,
) -> None:
    before = os.umask(umask)
    try:
        repo = Repo.init(tmp_path / "repo", f"--shared={shared}")
        repo.track("sync")
        repo.ours("start", "P1-001")
        sh(repo, "c one")
        repo.write(".gitlog-track.toml", '[log]\nfold = "detached"\n')
        repo.ours("note", "text")
        hold_folds(repo)
        sh(repo, "c two")
    finally:
        os.umask(before)

    home = repo.journal.parent
    ours = {path for path in home.rglob("*") if path.name != "pending"}
    ours |= {repo.common / "hooks" / name for name in HOOK_NAMES}
    ours.add(repo.common / "logs" / "refs" / "gitlog-track" / "log")
    modes = {
        path.name: oct(path.stat().st_mode & 0o666) for path in ours if path.is_file()
    }
    assert len(modes) >= 12
    assert set(modes.values()) == {oct(mode)}
    folders = {path.stat().st_mode & 0o777 for path in (home, repo.journal)}
    assert folders == {mode | (mode & 0o444) >> 2}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_member_of_the_group_records_and_folds(tmp_path: Path) -> None:
    repo = Repo.init(tmp_path / "repo", "--shared=group")
    repo.track("sync")
    sh(repo, "c one; git config --global --add safe.directory '*'")
    (repo.common / "COMMIT_EDITMSG").unlink()  # git does not share it
    for path in [repo.path, *repo.path.rglob("*")]:
        os.chown(path, -1, OTHER, follow_symlinks=False)
    for path in [tmp_path, *list(tmp_path.parents)[:-2]]:
        path.chmod(path.stat().st_mode | 0o055)
    python = "/usr/bin/python3"
    if as_other(
        tmp_path, python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"
    ):
        pytest.skip("no Python 3.11 that another user can run")
    ours = f"gt_python='{sys.executable}'"
    change_hooks(
        repo.common / "hooks",
        lambda text: text.replace(ours, f"gt_python='{python}'"),
    )

    said = as_other(repo.path, "git", "commit", "-q", "--allow-empty", "-m", "mine")

    assert said == ""
    assert waiting(repo) == []
    assert repo.head() in {e.get("commit") for e in stored(repo)}
    sh(repo, "c three")
    assert waiting(repo) == []


OTHER = 65534


def as_other(directory: Path, *command: str) -> str:
    """Run a command as another user; return what it said, or how it ended."""
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            user=OTHER,
            group=OTHER,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as err:
        return str(err)
    return done.stderr or str(done.returncode or "")
