"""Judge a log that was fetched: whatever others wrote, only what adds to ours gets in."""

from __future__ import annotations

from gitlog_track.errors import LogCorruptError, LogError, LogFormatError
from gitlog_track.git.objects import ObjectReader
from gitlog_track.git.repository import read_boundary
from gitlog_track.log.tree import LogTree
from gitlog_track.services.workspace import Workspace

STEPS_JUDGED = 2_000
"""New log commits that are judged one by one; of more only the lines are, and ``audit``
judges the steps when it is asked."""
NOT_MERGED = "nothing of it was taken over; ask who pushed it"


class RewrittenError(LogError):
    """A remote's log does not contain any more what it contained."""


def judge_incoming(
    workspace: Workspace,
    theirs: str,
    ours: str | None,
    remote: str,
    *,
    accept_rewrite: bool = False,
) -> tuple[str, ...]:
    """Check that what was fetched is a log, and that every new step only adds.

    Its new lines are judged in any case: what is in the log once stays there. A step
    that took lines out is a note where they are all there again: somebody accepted the
    rewrite, and everybody after him has to be able to take the joined log.

    Args:
        workspace: this side.
        theirs: what was fetched; it may be any object.
        ours: the log commit here, which is trusted.
        remote: where it comes from, for messages.
        accept_rewrite: a person has decided to take over its history as it is.

    Returns:
        what a person should know.

    Raises:
        LogError: it is no log, of another format, has lines that no log may have, or a
            step changes what was there.
    """
    # What reads events is loaded only where some have come.
    from gitlog_track.log.audit import History, judge_lines, judge_steps, walk

    git, common = workspace.git, workspace.home.common_dir
    try:
        with ObjectReader(git, common) as reader:
            LogTree(reader, theirs)
    except LogCorruptError as err:
        text = f"{workspace.log_ref} on {remote} is no log: {err}"
        raise LogCorruptError(text, hint=NOT_MERGED) from err
    except LogFormatError as err:
        text = f"{workspace.log_ref} on {remote} is not merged: {err}"
        raise LogFormatError(text, hint=err.hint or NOT_MERGED) from err
    if wrong := judge_lines(git, common, ours, theirs):
        text = f"the log on {remote} is not merged: {'; '.join(wrong)}"
        raise LogCorruptError(text, hint=NOT_MERGED)
    if accept_rewrite:
        return ()
    new = list(walk(git, theirs, *([f"^{ours}"] if ours else [])))
    if len(new) > STEPS_JUDGED:
        text = f"of {len(new)} new log commits the lines were judged, not every step"
        return (f"{text}: gitlog-track audit does",)
    cut_off = read_boundary(common)
    steps = {commit: parents for commit, parents in new if commit not in cut_off}
    judged = judge_steps(git, common, History(theirs, steps))
    if judged.refusals:
        text = f"the log on {remote} is not merged: {'; '.join(judged.refusals)}"
        raise RewrittenError(text, hint=NOT_MERGED)
    mended = judged.mended
    if not mended:
        return ()
    names = ", ".join(commit[:12] for commit in mended[:3])
    more = f" and {len(mended) - 3} more" if len(mended) > 3 else ""
    text = f"the log on {remote} was rewritten once, and mended"
    return (f"{text}: what {names}{more} took out is there again",)
