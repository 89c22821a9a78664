"""Whatever is broken, the commit is made, one line says so, and what was recorded stays."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from gitlog_track import fold_process, message_process
from gitlog_track.errors import LogError
from tests.support.hooks import change_hooks, hold_folds, sh, stored, waiting
from tests.support.repos import Repo

PROJECT = Path(__file__).parents[2]


@pytest.fixture(params=["dash", "bash", "busybox ash"])
def shelled(request: pytest.FixtureRequest, tracked: Repo) -> Repo:
    """A tracked repository with one commit, whose hooks are run by each of the shells."""
    name, _, applet = request.param.partition(" ")
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    line = f"#!{found} {applet}".strip() + "\n"
    change_hooks(tracked.common / "hooks", lambda text: line + text.partition("\n")[2])
    sh(tracked, "c base")
    return tracked


@pytest.fixture
def mounted() -> Iterator[Callable[..., None]]:
    """Mounts that are taken away at the end; skips where mounting is not permitted."""
    done: list[Path] = []

    def mount(path: Path, *args: str) -> None:
        command = ["mount", *args, str(path)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("mounting is not permitted here")
        done.append(path)

    yield mount
    for path in reversed(done):
        subprocess.run(["umount", "-l", str(path)], check=True)


def commit(repo: Repo) -> list[str]:
    """Commit; it has to be made. Return the lines that were said."""
    before = repo.head()
    done = repo.run("git", "commit", "-q", "--allow-empty", "-m", "goes on")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert repo.git("rev-parse", "HEAD~1") == before
    return done.stderr.splitlines()


def recorded(repo: Repo) -> set[str]:
    return {event["commit"] for event in stored(repo, "commit_recorded")}


@pytest.mark.parametrize("instead", ["nothing", "file", "dangling link"])
def test_a_journal_that_is_not_there(shelled: Repo, instead: str) -> None:
    shutil.rmtree(shelled.journal)
    if instead == "file":
        shelled.journal.write_text("")
    elif instead == "dangling link":
        shelled.journal.symlink_to("/nonexistent/journal")

    said = commit(shelled)

    assert len(said) == 1
    assert said[0].startswith("gitlog-track: cannot write ")
    assert str(shelled.journal.relative_to(shelled.path)) in said[0]
    assert shelled.cli("doctor").returncode == 1
    noted = shelled.cli("note", "--task", "P1-001", "text")
    assert noted.returncode == 4, noted.stderr


def test_a_journal_that_is_mounted_read_only(
    shelled: Repo,
    mounted: Callable[..., None],
) -> None:
    home = shelled.journal.parent
    mounted(home, "--bind", str(home))
    subprocess.run(["mount", "-o", "remount,ro,bind", str(home)], check=True)

    said = commit(shelled)

    assert len(said) == 1
    assert said[0].startswith("gitlog-track: cannot write ")


def test_a_full_disk(shelled: Repo, mounted: Callable[..., None]) -> None:
    home = shelled.journal.parent
    kept = shelled.path.parent / "kept"
    shutil.copytree(home, kept)
    mounted(home, "-t", "tmpfs", "-o", "size=64k", "tmpfs")
    shutil.copytree(kept, home, dirs_exist_ok=True)
    ballast = home / "ballast"
    with pytest.raises(OSError, match="No space"):
        ballast.write_bytes(bytes(1 << 20))

    said = commit(shelled)

    assert len(said) == 1
    assert said[0].startswith("gitlog-track: cannot write ")
    assert waiting(shelled) == []
    ballast.unlink()
    assert commit(shelled) == []
    assert shelled.head() in recorded(shelled)


def test_a_ref_that_is_no_log(shelled: Repo) -> None:
    good = shelled.git("rev-parse", "refs/gitlog-track/log")
    blob = shelled.git("hash-object", "-w", "--stdin", stdin="no log")
    (shelled.common / "refs/gitlog-track/log").write_text(f"{blob}\n")

    said = commit(shelled)

    assert len(said) == 1
    assert said[0].startswith("gitlog-track: not folded yet: ")
    assert len(waiting(shelled)) == 2
    shelled.git("update-ref", "refs/gitlog-track/log", good)
    assert commit(shelled) == []
    assert {shelled.head(), shelled.git("rev-parse", "HEAD~1")} <= recorded(shelled)


def test_a_log_of_a_newer_format(shelled: Repo) -> None:
    good = shelled.git("rev-parse", "refs/gitlog-track/log")
    blob = shelled.git("hash-object", "-w", "--stdin", stdin='{"format":99}\n')
    tree = shelled.git("mktree", stdin=f"100644 blob {blob}\tformat.json\n")
    newer = shelled.git("commit-tree", "-m", "newer", tree)
    shelled.git("update-ref", "refs/gitlog-track/log", newer)

    said = commit(shelled)

    assert len(said) == 1
    assert "format 99" in said[0]
    assert shelled.git("rev-parse", "refs/gitlog-track/log") == newer
    shelled.git("update-ref", "refs/gitlog-track/log", good)
    assert commit(shelled) == []
    assert shelled.git("rev-parse", "HEAD~1") in recorded(shelled)


def test_a_lock_on_the_ref_delays_a_commit_only_shortly(tracked: Repo) -> None:
    sh(tracked, "c base")
    lock = tracked.common / "refs/gitlog-track/log.lock"
    lock.write_text("")
    begin = time.monotonic()

    said = commit(tracked)

    assert time.monotonic() - begin < 4
    assert len(said) == 1
    assert str(lock) in said[0]
    lock.unlink()
    assert commit(tracked) == []
    assert tracked.git("rev-parse", "HEAD~1") in recorded(tracked)


def test_a_fold_elsewhere_delays_a_commit_only_shortly(tracked: Repo) -> None:
    sh(tracked, "c base")
    holder = subprocess.Popen(
        ["flock", str(tracked.journal.parent / "lock"), "sleep", "60"],
    )
    try:
        time.sleep(0.2)
        begin = time.monotonic()
        said = commit(tracked)
    finally:
        subprocess.run(
            ["sh", "-c", f"kill $(ps -o pid= --ppid {holder.pid})"], check=True
        )
        holder.wait()

    assert time.monotonic() - begin < 4
    assert len(said) == 1
    assert tracked.events("commit_recorded")[-1]["commit"] == tracked.head()


@pytest.mark.parametrize("fold", ["sync", "detached"])
@pytest.mark.parametrize("gone", ["python", "fold_process"])
def test_an_interpreter_or_package_that_is_gone(
    repo: Repo,
    gone: str,
    fold: str,
) -> None:
    repo.track(fold)
    sh(repo, "c base")
    repo.wait_for_fold()
    hooks = repo.common / "hooks"
    change_hooks(hooks, lambda t: t.replace(f"gt_{gone}='", f"gt_{gone}='/gone"))

    said = commit(repo)

    assert len(said) == 1
    assert "is gone" in said[0]
    assert "gitlog-track init" in said[0]
    assert len(waiting(repo)) == 2
    assert repo.cli("doctor").returncode == 1
    repo.ours("init")
    assert repo.events("commit_recorded")[-1]["commit"] == repo.head()
    assert repo.cli("doctor").returncode == 0


def test_an_interpreter_that_is_gone_leaves_an_edited_message_alone(
    tracked: Repo,
) -> None:
    sh(tracked, "c base")
    tracked.ours("start", "P1-001")
    change_hooks(
        tracked.common / "hooks",
        lambda text: text.replace("gt_python='", "gt_python='/gone"),
    )
    editor = {"GIT_EDITOR": "sed -i '1s/^/Do it/'"}
    done = tracked.run("git", "commit", "-q", "--allow-empty", env=editor)

    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1
    assert tracked.git("log", "-1", "--format=%B") == "Do it"


@pytest.mark.parametrize("module", ["log/fold.py", "claims/trailers.py", "errors.py"])
def test_a_package_that_is_broken(repo: Repo, tmp_path: Path, module: str) -> None:
    copy = tmp_path / "copy"
    for name in ("gitlog_track", "hooks"):
        shutil.copytree(PROJECT / name, copy / name)
    repo.write(".gitlog-track.toml", '[log]\nfold = "sync"\n')
    installed = repo.run(
        *(sys.executable, "-m", "gitlog_track", "init"),
        env={"PYTHONPATH": str(copy)},
    )
    assert str(copy) in (repo.common / "hooks/post-commit").read_text(), (
        installed.stderr
    )
    sh(repo, "c base")
    (copy / "gitlog_track" / module).write_text("raise RuntimeError('broken')\n")

    said = commit(repo)

    assert len(said) == 1
    assert said[0] == "gitlog-track: not folded yet: RuntimeError: broken"
    repo.ours("init")
    assert repo.events("commit_recorded")[-1]["commit"] == repo.head()


@pytest.mark.parametrize("process", [fold_process, message_process])
def test_what_is_said_of_it_moves_no_cursor(
    process: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An error may name what others pushed, or a path that is no UTF-8."""

    def fail(*_: object, **__: object) -> None:
        raise LogError("a tree has \x1b[31m\x9b\u202e\udcff")

    (tmp_path / "gitlog-track").mkdir()
    monkeypatch.setattr(process, "_fold", fail, raising=False)
    monkeypatch.setattr(process, "_add", fail, raising=False)
    assert process.main([str(tmp_path)]) == 0
    said = capsys.readouterr().err
    assert said.endswith("a tree has \\x1b[31m\\x9b\\u202e\\udcff\n")
    assert said.removesuffix("\n").isprintable()


def test_a_directory_that_vanished_is_silence(shelled: Repo) -> None:
    shutil.rmtree(shelled.journal.parent)

    assert commit(shelled) == []
    assert not shelled.journal.parent.exists()


def test_hooks_for_all_repositories_are_silent_where_init_never_ran(
    shelled: Repo,
    tmp_path: Path,
) -> None:
    shelled.git("config", "--global", "core.hooksPath", str(shelled.common / "hooks"))
    other = Repo.init(tmp_path / "other")
    said = sh(
        other, "c one; c two; git commit -q --amend -m three; git checkout -q -b b"
    )
    said += sh(
        other, "c four; git checkout -q -; c five; git merge -q b; git rebase -q b"
    )

    assert said == ""
    assert not (other.common / "gitlog-track").exists()
    assert other.git("log", "--format=%(trailers)") == ""


def test_an_entry_of_the_same_name_is_never_overwritten(shelled: Repo) -> None:
    hook = shelled.common / "hooks" / "pre-commit"
    text = hook.read_text().replace("-$$-", "-4711-")
    hook.write_text(text)
    for _ in range(3):
        assert shelled.run(str(hook)).returncode == 0

    assert sorted(waiting(shelled)) == [f"pre-commit-4711-{n}" for n in range(3)]


def test_entries_written_at_once_under_one_name_are_all_kept(shelled: Repo) -> None:
    hook = shelled.common / "hooks" / "pre-commit"
    hook.write_text(hook.read_text().replace("-$$-", "-4711-"))
    running = [subprocess.Popen([str(hook)], cwd=shelled.path) for _ in range(20)]

    assert [process.wait() for process in running] == [0] * 20
    assert len(waiting(shelled)) == 20
    shelled.ours("fold")
    assert os.listdir(shelled.journal) == []


@pytest.mark.parametrize("pid", ["1\n", "4194305\n", ""], ids=["reused", "dead", "cut"])
def test_a_pending_fold_that_is_none_stops_no_other(shelled: Repo, pid: str) -> None:
    shelled.write(".gitlog-track.toml", '[log]\nfold = "detached"\n')
    shelled.ours("status")
    (shelled.common / "gitlog-track" / "pending").write_text(pid)
    sh(shelled, "c one")
    shelled.wait_for_fold()

    assert shelled.head() in {e.get("commit") for e in stored(shelled)}


def test_a_pending_fold_is_the_only_one(shelled: Repo) -> None:
    shelled.write(".gitlog-track.toml", '[log]\nfold = "detached"\n')
    shelled.ours("status")
    hold_folds(shelled)
    sh(shelled, "c one; c two; c three")
    time.sleep(0.3)

    assert len([name for name in waiting(shelled) if name.startswith("post-")]) == 3
