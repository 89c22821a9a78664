"""init and deinit: idempotent, and hooks that were there are kept, called and put back."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.hooks import (
    HOOK_NAMES,
    executable,
    hold_folds,
    sh,
    snapshot,
    stored,
    waiting,
)
from tests.support.repos import Repo


def samples_removed(repo: Repo) -> Path:
    hooks = repo.common / "hooks"
    shutil.rmtree(hooks)
    hooks.mkdir()
    return hooks


def test_init_twice_changes_nothing(repo: Repo) -> None:
    first = repo.cli("init")
    before = snapshot(repo.path)
    second = repo.cli("init")

    assert (first.returncode, second.returncode) == (0, 0)
    assert snapshot(repo.path) == before
    assert "nothing to change" in second.stderr
    for name in (*HOOK_NAMES, ".gitlog-track.toml"):
        assert name in first.stderr


def test_init_after_an_upgrade_changes_only_what_is_out_of_date(tracked: Repo) -> None:
    hook = tracked.common / "hooks" / "post-commit"
    current = hook.read_text()
    hook.write_text(current.replace("exit 0", "exit 0 # older"))
    said = tracked.cli("init").stderr

    assert hook.read_text() == current
    assert [line.rpartition(": ")[2] for line in said.splitlines()] == ["updated"]


def test_deinit_leaves_the_repository_as_it_was(repo: Repo) -> None:
    hooks = samples_removed(repo)
    executable(hooks / "post-commit", "#!/bin/sh\nexit 0\n")
    (hooks / "pre-commit").write_text("not executable\n")
    before = snapshot(repo.common)
    repo.ours("init")
    repo.ours("deinit")

    assert snapshot(repo.common) == before
    assert "nothing to change" in repo.cli("deinit").stderr


def test_deinit_folds_first_and_keeps_the_log(tracked: Repo) -> None:
    sh(tracked, "c one")
    tracked.write(".gitlog-track.toml", '[log]\nfold = "detached"\n')
    tracked.ours("status")
    hold_folds(tracked)
    sh(tracked, "c two")
    assert waiting(tracked)
    tracked.ours("deinit")

    assert tracked.head() in {e.get("commit") for e in stored(tracked)}
    assert not tracked.journal.parent.exists()


RECORD_CALL = """#!/bin/sh
{ printf '%s' "${0##*/}"; printf ' [%s]' "$@"; echo; } >>"$CALLS"
[ -t 0 ] || cat >>"$CALLS.stdin"
exit ${STATUS:-0}
"""


@pytest.fixture
def chained(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose own hooks note how they are called; then init ran."""
    sh(repo, "c base")
    for name in HOOK_NAMES:
        executable(repo.common / "hooks" / name, RECORD_CALL)
    repo.track("sync")
    calls = tmp_path / "calls"
    monkeypatch.setenv("CALLS", str(calls))
    return calls


def test_hooks_that_were_there_get_their_arguments_and_input(
    repo: Repo,
    chained: Path,
    tmp_path: Path,
) -> None:
    old = repo.head()
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "remote"], check=True)
    sh(repo, "git commit -q --amend -m other; git checkout -q -b topic; c two")
    sh(repo, "git checkout -q main; git merge -q topic; git push -q ../remote main")

    calls = [
        line.replace(".gitlog-track-chained", "").removesuffix(" []")
        for line in chained.read_text().splitlines()
    ]
    assert calls == [
        "pre-commit",
        "commit-msg [.git/COMMIT_EDITMSG]",
        "post-commit",
        "post-rewrite [amend]",
        "pre-commit",
        "commit-msg [.git/COMMIT_EDITMSG]",
        "post-commit",
        "post-merge [0]",
        "pre-push [../remote] [../remote]",
    ]
    pushed = f"refs/heads/main {repo.head()} refs/heads/main {'0' * 40}"
    rewritten = f"{old} {repo.git('rev-parse', 'HEAD~1')}"
    stdin = chained.with_suffix(".stdin").read_text()
    assert stdin.splitlines() == [rewritten, pushed]
    kinds = [e["kind"] for e in stored(repo)]
    assert kinds.count("commit_recorded") == 2


@pytest.mark.parametrize("name", ["pre-commit", "commit-msg"])
def test_a_hook_that_was_there_can_still_refuse(
    repo: Repo,
    chained: Path,
    name: str,
) -> None:
    keep = repo.common / "hooks" / f"{name}.gitlog-track-chained"
    for other in HOOK_NAMES:
        if other != name:
            (keep.parent / f"{other}.gitlog-track-chained").unlink()
    before = repo.head()
    refused = repo.run(
        *("git", "commit", "--allow-empty", "-m", "no"),
        env={"STATUS": "7"},
    )

    assert refused.returncode == 1
    assert repo.head() == before
    assert chained.read_text().startswith(keep.name)


def test_a_pre_push_hook_that_was_there_can_still_refuse(
    repo: Repo,
    chained: Path,
    tmp_path: Path,
) -> None:
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "remote"], check=True)
    refused = repo.run("git", "push", "../remote", "main", env={"STATUS": "7"})

    assert refused.returncode != 0
    assert Repo(tmp_path / "remote").git("for-each-ref") == ""
    assert "pre-push" in chained.read_text()


def test_the_message_a_chained_hook_writes_gets_the_task(repo: Repo) -> None:
    executable(
        repo.common / "hooks" / "commit-msg",
        "#!/bin/sh\necho 'Change-Id: I1' >>\"$1\"\n",
    )
    repo.track("sync")
    repo.ours("start", "P1-001")
    repo.git("commit", "-q", "--allow-empty", "-m", "Do it", "-m", "A: b")

    trailers = repo.git("log", "-1", "--format=%(trailers)").splitlines()
    assert trailers == ["A: b", "Change-Id: I1", "Task: P1-001"]


def test_a_hook_that_is_not_executable_stays_unused(repo: Repo) -> None:
    hook = repo.common / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n")
    repo.track("sync")
    sh(repo, "c one")
    kept = hook.with_name("pre-commit.gitlog-track-chained")

    assert kept.read_text() == "#!/bin/sh\nexit 1\n"
    assert not os.access(kept, os.X_OK)


def test_a_hook_that_is_a_link_is_kept_as_a_link(repo: Repo, tmp_path: Path) -> None:
    shared = executable(tmp_path / "shared", "#!/bin/sh\ntouch ran\n")
    hook = repo.common / "hooks" / "pre-commit"
    hook.symlink_to(shared)
    repo.track("sync")
    sh(repo, "c one")

    assert shared.read_text() == "#!/bin/sh\ntouch ran\n"
    assert (repo.path / "ran").exists()
    repo.ours("deinit")
    assert hook.readlink() == shared


def test_a_second_stranger_is_not_overwritten(tracked: Repo) -> None:
    hooks = tracked.common / "hooks"
    executable(hooks / "pre-commit.gitlog-track-chained", "#!/bin/sh\n# first\n")
    executable(hooks / "pre-commit", "#!/bin/sh\n# second\n")
    refused = tracked.cli("init")

    assert refused.returncode == 4
    assert "already keeps another hook" in refused.stderr
    assert "second" in (hooks / "pre-commit").read_text()
    assert "first" in (hooks / "pre-commit.gitlog-track-chained").read_text()


@pytest.mark.parametrize("relative", [True, False])
def test_core_hooks_path_is_honoured(
    repo: Repo,
    tmp_path: Path,
    relative: bool,
) -> None:
    where = ".githooks" if relative else str(tmp_path / "hooks here")
    repo.git("config", "core.hooksPath", where)
    repo.write("sub/f", "")
    sub = Repo(repo.path / "sub")
    repo.write(".gitlog-track.toml", '[log]\nfold = "sync"\n')
    sub.ours("init")
    sh(sub, "c one")

    directory = repo.path / where
    assert {path.name for path in directory.iterdir()} == set(HOOK_NAMES)
    assert [e["kind"] for e in stored(repo)] == ["commit_attempted", "commit_recorded"]
    assert "core.hooksPath" in repo.cli("doctor").stdout


@pytest.mark.parametrize("suffix", ["", ".legacy"])
def test_doctor_names_a_hook_of_ours_that_is_not_executable(
    tracked: Repo, suffix: str
) -> None:
    hook = tracked.common / "hooks" / "post-commit"
    if suffix:
        hook.rename(f"{hook}{suffix}")
        executable(hook, "#!/bin/sh\n# File generated by pre-commit\n")
    ours = Path(f"{hook}{suffix}")
    ours.chmod(0o644)
    found = tracked.cli("doctor")
    assert (found.returncode, "is not ours" in found.stdout) == (1, False)
    said = " ".join(found.stdout.split())
    assert f"{ours} is not executable" in said
    assert f"chmod +x {ours}" in said


def test_deinit_leaves_hooks_that_other_repositories_share(
    repo: Repo,
    tmp_path: Path,
) -> None:
    hooks = tmp_path / "shared hooks"
    other = Repo.init(tmp_path / "other")
    for one in (repo, other):
        one.git("config", "core.hooksPath", str(hooks))
        one.track("sync")
    said = repo.cli("deinit").stderr
    sh(repo, "c silent")
    sh(other, "c recorded")

    assert {path.name for path in hooks.iterdir()} == set(HOOK_NAMES)
    assert f"{hooks}: our hooks stay: core.hooksPath may lead other" in said
    assert not (repo.common / "gitlog-track").exists()
    assert other.events("commit_recorded")[-1]["commit"] == other.head()


@pytest.mark.parametrize("where", [".githooks", ".git/hooks2"])
def test_deinit_removes_hooks_that_are_this_repositorys_alone(
    repo: Repo,
    where: str,
) -> None:
    repo.git("config", "core.hooksPath", where)
    repo.track("sync")
    repo.ours("deinit")

    assert list((repo.path / where).iterdir()) == []
