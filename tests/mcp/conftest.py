"""A repository whose log agents ask about."""

from __future__ import annotations

import pytest

from tests.support.agents import Agent, Planted
from tests.support.cli import Cli
from tests.support.repos import Repo

TRACES = {"P1-001": "ab" * 16, "P1-002": "ac" * 16}


@pytest.fixture
def cli(repo: Repo, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Our command line where nobody tracks: a log is all that questions need."""
    return Cli(repo.path, capsys)


@pytest.fixture
def tracking(tracked: Repo, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Our command line where commands record."""
    return Cli(tracked.path, capsys)


@pytest.fixture
def planted(cli: Cli) -> Planted:
    """Four tasks: one done, one tried again, one that failed since, one only noted."""
    told = Planted(cli.path)
    first, second = ({"trace_id": TRACES[name]} for name in ("P1-001", "P1-002"))
    told.tell("task_started", "P1-001", 0, estimated_duration_s=600, start_tokens=1_000, labels=["agent"], **first)  # fmt: skip
    told.tell("lesson_learned", "P1-001", 5, text="read \x1b[31m the RFC", **first)
    told.tell("task_completed", "P1-001", 12, end_tokens=4_236, **first)
    told.tell("task_started", "P1-002", 60, **second)
    told.tell("task_failed", "P1-002", 70, error_type="TimeoutError", message="too slow", **second)  # fmt: skip
    told.tell("task_retried", "P1-002", 200, attempt=2, **second)
    told.tell("task_started", "P2-001", 100, provenance="backfilled")
    told.tell("task_failed", "P2-001", 110, error_type="ValueError")
    told.tell("note_recorded", "P2-002", 120, text="think first")
    told.write()
    return told


@pytest.fixture
def agent(cli: Cli, planted: Planted) -> Agent:
    del planted
    return Agent.of(cli)
