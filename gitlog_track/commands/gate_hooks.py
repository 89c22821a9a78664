"""The gate's hooks: pre-push, pre-receive and commit-msg. They fail closed.

But commit-msg: it warns early and stops nothing, unless ``gate.require_log`` says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from gitlog_track.commands.context import Surroundings
from gitlog_track.errors import GitlogTrackError
from gitlog_track.gate.verdict import Verdict
from gitlog_track.git.process import LOG_GOES_ALONG
from gitlog_track.renderers.safe import safe
from gitlog_track.services.time_limit import OverdueError, time_limit
from gitlog_track.services.workspace import Workspace

if TYPE_CHECKING:
    from gitlog_track.services.judging import PushLine
    from gitlog_track.services.remotes import Peer

REFUSED = 1
STOPPED = 9
GRACE_S = 0.5
"""How much longer than for the remote the log may take with a push in all."""
FOLD_PATIENCE_S = 1.0
"""How long a commit or push waits for somebody's fold, and for the signature of its own;
then the log counts as it is."""


@dataclass(frozen=True, slots=True)
class _Push:
    """A push that has to be judged.

    Attributes:
        remote: its name, or its URL where it has none; url: where it goes.
        lines: what git, or the framework, says is pushed.
        judge: asks the gate.
    """

    remote: str
    url: str
    lines: list[PushLine]
    judge: Callable[[], Verdict]


def pre_push(argv: list[str], surroundings: Surroundings) -> int:
    """Judge a push: our native hook's arguments and standard input, or the framework's.

    Returns:
        0 to let it through; 1 to refuse it, also where it cannot be judged.
    """
    from gitlog_track.services.on_push import goes_along
    from gitlog_track.services.push import LogLossError

    try:
        workspace = _hurried(surroundings)
        if "--native" in argv:
            args = [arg for arg in argv if arg != "--native"]
            push = _native_push(surroundings, workspace, args)
        else:
            push = _framework_push(surroundings, workspace)
        if push is None:
            return 0
        verdict = _with_late_log(workspace, push.judge)
    except LogLossError as err:
        return _refuse(surroundings, f"push refused: {err}", err)
    except Exception as err:  # noqa: BLE001  # whatever it is, the gate does not say yes
        return _refuse(surroundings, f"cannot verify this push: {err}", err)
    answer = _answer(verdict)
    if answer == 0:
        ask = partial(goes_along, workspace, push.remote, push.url, push.lines)
        _carry_log(surroundings, workspace, ask)
    else:
        _log_refusal(surroundings, workspace, verdict)
    return answer


def _native_push(
    surroundings: Surroundings, workspace: Workspace, args: list[str]
) -> _Push | None:
    """Return what git gives a pre-push hook; None where nothing is tracked."""
    from gitlog_track.services.push import (
        check_log_kept,
        parse_push,
        published_tracking,
        verify_push,
    )

    if not workspace.home.is_tracked():
        return None
    remote, url = (*args, "", "")[:2]
    lines = parse_push(_lines())
    check_log_kept(workspace, lines)
    if told := published_tracking(lines):
        surroundings.warn(told)
    return _Push(remote, url, lines, partial(verify_push, workspace, remote, lines))


def _framework_push(surroundings: Surroundings, workspace: Workspace) -> _Push | None:
    """Return what can be seen under the framework; None where our own hook is there."""
    from gitlog_track.services.push import check_log_kept, verify_superset

    if _is_native_installed(surroundings):
        return None
    from gitlog_track.commands.framework_hooks import lines_seen, prepare

    prepare(workspace.repository)
    environment = surroundings.environment
    remote = environment.get("PRE_COMMIT_REMOTE_NAME", "")
    url = environment.get("PRE_COMMIT_REMOTE_URL", "")
    lines = lines_seen(workspace, environment)
    check_log_kept(workspace, lines)
    brought = [line.new for line in lines if line.ref != workspace.log_ref]
    target = brought[0] if brought else ""
    judge = partial(verify_superset, workspace, remote, target)
    return _Push(remote, url, lines, judge)


def _hurried(surroundings: Surroundings) -> Workspace:
    """Return the workspace of a hook: it waits for little, and syncs as it may.

    Under ``push --atomic`` the log goes along anyway, and its lock is held.
    """
    found = surroundings.workspace()
    if surroundings.environment.get(LOG_GOES_ALONG):
        found = replace(found, config=replace(found.config, sync_on_push=False))
    return replace(found, patience_s=FOLD_PATIENCE_S, signing_s=FOLD_PATIENCE_S)


def _with_late_log(workspace: Workspace, judge: Callable[[], Verdict]) -> Verdict:
    """Judge; before refusing for want of a log, fetch it once and judge again.

    Where no push is to carry the log, none contacts a remote for its sake either.
    """
    verdict = judge()
    if verdict.answer == "pass" or not workspace.config.sync_on_push:
        return verdict
    from gitlog_track.services.late_log import LATE_S, fetch_late
    from gitlog_track.services.verify import wants_log

    if not wants_log(verdict):
        return verdict
    late = fetch_late(workspace, LATE_S)
    for note in late.notes:
        sys.stderr.write(f"gitlog-track: {safe(note)}\n")
    return judge() if late.moved else verdict


def _carry_log(
    surroundings: Surroundings, workspace: Workspace, ask: Callable[[], Peer | None]
) -> None:
    """Let the log go along; whatever happens, the push goes on."""
    from gitlog_track.commands.parent import is_dry_run

    try:
        peer = ask()
        if peer is None or is_dry_run():
            return
        from gitlog_track.services.on_push import BUDGET_S, carry

        with time_limit(BUDGET_S + GRACE_S):
            said = carry(workspace, peer)
    except OverdueError as err:
        said = f"the code goes without its log, the next push carries it: {err}"
    except Exception as err:  # noqa: BLE001  # the code was let through already
        said = f"the code goes without its log: {err}"
    if said:
        surroundings.warn(said)


def _log_refusal(
    surroundings: Surroundings, workspace: Workspace, verdict: Verdict
) -> None:
    """Record that the push was refused; whatever happens, it stays refused."""
    from gitlog_track.commands.parent import is_dry_run
    from gitlog_track.services.automatic import after_refusal

    try:
        if not is_dry_run():
            after_refusal(workspace, verdict)
    except Exception as err:  # noqa: BLE001  # recording fails open
        surroundings.warn(f"the refusal was not recorded: {err}")


def _lines() -> str:
    """Return what git told the hook; names of refs may be any bytes."""
    return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")


def _is_native_installed(surroundings: Surroundings) -> bool:
    from gitlog_track.git.repository import hooks_dir
    from gitlog_track.services.hook_scripts import native_path

    return native_path(hooks_dir(surroundings.environment), "pre-push") is not None


def _answer(verdict: Verdict) -> int:
    if verdict.violations:
        from gitlog_track.renderers.verdicts import verdict_text

        sys.stderr.write(verdict_text(verdict))
    if verdict.answer == "pass":
        return 0
    sys.stderr.write("gitlog-track: push refused; verify --explain RULE tells why\n")
    return REFUSED


def _refuse(surroundings: Surroundings, text: str, err: Exception) -> int:
    surroundings.warn(text)
    hint = err.hint if isinstance(err, GitlogTrackError) else None
    if hint:
        sys.stderr.write(f"  {safe(hint)}\n")
    return REFUSED


def pre_receive(surroundings: Surroundings) -> int:
    """Judge what a bare repository is about to receive.

    Returns:
        0 to take it; 1 to refuse it, also where anything at all goes wrong.
    """
    from gitlog_track.renderers.verdicts import verdict_text
    from gitlog_track.services.receive import parse_receive, verify_receive

    try:
        workspace = surroundings.workspace(in_quarantine=True)
        found = verify_receive(workspace, parse_receive(_lines()))
    except Exception as err:  # noqa: BLE001  # whatever it is, the gate does not say yes
        return _refuse(surroundings, f"cannot verify this push: {err}", err)
    for refusal in found.refusals:
        surroundings.warn(f"refused: {refusal}")
    if found.verdict.violations:
        sys.stderr.write(verdict_text(found.verdict))
    return 0 if found.is_accepted else REFUSED


def commit_msg(argv: list[str], surroundings: Surroundings) -> int:
    """Warn early about claims that a push would refuse, and about tasks without a log.

    Returns:
        0; 9 only where ``gate.require_log`` blocks: an interpreter that crashes ends
        with 1, and must not stop a commit.
    """
    from gitlog_track.services.early_warning import warn_early

    try:
        workspace = _hurried(surroundings)
        found = warn_early(workspace, argv[0], _comment(workspace, surroundings))
    except Exception as err:  # noqa: BLE001  # a warning that fails is no reason to stop
        surroundings.warn(f"claims were not looked at: {err}")
        return 0
    for text in found.warnings:
        surroundings.warn(text)
    return STOPPED if found.blocks else 0


def _comment(workspace: Workspace, surroundings: Surroundings) -> bytes | None:
    """Return what begins a comment; b"" where git will keep comments."""
    if surroundings.environment.get("GIT_EDITOR") == ":":
        return b""
    code, out, _ = workspace.git.try_run("config", "core.commentChar")
    found = out.strip() if code == 0 else b"#"
    return None if found == b"auto" else found


def run_gate_hook(argv: list[str]) -> int:
    """Run a hook of the gate by its name, ``argv[0]``."""
    surroundings = Surroundings()
    name, *rest = argv
    if name == "pre-push":
        return pre_push(rest, surroundings)
    if name == "pre-receive":
        return pre_receive(surroundings)
    return commit_msg(rest, surroundings)
