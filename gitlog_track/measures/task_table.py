"""The measures of a task, one row each; see `gitlog_track.measures.catalogue`."""

from functools import partial

from gitlog_track.measures.measure import ClaimKey, Level, Measure, keys

_task = partial(Measure, level=Level.TASK)
_ended = partial(Measure, level=Level.TASK, needs_end=True)

INSTANTS = (
    _task(
        id="begin_timestamp",
        names=("start_timestamp",),
        unit="instant",
        formula="instant of the first attempt's start",
        why="Says when work began, so that waiting and working can be told apart.",
    ),
    _task(
        id="initial_completion_timestamp",
        unit="instant",
        formula="the last initial_completion milestone",
        why="Shows when a first version stood, before tests and review.",
    ),
    _task(
        id="tests_completion_timestamp",
        unit="instant",
        formula="the last tests_completion milestone",
        why="Shows how long tests took to pass after the first version.",
    ),
    _task(
        id="validation_timestamp",
        unit="instant",
        formula="the last validation milestone",
        why="Shows when the result was checked against its criteria.",
    ),
    _task(
        id="final_approval_timestamp",
        unit="instant",
        formula="the last final_approval milestone",
        why="Shows how long finished work waited for approval.",
    ),
    _task(
        id="end_timestamp",
        unit="instant",
        formula="instant at which the last attempt was completed or failed",
        why="Closes the interval that every duration is taken from.",
    ),
)

DURATIONS = (
    _task(
        id="estimated_duration",
        unit="s",
        formula="the estimate declared at the start",
        why="Is held against the actual duration to improve the next estimate.",
    ),
    _ended(
        id="duration",
        names=("duration_seconds", "duration_minutes"),
        unit="s",
        formula="end_timestamp - begin_timestamp",
        why="Answers how long the task took from start to end.",
        claim_keys=(
            *keys("duration", "time_spent"),
            ClaimKey(name="duration_seconds", bare_unit="s"),
            ClaimKey(name="duration_minutes", bare_unit="m", or_floor=True),
        ),
        topic="duration",
        prose=(
            "actual duration",
            "task duration",
            "time spent",
            "implementation time",
            "development time",
        ),
    ),
    _ended(
        id="actual_duration",
        unit="s",
        formula="final_approval_timestamp - begin_timestamp, else duration",
        why="Plans the next task of this kind with the time that approval takes.",
        claim_keys=keys("actual_duration"),
    ),
    _task(
        id="time_to_initial_completion",
        unit="s",
        formula="initial_completion_timestamp - begin_timestamp",
        why="Separates writing a first version from finishing it.",
        claim_keys=keys("time_to_initial_completion"),
    ),
    _task(
        id="time_to_tests",
        unit="s",
        formula="tests_completion_timestamp - begin_timestamp",
        why="Shows whether testing is where the time goes.",
        claim_keys=keys("time_to_tests"),
    ),
    _task(
        id="time_to_validation",
        unit="s",
        formula="validation_timestamp - begin_timestamp",
        why="Shows whether validation is where the time goes.",
        claim_keys=keys("time_to_validation"),
    ),
    _ended(
        id="active_duration",
        unit="s",
        formula="duration - the sum of pauses",
        why="Tells effort from calendar time.",
        claim_keys=keys("active_duration"),
    ),
    _task(
        id="attempt_durations",
        unit="list",
        formula="end - begin of each attempt, in seconds",
        why="Shows whether a retry was cheaper than the first try.",
    ),
    _ended(
        id="variance",
        unit="s",
        formula="actual_duration - estimated_duration; negative is ahead",
        why="Tells at once whether the task was ahead of or behind its estimate.",
        claim_keys=keys("variance"),
        topic="variance",
        prose=("variance",),
    ),
    _ended(
        id="efficiency_ratio",
        unit="1",
        formula="actual_duration / estimated_duration; under 1 is faster",
        why="Scales future estimates of the same kind of work.",
        claim_keys=keys("efficiency_ratio"),
        topic="efficiency",
        prose=("efficiency ratio",),
    ),
)

QUALITY = (
    _ended(
        id="iterations_count",
        names=("iterations",),
        unit="count",
        formula="sum over attempts of the declared total, else 1 + iterations recorded; "
        "missing where there is one attempt and neither",
        why="Finds the work that needed rework and asks why.",
        claim_keys=keys("iterations_count", "iterations"),
        topic="iterations",
        prose=("iterations", "iteration"),
    ),
    _task(
        id="test_coverage_target",
        unit="%",
        formula="the last one declared",
        why="Is the bar that the measured coverage has to clear.",
        claim_keys=keys("test_coverage_target"),
    ),
    _task(
        id="test_coverage_actual",
        names=("test_coverage",),
        unit="%",
        formula="the last one recorded",
        why="Decides whether the task is tested well enough to be accepted.",
        claim_keys=keys("test_coverage_actual", "test_coverage", "coverage"),
        topic="coverage",
        prose=(
            "test coverage",
            "code coverage",
            "line coverage",
            "branch coverage",
            "coverage",
        ),
    ),
    _task(
        id="performance_target",
        unit="named",
        formula="by name: value, unit and comparator, as declared",
        why="Says beforehand what fast enough means.",
    ),
    _task(
        id="performance_actual",
        unit="named",
        formula="by name: the last value recorded, and whether each target is met; "
        "open where the units cannot be compared",
        why="Shows which performance target a change misses.",
    ),
    _task(
        id="validation_results",
        unit="list",
        formula="check, result and text of each validation",
        why="Shows what was checked before the work was accepted.",
    ),
    _task(
        id="tests_passed",
        unit="count",
        formula="the last one recorded",
        why="Shows that the tests that exist do pass.",
        claim_keys=keys("tests_passed"),
        total_of="tests_total",
    ),
    _task(
        id="tests_total",
        unit="count",
        formula="the last one recorded",
        why="Keeps a pass count from hiding tests that were removed.",
        claim_keys=keys("tests_total"),
    ),
    _task(
        id="doc_completeness",
        unit="%",
        formula="the last one recorded",
        why="Finds work that is done but not yet explained.",
        claim_keys=keys("doc_completeness"),
    ),
    _task(
        id="bugs_encountered",
        unit="count",
        formula="sum over attempts of bugs recorded or the declared total, whichever is "
        "more; none of both is missing",
        why="Points at the parts where work keeps running into bugs.",
        claim_keys=keys("bugs_encountered"),
        topic="bugs",
        prose=("bugs encountered", "bug encountered", "bugs found", "bug found"),
    ),
    _task(
        id="bugs_fixed",
        unit="count",
        formula="bug fixes recorded",
        why="Shows whether the bugs that were met were also removed.",
        claim_keys=keys("bugs_fixed"),
        topic="bugs fixed",
        prose=("bugs fixed", "bug fixed"),
    ),
)

TOKENS = (
    _task(
        id="start_tokens",
        unit="count",
        formula="counter reading at the start",
        why="Lets anybody recompute the tokens used.",
        claim_keys=keys("start_tokens"),
    ),
    _ended(
        id="end_tokens",
        unit="count",
        formula="counter reading at the end",
        why="Lets anybody recompute the tokens used.",
        claim_keys=keys("end_tokens"),
    ),
    _ended(
        id="token_count_used",
        names=("tokens_used",),
        unit="count",
        formula="sum of usage recorded, else the sum over attempts of the declared total "
        "or end_tokens - start_tokens; missing where one attempt has neither",
        why="Is what the task cost in AI use, and the first thing to bring down.",
        claim_keys=keys("token_count_used", "tokens_used"),
        topic="tokens",
        prose=("tokens", "token usage", "tokens used", "token count used"),
    ),
    _task(
        id="ai_interactions",
        unit="count",
        formula="sum over attempts of interactions recorded or the declared total, "
        "whichever is more",
        why="Shows how much steering the work needed.",
        claim_keys=keys("ai_interactions"),
        topic="interactions",
        prose=("ai interactions", "ai interaction", "ai calls"),
    ),
    _task(
        id="hallucination_count",
        unit="count",
        formula="sum over attempts of hallucinations recorded or the declared total, "
        "whichever is more",
        why="Shows how far an assistant's answers could be trusted here.",
        claim_keys=keys("hallucination_count"),
        topic="hallucinations",
        prose=("hallucinations", "hallucination"),
    ),
    _task(
        id="context_switches",
        unit="count",
        formula="sum over attempts of switches recorded or the declared total, "
        "whichever is more",
        why="Shows how often the work was torn apart.",
        claim_keys=keys("context_switches"),
        topic="context switches",
        prose=("context switches", "context switch"),
    ),
)

OUTCOME = (
    _task(
        id="projected_outcome",
        unit="text",
        formula="as declared at the start",
        why="Is held against the actual outcome to see whether plans come true.",
    ),
    _task(
        id="actual_outcome",
        unit="text",
        formula="as declared at the end",
        why="Says what was delivered, in the words of whoever did it.",
    ),
    _task(
        id="success_criteria",
        unit="status",
        formula="pass, pending or fail, as declared at the end",
        why="Says whether the outcome is what was projected.",
    ),
    _task(
        id="blockers_encountered",
        unit="list",
        formula="texts of the blockers recorded",
        why="Collects what to clear away before the next task.",
    ),
    _task(
        id="lessons_learned",
        unit="list",
        formula="texts of the lessons recorded",
        why="Carries what was learned to the next task.",
    ),
    _ended(
        id="status",
        names=("task_status",),
        unit="status",
        formula="in_progress, complete, partial or failed, of the last attempt",
        why="Says whether anything is left to do.",
        claim_keys=keys("task_status"),
    ),
    _task(
        id="commits",
        unit="list",
        formula="commits that the log recorded for the task, without rebased ones and "
        "cherry-picks of its own, each by the one it was rewritten to",
        why="Leads from a number to the change that it paid for.",
    ),
    _task(
        id="tracking_completeness",
        unit="%",
        formula="fields filled / fields that apply; known as well as the weakest field",
        why="Shows which tasks are tracked too thinly to learn from.",
        claim_keys=keys("tracking_completeness"),
    ),
)

TASK_MEASURES: tuple[Measure, ...] = (
    *INSTANTS,
    *DURATIONS,
    *QUALITY,
    *TOKENS,
    *OUTCOME,
)
