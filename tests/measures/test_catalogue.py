"""The catalogue: complete, unambiguous, and found by every founding name."""

import pytest

from gitlog_track.measures.catalogue import MEASURES, find
from gitlog_track.measures.measure import Level

FOUNDING_TASK_FIELDS = [
    "START_TIMESTAMP",
    "END_TIMESTAMP",
    "START_TOKENS",
    "END_TOKENS",
    "ITERATIONS",
    "BUGS_ENCOUNTERED",
    "STATUS",
    "DURATION_SECONDS",
    "DURATION_MINUTES",
    "TOKENS_USED",
    "BEGIN_TIMESTAMP",
    "INITIAL_COMPLETION_TIMESTAMP",
    "TESTS_COMPLETION_TIMESTAMP",
    "VALIDATION_TIMESTAMP",
    "FINAL_APPROVAL_TIMESTAMP",
    "ESTIMATED_DURATION",
    "ACTUAL_DURATION",
    "VARIANCE",
    "EFFICIENCY_RATIO",
    "ITERATIONS_COUNT",
    "TEST_COVERAGE_TARGET",
    "TEST_COVERAGE_ACTUAL",
    "PERFORMANCE_TARGET",
    "PERFORMANCE_ACTUAL",
    "DOC_COMPLETENESS",
    "TOKEN_COUNT_USED",
    "AI_INTERACTIONS",
    "HALLUCINATION_COUNT",
    "CONTEXT_SWITCHES",
    "PROJECTED_OUTCOME",
    "ACTUAL_OUTCOME",
    "SUCCESS_CRITERIA",
    "BLOCKERS_ENCOUNTERED",
    "LESSONS_LEARNED",
    "VALIDATION_RESULTS",
]
FOUNDING_PHASE_FIELDS = [
    "PHASE_BEGIN",
    "PHASE_FIRST_CODE",
    "PHASE_TESTS_PASSING",
    "PHASE_INTEGRATION_COMPLETE",
    "PHASE_DOCUMENTATION_COMPLETE",
    "PHASE_FINAL_APPROVAL",
    "ESTIMATED_TOTAL",
    "ACTUAL_TOTAL",
    "VARIANCE",
    "EFFICIENCY_RATIO",
    "PARALLEL_EFFICIENCY",
    "TASKS_TOTAL",
    "TASKS_COMPLETED",
    "TASKS_FAILED_FIRST_ATTEMPT",
    "AVERAGE_ITERATIONS_PER_TASK",
    "TEST_COVERAGE_OVERALL",
    "PERFORMANCE_TARGETS_MET",
    "TOTAL_TOKENS_USED",
    "TOKENS_PER_TASK_AVG",
    "AI_INTERACTIONS_TOTAL",
    "HALLUCINATION_COUNT_TOTAL",
    "HALLUCINATION_RATE",
    "PROJECTED_DELIVERABLES",
    "DELIVERABLES_COMPLETED",
    "CRITICAL_BLOCKERS",
    "PATTERNS_EXTRACTED",
    "TECHNICAL_DEBT_INCURRED",
    "THEORY_ACCURACY",
    "BIGGEST_SURPRISE",
    "BIGGEST_WIN",
    "BIGGEST_CHALLENGE",
    "THEORY_IMPROVEMENTS",
]


@pytest.mark.parametrize("name", FOUNDING_TASK_FIELDS)
def test_every_founding_task_field_is_found_in_any_case(name: str) -> None:
    for spelling in (name, name.lower(), name.title().replace("_", "-")):
        found = find(spelling, Level.TASK)
        assert found is not None
        assert found is find(name)


@pytest.mark.parametrize("name", FOUNDING_PHASE_FIELDS)
def test_every_founding_phase_field_is_found(name: str) -> None:
    assert find(name, Level.PHASE) is not None


@pytest.mark.parametrize("name", ["", "duration_hours", "..", "task"])
def test_unknown_names(name: str) -> None:
    assert find(name) is None


def test_a_bare_number_has_a_unit_only_where_the_key_names_it() -> None:
    units = {key.name: key.bare_unit for m in MEASURES for key in m.claim_keys}
    assert {name for name, unit in units.items() if unit} == {
        "duration_seconds",
        "duration_minutes",
    }


def test_every_row_says_what_it_is_and_what_for() -> None:
    for measure in MEASURES:
        assert measure.formula
        assert measure.why.endswith(".")
        numeric = measure.unit in {"s", "count", "%", "1"}
        assert not measure.claim_keys or numeric or measure.id == "status"
        assert not measure.prose or measure.topic


def test_a_topic_means_one_measure_of_a_level() -> None:
    topics = [(m.level, m.topic) for m in MEASURES if m.topic]
    assert len(topics) == len(set(topics))


def test_a_total_is_a_measure_too() -> None:
    for measure in MEASURES:
        assert not measure.total_of or find(measure.total_of, measure.level)


def test_no_two_measures_of_a_level_share_a_name_or_key() -> None:
    names = [(m.level, name) for m in MEASURES for name in (m.id, *m.names)]
    keys = [(m.level, key.name) for m in MEASURES for key in m.claim_keys]
    assert len(names) == len(set(names))
    assert len(keys) == len(set(keys))
