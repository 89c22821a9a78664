"""What the log recorded of commits: who worked on them, and what became of them. Pure.

A table of plain values, so that an index can supply it without replaying a task.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from gitlog_track.model.events import CommitRecorded, CommitsRewritten
from gitlog_track.model.task import TaskState

COPYING = frozenset({"rebase", "cherry-pick"})
"""Operations that make a commit of another one: whose work it is, the other one says."""
SQUASH = "squash"
"""Cause of a rewrite that a forge made and ``reconcile`` found: whose work it carries is
known by then, so that several tasks are no doubt."""


class RecordedCommit(Struct, frozen=True, array_like=True):
    """One ``commit_recorded`` event.

    Attributes:
        commit: hex.
        task: whose it is; None where none was known.
        patch_id: as ``git patch-id --stable`` gives it; None for a merge, an empty
            change, or what was pruned or too large.
        is_copy: was it made by copying another commit? See :data:`COPYING`.
    """

    commit: str
    task: str | None
    patch_id: str | None = None
    is_copy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """All that the log says of commits; the order of rows is no matter.

    Attributes:
        tasks: every task of the log, as the log spells it.
        commits: a row for each task of each commit.
        rewrites: commit before and after, as post-rewrite told them or ``reconcile`` did.
        squashes: commit that a forge squashed others into, and a task of theirs.
        began_s: when tracking began: the earliest event that was recorded when it
            happened, in whole seconds since 1970. What was imported tells of a time
            when nothing was tracked. None where there is no such event.
    """

    tasks: tuple[str, ...] = ()
    commits: tuple[RecordedCommit, ...] = ()
    rewrites: tuple[tuple[str, str], ...] = ()
    squashes: tuple[tuple[str, str], ...] = ()
    began_s: int | None = None

    @classmethod
    def of(cls, states: Iterable[TaskState]) -> Recorded:
        """Gather what replayed states say.

        Args:
            states: of all tasks, and of the unassigned: a rewrite may stand there.
        """
        tasks: list[str] = []
        commits: list[RecordedCommit] = []
        rewrites: list[tuple[str, str]] = []
        squashes: dict[tuple[str, str], None] = {}
        began: list[datetime] = []
        for state in states:
            tasks += [state.name] if state.name else []
            commits += (_row(state.name, e) for e in state.of(CommitRecorded))
            for event in state.of(CommitsRewritten):
                rewrites += event.pairs
                if event.cause == SQUASH and state.name:
                    squashes.update(
                        ((made, state.name), None) for _, made in event.pairs
                    )
            live = [e.at for e in state.events if e.provenance == "live"]
            began += [min(live)] if live else []
        return cls(
            tasks=tuple(tasks),
            commits=tuple(commits),
            rewrites=tuple(rewrites),
            squashes=tuple(squashes),
            began_s=int(min(began).timestamp()) if began else None,
        )

    @classmethod
    def together(cls, parts: Iterable[Recorded]) -> Recorded:
        """Gather what several of them say."""
        rows = list(parts)
        began = [part.began_s for part in rows if part.began_s is not None]
        return cls(
            tasks=tuple(task for part in rows for task in part.tasks),
            commits=tuple(commit for part in rows for commit in part.commits),
            rewrites=tuple(pair for part in rows for pair in part.rewrites),
            squashes=tuple(pair for part in rows for pair in part.squashes),
            began_s=min(began, default=None),
        )


def _row(task: str, event: CommitRecorded) -> RecordedCommit:
    is_copy = event.operation in COPYING
    return RecordedCommit(event.commit, task or None, event.patch_id, is_copy)
