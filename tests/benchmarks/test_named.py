"""What is named and is no repository is said in one sentence, before anything is timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import real_repositories
from tests.benchmarks.named import problem_of
from tests.support.hooks import sh
from tests.support.repos import Repo


def test_a_repository_with_a_commit_is_no_problem(base: Repo) -> None:
    assert problem_of(base.path) is None
    assert problem_of(base.path / ".git") is None


def test_a_repository_without_a_commit_is_one(repo: Repo) -> None:
    assert "no commit at HEAD" in str(problem_of(repo.path))


def test_a_directory_inside_a_repository_is_one(base: Repo) -> None:
    sh(base, "mkdir inside")
    assert "no repository at" in str(problem_of(base.path / "inside"))


@pytest.mark.parametrize(
    ("main", "arguments"),
    [
        (benchmarks.main, ["--history", "nowhere"]),
        (real_repositories.main, ["nowhere"]),
        (real_repositories.main, ["name=nowhere"]),
    ],
)
def test_a_path_that_is_none_ends_with_2(
    main: Callable[[], int],
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["benchmark", *arguments])
    assert main() == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == ("git finds no repository at nowhere: name its top, or a bare one\n")
