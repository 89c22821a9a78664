"""Which task does an event belong to? One order, everywhere.

``--task``; else the commit message's ``Task:`` trailers; else the current task of the
worktree; else the branch name. Judged by what was true when the event was recorded,
never by what is current when the fold runs. Standard library only.
"""

from __future__ import annotations

from gitlog_track.model.names import is_name, task_of_branch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def resolve_tasks(
    *,
    explicit: str | None = None,
    trailers: Sequence[str] = (),
    current: str | None = None,
    branch: str | None = None,
    branch_pattern: str = "",
) -> tuple[str, ...]:
    """Return the tasks an event belongs to; empty when nothing says so.

    Args:
        explicit: the task named on the command line.
        trailers: the tasks that the commit message names.
        current: the worktree's current task, as recorded.
        branch: the branch, as recorded; during a rebase the one being rebased.
        branch_pattern: the configured pattern; empty switches the branch off.

    >>> resolve_tasks(current="P1-001", branch="refs/heads/P1-002",
    ...               branch_pattern="[A-Z][A-Z0-9]*-[0-9]+")
    ('P1-001',)
    """
    if explicit:
        return (explicit,)
    if named := tuple(dict.fromkeys(t for t in trailers if is_name(t))):
        return named
    if current and is_name(current):
        return (current,)
    found = task_of_branch(branch, branch_pattern) if branch else None
    return (found,) if found else ()
