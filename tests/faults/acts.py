"""What faults are made in: recorders, folds, syncs and gates, and what each promises."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.faults.ground import (
    FOLD,
    OURS,
    PACKAGE,
    Done,
    Recover,
    Scene,
    commits,
    fold_detached,
    folds,
    syncs,
)
from tests.support.gate import BAD, GOOD, tell

Prepared = Callable[[Scene], None]
Judged = Callable[[Scene, Done, bool], Iterator[str]]


@dataclass(frozen=True)
class Act:
    """Something that a fault is made in.

    Attributes:
        name: for the table.
        argv: the program.
        hook: which hook of git is meant; empty for the program itself. A hook of the
            server begins with ``server/``.
        prepare: what a scene needs besides.
        judge: notes what was acknowledged, and yields what must not be.
        recover: what anybody does next; returns what went wrong.
    """

    name: str
    argv: tuple[str, ...]
    judge: Judged
    hook: str = ""
    prepare: Prepared = lambda _: None
    recover: Recover = folds


def only_told(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    """A fold or a sync acknowledges nothing that was not acknowledged before."""
    del scene
    yield from no_bug(done, was_killed)


def no_bug(done: Done, was_killed: bool) -> Iterator[str]:
    """Whoever is told "no" says so; nobody crashes or hangs."""
    if done.returncode == 3 or "Traceback" in done.stderr:
        yield f"a bug shows: {done.stderr[-600:]}"
    if not was_killed and done.returncode not in {0, 1, 4}:
        yield f"exit code {done.returncode}: {done.stderr[-300:]}"


def note_is_told(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    if done.returncode == 0:
        scene.told.append("by command")
    yield from no_bug(done, was_killed)


def commit_is_told(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    """A recorder that fails never stops a commit, and says so in one line."""
    if done.returncode == 0 and not done.stderr and not was_killed:
        scene.told.append(scene.repo.head())
    if was_killed:
        return
    if done.returncode != 0 or scene.repo.git("log", "-1", "--format=%s") != "a commit":
        yield f"the commit was stopped: {done.returncode} {done.stderr}"
    strange = [row for row in done.stderr.splitlines() if "gitlog-track: " not in row]
    if strange and not all("sh" in row or "hooks/" in row for row in strange):
        yield f"said: {done.stderr}"


TYPED = "a commit\n"
TRAILED = f"{TYPED}\nTask: P1-010\n"


def message_is_whole(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    """A message is what was typed, with the trailer or without; it never gets less."""
    yield from commit_is_told(scene, done, was_killed)
    yield from is_whole(scene)


def is_whole(scene: Scene) -> Iterator[str]:
    text = (scene.repo.common / "COMMIT_EDITMSG").read_text()
    if text not in {TYPED, TRAILED}:
        yield f"the message became {text!r}"


def message_is_trailed(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    """The process adds the trailer, or says why not; the commit goes on either way."""
    yield from is_whole(scene)
    if not was_killed and (done.returncode != 0 or "Traceback" in done.stderr):
        yield f"the commit was stopped: {done.returncode} {done.stderr}"
    text = (scene.repo.common / "COMMIT_EDITMSG").read_text()
    if not was_killed and text != TRAILED and not done.stderr:
        yield "there is no trailer, and nothing was said"


def warning_stops_nothing(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    """Whatever happens to the early warning, its process does not say "stop" (9)."""
    if (scene.repo.common / "COMMIT_EDITMSG").read_text() != BAD:
        yield "the message was changed"
    if not was_killed and (done.returncode != 0 or "Traceback" in done.stderr):
        yield f"a warning ended with {done.returncode}: {done.stderr[-600:]}"


def bad_is_refused(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    """A gate that ends, however it ends, has not let a bad claim through."""
    del was_killed
    if "refs/heads/bad" in scene.server.refs or done.returncode == 0:
        yield f"a bad claim was pushed: {done.stderr[-600:]}"


def good_may_pass(scene: Scene, done: Done, was_killed: bool) -> Iterator[str]:
    """What git says of a push is what the server has."""
    del was_killed
    if ("refs/heads/good" in scene.server.refs) != (done.returncode == 0):
        yield f"git said {done.returncode}: {done.stderr[-600:]}"
    if "Traceback" in done.stderr:
        yield done.stderr[-600:]


def pushes_good(scene: Scene) -> str:
    """The next push is judged as ever: the good one passes, the bad one does not."""
    good = scene.run(("git", "push", "-q", "origin", "good"))
    bad = scene.run(("git", "push", "-q", "origin", "bad"))
    if good.returncode != 0 or bad.returncode == 0:
        return f"good {good.returncode}, bad {bad.returncode}: {good.stderr}"
    return syncs(scene)


def two_branches(scene: Scene) -> None:
    scene.project.branch("good", GOOD)
    scene.project.branch("bad", BAD)


def a_server_judges(scene: Scene) -> None:
    two_branches(scene)
    scene.project.serve()
    scene.repo.git("config", "core.hooksPath", "/dev/null")


def has_task(scene: Scene) -> None:
    """Begin to work on a task, so that commit-msg has a trailer to add."""
    tell(scene.repo.path, "2025-10-05T09:00:00-05:00", "switch", "P1-010")


def is_typed(text: str) -> Prepared:
    """Return what leaves a message where git leaves it for commit-msg."""

    def prepare(scene: Scene) -> None:
        (scene.repo.common / "COMMIT_EDITMSG").write_text(text)

    return prepare


MESSAGE_FILE = ".git/COMMIT_EDITMSG"
COMMIT = ("git", "commit", "-q", "--allow-empty", "-m", "a commit")
AMEND = ("git", "commit", "-q", "--amend", "--allow-empty", "-m", "a commit")
NOTE = (*OURS, "note", "--task", "P1-010", "by command")

COMMAND = Act("a command that records", NOTE, note_is_told)
HOOK = Act("post-commit hook", COMMIT, commit_is_told, hook="post-commit")
DETACHED = Act(
    "post-commit hook that folds detached", COMMIT, commit_is_told, "post-commit",
    fold_detached, commits,
)  # fmt: skip
BEFORE = Act("pre-commit hook", COMMIT, commit_is_told, hook="pre-commit")
MESSAGE = Act(
    "commit-msg hook of a task", COMMIT, message_is_whole, "commit-msg", has_task
)
MESSAGE_PROCESS = Act(
    "commit-msg's process that adds the trailer",
    (sys.executable, "-I", "-S", str(PACKAGE / "message_process.py"),
     ".git", ".git", MESSAGE_FILE, "P1-010", "", "0"),
    message_is_trailed, prepare=is_typed(TYPED),
)  # fmt: skip
WARNING = Act(
    "commit-msg's process that warns of a claim",
    (sys.executable, "-I", str(PACKAGE / "gate_process.py"), "commit-msg", MESSAGE_FILE),
    warning_stops_nothing, prepare=is_typed(BAD),
)  # fmt: skip
REWRITE = Act("post-rewrite hook", AMEND, commit_is_told, hook="post-rewrite")
FOLDING = Act("fold", (*FOLD, ".git"), only_told)
SYNCING = Act("sync", (*OURS, "sync"), only_told, recover=syncs)
GATE = Act(
    "gate of a good push", ("git", "push", "-q", "origin", "good"),
    good_may_pass, "pre-push", two_branches, pushes_good,
)  # fmt: skip
GATE_BAD = Act(
    "gate of a bad push", ("git", "push", "-q", "origin", "bad"),
    bad_is_refused, "pre-push", two_branches, pushes_good,
)  # fmt: skip
SERVER = Act(
    "server's gate of a bad push", ("git", "push", "-q", "origin", "bad"),
    bad_is_refused, "server/pre-receive", a_server_judges, pushes_good,
)  # fmt: skip
