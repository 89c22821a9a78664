"""A fold may be killed, pruned under or overtaken at any instant: each event once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gitlog_track.log import fold as fold_module
from gitlog_track.log import ref as ref_module
from gitlog_track.log.layout import LOG_REF
from gitlog_track.log.ref import LogRef
from tests.support.clones import Clone

EVENTS = 150
"""More than two segments hold, so that the last one does not show all of them."""


class Killed(BaseException):
    """Stands for the death of the process."""


def record_many(clone: Clone, count: int = EVENTS) -> list[str]:
    texts = [f"note {n}" for n in range(count)]
    for text in texts:
        clone.record(text=text)
    return texts


def assert_once(clone: Clone, texts: list[str]) -> None:
    assert clone.texts() == texts
    assert clone.waiting == []
    ids = [e["id"] for e in clone.events()]
    assert len(set(ids)) == len(ids)
    assert clone.run("fsck", "--strict", "--no-dangling") == b""


def killed_at(
    monkeypatch: pytest.MonkeyPatch, target: object, name: str, *, after: bool
) -> None:
    """Die at the first call of a function, before or after it has done its work."""
    real: Callable[..., object] = getattr(target, name)

    def die(*args: object, **kwargs: object) -> object:
        monkeypatch.setattr(target, name, real)
        if after:
            real(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(target, name, die)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("target", "name"),
    [
        (fold_module, "writer_of"),
        (fold_module, "set_aside"),
        (fold_module, "_commit_header"),
        (LogRef, "advance"),
        (fold_module.Folder, "_announce"),
        (fold_module.Folder, "_landed"),
        (fold_module, "remove_entries"),
        (fold_module, "unlink_if_there"),
        (ref_module, "_read_line"),
    ],
)
def test_a_fold_killed_at_any_step_leaves_each_event_once(
    clone: Clone,
    target: object,
    name: str,
    after: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = record_many(clone)
    killed_at(monkeypatch, target, name, after=after)
    try:
        clone.fold()
    except Killed:
        clone.fold()
    assert_once(clone, texts)
    assert not os.path.exists(clone.home.folding)


def test_entries_that_were_folded_and_not_removed_are_not_folded_again(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = record_many(clone)
    killed_at(monkeypatch, fold_module, "remove_entries", after=False)
    with pytest.raises(Killed):
        clone.fold()
    assert len(clone.waiting) == EVENTS
    assert os.path.exists(clone.home.folding)
    clone.record(text="since then")
    assert clone.fold() == 1
    assert_once(clone, [*texts, "since then"])


def test_a_new_entry_under_an_old_name_is_not_mistaken_for_the_old(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.hook("pre-commit", "pre-commit-7-0")
    killed_at(monkeypatch, fold_module, "remove_entries", after=True)
    with pytest.raises(Killed):
        clone.fold()
    clone.now_ns += 10**9
    clone.hook("pre-commit", "pre-commit-7-0")
    assert clone.fold() == 1
    assert len(clone.lines()) == 2


def test_a_fold_that_was_announced_and_never_moved_is_done_again(
    clone: Clone,
) -> None:
    texts = record_many(clone, 3)
    with open(clone.home.folding, "w", encoding="utf-8") as file:
        names = "\n".join(f"{n}@{n.partition('-')[0]}" for n in clone.waiting)
        file.write("1" * 40 + "\n" + names)
    assert clone.fold() == 3
    assert_once(clone, texts)


@pytest.mark.parametrize("content", [b"", b"\n", b"junk", b"\xff\xfe\n\xff", b"1" * 40])
def test_a_damaged_note_of_a_fold_stops_nothing(clone: Clone, content: bytes) -> None:
    texts = record_many(clone, 3)
    Path(clone.home.folding).write_bytes(content)
    clone.fold()
    assert_once(clone, texts)


def test_a_ref_that_moved_on_before_we_looked_is_a_success(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sync in the same clone may build on our commit before we have read it back."""
    record_many(clone, 1)
    clone.fold()
    texts = ["note 0", *record_many(clone)]
    real = LogRef.read
    calls: list[int] = []

    def read(self: LogRef) -> str | None:
        calls.append(1)
        if len(calls) == 2:
            tip = str(real(self))
            made = clone.text(
                "commit-tree", f"{tip}^{{tree}}", "-p", tip, "-m", "merge"
            )
            clone.run("update-ref", LOG_REF, made)
        return real(self)

    monkeypatch.setattr(LogRef, "read", read)
    clone.fold()
    monkeypatch.undo()
    assert_once(clone, texts)


# prune


def loose_objects(clone: Clone) -> set[Path]:
    return set((clone.path / ".git" / "objects").glob("??/*"))


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("what", ["all", "blob", "tree", "commit"])
def test_a_prune_of_new_objects_is_noticed_and_the_fold_done_again(
    clone: Clone, first: bool, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = []
    if not first:
        texts = record_many(clone, 2)
        clone.fold()
    tip = clone.tip
    seen: list[str | None] = []
    before = loose_objects(clone)
    real = LogRef.advance

    def advance(self: LogRef, *args: object, **kwargs: object) -> str | None:
        seen.append(self.read())
        made = real(self, *args, **kwargs)  # type: ignore[arg-type]
        if len(seen) == 1:
            for path in loose_objects(clone) - before:
                kind = clone.text("cat-file", "-t", path.parent.name + path.name)
                if what in {"all", kind}:
                    path.unlink()
            clone.now_ns += 2_000_000_000  # so that the next commit is another one
        return made

    monkeypatch.setattr(LogRef, "advance", advance)
    texts += record_many(clone, 3)
    assert clone.fold() == 3
    assert seen == [tip, tip]
    assert_once(clone, texts)  # fsck reads the reflog too
    steps = clone.text("reflog", "show", "--format=%H", LOG_REF).split("\n")
    assert steps == [name for name in (clone.tip, tip) if name]
    clone.run("gc", "-q")


# killed for good, with git left behind

RELAY = """#!{python}
import os, subprocess, sys, time
git = {git!r}
if "fast-import" not in sys.argv:
    os.execv(git, [git, *sys.argv[1:]])
child = subprocess.Popen([git, *sys.argv[1:]], stdin=subprocess.PIPE)
while chunk := os.read(0, 1 << 16):
    if chunk.endswith(b"done\\n") and len(chunk) < 9:
        open({mark!r}, "w").close()
        time.sleep(1.0)
    child.stdin.write(chunk)
    child.stdin.flush()
child.stdin.close()
sys.exit(child.wait())
"""


def test_a_git_that_outlives_a_killed_fold_is_waited_for(
    clone: Clone, tmp_path: Path
) -> None:
    """Its move of the ref must not fall between our reading the ref and our moving it."""
    texts = record_many(clone)
    mark = tmp_path / "moving"
    shim = tmp_path / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(
        RELAY.format(python=sys.executable, git=shutil.which("git"), mark=str(mark))
    )
    shim.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(fold_module.__file__).parents[1] / "fold_process.py"),
         clone.home.common_dir],
        env={**os.environ, "PATH": f"{shim.parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    while not mark.exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert clone.fold() == 0
    assert_once(clone, texts)


def test_crash_reports_of_killed_imports_are_swept_and_those_of_others_stay(
    clone: Clone,
) -> None:
    ours = clone.path / ".git" / "fast_import_crash_1"
    theirs = clone.path / ".git" / "fast_import_crash_2"
    ours.write_text(f"fast-import crash report:\n  {LOG_REF}\n")
    theirs.write_text("fast-import crash report:\n  refs/heads/main\n")
    Path(clone.home.folding).write_text("1" * 40 + "\n")
    clone.fold()
    assert (ours.exists(), theirs.exists()) == (False, True)
