"""The measures of a phase and of the tracking, one row each.

See `gitlog_track.measures.catalogue` for the look-ups.
"""

from functools import partial

from gitlog_track.measures.measure import Level, Measure, keys

_phase = partial(Measure, level=Level.PHASE)
_tracking = partial(Measure, level=Level.TRACKING)
PHASE_INSTANTS = (
    _phase(
        id="phase_begin",
        unit="instant",
        formula="recorded, else the earliest begin of its tasks",
        why="Says when the phase began.",
    ),
    _phase(
        id="phase_first_code",
        unit="instant",
        formula="recorded, else the first commit of its tasks",
        why="Shows how long planning took before code.",
    ),
    _phase(
        id="phase_tests_passing",
        unit="instant",
        formula="as recorded",
        why="Shows when the phase first held together.",
    ),
    _phase(
        id="phase_integration_complete",
        unit="instant",
        formula="as recorded",
        why="Shows when the parts first worked end to end.",
    ),
    _phase(
        id="phase_documentation_complete",
        unit="instant",
        formula="as recorded",
        why="Shows how long documentation trailed the code.",
    ),
    _phase(
        id="phase_final_approval",
        unit="instant",
        formula="as recorded",
        why="Closes the phase.",
    ),
)

PHASE_DURATIONS = (
    _phase(
        id="estimated_total",
        unit="s",
        formula="sum of the tasks' estimated_duration",
        why="Is held against the actual total to plan the next phase.",
    ),
    _phase(
        id="actual_total",
        unit="s",
        formula="sum of the tasks' actual_duration",
        why="Answers what the phase cost in time.",
        claim_keys=keys("actual_total", "actual_duration", "duration", "time_spent"),
        topic="duration",
        prose=("actual total", "actual duration", "time spent"),
    ),
    _phase(
        id="variance",
        unit="s",
        formula="actual - estimated over tasks with both; negative is ahead",
        why="Tells whether the phase was ahead of or behind its estimates.",
        claim_keys=keys("variance"),
        topic="variance",
        prose=("variance",),
    ),
    _phase(
        id="efficiency_ratio",
        unit="1",
        formula="actual / estimated over tasks with both; under 1 is faster",
        why="Scales the next phase's estimates.",
        claim_keys=keys("efficiency_ratio"),
        topic="efficiency",
        prose=("efficiency ratio",),
    ),
    _phase(
        id="parallel_efficiency",
        unit="s",
        formula="actual_total - length of the union of the tasks' intervals",
        why="Shows what working side by side saved.",
        claim_keys=keys("parallel_efficiency"),
    ),
    _phase(
        id="estimate_bias",
        unit="1",
        formula="median of actual / estimated over tasks with both",
        why="Corrects estimates by one factor.",
        claim_keys=keys("estimate_bias"),
    ),
)

PHASE_QUALITY = (
    _phase(
        id="tasks_total",
        unit="count",
        formula="number of tasks",
        why="Is the size that the other counts are read against.",
        claim_keys=keys("tasks_total"),
    ),
    _phase(
        id="tasks_completed",
        unit="count",
        formula="number of tasks completed; n tasks with a known status",
        why="Shows how far the phase is.",
        claim_keys=keys("tasks_completed"),
        topic="tasks completed",
        prose=("tasks completed", "tasks complete"),
        total_of="tasks_total",
    ),
    _phase(
        id="tasks_failed_first_attempt",
        unit="count",
        formula="tasks whose first attempt failed or that took a second",
        why="Finds the tasks to look at again.",
        claim_keys=keys("tasks_failed_first_attempt"),
    ),
    _phase(
        id="retry_rate",
        unit="%",
        formula="tasks with more than one attempt / tasks ended",
        why="Shows whether tasks are understood before they start.",
        claim_keys=keys("retry_rate"),
    ),
    _phase(
        id="average_iterations_per_task",
        unit="1",
        formula="sum of iterations / ended tasks with a figure, n of them",
        why="Shows how much rework a task costs.",
        claim_keys=keys("average_iterations_per_task", "iterations_per_task"),
        topic="iterations per task",
        prose=("iterations per task", "iterations a task", "iterations/task"),
    ),
    _phase(
        id="test_coverage_overall",
        unit="%",
        formula="the phase's own measurement, else the mean over its tasks",
        why="Decides whether the phase is tested well enough.",
        names=("test_coverage",),
        claim_keys=keys("test_coverage_overall", "test_coverage", "coverage"),
        topic="coverage",
        prose=("test coverage", "overall coverage", "coverage"),
    ),
    _phase(
        id="performance_targets_met",
        unit="count",
        formula="targets met of targets measured",
        why="Shows whether the phase is fast enough.",
        claim_keys=keys("performance_targets_met"),
    ),
)

PHASE_TOKENS = (
    _phase(
        id="total_tokens_used",
        unit="count",
        formula="sum of the tasks' token_count_used",
        why="Is what the phase cost in AI use.",
        names=("tokens_used",),
        claim_keys=keys("total_tokens_used", "tokens_used", "token_count_used"),
        topic="tokens",
        prose=("tokens", "token usage", "tokens used"),
    ),
    _phase(
        id="tokens_per_task_avg",
        unit="count",
        formula="total_tokens_used / tasks with a figure, rounded half up",
        why="Compares phases of different size.",
        claim_keys=keys("tokens_per_task_avg", "tokens_per_task"),
        topic="tokens per task",
        prose=("tokens per task", "tokens a task", "tokens/task"),
    ),
    _phase(
        id="ai_interactions_total",
        unit="count",
        formula="sum of the tasks' ai_interactions",
        why="Shows how much steering the phase needed.",
        claim_keys=keys("ai_interactions_total", "ai_interactions"),
        topic="interactions",
        prose=("ai interactions", "ai interaction", "ai calls"),
    ),
    _phase(
        id="hallucination_count_total",
        unit="count",
        formula="sum of the tasks' hallucination_count",
        why="Shows how far answers could be trusted.",
        claim_keys=keys("hallucination_count_total", "hallucination_count"),
        topic="hallucinations",
        prose=("hallucinations", "hallucination"),
    ),
    _phase(
        id="hallucination_rate",
        unit="%",
        formula="hallucinations / interactions over tasks with both; missing without "
        "interactions",
        why="Is the target of under 1 % to be met.",
        claim_keys=keys("hallucination_rate"),
        topic="hallucination rate",
        prose=("hallucination rate",),
    ),
)

PHASE_OUTCOME = (
    _phase(
        id="projected_deliverables",
        unit="list",
        formula="as declared",
        why="Is what the phase promised.",
    ),
    _phase(
        id="deliverables_completed",
        unit="count",
        formula="deliverables completed of those projected; others are extra",
        why="Shows whether promises were kept.",
        claim_keys=keys("deliverables_completed"),
    ),
    _phase(
        id="critical_blockers",
        unit="list",
        formula="critical blockers of its tasks",
        why="Says what to remove before the next phase.",
    ),
    _phase(
        id="patterns_extracted",
        unit="list",
        formula="as declared",
        why="Collects what can be used again.",
    ),
    _phase(
        id="technical_debt_incurred",
        unit="list",
        formula="as declared",
        why="Keeps shortcuts from being forgotten.",
    ),
    _phase(
        id="theory_accuracy",
        unit="%",
        formula="projections that held / projections",
        why="Shows whether the theory predicts.",
        claim_keys=keys("theory_accuracy"),
    ),
    _phase(
        id="biggest_surprise",
        unit="text",
        formula="as declared",
        why="Shows where the plan was blind.",
    ),
    _phase(
        id="biggest_win",
        unit="text",
        formula="as declared",
        why="Shows what to do again.",
    ),
    _phase(
        id="biggest_challenge",
        unit="text",
        formula="as declared",
        why="Shows where the next risk lies.",
    ),
    _phase(
        id="theory_improvements",
        unit="text",
        formula="as declared",
        why="Says how to plan better.",
    ),
)

TRACKING_MEASURES: tuple[Measure, ...] = (
    _tracking(
        id="tracking_completeness",
        unit="%",
        formula="mean of the tasks' tracking_completeness; target 100 %",
        why="Shows whether the data is fit to learn from.",
    ),
    _tracking(
        id="projection_accuracy",
        unit="%",
        formula="projected outcomes that held / those that held or failed; "
        "target over 80 %",
        why="Shows whether plans come true.",
    ),
    _tracking(
        id="estimate_accuracy",
        unit="%",
        formula="tasks whose actual is within 25 % of the estimate / tasks with both",
        why="Shows whether estimates can be relied on.",
    ),
    _tracking(
        id="iteration_efficiency",
        unit="1",
        formula="average_iterations_per_task; target under 1.2",
        why="Shows whether rework stays rare.",
    ),
    _tracking(
        id="hallucination_rate",
        unit="%",
        formula="hallucinations / interactions over tasks with both; target under 1 %",
        why="Shows whether assistants stay trustworthy.",
    ),
    _tracking(
        id="token_efficiency_improvement",
        unit="%",
        formula="change of tokens_per_task_avg from the phase before; target -10 %",
        why="Shows whether AI use gets cheaper.",
    ),
    _tracking(
        id="commit_coverage",
        unit="%",
        formula="commits on HEAD that resolve to a task / commits since tracking began",
        why="Shows how much work goes untracked.",
    ),
)

PHASE_MEASURES: tuple[Measure, ...] = (
    *PHASE_INSTANTS,
    *PHASE_DURATIONS,
    *PHASE_QUALITY,
    *PHASE_TOKENS,
    *PHASE_OUTCOME,
)
