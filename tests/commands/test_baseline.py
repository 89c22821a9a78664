"""baseline add: where the commit is written, and where it is not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.support.cli import Cli
from tests.support.repos import Repo

OURS = ".gitlog-track.toml"


@pytest.fixture
def bare_cli(repo: Repo, capsys: pytest.CaptureFixture[str]) -> Cli:
    """In a repository of one commit, without a configuration."""
    repo.commit("base")
    return Cli(repo.path, capsys)


def test_a_commit_is_added_once_to_what_is_there(bare_cli: Cli, repo: Repo) -> None:
    old = "1" * 40
    repo.write(OURS, f'[gate]\nmode = "warn"\nbaseline = ["{old}"]\n')
    bare_cli.run("baseline", "add", "HEAD")
    bare_cli.run("baseline", "add", "HEAD")
    gate = tomllib.loads((repo.path / OURS).read_text())["gate"]
    assert gate == {"mode": "warn", "baseline": [old, repo.head()]}


@pytest.mark.parametrize(
    "table",
    [
        "[tool.gitlog-track]\n",
        '[tool.gitlog-track.gate]\nmode = "warn"\n',
        '[tool]\ngitlog-track.gate.mode = "warn"\n',
    ],
)
def test_a_configuration_in_pyproject_is_not_switched_off(
    bare_cli: Cli, repo: Repo, table: str
) -> None:
    repo.write("pyproject.toml", table)
    answer = bare_cli.try_run("baseline", "add", "HEAD")
    assert answer.code == 2
    assert "the configuration is in pyproject.toml" in answer.err
    assert f'[tool.gitlog-track.gate] baseline = ["{repo.head()}"]' in answer.err
    bare_cli.run("init")
    assert not Path(repo.path, OURS).exists()


@pytest.mark.parametrize("command", [("baseline", "add", "HEAD"), ("init",)])
def test_a_pyproject_that_only_mentions_us_is_no_configuration(
    bare_cli: Cli, repo: Repo, command: tuple[str, ...]
) -> None:
    repo.write("pyproject.toml", "# [tool.gitlog-track]\n[tool.ruff]\n")
    bare_cli.run(*command)
    gate = tomllib.loads((repo.path / OURS).read_text())["gate"]
    assert gate["baseline"] == [repo.head()]


def test_comments_are_not_lost(bare_cli: Cli, repo: Repo) -> None:
    repo.write(OURS, "# ours\n[gate]\n")
    answer = bare_cli.try_run("baseline", "add", "HEAD")
    assert (answer.code, "has comments" in answer.err) == (2, True)
    assert (repo.path / OURS).read_text() == "# ours\n[gate]\n"


@pytest.mark.parametrize("revision", ["no-such", "HEAD^{tree}"])
def test_what_is_no_commit_is_refused(bare_cli: Cli, revision: str) -> None:
    answer = bare_cli.try_run("baseline", "add", revision)
    assert (answer.code, "is no commit here" in answer.err) == (2, True)
