"""A dry run pushes no log, as far as it can be told from the command line."""

from __future__ import annotations

import sys

import pytest

from gitlog_track.commands.parent import asks_for_dry_run
from tests.support.gate import Project
from tests.support.shared_log import log_there


@pytest.mark.parametrize("flag", ["--dry-run", "-n", "-nq", "--dry"])
@pytest.mark.skipif(sys.platform != "linux", reason="only /proc shows command lines")
def test_a_dry_run_pushes_no_log(project: Project, flag: str) -> None:
    assert project.push(flag, "origin", "main").returncode == 0
    assert log_there(project) is None


@pytest.mark.parametrize(
    ("args", "dry"),
    [
        ("origin main", False),
        ("--dry-run", True),
        ("-n", True),
        ("-fn origin", True),
        ("-on origin", False),
        ("-o n origin", False),
        ("--no-verify origin", False),
        ("--delete origin x", False),
        ("--dry-run --no-dry-run origin", False),
        ("origin -- -n", False),
    ],
)
def test_which_words_ask_for_a_dry_run(args: str, dry: bool) -> None:
    assert asks_for_dry_run(args.split()) == dry
