"""The resources: a task's log, a phase's report, of bounded size; and what is none."""

from __future__ import annotations

import re

import pytest

from gitlog_track.mcp.paging import ANSWER_BYTES
from tests.support.agents import Agent, Planted
from tests.support.cli import Cli

INVALID_PARAMS, INTERNAL_ERROR = -32602, -32603
"""Source: JSON-RPC 2.0, section 5.1."""


def test_a_task_log_is_the_founding_log(cli: Cli, agent: Agent) -> None:
    for task in ("P1-001", "p1-002", "P2-002"):
        assert agent.read(f"task://{task}/log") == cli.run(
            "show", task, "--format", "log"
        )


def test_the_founding_phase_can_be_read(founding: Cli) -> None:
    asking = Agent.of(founding)
    report = asking.read("phase://P1/report")
    assert "13/13" in report
    assert report.startswith("# Report\n")
    log = asking.read("task://P1-009/log")
    assert log.startswith("TASK: P1-009\n")
    assert "=== COMPLETION ===" in log


def test_a_report_is_of_its_phase_alone(agent: Agent) -> None:
    report = agent.read("phase://p2/report")
    assert "P2-001" in report
    assert "P1-00" not in report


def test_resources_are_offered_as_templates(agent: Agent) -> None:
    found = agent.ask(lambda client: client.list_resource_templates())
    offered = {each.uri_template: each.mime_type for each in found.resource_templates}
    assert offered == {
        "task://{task}/log": "text/plain",
        "phase://{phase}/report": "text/markdown",
    }


@pytest.mark.parametrize(
    ("uri", "code", "said"),
    [
        ("task://P7-001/log", INVALID_PARAMS, "task P7-001 has no log: NOT MEASURED"),
        ("phase://P7/report", INVALID_PARAMS, "phase P7 has no log: NOT MEASURED"),
        ("task://..%2F..%2Fetc%2Fpasswd/log", INVALID_PARAMS, "task name '../../etc/passwd' has '/'"),
        ("task://a%00b/log", INVALID_PARAMS, r"has '\x00'"),
        ("task://%2Fetc/log", INVALID_PARAMS, "task name '/etc' has '/'"),
        ("phase://x'%3B%20DROP%20TABLE%20task/report", INVALID_PARAMS, "phase name"),
        ("phase://../report", INVALID_PARAMS, "phase name '..' starts or ends"),
        ("task://P1-001/other", INVALID_PARAMS, "Unknown resource"),
        ("file:///etc/passwd", INVALID_PARAMS, "Unknown resource"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said(
    agent: Agent, uri: str, code: int, said: str
) -> None:
    error = agent.unreadable(uri)
    assert said in str(error)
    assert error.error.code == code


def test_without_a_log_nothing_can_be_read(cli: Cli) -> None:
    asking = Agent.of(cli)
    for uri in ("task://P1-001/log", "phase://P1/report"):
        error = asking.unreadable(uri)
        assert "there is no log" in str(error)
        assert error.error.code == INTERNAL_ERROR


def test_a_long_log_loses_its_oldest_events_and_says_how_many(cli: Cli) -> None:
    told = Planted(cli.path).tell("task_started", "P1-001", 0, description="é" * 2_000)
    for number in range(300):
        told.tell("note_recorded", "P1-001", number, text=f"{number} " + "é\x1b" * 500)
    told.tell("note_recorded", "P1-001", 300, text="é" * 2_000)
    told.tell("task_completed", "P1-001", 400)
    told.write()
    log = Agent.of(cli).read("task://P1-001/log")
    assert ANSWER_BYTES - 3_000 < len(log.encode()) <= ANSWER_BYTES
    lines = log.splitlines()
    begin = lines.index("=== EVENTS ===")
    gone = int(lines[begin + 1].split()[1])
    assert lines[begin + 1] == f"... {gone} earlier lines are left out"
    shown = lines[begin + 2 : lines.index("=== COMPLETION ===") - 1]
    assert len(shown) == 301 - gone
    assert lines[-1].startswith("TOKENS_USED: ")
    assert shown[-1].endswith("...")


def test_a_long_report_stays_below_the_limit(cli: Cli) -> None:
    told = Planted(cli.path)
    for number in range(120):
        name = f"P1-{number:03d}"
        told.tell("task_started", name, number, estimated_duration_s=60)
        told.tell("lesson_learned", name, number, text="\U0001f600" * 900)
        told.tell("blocker_hit", name, number, text="\U0001f600" * 900, critical=True)
        told.tell("task_completed", name, number + 5)
    told.write()
    report = Agent.of(cli).read("phase://P1/report")
    assert len(report.encode()) <= ANSWER_BYTES
    assert re.search(r"\.\.\. and \d+ more\.", report)
