"""The keys of the founding execution logs, each with what its value is.

Source: "Real-Time Execution Logging" (the log file) and "Comprehensive Execution
Tracking", level 1 (the task template). Figures that follow from others are computed
here as everywhere, and only compared with what the file says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gitlog_track.importers import values


class Key(NamedTuple):
    """One key of a founding log.

    Attributes:
        slot: what it tells, by our name; several keys may tell one thing.
        read: gives its value; None where nothing is said. Instants are read elsewhere.
    """

    slot: str
    read: Callable[[str], object] = str


def _text(text: str) -> str | None:
    return text if values.is_said(text) else None


def _list(text: str) -> list[str] | None:
    """Return the items of a list: ``None`` is an empty one."""
    if not values.is_said(text):
        return None
    if text.strip().lower() in {"none", "0"}:
        return []
    items: list[str] = []
    for row in text.strip("\n").split("\n"):
        item = row.removeprefix("- ")
        if items and item == row:
            items[-1] += f"\n{row.removeprefix('  ')}"
        else:
            items.append(item)
    return items


def _targets(text: str) -> list[dict[str, object]] | None:
    if not values.is_said(text) or values.not_applicable(text) is not None:
        return None
    return [values.target(part) for part in text.split(";")]


def _coverage_target(text: str) -> dict[str, object] | None:
    if not values.is_said(text) or values.not_applicable(text) is not None:
        return None
    goal = values.target(text, "test_coverage")
    values.percentage(str(goal["value"]))
    return goal


def _labels(text: str) -> list[str] | None:
    return [part.strip() for part in text.split(",")] if values.is_said(text) else None


def _word(*allowed: str) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        word = text.strip().lower()
        if not values.is_said(text):
            return None
        if word not in allowed:
            raise ValueError(f"found {text[:60]!r}, expected {', '.join(allowed)}")
        return word

    return read


INSTANTS = {
    "START_TIMESTAMP": "start",
    "BEGIN_TIMESTAMP": "start",
    "END_TIMESTAMP": "end",
    "INITIAL_COMPLETION_TIMESTAMP": "initial_completion",
    "TESTS_COMPLETION_TIMESTAMP": "tests_completion",
    "VALIDATION_TIMESTAMP": "validation",
    "FINAL_APPROVAL_TIMESTAMP": "final_approval",
}
"""Keys of instants to what happened then; the last four are milestones."""
OF_START = {
    "DESCRIPTION": Key("description", _text),
    "START_TOKENS": Key("start_tokens", values.count),
    "ESTIMATED_DURATION": Key("estimated_duration_s", values.duration_s),
    "TEST_COVERAGE_TARGET": Key("test_coverage_target", _coverage_target),
    "PERFORMANCE_TARGET": Key("performance_targets", _targets),
    "PROJECTED_OUTCOME": Key("projected_outcome", _text),
    "ENV": Key("env", _word("dev", "stage", "prod")),
    "RISK": Key("risk", _word("low", "medium", "high")),
    "STATE": Key("state", _text),
    "LABELS": Key("labels", _labels),
}
"""What the beginning says: fields of ``task_started``."""
OF_END = {
    "END_TOKENS": Key("end_tokens", values.count),
    "TOKENS_USED": Key("tokens_used", values.count),
    "TOKEN_COUNT_USED": Key("tokens_used", values.count),
    "ITERATIONS": Key("iterations", values.count),
    "ITERATIONS_COUNT": Key("iterations", values.count),
    "BUGS_ENCOUNTERED": Key("bugs", values.count),
    "AI_INTERACTIONS": Key("interactions", values.count),
    "HALLUCINATION_COUNT": Key("hallucinations", values.count),
    "CONTEXT_SWITCHES": Key("context_switches", values.count),
    "ACTUAL_OUTCOME": Key("actual_outcome", _text),
    "SUCCESS_CRITERIA": Key("success_criteria", values.criteria),
    "BLOCKERS_ENCOUNTERED": Key("blockers", _list),
    "FILES_WRITTEN": Key("files_written", values.count),
    "ERROR_TYPE": Key("error_type", _text),
    "ERROR_MESSAGE": Key("message", _text),
}
"""What the end says: fields of ``task_completed`` and ``task_failed``."""
MEASURED = ("TEST_COVERAGE_ACTUAL", "DOC_COMPLETENESS", "TESTS_PASSED", "TESTS_TOTAL")
"""Measurements without an instant of their own: they are dated at the end."""
LESSONS = Key("lessons", _list)
OTHERS = {
    "TASK": Key("task", lambda text: text.strip() or None),
    "PHASE": Key("phase", _text),
    "STATUS": Key("status", values.status),
    "LESSONS_LEARNED": LESSONS,
}
FOLLOWING = {
    "DURATION_SECONDS": Key("seconds", values.count),
    "DURATION_MINUTES": Key("minutes", values.count),
}
"""Figures that follow from the instants."""
LEFT_OUT = frozenset({"ACTUAL_DURATION", "VARIANCE", "EFFICIENCY_RATIO"})
"""Figures that follow from the instants and the estimate, in words as often as not."""
KEYS = {**OF_START, **OF_END, **OTHERS, **FOLLOWING}
