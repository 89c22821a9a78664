"""What the log says of one task or phase, as claims need it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gitlog_track.log.layout import Subject
from gitlog_track.log.store import LogReader
from gitlog_track.measures.phase import measure_phase
from gitlog_track.measures.phase_events import measure_own_events
from gitlog_track.measures.summary import TaskSummary, summarise
from gitlog_track.measures.task import MeasuredTask, Measures
from gitlog_track.measures.totals import total_of
from gitlog_track.model.events import EventCorrected


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of one task or phase.

    Attributes:
        name: as the log spells it.
        measures: by id.
        exists: does it have a log at all?
        has_ended: a task that has ended; a phase with one that has.
        problems: why the log is no proof; empty is sound.
        events: ids of all events of a task.
        corrected: ids of those that a correction is about.
    """

    name: str
    measures: Measures
    exists: bool
    has_ended: bool
    problems: tuple[str, ...]
    events: frozenset[str] = frozenset()
    corrected: frozenset[str] = frozenset()


def read_task(reader: LogReader, name: str) -> Account:
    """Return what the log says of a task.

    Raises:
        GitlogTrackError: the log cannot be read.
    """
    task = MeasuredTask.of(reader.state(Subject("task", name)))
    state = task.state
    return Account(
        name=state.name,
        measures=task.measures,
        exists=bool(state.stored),
        has_ended=state.ended is not None,
        problems=tuple(p.text for p in state.problems if p.invalid),
        events=frozenset(s.event.id for s in state.stored),
        corrected=frozenset(
            s.event.event for s in state.stored if isinstance(s.event, EventCorrected)
        ),
    )


def read_phase(reader: LogReader, tasks: Iterable[TaskSummary], name: str) -> Account:
    """Return what the log says of a phase.

    Args:
        reader: of the log.
        tasks: all tasks of the log.
        name: of the phase.

    Raises:
        GitlogTrackError: the log cannot be read.
    """
    mine = [task for task in tasks if task.phase.lower() == name.lower()]
    own = reader.state(Subject("phase", name))
    ended = [task for task in mine if task.has_ended]
    return Account(
        name=own.name,
        measures=measure_phase(total_of(mine), measure_own_events(own)),
        exists=bool(mine) or bool(own.stored),
        has_ended=bool(ended),
        problems=tuple(
            f"task {task.name}: {problem}"
            for task in ended
            for problem in task.problems
        ),
    )


def read_tasks(reader: LogReader) -> list[TaskSummary]:
    """Return every task of the log, measured.

    Raises:
        GitlogTrackError: the log cannot be read.
    """
    return [summarise(MeasuredTask.of(state)) for state in reader.states("task")]
