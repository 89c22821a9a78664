"""Where there is no log: what is counted, what is advised, and what cannot be asked."""

from __future__ import annotations

import json

import pytest

from tests.support.cli import Cli
from tests.support.repos import Repo


@pytest.fixture
def bare(repo: Repo, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Our command line in a repository that nobody tracked."""
    return Cli(repo.path, capsys)


def commits(cli: Cli, *args: str) -> dict[str, int]:
    found: dict[str, dict[str, int]] = json.loads(
        cli.run("report", "--format", "json", *args)
    )
    return found["commits"]


@pytest.mark.parametrize(
    ("body", "claiming"),
    [
        ("Tokens-Used: 3236", 1),
        ("Bugs-Fixed: 4", 1),
        ("Retry-Rate: 8%", 1),
        ("AVERAGE_ITERATIONS_PER_TASK: 1.15", 1),
        ("It was 20 minutes ahead of schedule.", 1),
        ("Took two hours.", 1),
        ("Took `2h` of walking.", 0),
        ("The parser takes 200 tokens at a time.", 0),
        ("Task: P1-001", 0),
    ],
)
def test_a_claim_is_what_the_gate_takes_for_one(
    repo: Repo, bare: Cli, body: str, claiming: int
) -> None:
    repo.commit("Begin")
    repo.commit(f"Add it\n\n{body}\n")
    judged = json.loads(bare.try_run("verify", "HEAD~1..HEAD", "--format", "json").out)
    assert bool(judged["claims"]) is bool(claiming)
    assert commits(bare)["claiming"] == claiming


def test_no_commit_is_nothing_to_prove(bare: Cli) -> None:
    assert not any(commits(bare).values())


def test_a_span_is_of_committer_dates(
    repo: Repo, bare: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dates run backwards, so that a walk that stops at the first would miss some."""
    for day in (4, 6, 1, 5):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2025-10-0{day}T12:00:00-05:00")
        repo.commit(f"Add\n\nTask: P1-00{day}\nTokens-Used: 1\n")
    for args, count in (
        ((), 4),
        (("--since", "2025-10-04"), 3),
        (("--until", "2025-10-04"), 1),
        (("--since", "2025-10-04T12:00:00-05:00", "--until", "2025-10-06"), 2),
    ):
        found = commits(bare, *args)
        assert (found["total"], found["naming_tasks"], found["claiming"]) == (
            count,
        ) * 3
    said = bare.run("report", "--since", "2025-10-04")
    assert "3 commits on HEAD since 2025-10-04T00:00:00-05:00; 3 name" in said


@pytest.mark.parametrize(
    "args",
    [
        ("report", "--task", "P1-001"),
        ("report", "--phase", "P1"),
        ("report", "--compare", "agent"),
        ("report", "--min-evidence", "declared"),
        ("report", "--phase", "P1", "--format", "json"),
        ("tasks",),
        ("tasks", "--format", "json"),
        ("trace", "beef"),
    ],
)
def test_what_asks_about_a_log_is_told_that_there_is_none(
    repo: Repo, bare: Cli, args: tuple[str, ...]
) -> None:
    repo.commit("Begin")
    answer = bare.try_run(*args)
    assert (answer.code, answer.out) == (4, "")
    assert "there is no log: not fetched, or nothing tracked yet" in answer.err
    assert "gitlog-track start TASK" in answer.err
    assert "fetch" not in answer.err.partition("tracked yet")[2]


@pytest.mark.parametrize(
    ("remote", "command"),
    [
        ("", ""),
        ("origin", "gitlog-track fetch\n"),
        ("up", "gitlog-track fetch REMOTE\n"),
    ],
)
@pytest.mark.parametrize("form", ["text", "md"])
def test_a_clone_is_told_to_fetch_before_it_begins(
    repo: Repo, bare: Cli, remote: str, command: str, form: str
) -> None:
    repo.commit("Begin")
    if remote:
        repo.git("remote", "add", remote, str(repo.path / "none"))
    said = bare.run("report", "--format", form)
    assert "gitlog-track init\n" in said
    assert ("gitlog-track fetch" in said) is bool(remote)
    assert command in said.partition("gitlog-track init")[0]
