"""At commit-msg: would a push of this message be refused? Does its task have a log?"""

from __future__ import annotations

from dataclasses import dataclass

from gitlog_track.claims.grammar import read_claims
from gitlog_track.claims.message import read_message, strip_comments
from gitlog_track.gate.judge import Judge, Judged
from gitlog_track.gate.ledger import Ledger
from gitlog_track.gate.policy import policy_of
from gitlog_track.gate.verify import words
from gitlog_track.services.record import fold_quietly
from gitlog_track.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Warnings:
    """What to tell whoever commits.

    Attributes:
        warnings: one sentence each.
        blocks: does the project want such a commit stopped?
    """

    warnings: tuple[str, ...]
    blocks: bool


def warn_early(workspace: Workspace, path: str, comment: bytes | None) -> Warnings:
    """Judge a message file as the push will judge the commit.

    Args:
        workspace: where the commit is being made.
        path: the message file, with the task trailer already in it.
        comment: what begins a comment; None for ``core.commentChar = auto``.

    Raises:
        GitlogTrackError: the log cannot be read; nothing is warned of then.
        OSError: the file cannot be read.
    """
    with open(path, "rb") as file:
        message = read_message(strip_comments(file.read(), comment))
    fold_quietly(workspace)
    policy = policy_of(workspace.config)
    ledger = Ledger(workspace.git, workspace.home.common_dir, workspace.ref().read())
    reading = read_claims(message, words(), policy.options)
    judged = Judged(commit="", title="", amend="change the message")
    found = Judge(ledger, policy).violations(judged, reading)
    warnings = [f"a push will refuse this ({v.rule}): {v.message}" for v in found]
    mode = workspace.config.gate_require_log
    missing = [
        f"task {subject.name} has no log; gitlog-track start {subject.name}"
        for subject in reading.subjects
        if mode != "off"
        and subject.kind == "task"
        and not _has_begun(ledger, subject.name)
    ]
    return Warnings((*warnings, *missing), bool(missing) and mode == "block")


def _has_begun(ledger: Ledger, task: str) -> bool:
    """Was the task ever started? One that has ended may be claimed, and written about."""
    account = ledger.account("task", task, None)
    return account.measures["begin_timestamp"].is_known
