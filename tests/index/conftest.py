"""A clone with a log of its own, and where its index lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.clones import Clone


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone.make(tmp_path / "clone")
