"""Doctor: is everything in place, and does everything take effect?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gitlog_track.errors import ConfigError, GitlogTrackError
from gitlog_track.git.remotes import is_mirror, remote_names
from gitlog_track.git.repository import hooks_dir
from gitlog_track.log.journal import count_unreadable, list_names
from gitlog_track.log.layout import TRACKING
from gitlog_track.services.hook_scripts import (
    HOOK_NAMES,
    native_path,
    owner_of,
    place_of,
    render,
)
from gitlog_track.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        level: ``ok``, ``note`` or ``problem``.
        text: what was found.
        fix: the command that helps; empty where none is needed.
    """

    level: str
    text: str
    fix: str = ""


def diagnose(workspace: Workspace, environment: Mapping[str, str]) -> list[Finding]:
    """Look at everything that recording and reading need; change nothing.

    Args:
        workspace: where.
        environment: the process environment, by which git finds its hooks.
    """
    if not workspace.home.is_tracked():
        return [Finding("problem", "tracking has not begun here", "gitlog-track init")]
    directory = hooks_dir(environment)
    return [
        *_hooks(directory),
        *_hooks_path(workspace, directory),
        *_journal(workspace),
        *_ref(workspace),
        *_mirrors(workspace),
        *_repository(workspace),
    ]


def _hooks(directory: str) -> Iterator[Finding]:
    for name in HOOK_NAMES:
        path = native_path(directory, name)
        if path is None:
            yield _missing_hook(directory, name)
        elif (gone := _interpreter_gone(path)) is not None:
            yield Finding("problem", f"hook {name} starts {gone}, which is gone", INIT)
        elif _text(path) != render(name):
            text = f"hook {name} is of another version or interpreter"
            yield Finding("note", text, INIT)
        else:
            yield Finding("ok", f"hook {name} is in place ({os.path.basename(path)})")


INIT = "gitlog-track init"


def _missing_hook(directory: str, name: str) -> Finding:
    path = place_of(directory, name)
    if owner_of(path) == "ours":
        return Finding("problem", f"{path} is not executable", f"chmod +x {path}")
    owner = owner_of(f"{directory}/{name}")
    if owner == "framework":
        text = (
            f"hook {name} is the pre-commit framework's alone: ours was cut off "
            "(pre-commit install -f does that)"
        )
        if name == "pre-push":
            text += "; the framework shows a pre-push hook one ref only"
        return Finding("problem", text, INIT)
    found = "another hook is there" if owner == "other" else "it is not there"
    return Finding("problem", f"hook {name} is not ours: {found}", INIT)


def _interpreter_gone(path: str) -> str | None:
    """Return the interpreter or the program that a hook starts, if it is not there."""
    for line in _text(path).split("\n"):
        name, _, value = line.partition("='")
        if name in {"gt_python", "gt_fold_process"}:
            started = value[:-1].replace("'\\''", "'")
            wanted = os.X_OK if name == "gt_python" else os.R_OK
            if not os.access(started, wanted):
                return started
    return None


def _text(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def _hooks_path(workspace: Workspace, directory: str) -> Iterator[Finding]:
    inside = f"{workspace.repository.common_dir}/hooks"
    if os.path.realpath(directory) != os.path.realpath(inside):
        text = f"core.hooksPath is set: git takes hooks from {directory}"
        yield Finding("note", text)


def _journal(workspace: Workspace) -> Iterator[Finding]:
    home = workspace.home
    if not os.path.isdir(home.journal):
        yield Finding("problem", f"{home.journal} is no directory", INIT)
    elif not os.access(home.journal, os.W_OK):
        yield Finding("problem", f"{home.journal} cannot be written", "check its owner")
    try:
        workspace.fold()
    except GitlogTrackError as err:
        yield Finding("problem", f"the journal cannot be folded: {err}", err.hint or "")
    waiting = len(list_names(home))
    level = "note" if waiting else "ok"
    yield Finding(level, f"{waiting} journal entries wait for the fold")
    if unreadable := count_unreadable(home):
        text = f"{unreadable} journal entries cannot be understood"
        yield Finding("problem", text, f"look into {home.unreadable}")
    if said := _said(home.last_error):
        yield Finding("note", f"the last fold after a commit said: {said}")


def _said(path: str) -> str:
    return _text(path).strip() if os.path.exists(path) else ""


def _ref(workspace: Workspace) -> Iterator[Finding]:
    ref, common = workspace.log_ref, workspace.home.common_dir
    try:
        workspace.check_ref()
    except ConfigError as err:
        yield Finding("problem", str(err), err.hint or "")
    lock = f"{common}/{ref}.lock"
    if os.path.exists(lock):
        text = f"{lock} is there: a git is writing, or was killed"
        yield Finding("problem", text, f"if no git is running: rm {lock}")
    try:
        tip = workspace.ref().read()
        if tip is None:
            yield Finding("note", "the log is empty so far")
            return
        workspace.log().unassigned()
        yield Finding("ok", f"the log is at {tip[:12]} in {ref}")
    except GitlogTrackError as err:
        yield Finding("problem", f"the log cannot be read: {err}", err.hint or "")
    if os.path.exists(f"{common}/logs/{ref}"):
        yield Finding("ok", "the log's ref has a reflog")
    else:
        fix = f"git update-ref --create-reflog {ref} {ref}"
        yield Finding("note", "the log's ref has no reflog", fix)


def _mirrors(workspace: Workspace) -> Iterator[Finding]:
    """Tell which remotes a plain push sends all refs to, what we track among them."""
    for name in remote_names(workspace.git):
        if is_mirror(workspace.git, name):
            text = (
                f"{name} is a mirror: a plain git push there publishes {TRACKING}/*, "
                "copies of what the remotes had"
            )
            fix = f"git push {name} BRANCH, with remote.{name}.mirror unset"
            yield Finding("note", text, fix)


def _repository(workspace: Workspace) -> Iterator[Finding]:
    if workspace.is_history_cut_off:
        text = "the clone is shallow: traces and reports over history are partial"
        yield Finding("note", text, "git fetch --unshallow")
    else:
        yield Finding("ok", "the history is complete")
