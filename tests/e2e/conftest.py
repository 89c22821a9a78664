"""Repositories in which a task is current and whose hooks are run by a chosen shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.messages import SHELLS, copy_with_shell, make_template
from tests.support.repos import Repo

_TEMPLATES: dict[Path, Repo] = {}


@pytest.fixture
def template(hermetic: None, tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """A repository where task P1-001 is current; made once, to be copied."""
    del hermetic  # the first use makes the template, sealed like every test
    session = tmp_path_factory.getbasetemp()
    if session not in _TEMPLATES:
        made = make_template(tmp_path_factory.mktemp("template") / "repo")
        _TEMPLATES[session] = made
    return _TEMPLATES[session]


@pytest.fixture(params=SHELLS)
def worked(request: pytest.FixtureRequest, template: Repo, tmp_path: Path) -> Repo:
    """A repository with a current task, whose hooks are run by each of the shells."""
    return copy_with_shell(template, tmp_path / "repo", request.param)


@pytest.fixture
def plain(template: Repo, tmp_path: Path) -> Repo:
    """The same, under one shell."""
    return copy_with_shell(template, tmp_path / "repo", "dash")
