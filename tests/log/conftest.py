"""A clone for every test of the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.clones import Clone


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A tracked repository with one commit."""
    made = Clone.make(tmp_path / "clone")
    made.commit("root")
    return made
