"""Policy and pins, tolerance and evidence, and the founding phase with its errors."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from gitlog_track.claims.grammar import read_claims
from gitlog_track.claims.message import read_message
from gitlog_track.gate.judge import Judge, Judged
from gitlog_track.gate.ledger import Ledger
from gitlog_track.gate.policy import Policy
from gitlog_track.gate.verdict import Verdict, Violation
from gitlog_track.gate.verify import words
from gitlog_track.git.process import Git
from gitlog_track.measures.evidence import Evidence
from tests.support.gate import Project, at, tell
from tests.support.repos import Repo

LOG = "refs/gitlog-track/log"
JUDGED = Judged(commit="a" * 40, title="Add it", amend="git commit --amend")


def judge(repo: Repo, body: str, policy: Policy | None = None) -> list[Violation]:
    """Judge a message of a subject line and a body."""
    common = str(repo.common)
    ledger = Ledger(Git(common, os.environ), common, repo.git("rev-parse", LOG))
    reading = read_claims(read_message(f"Add it\n\n{body}\n".encode()), words())
    return Judge(ledger, policy or Policy()).violations(JUDGED, reading)


def rules(found: list[Violation]) -> list[str]:
    return [violation.rule for violation in found]


@pytest.mark.parametrize(
    ("tolerance", "claimed", "holds"),
    [
        ({}, "Tokens-Used: 3,237", False),
        ({"token_count_used": "1"}, "Tokens-Used: 3,237", True),
        ({"token_count_used": "1"}, "Tokens-Used: 3,235", True),
        ({"token_count_used": "1"}, "Tokens-Used: 3,238", False),
        ({"duration": "60"}, "Duration: 13m", True),
        ({"duration": "60"}, "Duration: 14m", False),
        ({"duration": "60"}, "Tokens-Used: 3,237", False),
    ],
)
def test_a_tolerance_widens_its_own_measure_only(
    project: Project, tolerance: Mapping[str, str], claimed: str, holds: bool
) -> None:
    widths = {name: Decimal(text) for name, text in tolerance.items()}
    found = judge(project.work, f"Task: P1-009\n{claimed}", Policy(tolerance=widths))
    assert rules(found) == ([] if holds else ["GT004"])


@pytest.mark.parametrize(
    ("policy", "task", "claimed", "expected"),
    [
        (Policy(), "P1-008", "Duration: 12m", ["GT006"]),
        (Policy(evidence=Evidence.BACKFILLED), "P1-008", "Duration: 12m", []),
        (Policy(evidence=Evidence.DERIVED), "P1-009", "Duration: 12m", []),
        (Policy(evidence=Evidence.DERIVED), "P1-009", "Tokens-Used: 3236", ["GT006"]),
        (Policy(evidence=Evidence.MEASURED), "P1-009", "Duration: 12m", ["GT006"]),
        (Policy(evidence_for={"duration": Evidence.MEASURED}), "P1-009", "Duration: 12m", ["GT006"]),
        (Policy(evidence_for={"duration": Evidence.MEASURED}), "P1-009", "Tokens-Used: 3236", []),
        (Policy(evidence_for={"duration": Evidence.BACKFILLED}), "P1-008", "Duration: 12m", []),
    ],
)  # fmt: skip
def test_evidence_has_to_be_as_strong_as_the_policy_asks(
    project: Project, policy: Policy, task: str, claimed: str, expected: list[str]
) -> None:
    found = judge(project.work, f"Task: {task}\n{claimed}", policy)
    assert rules(found) == expected
    assert all(v.evidence and v.logged for v in found)


PROSE = "Completed in 20 minutes.\n\nTask: P1-009"
TRAILER = "Task: P1-009\nDuration: 20m"


@pytest.mark.parametrize(
    ("policy", "body", "answer", "count"),
    [
        (Policy(), PROSE, "fail", 1),
        (Policy(prose="warn"), PROSE, "pass", 1),
        (Policy(prose="off"), PROSE, "pass", 0),
        (Policy(), TRAILER, "fail", 1),
        (Policy(prose="warn"), TRAILER, "fail", 1),
        (Policy(prose="off"), TRAILER, "fail", 1),
        (Policy(mode="warn"), TRAILER, "pass", 1),
        (Policy(mode="off"), TRAILER, "pass", 0),
        (Policy(mode="warn", prose="off"), PROSE, "pass", 0),
        (Policy(mode="off", prose="block"), PROSE, "pass", 0),
    ],
)
def test_modes_block_warn_or_are_silent(
    project: Project, policy: Policy, body: str, answer: str, count: int
) -> None:
    found = judge(project.work, body, policy)
    verdict = Verdict(commits=1, claims=1, violations=tuple(found))
    assert (verdict.answer, len(found)) == (answer, count)


@pytest.mark.parametrize("prose", ["warn", "off"])
def test_prose_that_does_not_block_makes_no_trailer_a_contradiction(
    project: Project, prose: str
) -> None:
    body = "Completed in 20 minutes.\n\nTask: P1-009\nDuration: 12m"
    policy = Policy(prose="off" if prose == "off" else "warn")
    found = judge(project.work, body, policy)
    verdict = Verdict(commits=1, claims=2, violations=tuple(found))
    assert verdict.answer == "pass"


@pytest.mark.parametrize("claimed", ["Duration: 12m", "Duration: 720s", "Duration: 0.2h", "DURATION_MINUTES: 12", "Tokens-Used: 3.2k", "Iterations: 1", "Bugs-Encountered: 0", "Task-Status: complete"])  # fmt: skip
def test_what_the_log_says_passes_in_any_form(project: Project, claimed: str) -> None:
    assert judge(project.work, f"Task: P1-009\n{claimed}") == []


@pytest.mark.parametrize("claimed", ["Duration: 13m", "Duration: 12.5m", "Tokens-Used: 3.3k", "Tokens-Used: 3.20k", "Iterations: 2", "Bugs-Encountered: 1", "Task-Status: failed"])  # fmt: skip
def test_what_the_log_does_not_say_is_gt004(project: Project, claimed: str) -> None:
    (found,) = judge(project.work, f"Task: P1-009\n{claimed}")
    assert found.rule == "GT004"
    assert found.claimed in claimed
    assert found.logged


def test_a_pin_is_judged_where_it_points(project: Project) -> None:
    pin = project.work.git("rev-parse", LOG)
    claim = "Task: P1-009\nDuration: 12m"
    tell(project.work.path, at("23:00:00"), "start", "P1-009", "--retry")
    tell(project.work.path, at("23:30:00"), "complete")
    assert rules(judge(project.work, claim)) == ["GT004"]
    assert judge(project.work, f"{claim}\nMetrics-Log: {pin}") == []
    assert judge(project.work, f"{claim}\nMetrics-Log: {pin[:12]}") == []
    assert rules(judge(project.work, f"Task: P1-009\nDuration: 13m\nMetrics-Log: {pin}")) == ["GT004"]  # fmt: skip


@pytest.mark.parametrize(
    "pin", ["0" * 40, "f" * 40, "abc", "HEAD", "main", "--all", LOG, "g" * 40]
)
def test_a_pin_that_the_log_does_not_hold_is_refused(
    project: Project, pin: str
) -> None:
    found = judge(project.work, f"Task: P1-009\nDuration: 12m\nMetrics-Log: {pin}")
    assert rules(found) == ["GT010"]


def test_a_commit_of_the_code_is_no_pin(project: Project) -> None:
    head = project.work.head()
    found = judge(project.work, f"Task: P1-009\nDuration: 12m\nMetrics-Log: {head}")
    assert rules(found) == ["GT010"]


def test_a_pin_before_the_end_does_not_back_the_end(project: Project) -> None:
    begun = project.work.git("rev-list", LOG).split()[1]
    found = judge(project.work, f"Task: P1-009\nDuration: 12m\nMetrics-Log: {begun}")
    assert rules(found) == ["GT003"]


def test_two_values_at_two_pins_are_no_contradiction(project: Project) -> None:
    first = project.work.git("rev-parse", LOG)
    tell(project.work.path, at("23:00:00"), "start", "P1-009", "--retry")
    tell(project.work.path, at("23:30:00"), "complete", "--end-tokens", "112,000")
    second = project.work.git("rev-parse", LOG)
    blocks = (
        f"Task: P1-009\nTokens-Used: 3,236\nMetrics-Log: {first}",
        f"Task: P1-009\nTokens-Used: 4,736\nMetrics-Log: {second}",
    )
    assert judge(project.work, "\n\n".join(blocks)) == []
    false = blocks[1].replace(second, first)
    assert "GT004" in rules(judge(project.work, false))


@pytest.fixture(scope="module")
def _phases() -> dict[str, Path]:
    return {}


@pytest.fixture
def phase(
    tracked: Repo, tmp_path_factory: pytest.TempPathFactory, _phases: dict[str, Path]
) -> Repo:
    """The founding phase: 13 tasks and their founding sums; built once."""
    if "made" not in _phases:
        _tell_phase(tracked.path)
        target = tmp_path_factory.mktemp("phase") / "repo"
        tracked.git("clone", "-q", "--bare", str(tracked.path), str(target))
        tracked.git("push", "-q", "--no-verify", str(target), f"{LOG}:{LOG}")
        _phases["made"] = target
    return Repo(_phases["made"])


def _tell_phase(path: Path) -> None:
    """42.5 h estimated, 38.2 h actual, 15 iterations, 48,500 tokens, 1 of 52 untrue."""
    for number in range(1, 14):
        first = number == 1
        minutes = 2292 - 12 * 150 if first else 150
        estimate = 2550 - 12 * 160 if first else 160
        day = f"2025-10-{number:02d}T"
        tell(path, f"{day}08:00:00-05:00", "start", f"P1-{number:03d}", "--estimate", f"{estimate}m")  # fmt: skip
        end = (
            *("--tokens-used", str(48_500 - 12 * 3_700 if first else 3_700)),
            *("--iterations", "3" if first else "1", "--interactions", "4"),
            *("--hallucinations", "1" if first else "0"),
        )
        clock = f"{8 + minutes // 60:02d}:{minutes % 60:02d}:00"
        tell(path, f"{day}{clock}-05:00", "complete", *end)


TRUE_OF_THE_PHASE = (
    "Tasks-Completed: 13/13", "TASKS_COMPLETED: 13 / 13 (100%)", "Tokens-Used: 48,500",
    "Total-Tokens-Used: 48.5k", "Efficiency-Ratio: 0.90", "Efficiency-Ratio: 0.9",
    "Hallucination-Rate: 1.92%", "Hallucination-Rate: 1.9%", "Actual-Total: 38.2 hours",
    "Estimated-Total: 42.5 hours", "Iterations-Per-Task: 1.15", "Tokens-Per-Task: 3,731",
    "Variance: -4.3 hours",
)  # fmt: skip
UNTRUE_OF_THE_PHASE = (
    "Hallucination-Rate: 0.02%", "Efficiency-Ratio: 1.12", "Efficiency-Ratio: 0.91",
    "Tasks-Completed: 13/14", "Tasks-Completed: 12/13", "Tokens-Used: 48,501",
    "Actual-Total: 38.3 hours", "Iterations-Per-Task: 1.16", "Tokens-Per-Task: 3,730",
    "Variance: 4.3 hours", "Hallucination-Rate: 1.920%",
)  # fmt: skip


@pytest.mark.parametrize("name", ["P1", "Phase 1", "1"])
@pytest.mark.parametrize("claimed", TRUE_OF_THE_PHASE)
def test_the_founding_figures_of_a_phase_pass(
    phase: Repo, name: str, claimed: str
) -> None:
    assert judge(phase, f"Phase: {name}\n{claimed}") == []


@pytest.mark.parametrize("claimed", UNTRUE_OF_THE_PHASE)
def test_the_founding_errors_of_a_phase_are_gt004(phase: Repo, claimed: str) -> None:
    assert rules(judge(phase, f"Phase: P1\n{claimed}")) == ["GT004"]


def test_a_phase_of_which_nothing_is_known_is_gt002(phase: Repo) -> None:
    assert rules(judge(phase, "Phase: P7\nTokens-Used: 48,500")) == ["GT002"]


@pytest.fixture
def founding_task(tracked: Repo) -> Repo:
    """P1-001: 60 min estimated, 50 to the first completion, 70 to approval."""
    tell(tracked.path, at("20:00:00"), "start", "P1-001", "--estimate", "60m")
    for clock, name in (("20:50:00", "initial_completion"), ("20:57:00", "tests_completion"), ("21:05:00", "validation"), ("21:10:00", "final_approval")):  # fmt: skip
        tell(tracked.path, at(clock), "milestone", name)
    tell(tracked.path, at("21:10:00"), "complete")
    return tracked


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        ("Actual-Duration: 50 minutes", ["GT004"]),
        ("ACTUAL_DURATION: 50 minutes", ["GT004"]),
        ("Efficiency-Ratio: 1.12", ["GT004"]),
        ("Variance: 10 minutes ahead", ["GT004"]),
        ("Actual-Duration: 70 minutes", []),
        ("Efficiency-Ratio: 1.17", []),
        ("Variance: 10 minutes behind", []),
        ("Estimated-Duration: 60 minutes", []),
    ],
)
def test_the_founding_errors_of_a_task_are_gt004_and_the_corrections_pass(
    founding_task: Repo, claimed: str, expected: list[str]
) -> None:
    assert rules(judge(founding_task, f"Task: P1-001\n{claimed}")) == expected
