"""Fixtures that every test shares: a sealed environment and real repositories."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.cli import Cli
from tests.support.founding_phase import APPROVED, tell_founding_phase
from tests.support.gate import Project
from tests.support.golden import Golden
from tests.support.hooks import sh
from tests.support.repos import Repo
from tests.support.sealing import open_names, sealed


@pytest.fixture(autouse=True)
def hermetic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Own HOME, no configuration but what git has built in, a fixed identity."""
    for name in open_names():
        monkeypatch.delenv(name)
    for name, value in sealed(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """An empty repository, not tracked yet."""
    return Repo.init(tmp_path / "repo")


@pytest.fixture
def tracked(repo: Repo) -> Repo:
    """A repository in which ``init`` ran and whose commits fold in line."""
    repo.track(fold="sync")
    return repo


@pytest.fixture
def cli(tracked: Repo, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Our command line in a tracked repository, with a clock that the test sets."""
    return Cli(tracked.path, capsys)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares text with a file in tests/golden; ``--update-golden`` rewrites it."""
    return Golden(bool(request.config.getoption("--update-golden")))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite golden files"
    )


@pytest.fixture
def base(tracked: Repo) -> Repo:
    """A tracked repository with two commits on main, which folds in line."""
    sh(tracked, "c zero; c base")
    return tracked


_PROJECTS: dict[Path, Project] = {}


@pytest.fixture
def project(
    hermetic: None,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Project:
    """A tracked repository with a log and a bare one to push to; made once, copied."""
    del hermetic  # the first use makes the template, sealed like every test
    session = tmp_path_factory.getbasetemp()
    if session not in _PROJECTS:
        _PROJECTS[session] = Project.make(tmp_path_factory.mktemp("project"))
    return _PROJECTS[session].copy(tmp_path)


_FOUNDING: dict[Path, Path] = {}


@pytest.fixture
def founding(
    hermetic: None,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> Cli:
    """Our command line after the founding phase; told once, copied."""
    del hermetic  # the first use makes the template, sealed like every test
    session = tmp_path_factory.getbasetemp()
    if session not in _FOUNDING:
        made = Repo.init(tmp_path_factory.mktemp("founding") / "repo")
        made.track(fold="sync")
        tell_founding_phase(made.path)
        _FOUNDING[session] = made.path
    path = tmp_path / "repo"
    shutil.copytree(_FOUNDING[session], path, symlinks=True)
    return Cli(path, capsys, now=APPROVED)
