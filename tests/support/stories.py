"""One task's events told in order, and what they come to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.task import Measures, measure_task
from gitlog_track.measures.value import Value
from gitlog_track.model.replay import replay
from tests.support.examples import line

BEGIN = datetime.fromisoformat("2025-10-04T22:00:00-05:00")


def at(second: float) -> str:
    return (BEGIN + timedelta(seconds=second)).isoformat(timespec="milliseconds")


class Story:
    """Lines of one task, told in order."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def tell(self, kind: str, second: Any = 0, **fields: object) -> Story:
        self.lines.append(line(kind, len(self.lines) + 1, at=at(second), **fields))
        return self

    def measures(self) -> Measures:
        return measure_task(replay("P1-009", self.lines))

    def __getitem__(self, name: str) -> Value:
        return self.measures()[name]


def begun(**fields: object) -> Story:
    return Story().tell("task_started", **fields)


def done(second: float = 720, **fields: object) -> Story:
    return begun().tell("task_completed", second, **fields)


def known(value: Value) -> tuple[object, Evidence]:
    return value.value, value.evidence
