"""Is a task's log complete and sound? Each missing field and each problem is named."""

from __future__ import annotations

from dataclasses import dataclass

from gitlog_track.errors import ConfigError
from gitlog_track.measures.catalogue import find
from gitlog_track.measures.measure import Level
from gitlog_track.measures.task import Measures, measure_task
from gitlog_track.model.task import Problem, TaskState

TOKEN_COUNTERS = frozenset({"start_tokens", "end_tokens"})


@dataclass(frozen=True, slots=True)
class Validation:
    """What is missing in, or wrong with, the log of one task or phase.

    Attributes:
        name: of the task or phase.
        missing: required fields that are not filled, as the configuration names them.
        problems: of the log itself; some are warnings.
        status: of a task; empty for a phase.
    """

    name: str
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]
    status: str = ""

    @property
    def is_valid(self) -> bool:
        """Is nothing missing and nothing wrong? Warnings do not count."""
        return not self.missing and not any(p.invalid for p in self.problems)


def validate_task(state: TaskState, required: tuple[str, ...]) -> Validation:
    """Judge one task's log.

    Args:
        state: the replayed task.
        required: ``[validation] required``; any founding name or measure id.

    Raises:
        ConfigError: a required field is no measure.
    """
    if not state.stored:
        problem = Problem("no_log", f"task {state.name} has no log", True)
        return Validation(state.name, required, (problem,), state.status)
    measures = measure_task(state)
    missing = [name for name in required if not _is_filled(name, measures)]
    return Validation(state.name, tuple(missing), state.problems, state.status)


def _is_filled(name: str, measures: Measures) -> bool:
    if name.upper() == "TASK":
        return True
    known = find(name, Level.TASK)
    if known is None:
        raise ConfigError(
            f"validation.required names {name!r}, which is no measure of a task",
        )
    value = measures[known.id]
    if value.is_known or value.not_applicable:
        return known.id != "status" or value.text != "in_progress"
    # Usage records or a declared amount say what both counters would.
    return known.id in TOKEN_COUNTERS and measures["token_count_used"].is_known
