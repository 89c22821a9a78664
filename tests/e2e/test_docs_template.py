"""A founding template, filled in and pasted into a message, passes our own gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.founding_phase import APPROVED, tell_founding_phase
from tests.support.gate import Project, at, is_refused, nothing_received, tell
from tests.support.repos import Repo

HOSTILE = "Done in 3 hours using 9,999 tokens, Iterations: 7, `coverage is 12%`"


def commit(project: Project, text: str) -> None:
    project.branch("told", f"Tell what it came to\n\n{text}")


def test_the_founding_phase_and_its_tasks(tmp_path: Path) -> None:
    project = Project(
        Repo.init(tmp_path / "work"), Repo.init(tmp_path / "origin.git", "--bare")
    )
    project.work.track(fold="sync")
    project.work.git("commit", "-q", "--allow-empty", "-m", "base")
    project.work.git("remote", "add", "origin", str(project.origin.path))
    tell_founding_phase(project.work.path)
    texts = {
        name: tell(project.work.path, APPROVED, "docs", "template", *name.split())
        for name in ("phase P1", "task P1-001", "task P1-009", "task P1-010")
    }
    for text in texts.values():
        commit(project, text)
        done = project.push("origin", "+told")
        assert done.returncode == 0, done.stderr
    for name, right, wrong in (
        ("phase P1", "HALLUCINATION_RATE: 1.92%", "HALLUCINATION_RATE: 0.02%"),
        ("phase P1", "VARIANCE: -4h 18m", "VARIANCE: -5h 18m"),
        ("task P1-001", "EFFICIENCY_RATIO: 1.17", "EFFICIENCY_RATIO: 1.12"),
        ("task P1-001", "ACTUAL_DURATION: 1h 10m", "ACTUAL_DURATION: 50m"),
        ("task P1-009", "TOKEN_COUNT_USED: 3,236", "TOKEN_COUNT_USED: 236"),
    ):
        assert right in texts[name]
        commit(project, texts[name].replace(right, wrong))
        with nothing_received(project):
            assert is_refused(project.push("origin", "+told"), "GT004")


@pytest.mark.parametrize("is_open", [True, False])
def test_what_people_wrote_is_no_claim(project: Project, is_open: bool) -> None:
    path = project.work.path
    start = ("--estimate", "1h", "--coverage-target", ">80%")
    goal = ("--performance-target", "tokens<500", "--projected-outcome", HOSTILE)
    tell(path, at("22:20:00"), "start", "P1-011", *start, *goal)
    for args in (
        ("lesson", HOSTILE + " and on" * 50),
        ("blocker", HOSTILE),
        ("iteration", "again"),
        ("measure", "tokens=499"),
        ("measure", "test_coverage_actual=n/a", "--reason", HOSTILE),
        ("measure", "doc_completeness=33.333%"),
    ):
        tell(path, at("22:25:00"), *args)
    if not is_open:
        end = ("--tokens-used", "12,345", "--actual-outcome", HOSTILE)
        tell(path, at("23:55:31"), "complete", *end, "--success", "fail")
    text = tell(path, at("23:59:00"), "docs", "template", "task", "P1-011")
    assert (
        "ITERATIONS_COUNT: NOT MEASURED (the task has not ended)" in text
    ) is is_open
    assert ("ACTUAL_DURATION: 1h 36m" in text) is not is_open
    commit(project, text)
    done = project.push("origin", "+told")
    assert done.returncode == 0, done.stderr
