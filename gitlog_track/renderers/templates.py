"""The founding documents' execution logs of a task and of a phase, filled in.

Source: "Pattern-TRACKING-001: Comprehensive Execution Tracking", levels 1 and 2, for the
headings, the fields and their order. What people wrote stands in back-ticks: a number in
it is theirs, and no claim of a commit message into which the template is pasted.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from gitlog_track.measures.catalogue import find
from gitlog_track.measures.measure import Level, Measure
from gitlog_track.measures.summary import TaskSummary
from gitlog_track.measures.task import Measures
from gitlog_track.measures.value import MISSING, PerformanceResult, Value
from gitlog_track.renderers.labels import OUT_OF, evidence_label, with_n
from gitlog_track.renderers.numbers import plain, show
from gitlog_track.renderers.safe import safe_line

Sections = Sequence[tuple[str, Sequence[str]]]
TASK_SECTIONS: Sections = (
    (
        "TIMESTAMPS (ISO 8601 Format)",
        (
            *("begin_timestamp", "initial_completion_timestamp"),
            *("tests_completion_timestamp", "validation_timestamp"),
            "final_approval_timestamp",
        ),
    ),
    (
        "DURATION ANALYSIS",
        ("estimated_duration", "actual_duration", "variance", "efficiency_ratio"),
    ),
    (
        "QUALITY METRICS",
        (
            *("iterations_count", "test_coverage_target", "test_coverage_actual"),
            *("performance_target", "performance_actual", "doc_completeness"),
        ),
    ),
    (
        "TOKEN EFFICIENCY",
        (
            *("token_count_used", "ai_interactions"),
            *("hallucination_count", "context_switches"),
        ),
    ),
    (
        "OUTCOME TRACKING",
        (
            *("projected_outcome", "actual_outcome", "success_criteria"),
            *("blockers_encountered", "lessons_learned"),
        ),
    ),
)
PHASE_SECTIONS: Sections = (
    (
        "PHASE-LEVEL TIMESTAMPS",
        (
            *("phase_begin", "phase_first_code", "phase_tests_passing"),
            *("phase_integration_complete", "phase_documentation_complete"),
            "phase_final_approval",
        ),
    ),
    (
        "PHASE DURATION ANALYSIS",
        (
            *("estimated_total", "actual_total", "variance", "efficiency_ratio"),
            "parallel_efficiency",
        ),
    ),
    (
        "PHASE QUALITY METRICS",
        (
            *("tasks_total", "tasks_completed", "tasks_failed_first_attempt"),
            *("average_iterations_per_task", "test_coverage_overall"),
            "performance_targets_met",
        ),
    ),
    (
        "PHASE TOKEN EFFICIENCY",
        (
            *("total_tokens_used", "tokens_per_task_avg", "ai_interactions_total"),
            *("hallucination_count_total", "hallucination_rate"),
        ),
    ),
    (
        "PHASE OUTCOME ANALYSIS",
        (
            *("projected_deliverables", "deliverables_completed"),
            *("critical_blockers", "patterns_extracted", "technical_debt_incurred"),
        ),
    ),
    (
        "META-LEARNING",
        (
            *("theory_accuracy", "biggest_surprise", "biggest_win"),
            *("biggest_challenge", "theory_improvements"),
        ),
    ),
)
SUCCESS_MARKS = {
    "pass": "\N{WHITE HEAVY CHECK MARK} PASS",
    "pending": "\N{HOURGLASS WITH FLOWING SAND} PENDING",
    "fail": "\N{CROSS MARK} FAIL",
}
COMPARATORS = {"<": "under ", "<=": "at most ", ">": "over ", ">=": "at least "}
MASKED = 300
"""The gate takes so many characters between back-ticks for a quotation, and no more."""
NOT_ENDED = "NOT MEASURED (the task has not ended)"


def task_template(task: TaskSummary, key: str, where: str) -> str:
    """Return a task's execution log.

    Args:
        task: measured; one that was never started is NOT MEASURED throughout.
        key: of the trailer that names a task; the log begins with it.
        where: in the log its figures can be checked.
    """
    open_ = frozenset() if task.has_ended else _final_measures()
    lines = _lines(TASK_SECTIONS, Level.TASK, task.measures, where, open_)
    return f"{key.upper()}: {task.name}\n{lines}"


def phase_template(name: str, measures: Measures, key: str, where: str) -> str:
    """Return a phase's aggregate log.

    Args:
        name: of the phase.
        measures: of the phase, by id; none are NOT MEASURED throughout.
        key: of the trailer that names a phase; the log begins with it.
        where: in the log its figures can be checked.
    """
    lines = _lines(PHASE_SECTIONS, Level.PHASE, measures, where, frozenset())
    return f"{key.upper()}: {name}\n{lines}"


def _final_measures() -> frozenset[str]:
    names = (name for _, names in TASK_SECTIONS for name in names)
    found = (find(name, Level.TASK) for name in names)
    return frozenset(known.id for known in found if known and known.needs_end)


def _lines(
    sections: Sections,
    level: Level,
    measures: Measures,
    where: str,
    unsettled: frozenset[str],
) -> str:
    lines: list[str] = []
    of = measures.get("tasks_total", MISSING).number
    for heading, fields in sections:
        lines += ["", f"=== {heading} ==="]
        for name in fields:
            known = find(name, level)
            value = measures.get(name, MISSING)
            if known is not None:
                is_open = name in unsettled and value.is_known
                text = NOT_ENDED if is_open else _field(known, value, where, of)
                lines.append(f"{name.upper()}: {text}")
    return "\n".join(lines) + "\n"


def _field(measure: Measure, value: Value, where: str, of: Decimal | None) -> str:
    # Behind ", Key: " the gate would read a field, back-ticks or not.
    reason = _quoted(value.not_applicable.replace(": ", ":"))
    labelled = replace(value, source=safe_line(value.source), not_applicable=reason)
    label = evidence_label(labelled, where)
    if not value.is_known:
        return label
    shown = _shown(measure, value)
    if measure.id in OUT_OF and value.n is not None:
        return f"{shown} / {value.n} {label}"
    return f"{with_n(shown, measure.id, value, of)} {label}"


def _shown(measure: Measure, value: Value) -> str:
    if value.rows is not None:
        return "; ".join(_item(row) for row in value.rows) or "None"
    if value.text is not None:
        is_mark = measure.id == "success_criteria"
        return SUCCESS_MARKS[value.text] if is_mark else _quoted(value.text)
    shown = show(value, measure.unit)
    if measure.id == "test_coverage_target":
        return f"{COMPARATORS.get(value.basis, '')}{shown}"
    if measure.id == "tasks_failed_first_attempt" and value.basis:
        return f"{shown} ({value.basis})"
    return shown


def _item(row: object) -> str:
    if isinstance(row, PerformanceResult):
        shown = _quoted(f"{row.name} {plain(row.value)}{row.unit}")
        if row.target is None:
            return shown
        return f"{shown} ({'met' if row.met else 'missed'} {_quoted(row.target)})"
    return _quoted(str(row))


def _quoted(text: str) -> str:
    """Return text of others between back-ticks, in pieces that the gate passes over."""
    line = safe_line(text).replace("`", "'")
    pieces = (line[n : n + MASKED] for n in range(0, len(line), MASKED))
    return " ".join(f"`{piece}`" for piece in pieces)
