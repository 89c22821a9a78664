"""The lists of tasks that a report names one by one: their titles and columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gitlog_track.measures.catalogue import find
from gitlog_track.measures.listing import LISTS, Listing
from gitlog_track.measures.measure import Level
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.renderers.cells import Cell, Section

Column = tuple[str, Callable[[TaskSummary], Cell]]


@dataclass(frozen=True, slots=True)
class ListForm:
    """How one list is shown.

    Attributes:
        title: for people.
        measures: ids of those that the list is about.
        columns: of its table, behind the task's name.
        left: so many columns are texts, the name included.
    """

    title: str
    measures: tuple[str, ...]
    columns: tuple[Column, ...]
    left: int = 1


def _figure(measure: str) -> Callable[[TaskSummary], Cell]:
    known = find(measure, Level.TASK)
    unit = known.unit if known else "text"
    return lambda task: Cell(value=task.value(measure), unit=unit)


def _texts(measure: str) -> Callable[[TaskSummary], Cell]:
    return lambda task: Cell(text="; ".join(task.value(measure).texts or ()))


def _tries(task: TaskSummary) -> Cell:
    return Cell(text=str(len(task.attempts)))


def _status(task: TaskSummary) -> Cell:
    return Cell(text=task.status, is_alarm=task.status == "failed")


def _first_failure(task: TaskSummary) -> Cell:
    failed = [a.message or a.error_type for a in task.attempts if a.status == "failed"]
    return Cell(text=next(iter(failed), ""))


def _problems(task: TaskSummary) -> Cell:
    return Cell(text="; ".join(task.problems), is_alarm=True)


ESTIMATES = {
    "estimate": "estimated_duration",
    "actual": "actual_duration",
    "variance": "variance",
    "ratio": "efficiency_ratio",
}
FORMS: Mapping[str, ListForm] = {
    "estimates": ListForm(
        "Estimate against actual",
        tuple(ESTIMATES.values()),
        tuple((title, _figure(measure)) for title, measure in ESTIMATES.items()),
    ),
    "blockers": ListForm(
        "Blockers",
        ("blockers_encountered",),
        (("what stopped the work", _texts("blockers_encountered")),),
        left=2,
    ),
    "lessons": ListForm(
        "Lessons",
        ("lessons_learned",),
        (("what was learned", _texts("lessons_learned")),),
        left=2,
    ),
    "failed_first_attempt": ListForm(
        "Failed at the first attempt",
        ("iterations_count", "attempt_durations", "status"),
        (("attempts", _tries), ("status", _status), ("why", _first_failure)),
        left=4,
    ),
    "open": ListForm(
        "Open tasks",
        ("begin_timestamp", "estimated_duration"),
        (
            ("since", _figure("begin_timestamp")),
            ("estimate", _figure("estimated_duration")),
        ),
        left=2,
    ),
    "no_quality_measure": ListForm(
        "A duration, but no quality measure",
        ("duration",),
        (("duration", _figure("duration")),),
    ),
    "invalid": ListForm(
        "Logs that are no proof", (), (("what is wrong", _problems),), left=2
    ),
}
"""By the name of the list, in the order of :data:`LISTS`."""


def list_section(listing: Listing) -> Section:
    """Return one list as a table."""
    form = FORMS[listing.name]
    rows = tuple(
        (Cell(text=task.name), *(cell(task) for _, cell in form.columns))
        for task in listing.tasks
    )
    return Section(
        title=form.title,
        header=("task", *(title for title, _ in form.columns)),
        rows=rows,
        left=form.left,
        omitted=listing.total - len(listing.tasks),
    )


def list_sections(lists: Mapping[str, Listing]) -> list[Section]:
    """Return every list that has tasks, in the order of :data:`LISTS`."""
    return [list_section(lists[name]) for name in LISTS if lists[name].total]
