"""The newest tasks as a Mermaid Gantt diagram."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from itertools import groupby

from gitlog_track.measures.summary import TaskSummary

_UNFIT = re.compile(r"[^A-Za-z0-9 ._()-]")
"""All but what no rule of the diagram's grammar gives a meaning to."""
_NAME_LIMIT = 64
_TAGS = {"failed": "crit", "in_progress": "active"}


def gantt(tasks: Iterable[TaskSummary]) -> str:
    """Return the diagram's text, without a fence; empty where no task was begun.

    Instants are in UTC. A task that has not ended, or whose end lies before its begin,
    is a milestone at its begin: how long it took is not known.

    Source: Mermaid's ``gantt.jison``: a task's text ends at ``:``, ``;``, ``#`` or a
    newline, ``%`` begins a comment, and lines that begin with a keyword or a date are
    no tasks; so a word of ours goes first.
    """
    begun = [task for task in tasks if _is_drawable(task.begun_at)]
    if not begun:
        return ""
    lines = ["gantt", "    title The newest tasks (UTC)"]
    lines += ["    dateFormat YYYY-MM-DD HH:mm:ss", "    axisFormat %Y-%m-%d"]
    for phase, mine in groupby(begun, lambda task: task.phase):
        lines.append(f"    section phase {_fit(phase or '(none)')}")
        lines += [f"    task {_fit(task.name)} :{_data(task)}" for task in mine]
    return "\n".join(lines) + "\n"


def _is_drawable(at: datetime | None) -> bool:
    """Is it an instant that UTC has too? The first and the last year may not be."""
    return at is not None and MINYEAR < at.year < MAXYEAR


def _fit(text: str) -> str:
    return _UNFIT.sub("_", text[:_NAME_LIMIT])


def _data(task: TaskSummary) -> str:
    begin, end = task.begun_at, task.value("end_timestamp").instant
    tag = _TAGS.get(task.status, "done")
    if begin is None or end is None or not _is_drawable(end) or end < begin:
        return f"{tag}, milestone, {_utc(begin)}, 0m"
    return f"{tag}, {_utc(begin)}, {_utc(end)}"


def _utc(at: datetime | None) -> str:
    if at is None:
        return ""
    naive = at.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat(sep=" ", timespec="seconds")
