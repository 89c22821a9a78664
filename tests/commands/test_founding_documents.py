"""The examples of the founding documents, their commands in our words.

The two tracking patterns are told in ``test_founding_example`` (the log of P1-009, its
figures, its validation) and ``test_founding_numbers`` (P1-001, the phase). Here are the
execution logging specification and the task execution tracker.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Cli
from tests.support.repos import Repo

DAY = "2026-01-10T14:30:00+00:00"
TRACE = """\
Traceback (most recent call last):
  File "/srv/app/pipeline/task_experience.py", line 41, in create
    return build(memories)
  File "/srv/app/pipeline/build.py", line 7, in build
    raise ValueError("no memory 4711")
ValueError: no memory 4711
"""


def as_json(cli: Cli, *args: str) -> Any:
    return json.loads(cli.run(*args, "--format", "json"))


@pytest.fixture
def tried(cli: Cli, tracked: Repo) -> Cli:
    """A task that failed with a trace and succeeded when it was tried again."""
    tracked.commit("Begin")
    trace = cli.path / "trace.txt"
    trace.write_text(TRACE)
    cli.run("start", "P1-007", at="2026-01-10T14:00:00+00:00")
    cli.run("fail", "--stack", str(trace), at="2026-01-10T14:00:05+00:00")
    cli.run("start", "P1-007", "--retry", at="2026-01-10T14:01:00+00:00")
    cli.run("complete", at="2026-01-10T14:01:12+00:00")
    return cli


class TestExecutionLoggingSpecification:
    """`Execution Logging Spec 1.0`."""

    def test_a_normal_execution(self, cli: Cli) -> None:
        cli.run("start", "P1-001", at=DAY)
        cli.run(
            *("execution", "Deploy the parser", "--env", "prod", "--risk", "high"),
            *("--state", "PLAN->DRAFT", "--tool", "pytest=87 passed"),
            *("--outcome", "success", "--no-issues", "--no-contract-gaps"),
        )
        cli.run("export", "markdown", "logs")
        text = (cli.path / "logs/2026-01-10-P1-001.md").read_text()
        head, _, rest = text.partition("\n\n## Task\n")
        assert head.splitlines()[0] == "# Execution Log: P1-001"
        assert "**Timestamp:** 2026-01-10T14:30:00Z" in head
        assert "**ENV:** prod\n**RISK:** high" in head
        assert "**STATE Transition:** PLAN → DRAFT" in head
        sections = ["Tools Used", "Outcome", "Issues", "Contract Gaps"]
        found = [line[3:] for line in rest.splitlines() if line.startswith("## ")]
        assert [name for name in found if name in sections] == sections
        assert "- pytest: 87 passed" in rest
        assert "## Outcome\nSuccess" in rest

    def test_an_exception(self, cli: Cli) -> None:
        cli.run("start", "P1-001", at=DAY)
        cli.run(
            *("exception", "The migration stopped", "--id", "E-7", "--env", "stage"),
            *("--severity", "critical", "--trigger", "tool_call_failure"),
            *("--root-cause", "no disk", "--contract-reference", "4.2"),
            *("--proposed-fix", "check first", "--workaround", "by hand"),
        )
        cli.run("export", "markdown", "logs")
        text = (cli.path / "logs/exceptions/2026-01-10-E-7.md").read_text()
        assert text.startswith("# Exception: E-7\n")
        assert "**Severity:** critical" in text
        for heading, said in (
            ("What Happened", "The migration stopped"),
            ("Root Cause", "no disk"),
            ("Contract Reference", "4.2"),
            ("Proposed Fix", "check first"),
            ("Workaround Used", "by hand"),
        ):
            assert f"## {heading}\n{said}" in text

    def test_patterns_are_handed_over(self, cli: Cli) -> None:
        for number in (1, 2, 3):
            cli.run("start", f"P1-00{number}", at=DAY)
            cli.run("exception", f"No section {number} in the contract")
            cli.run("complete")
        text = cli.run("patterns", "--handoff-to", "JEN", "--format", "md")
        assert text.startswith("[HANDOFF TO JEN]\n")
        assert "No section \\<n\\> in the contract" in text
        for field in ("Pattern summary", "Proposed change", "Expected effect"):
            assert f"**{field}**" in text


class TestTaskExecutionTracker:
    """`Task Execution Tracking`: what it delivers, feature by feature."""

    def test_trace_span_attempt_and_retry(self, tried: Cli) -> None:
        second, first = as_json(tried, "tasks", "--attempts")["tasks"]
        assert first["trace_id"] == second["trace_id"]
        assert first["span_id"] != second["span_id"]
        assert (first["attempt"], second["attempt"]) == (1, 2)
        assert (first["retry_of"], second["retry_of"]) == (None, first["span_id"])
        assert (first["duration_s"], second["duration_s"]) == (5, 12)

    def test_an_error_keeps_its_context(self, tried: Cli) -> None:
        (failed,) = as_json(tried, "tasks", "--attempts", "--status", "failed")["tasks"]
        assert failed["error_type"] == "ValueError"
        assert failed["message"] == "no memory 4711"
        assert failed["stack_hash"].startswith("v1:")
        events = as_json(tried, "show", "P1-007")["events"]
        (event,) = [e for e in events if e["kind"] == "task_failed"]
        assert "pipeline/build.py" in event["stack"]

    def test_listed_by_task_trace_status_and_time(self, tried: Cli) -> None:
        tried.run("start", "P1-008", at="2026-01-11T09:00:00+00:00")
        trace = as_json(tried, "tasks", "--task", "P1-007")["tasks"][0]["trace_id"]

        def names(*args: str) -> list[str]:
            return [row["task"] for row in as_json(tried, *args)["tasks"]]

        assert names("tasks", "--limit", "1") == ["P1-008"]
        assert names("trace", trace) == ["P1-007", "P1-007"]
        assert names("tasks", "--status", "complete") == ["P1-007"]
        assert names("tasks", "--since", "2026-01-11") == ["P1-008"]

    def test_the_last_that_failed(self, tried: Cli) -> None:
        args = ("tasks", "--attempts", "--status", "failed", "--limit", "1")
        (row,) = as_json(tried, *args)["tasks"]
        assert (row["task"], row["attempt"]) == ("P1-007", 1)

    def test_what_was_written_looked_up_and_used(self, cli: Cli) -> None:
        cli.run("start", "P1-001", at=DAY)
        args = ("--files-written", "2", "--retrieved", "7", "--input", "memory:41")
        cli.run(
            "complete", *args, "--retrieved-from", "belief", "--retrieved-from", "raw"
        )
        (row,) = as_json(cli, "tasks", "--attempts")["tasks"]
        assert row["files_written"] == 2
        assert row["retrieval"] == {"count": 7, "sources": ["belief", "raw"]}
        assert as_json(cli, "show", "P1-001")["events"][-1]["inputs"] == ["memory:41"]
        assert "belief" in cli.run("probe", "sources")

    def test_sources_without_a_number_are_refused(self, cli: Cli) -> None:
        cli.run("start", "P1-001", at=DAY)
        done = cli.try_run("complete", "--retrieved-from", "belief")
        assert (done.code, "needs --retrieved N" in done.err) == (2, True)

    def test_what_is_personal_is_scrubbed(self, cli: Cli) -> None:
        cli.run("start", "P1-001", at=DAY)
        said = "joe@example.org at 192.168.7.9, 6f0e1d52-1e7c-4f5a-9d3b-0a1b2c3d4e5f"
        cli.run("note", said)
        (note,) = [
            e
            for e in as_json(cli, "show", "P1-001")["events"]
            if e["kind"] == "note_recorded"
        ]
        assert note["text"] == "<email> at <ip>, <uuid>"
        assert note["scrubbed"] == {"email": 1, "ip": 1, "uuid": 1}

    def test_backfill_twice_is_backfill_once(self, cli: Cli) -> None:
        results = cli.path / "results"
        results.mkdir()
        for name in ("daily_reflection", "idea_generation"):
            times = {"started_at": "2025-11-05T14:00:00Z"}
            times["ended_at"] = "2025-11-05T14:00:12Z"
            row = {"task_id": name, "status": "success", **times}
            Path(results, f"{name}.json").write_text(json.dumps(row))
        dry = cli.try_run("backfill", "json", "results", "--dry-run", at=DAY)
        assert "2 tasks" in dry.err
        assert cli.try_run("tasks").code == 4
        cli.run("backfill", "json", "results")
        once = as_json(cli, "tasks")
        cli.run("backfill", "json", "results")
        assert as_json(cli, "tasks") == once
        assert [row["provenance"] for row in once["tasks"]] == ["backfilled"] * 2

    @pytest.mark.parametrize(
        "name", ["success-rate", "durations", "error-patterns", "retries", "sources"]
    )
    def test_the_probe_queries(self, tried: Cli, name: str) -> None:
        assert as_json(tried, "probe", name)
        assert name in tried.run("probe")
