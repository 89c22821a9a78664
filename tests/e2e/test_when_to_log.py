"""The specification's table "When to Log", row by row, with real git."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.cli import Cli
from tests.support.gate import BAD, GOOD, Project, is_refused
from tests.support.repos import Repo

LOG = "refs/gitlog-track/log"
RECORDED = ("execution", "--outcome", "success")
Events = list[dict[str, Any]]


def _records(repo: Repo) -> Events:
    found = [*repo.events("exception_recorded"), *repo.events("execution_recorded")]
    return sorted(found, key=lambda event: str(event["at"]))


@dataclass
class Current:
    """A repository, and our command line in it: in process, one second a command."""

    repo: Repo
    cli: Cli
    seconds: int = 0

    def ours(self, *args: str, code: int = 0) -> str:
        """Run a command line that ends with a code; return what it said."""
        self.seconds += 1
        at = f"2026-01-10T14:{self.seconds // 60:02}:{self.seconds % 60:02}Z"
        answer = self.cli.try_run(*args, at=at)
        assert answer.code == code, answer.out + answer.err
        return answer.err

    def fails(self, code: int = 3, label: str = "tool") -> None:
        command = ("sh", "-c", f"exit {code}")
        assert self.ours("run", "--label", label, "--", *command, code=code) == ""

    def works(self, label: str = "tool") -> None:
        self.ours("run", "--label", label, "--", "true")

    def events(self, kind: str) -> Events:
        return self.repo.events(kind)

    def records(self) -> Events:
        return _records(self.repo)


@pytest.fixture
def fresh(tracked: Repo, cli: Cli) -> Current:
    """Nothing is current yet."""
    return Current(tracked, cli)


@pytest.fixture
def current(fresh: Current) -> Current:
    """A task on its way to production is current."""
    fresh.ours("start", "P1-001", "--env", "stage", "--description", "Parse")
    return fresh


def test_a_tool_call_that_fails_is_an_exception(current: Current) -> None:
    current.fails()
    (found,) = current.records()
    (command,) = current.events("command_finished")
    expected = {
        "kind": "exception_recorded",
        "task": "P1-001",
        "trigger": "tool_call_failure",
        "severity": "error",
        "env": "stage",
        "causes": [command["id"]],
        "source": "command:run 0.1.0",
    }
    assert expected.items() <= found.items()
    text = f"tool ended with exit status 3 after {command['duration_s']} s"
    assert found["what_happened"] == text


def test_the_same_failure_again_is_no_new_exception(current: Current) -> None:
    fails, works = current.fails, current.works
    steps: list[Callable[[], object]] = [
        *(fails, fails, works, works, fails),  # two: a success lies between
        lambda: current.fails(4),  # another failure
        lambda: current.fails(4, "other"),  # another tool
        lambda: current.fails(130, "third"),  # somebody's ^C
    ]
    for step in steps:
        step()
    assert len(current.records()) == 4
    assert len({e["exception_id"] for e in current.records()}) == 4


def test_a_command_that_is_not_there_is_an_exception_even_without_a_task(
    fresh: Current,
) -> None:
    fresh.ours("run", "--", "no-such-tool", code=127)
    (found,) = fresh.records()
    assert (found.get("task"), found.get("env")) == (None, None)
    assert found["what_happened"].startswith("no-such-tool ended with exit status 127")


def test_what_a_command_failed_with_is_told(current: Current) -> None:
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n'
    script = f"import sys; sys.stderr.write({trace!r} + 'OSError: full'); sys.exit(1)"
    done = current.repo.cli("run", "--label", "py", "--", sys.executable, "-c", script)
    assert done.returncode == 1
    (found,) = current.records()
    assert found["what_happened"].split("\n")[1] == "OSError: full"
    (command,) = current.events("command_finished")
    assert (found["error_type"], found["stack_hash"]) == (
        *("OSError",),
        command["stack_hash"],
    )
    assert "stack" not in found
    current.ours("fail", "gave up", "--error-type", "OSError")
    assert len(current.records()) == 1


def test_an_attempt_that_ended_with_an_error_is_an_exception(current: Current) -> None:
    current.ours("fail", "the parser stopped", "--error-type", "ValueError")
    (found,) = current.records()
    (failed,) = current.events("task_failed")
    expected = {
        "trigger": "tool_call_failure",
        "what_happened": "the parser stopped",
        "error_type": "ValueError",
        "causes": [failed["id"]],
    }
    assert expected.items() <= found.items()


def test_an_attempt_that_was_given_up_is_none(current: Current) -> None:
    current.ours("fail", "nobody needs it")
    assert current.records() == []


def test_an_error_that_was_recorded_is_not_recorded_twice(current: Current) -> None:
    current.ours("exception", "it stopped", "--error-type", "ValueError")
    current.ours("fail", "the parser stopped", "--error-type", "ValueError")
    assert len(current.records()) == 1


def test_several_steps_that_succeeded_are_an_execution(current: Current) -> None:
    for label in ("build", "test", "test"):
        current.works(label)
    assert "execution recorded (multi_step)" in current.ours("complete")
    (found,) = current.records()
    expected = {
        "kind": "execution_recorded",
        "trigger": "multi_step",
        "description": "Parse",
        "outcome": "success",
        "env": "stage",
        "steps": ["build: exit status 0", "test: 2 runs, the last with exit status 0"],
        "tools": [
            {"name": "build", "result": "1 run, 0 failed"},
            {"name": "test", "result": "2 runs, 0 failed"},
        ],
    }
    assert expected.items() <= found.items()
    assert not {"issues", "contract_gaps", "risk"} & set(found)


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [Current.works],
        [Current.works, Current.fails],
        [Current.works, Current.works, lambda repo: repo.ours(*RECORDED)],
    ],
    ids=["none", "one", "one of two", "recorded"],
)
def test_what_is_no_execution_of_several_steps(
    current: Current, steps: list[Callable[[Current], object]]
) -> None:
    for step in steps:
        step(current)
    before = len(current.events("execution_recorded"))
    assert "execution" not in current.ours("complete")
    assert len(current.events("execution_recorded")) == before


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (("complete",), "success"),
        (("complete", "--status", "partial"), "partial"),
        (("fail", "rolled back"), "failed"),
    ],
)
def test_a_deployment_to_production_always_is_an_execution(
    fresh: Current, end: tuple[str, ...], outcome: str
) -> None:
    fresh.ours("start", "P1-001", "--env", "prod", "--risk", "high")
    fresh.ours("execution", "Rehearse", "--outcome", "success", "--env", "stage")
    fresh.ours(*end)
    _, found = fresh.events("execution_recorded")
    expected = {"trigger": "prod_deployment", "env": "prod", "risk": "high"}
    assert {**expected, "outcome": outcome}.items() <= found.items()
    assert "tools" not in found


def test_a_deployment_that_somebody_recorded_is_not_recorded_twice(
    fresh: Current,
) -> None:
    fresh.ours("start", "P1-001", "--env", "prod")
    fresh.ours("execution", "Ship", "--outcome", "success", "--issue", "slow")
    fresh.ours("complete")
    assert len(fresh.events("execution_recorded")) == 1


def test_each_attempt_is_an_execution_of_its_own(fresh: Current) -> None:
    fresh.ours("start", "P1-001", "--env", "prod")
    fresh.ours("fail", "rolled back")
    fresh.ours("start", "P1-001", "--retry")
    fresh.ours("complete")
    found = fresh.events("execution_recorded")
    assert [(e["attempt"], e["outcome"]) for e in found] == [
        (1, "failed"),
        (2, "success"),
    ]


def test_a_refused_push_is_an_exception_of_the_task_once(project: Project) -> None:
    work = project.work
    work.git("checkout", "-q", "main")
    work.git("reset", "-q", "--hard", project.commit(BAD))
    for _ in range(3):
        assert is_refused(project.push("origin", "main"))
    (found,) = _records(work)
    expected = {
        "kind": "exception_recorded",
        "task": "P1-009",
        "trigger": "self_test_gate_failure",
        "severity": "error",
        "contract_reference": "GT004",
        "source": "command:pre-push 0.1.0",
    }
    assert expected.items() <= found.items()
    assert found["exception_id"].startswith("gate-")
    lines = found["what_happened"].split("\n")
    assert lines[:2] == ["push refused by GT004:", ""]
    assert lines[2].startswith(f"- GT004 {work.head()[:12]}: claimed")
    work.git("reset", "-q", "--hard", project.commit(f"Other\n\n{BAD}"))
    assert is_refused(project.push("origin", "main"))
    assert len(_records(work)) == 2


def test_a_refused_push_makes_no_task_of_a_name_that_was_mistyped(
    project: Project,
) -> None:
    work = project.work
    work.git("reset", "-q", "--hard", project.commit(BAD.replace("P1-009", "P7-777")))
    assert is_refused(project.push("origin", "main"), "GT002")
    assert work.log_lines("tasks/") == [
        line for line in work.log_lines("tasks/") if "P7-777" not in line
    ]
    (found,) = _records(work)
    assert found["contract_reference"] == "GT002"
    assert is_refused(project.push("origin", "main"), "GT002")
    assert len(_records(work)) == 1


def test_a_push_that_goes_through_or_is_a_rehearsal_leaves_no_record(
    project: Project,
) -> None:
    work = project.work
    bad = project.commit(BAD)
    assert is_refused(project.push("-n", "origin", f"{bad}:refs/heads/bad"))
    assert (
        project.push("origin", f"{project.commit(GOOD)}:refs/heads/good").returncode
        == 0
    )
    assert _records(work) == []


def test_a_refusal_that_cannot_be_recorded_stays_a_refusal(project: Project) -> None:
    work = project.work
    work.git("reset", "-q", "--hard", project.commit(BAD))
    waiting = work.journal.with_name("kept")
    work.journal.rename(waiting)
    work.journal.write_text("no directory")
    done = project.push("origin", "main")
    assert is_refused(done, "GT004")
    assert "the refusal was not recorded: cannot write" in done.stderr


@pytest.mark.parametrize("kept", ["", "multi_step"])
def test_what_is_recorded_without_being_asked_can_be_chosen(
    project: Project, capsys: pytest.CaptureFixture[str], kept: str
) -> None:
    project.configure(f"[records]\nautomatic = [{repr(kept) if kept else ''}]\n")
    current = Current(project.work, Cli(project.work.path, capsys))
    current.ours("start", "P1-020", "--env", "prod")
    current.fails()
    current.ours("fail", "it stopped", "--error-type", "ValueError")
    current.ours("start", "P1-021")
    current.works()
    current.works()
    current.ours("complete")
    bad = project.commit(BAD)
    assert is_refused(project.push("origin", f"{bad}:refs/heads/bad"))
    assert [e["trigger"] for e in current.records()] == ([kept] if kept else [])


def test_a_trigger_that_the_program_cannot_see_is_refused(fresh: Current) -> None:
    text = '[records]\nautomatic = ["contract_ambiguity"]\n'
    (fresh.repo.path / ".gitlog-track.toml").write_text(text)
    said = fresh.ours("status", code=2)
    assert "records.automatic is 'contract_ambiguity'; expected" in said
    assert "tool_call_failure" in said


@pytest.mark.parametrize("trigger", ["missing_criticals", "contract_ambiguity"])
def test_what_no_program_sees_is_recorded_when_asked(
    current: Current, trigger: str
) -> None:
    current.ours("exception", "unclear", "--trigger", trigger, "--severity", "critical")
    assert current.records()[0]["trigger"] == trigger
