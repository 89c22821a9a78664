"""Write down when a server received the log: an entry for each push, in a ref of its own.

An event's own instant comes from a clock that its writer sets; the server's does not. An
entry is a commit on the one before, with nothing but a message, so that ``git log`` of
the ref is the list. Clients cannot push to that ref; see ``receive``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from gitlog_track.errors import ConfigError, LogBusyError
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import is_oid
from gitlog_track.log.ref import LogRef
from gitlog_track.services.judging import PushLine
from gitlog_track.services.workspace import Workspace

RECEIVED = "refs/gitlog-track-received"
"""Beside the log's namespace, which clients push to; nobody pushes to this one."""
RECEIVED_REF = f"{RECEIVED}/log"
SETTING = "gitlog-track.recordReceived"
PUSHERS = ("GL_USERNAME", "GL_USER", "GITHUB_USER_LOGIN", "REMOTE_USER")
"""Where the environment tells who pushes: GitLab, Gitolite, GitHub Enterprise, and git's
own server behind HTTP authentication; see git-http-backend(1)."""
TRIES = 20
FIRST_PAUSE_S = 0.02
WHO = "gitlog-track server"


def is_recording(git: Git) -> bool:
    """Is this a server that writes down what it receives?

    Raises:
        ConfigError: the setting is neither yes nor no.
    """
    code, out, said = git.try_run("config", "--type=bool", "--get", SETTING)
    if code not in {0, 1}:
        raise ConfigError(f"{SETTING}: {said}", hint=f"git config {SETTING} true")
    return out.strip() == b"true"


def record_received(
    workspace: Workspace, lines: Sequence[PushLine], environment: Mapping[str, str]
) -> str | None:
    """Write an entry if the log was pushed, and if the server wants it.

    Args:
        workspace: the server's repository.
        lines: what was pushed; see ``receive.parse_receive``.
        environment: of the hook; it may tell who pushes.

    Returns:
        the entry's commit, if there is one.

    Raises:
        ConfigError: the server's setting is neither yes nor no.
        LogBusyError: others write entries again and again.
        GitlogTrackError: the entry cannot be written.
    """
    pushed = [line.new for line in lines if line.ref == workspace.config.ref]
    if not any(map(is_oid, pushed)) or not is_recording(workspace.git):
        return None
    text = _message(pushed[-1], workspace.now()[1], _pusher(environment))
    ref = LogRef(workspace.git, workspace.home.common_dir, RECEIVED_REF)
    pause_s = FIRST_PAUSE_S
    for _ in range(TRIES):
        old = ref.read()
        made = _commit(workspace, old, text)
        if ref.move(old, made, "receive"):
            return made
        time.sleep(pause_s * (0.5 + workspace.jitter()))
        pause_s = min(pause_s * 2, 0.2)
    raise LogBusyError(f"{RECEIVED_REF} was moved or locked again and again")


def _commit(workspace: Workspace, old: str | None, text: str) -> str:
    git = workspace.git
    tree = git.run("mktree").decode("ascii").strip()
    rows = [f"tree {tree}", *([f"parent {old}"] if old else [])]
    now_s = workspace.clock.now_ns() // 1_000_000_000
    rows += [f"{role} {WHO} <> {now_s} +0000" for role in ("author", "committer")]
    raw = "\n".join([*rows, "", text]).encode("utf-8", "replace")
    args = ("hash-object", "-w", "-t", "commit", "--stdin")
    return git.run(*args, stdin=raw).decode("ascii").strip()


def _message(log: str, at: str, pusher: str) -> str:
    by = f"Pusher: {pusher}\n" if pusher else ""
    title = f"Receive the log at {log[:12]}"
    return f"{title}\n\nLog: {log}\nReceived-At: {at}\n{by}"


def _pusher(environment: Mapping[str, str]) -> str:
    """Return who pushes, in one line; empty where nothing tells."""
    named = (environment.get(name, "") for name in PUSHERS)
    return " ".join(next(filter(None, named), "").split())[:200]
