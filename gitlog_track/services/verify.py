"""Judge a range: the gate as CI asks it, with a log that may have to be fetched first."""

from __future__ import annotations

from contextlib import nullcontext

from gitlog_track.config import Config
from gitlog_track.errors import GitError, UsageProblem
from gitlog_track.gate.policy import policy_of
from gitlog_track.gate.verdict import Verdict
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import Selection, existing, is_oid, new_commits, peel
from gitlog_track.services.judging import config_of_commit, verifier_for
from gitlog_track.services.late_log import (
    ASKED_S,
    Late,
    Waiting,
    fetch_absent,
    fetch_late,
)
from gitlog_track.services.workspace import Workspace

WANT_OF_LOG = frozenset({"GT002", "GT003", "GT004", "GT005", "GT007", "GT010"})
"""Rules that may refuse only because the log here is behind a colleague's."""


def verify_range(
    workspace: Workspace, revisions: str | None, *, log: str | None = None
) -> Verdict:
    """Judge a range, by the policy of the commit it starts from.

    Args:
        workspace: where; CI, or a person who wants to know.
        revisions: ``A..B``, or ``B`` for all of its history, by the strictest policy;
            by default what upstream lacks of HEAD.
        log: the log commit that counts; by default the one the ref names.

    Raises:
        UsageProblem: the range is none.
        GitError: nothing says where to begin.
        GitlogTrackError: the log or the policy cannot be read.
    """
    workspace.fold_if_signed()
    base, tip, options = _range(workspace, revisions)
    # Without a base nothing but what is judged could say how to judge.
    config = config_of_commit(workspace.git, base) if base else Config()
    policy = policy_of(config)
    known = ([base] if base else []) + existing(workspace.git, policy.baseline)
    selection = Selection(tips=(tip,), known=tuple(known), options=options)
    verifier = verifier_for(workspace, policy, is_remote=True, log=log)
    return verifier.verify(new_commits(workspace.git, selection))


Range = tuple[str | None, str, tuple[str, ...]]


def _range(workspace: Workspace, revisions: str | None) -> Range:
    """Return base, tip, and further options of a range."""
    git = workspace.git
    if revisions is None:
        return _default_range(workspace)
    base, dots, tip = revisions.partition("..")
    if not dots:
        return None, _commit(git, revisions), ()
    if tip.startswith("."):
        base_commit, tip_commit = _commit(git, base), _commit(git, tip[1:] or "HEAD")
        code, out, _ = git.try_run("merge-base", base_commit, tip_commit)
        if code != 0:
            raise UsageProblem(f"{revisions}: the two have no common history")
        return out.decode().strip(), tip_commit, ()
    return _commit(git, base or "HEAD"), _commit(git, tip or "HEAD"), ()


def _default_range(workspace: Workspace) -> Range:
    """Return what upstream lacks of HEAD; else what no remote has of this branch.

    Raises:
        GitError: HEAD is detached (as in CI) or the history is cut off, so that "nothing
            new" would only mean "nothing seen".
    """
    git = workspace.git
    tip = _commit(git, "HEAD")
    if workspace.is_history_cut_off:
        raise GitError(
            "the history is shallow: what is new cannot be told",
            hint="git fetch --unshallow, or name a range: verify A..B",
        )
    upstream = peel(git, "@{upstream}")
    if upstream is None and workspace.branch is None:
        raise GitError(
            "HEAD is detached and has no upstream, so nothing says what is new",
            hint="name a range, such as: gitlog-track verify origin/main..HEAD",
        )
    base = upstream or peel(git, "refs/remotes/origin/HEAD")
    return base, tip, () if upstream else ("--not", "--remotes")


def _commit(git: Git, revision: str) -> str:
    found = None if revision.startswith("-") else peel(git, revision)
    if found is not None and is_oid(found):
        return found
    _, out, _ = git.try_run("rev-parse", "--is-shallow-repository")
    if out.strip() == b"true":
        raise GitError(
            f"{revision!r} is no commit here, where the history is cut off",
            hint="git fetch --unshallow; in CI: check out with the whole history",
        )
    raise UsageProblem(
        f"{revision!r} is no commit here",
        hint="in a shallow checkout: git fetch --unshallow",
    )


def verify_with_late_log(
    workspace: Workspace,
    revisions: str | None,
    log: str | None,
    waiting: Waiting = nullcontext,
) -> tuple[Verdict, Late]:
    """Judge a range; fetch a log that is absent, or wanted before a claim is refused.

    Args:
        workspace: where.
        revisions: as for ``verify_range``.
        log: the log commit that counts, and nothing is fetched; by default the ref's.
        waiting: tells what is waited for.

    Returns:
        the verdict, and what came of fetching the log, if it was wanted.

    Raises:
        GitlogTrackError: as for ``verify_range``.
    """
    if log is not None:
        return verify_range(workspace, revisions, log=log), Late()
    before = workspace.ref().read()
    late = fetch_absent(workspace, waiting)
    verdict = verify_range(workspace, revisions)
    if before is None or not wants_log(verdict):
        return verdict, late
    late = fetch_late(workspace, ASKED_S, waiting)
    return verify_range(workspace, revisions) if late.moved else verdict, late


def wants_log(verdict: Verdict) -> bool:
    """Is something refused that a newer log could back?"""
    return any(v.blocks and v.rule in WANT_OF_LOG for v in verdict.violations)
