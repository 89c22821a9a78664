"""The trailers that the log backs, ready for a commit message."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from gitlog_track.claims.canonical import format_quantity
from gitlog_track.claims.quantity import Quantity, Unit, holds
from gitlog_track.errors import LogError, UsageProblem
from gitlog_track.gate.account import Account
from gitlog_track.gate.judge import total_of
from gitlog_track.gate.ledger import Ledger
from gitlog_track.gate.policy import Policy, policy_of
from gitlog_track.measures.catalogue import MEASURES
from gitlog_track.measures.measure import Level, Measure
from gitlog_track.measures.value import Value
from gitlog_track.services.current import current_task, last_ended
from gitlog_track.services.workspace import Workspace

LEFT_OUT = frozenset(
    {
        *("tracking_completeness", "test_coverage_target", "active_duration"),
        *("start_tokens", "end_tokens", "actual_duration"),
        *("time_to_initial_completion", "time_to_tests", "time_to_validation"),
    },
)
"""Numeric, but no news in a commit message; stated by hand they are judged all the same."""
STEPS: dict[Unit, Decimal] = {
    "s": Decimal(1),
    "count": Decimal(1),
    "%": Decimal("0.01"),
    "1": Decimal("0.01"),
}
"""How exactly each unit is written; measures of other units are no numbers."""


@dataclass(frozen=True, slots=True)
class Trailers:
    """What to put into a message.

    Attributes:
        lines: the trailers, in order.
        refused: measures that are known but that the project's policy does not take.
    """

    lines: tuple[str, ...]
    refused: tuple[str, ...]


def claim_trailers(workspace: Workspace, name: str | None, *, pin: bool) -> Trailers:
    """Return the trailers for a task or a phase.

    Args:
        workspace: where.
        name: a task, else a phase; by default the current task, else the one that
            ended last.
        pin: end with the log commit at which the numbers hold for good.

    Raises:
        UsageProblem: there is nothing to claim.
        LogError: the log cannot be read, or says nothing of it.
    """
    log = workspace.log()
    if log.tip is None:
        raise LogError(
            "there is no log, so nothing to claim", hint="gitlog-track start TASK"
        )
    ledger = Ledger(workspace.git, workspace.home.common_dir, log.tip)
    chosen = name or current_task(workspace) or last_ended(log)
    if chosen is None:
        raise UsageProblem(
            "no task is current and none has ended",
            hint="gitlog-track claim TASK",
        )
    kind: str = "task"
    account = ledger.account("task", chosen, None)
    if not account.exists:
        kind, account = "phase", ledger.account("phase", chosen, None)
    if not account.exists:
        raise LogError(f"no task or phase {chosen} has a log: NOT MEASURED")
    if account.problems:
        raise LogError(f"the log of {chosen} is not sound: {account.problems[0]}")
    policy = policy_of(workspace.config)
    key = (
        workspace.config.task_trailer
        if kind == "task"
        else workspace.config.phase_trailer
    )
    lines, refused = _measures(Level(kind), account, policy)
    if not lines:
        raise UsageProblem(
            f"nothing of {chosen} can be claimed yet",
            hint=f"gitlog-track complete --task {chosen}",
        )
    pinned = [f"Metrics-Log: {log.tip}"] if pin else []
    return Trailers((f"{key}: {account.name}", *lines, *pinned), tuple(refused))


def _measures(
    level: Level,
    account: Account,
    policy: Policy,
) -> tuple[list[str], list[str]]:
    lines: list[str] = []
    refused: list[str] = []
    for measure in MEASURES:
        value = account.measures.get(measure.id)
        if measure.level is not level or value is None or not value.is_known:
            continue
        if not measure.claim_keys or measure.id in LEFT_OUT:
            continue
        if measure.needs_end and not account.has_ended:
            continue
        if value.evidence < policy.least_evidence(measure.id):
            refused.append(measure.id)
        elif text := _written(account, measure, value):
            lines.append(f"{_key(measure)}: {text}")
    return lines, refused


def _written(account: Account, measure: Measure, value: Value) -> str:
    if measure.unit == "status":
        return str(value.value)
    unit = next((unit for unit in STEPS if unit == measure.unit), None)
    if value.number is None or unit is None:
        return ""
    step = STEPS[unit]
    rounded = value.number.quantize(step, ROUND_HALF_UP)
    total = total_of(account, measure, value) if measure.total_of else None
    quantity = Quantity(low=rounded, high=rounded, step=step, unit=unit, total=total)
    return format_quantity(quantity) if holds(quantity, value.number) else ""


def _key(measure: Measure) -> str:
    """Return the shortest key, as trailers are written: ``Tokens-Used``."""
    name = min((key.name for key in measure.claim_keys), key=len)
    return "-".join(word.capitalize() for word in name.split("_"))
