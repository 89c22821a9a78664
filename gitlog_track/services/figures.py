"""The log as documents ask it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from gitlog_track.index.index import Index, Query, ask
from gitlog_track.log.layout import Subject, directory
from gitlog_track.measures.measure import Level
from gitlog_track.measures.phase import measure_phase
from gitlog_track.measures.report import PhaseRecord, PhaseRow, merged, phase_rows
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.task import Measures
from gitlog_track.renderers import blocks
from gitlog_track.renderers.markers import MarkerError, Request
from gitlog_track.services.validate import existing_log

if TYPE_CHECKING:
    from gitlog_track.log.store import LogReader
    from gitlog_track.services.workspace import Workspace

T = TypeVar("T")
LISTED = {"lessons": "lessons_learned", "blockers": "blockers_encountered"}


class Figures:
    """Answers what documents ask for.

    The log is read when the first place asks for something.
    """

    def __init__(self, workspace: Workspace, *, workers: int) -> None:
        """Take the workspace, and how many processors may be used."""
        self._workspace = workspace
        self._workers = workers

    def answer(self, request: Request) -> list[str]:
        """Return the lines of a place.

        Raises:
            MarkerError: the log knows no such task or phase, or there is no such
                measure.
            LogError: there is no log, or it cannot be read.
        """
        keys = request.keys
        match request.kind:
            case "value":
                return [self._value(request)]
            case "measures":
                level, measures, where = self._subject(request)
                return blocks.measure_table(measures, level, where)
            case "table" if "phase" not in keys:
                overall = measure_phase(merged(self._records))
                return blocks.phase_table(phase_rows(self._records), overall)
            case "table":
                return blocks.task_table(self._tasks(keys["phase"]))
            case kind:
                tasks = self._tasks(keys.get("phase", ""))
                return blocks.text_list(tasks, LISTED[kind])

    def _value(self, request: Request) -> str:
        level, measures, where = self._subject(request)
        return blocks.single_value(request.keys["measure"], measures, level, where)

    def _subject(self, request: Request) -> tuple[Level, Measures, str]:
        """Return the level and measures asked for, and where they can be checked."""
        ref = self._workspace.log_ref
        if "phase" in request.keys:
            return Level.PHASE, self._phase(request.keys["phase"]).measures, ref
        task = self._task(request.keys["task"])
        where = f"{ref}:{directory(Subject('task', task.name))}"
        return Level.TASK, task.measures, where

    def _phase(self, name: str) -> PhaseRow:
        row = self._rows.get(name.lower())
        if row is None:
            raise MarkerError(f"phase {name!r} has no log")
        return row

    def _tasks(self, phase: str) -> list[TaskSummary]:
        if phase:
            self._phase(phase)
        return sorted(self._asked(Query(phase=phase)), key=lambda task: task.name)

    def _task(self, name: str) -> TaskSummary:
        for task in self._asked(Query(task=name)):
            return task
        raise MarkerError(f"task {name!r} has no log")

    def _asked(self, query: Query) -> list[TaskSummary]:
        return self._ask(lambda index: list(index.tasks(query)))

    def _ask(self, question: Callable[[Index], T]) -> T:
        home = self._workspace.home
        return ask(home.index, self._log, question, workers=self._workers)

    @cached_property
    def _log(self) -> LogReader:
        return existing_log(self._workspace)

    @cached_property
    def _records(self) -> list[PhaseRecord]:
        return self._ask(lambda index: index.phases())

    @cached_property
    def _rows(self) -> dict[str, PhaseRow]:
        return {row.phase.lower(): row for row in phase_rows(self._records)}
