"""What the log says of one task or phase, as claims need it."""

from __future__ import annotations

from dataclasses import dataclass

from gitlog_track.log.layout import Subject
from gitlog_track.log.store import LogReader
from gitlog_track.measures.phase import MeasuredTask, measure_phase
from gitlog_track.measures.task import Measures
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


def read_phase(reader: LogReader, name: str) -> Account:
    """Return what the log says of a phase.

    Raises:
        GitlogTrackError: the log cannot be read.
    """
    tasks = [
        MeasuredTask.of(state)
        for state in reader.states("task")
        if (state.phase or "").lower() == name.lower()
    ]
    own = reader.state(Subject("phase", name))
    ended = [task for task in tasks if task.state.ended is not None]
    return Account(
        name=own.name,
        measures=measure_phase(tasks, own),
        exists=bool(tasks) or bool(own.stored),
        has_ended=bool(ended),
        problems=tuple(
            f"task {task.state.name}: {problem.text}"
            for task in ended
            for problem in task.state.problems
            if problem.invalid
        ),
    )
