"""Which tasks a report names one by one, and why. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from gitlog_track.measures.summary import TaskSummary

QUALITY = (
    *("test_coverage_actual", "performance_actual", "validation_results"),
    *("tests_passed", "doc_completeness", "bugs_encountered"),
)
"""Measures that say how good a task's work is, not how long it took."""


def _is_estimated(task: TaskSummary) -> bool:
    return task.value("variance").is_known


def _is_blocked(task: TaskSummary) -> bool:
    return bool(task.value("blockers_encountered").texts)


def _teaches(task: TaskSummary) -> bool:
    return bool(task.value("lessons_learned").texts)


def _failed_first(task: TaskSummary) -> bool:
    return bool(task.attempts) and task.failed_at_first


def _is_open(task: TaskSummary) -> bool:
    return bool(task.attempts) and not task.has_ended


def _lacks_quality(task: TaskSummary) -> bool:
    is_timed = task.value("duration").is_known
    return is_timed and not any(task.value(name).is_known for name in QUALITY)


def _is_no_proof(task: TaskSummary) -> bool:
    return bool(task.problems)


LISTS: Mapping[str, Callable[[TaskSummary], bool]] = {
    "estimates": _is_estimated,
    "blockers": _is_blocked,
    "lessons": _teaches,
    "failed_first_attempt": _failed_first,
    "open": _is_open,
    "no_quality_measure": _lacks_quality,
    "invalid": _is_no_proof,
}
"""Every list by its name, with what puts a task on it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Tasks of one list, newest first.

    Attributes:
        name: key of :data:`LISTS`.
        tasks: as many as were asked for.
        total: how many there are.
    """

    name: str
    tasks: tuple[TaskSummary, ...]
    total: int


def newest_first(tasks: Iterable[TaskSummary]) -> list[TaskSummary]:
    """Return tasks by their start, the latest first; unstarted ones last."""
    return sorted(tasks, key=_age)


def _age(task: TaskSummary) -> tuple[float, str]:
    return (-(task.begun_at or datetime.fromtimestamp(0, UTC)).timestamp(), task.name)


def list_tasks(
    tasks: Iterable[TaskSummary], name: str, limit: int | None = None
) -> Listing:
    """Return the list of a name from some tasks; *limit* None is all."""
    belongs = LISTS[name]
    found = newest_first(task for task in tasks if belongs(task))
    return Listing(name, tuple(found[:limit]), len(found))
