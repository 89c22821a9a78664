"""What ``claim`` prints passes the gate, and stays true whatever becomes of the commit."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitlog_track.claims.grammar import read_claims
from gitlog_track.claims.message import read_message
from gitlog_track.gate.judge import Judge, Judged
from gitlog_track.gate.ledger import Ledger
from gitlog_track.gate.policy import Policy
from gitlog_track.gate.verdict import Violation
from gitlog_track.gate.verify import words
from gitlog_track.git.process import Git
from tests.support.clones import Clone
from tests.support.gate import Project, at, is_refused, tell
from tests.support.repos import Repo

LOG = "refs/gitlog-track/log"
JUDGED = Judged(commit="a" * 40, title="Add it", amend="git commit --amend")


def violations(path: Path, message: str) -> list[Violation]:
    repo = Repo(path)
    common = str(path / ".git")
    ledger = Ledger(Git(common, os.environ), common, repo.git("rev-parse", LOG))
    reading = read_claims(read_message(message.encode()), words())
    assert reading.claims, message
    return Judge(ledger, Policy()).violations(JUDGED, reading)


def claim(path: Path, *args: str) -> str:
    return tell(path, at("23:59:00"), "claim", *args)


def test_a_developers_day(project: Project) -> None:
    """start, commits without claims, complete, a commit with the claim, push."""
    work = project.work
    work.ours("start", "P1-011", "--start-tokens", "1,000")
    for number in range(3):
        work.commit(f"Go on, step {number}", name=f"f{number}")
    early = work.run("git", "commit", "-q", "--allow-empty", "-m", "Say it\n\nDuration: 5m")  # fmt: skip
    assert (early.returncode, "GT003" in early.stderr) == (0, True)
    refused = project.push("origin", "main")
    assert is_refused(refused, "GT003")
    assert "gitlog-track complete --task P1-011" in refused.stderr
    work.git("reset", "-q", "--hard", "HEAD~1")
    work.ours("complete", "--end-tokens", "3,500", "--iterations", "2")
    work.write("last", "done\n")
    work.git("add", "-A")
    work.git("commit", "-q", "-m", "Finish it", "-m", work.ours("claim"))
    message = work.git("log", "-1", "--format=%B")
    for line in ("Task: P1-011", "Tokens-Used: 2500", "Iterations: 2", "Metrics-Log: "):
        assert line in message
    assert message.count("Task: ") == 1
    pushed = project.push("origin", "main", LOG)
    assert pushed.returncode == 0, pushed.stderr
    assert project.received()["refs/heads/main"] == work.head()
    assert work.cli("verify", "HEAD~4..HEAD").returncode == 0


def test_a_server_takes_the_claim_together_with_the_log(project: Project) -> None:
    project.serve()
    project.branch("topic", f"Finish it\n\n{claim(project.work.path)}")
    project.configure("[sync]\non_push = false\n")
    assert is_refused(project.push("origin", "topic"), "GT007")
    done = project.push("origin", "topic", LOG)
    assert done.returncode == 0, done.stderr


def test_without_argument_the_current_task_else_the_last_completed(
    project: Project,
) -> None:
    path = project.work.path
    assert "Task: P1-009" in claim(path)
    tell(path, at("22:30:00"), "start", "P2-001")
    tell(path, at("22:31:00"), "measure", "test_coverage_actual=87%")
    assert claim(path).splitlines()[:2] == ["Task: P2-001", "Coverage: 87.00%"]


def test_what_is_printed_is_a_block_of_trailers_that_git_reads(
    project: Project,
) -> None:
    printed = claim(project.work.path).strip().split("\n")
    made = project.commit("Finish it\n\n" + "\n".join(printed) + "\n")
    read = project.work.git("log", "-1", "--format=%(trailers:only)", made).strip()
    assert read.split("\n") == printed


def test_the_pin_is_the_logs_tip_and_can_be_left_out(project: Project) -> None:
    pinned, bare = claim(project.work.path), claim(project.work.path, "--no-pin")
    tip = project.work.git("rev-parse", LOG)
    assert pinned == f"{bare}Metrics-Log: {tip}\n"
    assert violations(project.work.path, f"Finish it\n\n{bare}") == []


def test_what_the_policy_refuses_is_not_printed(project: Project) -> None:
    tell(project.work.path, at("22:40:00"), "fold")
    done = project.work.cli("claim", "P1-008")
    assert "Duration" not in done.stdout
    project.configure('[log]\nfold = "sync"\n[gate]\nevidence = "derived"\n')
    shown = project.work.cli("claim", "P1-009")
    assert "Tokens-Used" not in shown.stdout
    assert "too weak to claim: " in shown.stderr


@pytest.mark.parametrize("name", ["P1-404", "P1-010"])
def test_where_nothing_can_be_claimed_nothing_is_printed(
    project: Project, name: str
) -> None:
    done = project.work.cli("claim", name)
    assert (done.returncode != 0, done.stdout) == (True, "")
    assert "NOT MEASURED" in done.stderr or "nothing of P1-010" in done.stderr


def grow(path: Path) -> None:
    tell(path, at("23:00:00"), "start", "P1-012")


def note(path: Path) -> None:
    tell(path, at("23:00:00"), "note", "more", "--task", "P1-009")


def approve(path: Path) -> None:
    tell(path, at("23:00:00"), "milestone", "final_approval", "--task", "P1-009")


def retry(path: Path) -> None:
    tell(path, at("23:00:00"), "start", "P1-009", "--retry")
    tell(path, at("23:30:00"), "complete", "--end-tokens", "120,000", "--iterations", "4")  # fmt: skip


def correct(path: Path) -> None:
    repo = Repo(path)
    ended = repo.events("task_completed", "P1-009")[0]["id"]
    args = ("--reason", "misread", "--set", "end_tokens=111000", "--task", "P1-009")
    tell(path, at("23:00:00"), "correct", str(ended), *args)


def forget_switches(path: Path) -> None:
    tell(path, at("23:00:00"), "context-switch", "away", "--task", "P1-009")


LATER = [grow, note, approve, retry, correct, forget_switches]


@pytest.mark.parametrize("later", LATER, ids=lambda f: f.__name__)
def test_a_pinned_claim_stays_true_when_the_log_goes_on(
    project: Project, later: Callable[[Path], None]
) -> None:
    path = project.work.path
    message = f"Finish it\n\n{claim(path)}"
    before = project.work.git("rev-parse", LOG)
    later(path)
    assert project.work.git("rev-parse", LOG) != before
    assert [v for v in violations(path, message) if v.blocks] == []
    project.branch("topic", message)
    assert project.push("origin", "topic").returncode == 0


@pytest.mark.parametrize(
    ("later", "warned"),
    [(grow, []), (note, []), (retry, []), (correct, ["Tokens-Used: 3236"])],
)
def test_a_later_correction_of_pinned_evidence_is_a_warning(
    project: Project, later: Callable[[Path], None], warned: list[str]
) -> None:
    message = f"Finish it\n\n{claim(project.work.path)}"
    later(project.work.path)
    found = violations(project.work.path, message)
    assert [(v.claimed, v.blocks) for v in found] == [(text, False) for text in warned]
    assert all("corrected since" in v.message for v in found)


@pytest.mark.parametrize("later", [retry, correct])
def test_a_claim_without_a_pin_is_judged_by_the_log_as_it_is(
    project: Project, later: Callable[[Path], None]
) -> None:
    path = project.work.path
    message = f"Finish it\n\n{claim(path, '--no-pin')}"
    later(path)
    assert "GT004" in {v.rule for v in violations(path, message)}
    assert violations(path, f"Finish it\n\n{claim(path, 'P1-009', '--no-pin')}") == []


def two_tasks(project: Project) -> None:
    """Two commits on a topic branch, each claiming for a task of its own."""
    work = project.work
    tell(work.path, at("22:30:00"), "start", "P2-002", "--start-tokens", "5")
    tell(work.path, at("22:55:00"), "complete", "--end-tokens", "1,505")
    work.git("switch", "-q", "-c", "topic")
    for task in ("P1-009", "P2-002"):
        work.write(task, f"{task}\n")
        work.git("add", "-A")
        work.git("commit", "-q", "-m", f"Finish {task}", "-m", claim(work.path, task))
    work.git("switch", "-q", "main")
    work.commit("Go on meanwhile", name="meanwhile")


def rebased(work: Repo) -> None:
    work.git("rebase", "-q", "main", "topic")


def picked(work: Repo) -> None:
    work.git("cherry-pick", "-x", "main..topic")


def merge_squashed(work: Repo) -> None:
    work.git("merge", "-q", "--squash", "topic")
    work.git("commit", "-q", "--no-edit", "--cleanup=strip", env={"GIT_EDITOR": "true"})


def rebase_squashed(work: Repo) -> None:
    env = {"GIT_SEQUENCE_EDITOR": "sed -i '2s/^pick/squash/'", "GIT_EDITOR": "true"}
    work.git("rebase", "-q", "-i", "main", "topic", env=env)


def bulleted(work: Repo) -> None:
    """As a forge joins the messages of a pull request."""
    messages = work.git("log", "--reverse", "--format=* %B", "main..topic")
    work.git("read-tree", "-mu", "topic")
    work.git("commit", "-q", "--cleanup=verbatim", "-m", f"Topic (#1)\n\n{messages}")


MOVED = [rebased, picked, merge_squashed, rebase_squashed, bulleted]


@pytest.mark.parametrize("move", MOVED, ids=lambda f: f.__name__)
@pytest.mark.parametrize("later", [pytest.param(None, marks=pytest.mark.slow), retry])
def test_claims_stay_true_wherever_their_commits_go(
    project: Project, move: Callable[[Repo], None], later: Callable[[Path], None] | None
) -> None:
    two_tasks(project)
    if later:
        later(project.work.path)
    move(project.work)
    moved = project.work.git("log", "--format=%B", "origin/main..HEAD")
    assert moved.count("Tokens-Used: 3236") == 1
    assert moved.count("Tokens-Used: 1500") == 1
    done = project.push("origin", "HEAD:refs/heads/moved")
    assert done.returncode == 0, done.stderr + moved


@pytest.mark.slow
@pytest.mark.parametrize("move", MOVED, ids=lambda f: f.__name__)
def test_untrue_claims_are_found_wherever_their_commits_go(
    project: Project, move: Callable[[Repo], None]
) -> None:
    two_tasks(project)
    work = project.work
    work.git("switch", "-q", "topic")
    message = work.git("log", "-1", "--format=%B").replace("1500", "1400")
    work.git("commit", "-q", "--amend", "-m", message)
    work.git("switch", "-q", "main")
    move(work)
    with_all = project.push("origin", "HEAD:refs/heads/moved")
    assert is_refused(with_all, "Tokens-Used: 1400"), with_all.stderr


def test_a_phase_is_claimed_from_its_tasks(project: Project) -> None:
    path = project.work.path
    tell(path, at("22:30:00"), "start", "P7-001", "--estimate", "20m")
    tell(path, at("22:48:00"), "complete", "--tokens-used", "900", "--iterations", "1")
    printed = claim(path, "P7")
    for line in ("Phase: P7", "Tasks-Completed: 1/1", "Tokens-Used: 900", "Efficiency-Ratio: 0.9"):  # fmt: skip
        assert line in printed
    assert violations(path, f"Close the phase\n\n{printed}") == []
    tell(path, at("22:50:00"), "start", "P7-002")
    tell(path, at("22:55:00"), "complete", "--tokens-used", "77")
    assert violations(path, f"Close the phase\n\n{printed}") == []
    bare = re.sub("Metrics-Log: .*\n", "", printed)
    assert "GT004" in {v.rule for v in violations(path, f"Close it\n\n{bare}")}


counts = st.integers(0, 10**7)
moments = st.sampled_from(
    ["iteration_recorded", "bug_found", "note_recorded", "hallucination_recorded",
     "interaction_recorded", "context_switched", "milestone_reached", "task_paused",
     "task_resumed"],
)  # fmt: skip
OWN: dict[str, dict[str, object]] = {
    "bug_found": {"text": "a bug"},
    "note_recorded": {"text": "a note"},
    "hallucination_recorded": {"count": 1, "text": ""},
    "interaction_recorded": {"count": 7, "text": ""},
    "context_switched": {"text": ""},
    "milestone_reached": {"milestone": "initial_completion"},
}


@st.composite
def ends(draw: st.DrawFn) -> dict[str, object]:
    names = ("iterations", "bugs", "hallucinations", "interactions", "tokens_used")
    chosen = draw(st.sets(st.sampled_from(names)))
    return {name: draw(counts) for name in sorted(chosen)}


@pytest.mark.usefixtures("hermetic")
@given(
    steps=st.lists(st.tuples(moments, st.integers(1, 90_000_000)), max_size=7),
    end=ends(),
    length=st.integers(1, 3 * 10**8),
    estimate=st.none() | st.integers(1, 10**6),
    coverage=st.none() | st.decimals(0, 100, places=3),
    fails=st.booleans(),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_was_recorded_what_claim_prints_passes_the_gate(
    steps: list[tuple[str, int]],
    end: dict[str, object],
    length: int,
    estimate: int | None,
    coverage: object,
    fails: bool,
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        clone = Clone.make(Path(directory) / "clone")
        record: Callable[..., str] = clone.record
        first: dict[str, object] = {"description": "a task"}
        if estimate:
            first["estimated_duration_s"] = estimate
        record("task_started", **first)
        if coverage is not None:
            figure = {"measure": "test_coverage_actual", "value": str(coverage)}
            record("measurement_recorded", **figure, unit="%")
        for kind, pause in steps:
            clone.now_ns += pause * 1_000_000
            record(kind, **(OWN.get(kind) or {"reason": "so"}))
        clone.now_ns += length * 1_000_000
        last: dict[str, object] = {} if fails else {"status": "complete"}
        kind = "task_failed" if fails else "task_completed"
        record(kind, **last, **end, actual_outcome="so")
        printed = claim(clone.path, "P1-009")
        assert "Duration: " in printed
        assert violations(clone.path, f"Finish it\n\n{printed}") == []
        assert violations(clone.path, f"{printed}\n\n{printed}") == []
        phase = claim(clone.path, "P1")
        assert violations(clone.path, f"Close the phase\n\n{phase}") == []
