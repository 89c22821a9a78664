"""The walls of the house: import contracts, what the commit path loads, sizes."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repos import Repo

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "gitlog_track"
MODULES = sorted(PACKAGE.rglob("*.py"))
STANDARD_IN_FOLD = {"os", "sys", "time", "zlib", "fcntl"}
"""What the commit path may import of the standard library, beside what Python starts with."""
PRIVATE_DIGESTS = {"_sha2", "_sha256", "_hashlib", "hashlib"}


def imported_by(*command: str, cwd: Path, stdin: str = "") -> set[str]:
    """Return the modules that a Python process imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *command],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = re.findall(r"^import time:.*\|\s*(\S+)$", done.stderr, re.MULTILINE)
    return set(rows)


def started_with(*flags: str) -> set[str]:
    return imported_by(*flags, "-c", "pass", cwd=TOP)


def test_import_contracts_are_kept() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
        ],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_fold_after_a_commit_imports_only_what_it_must(tracked: Repo) -> None:
    tracked.ours("start", "P1-001")
    tracked.commit("Begin")
    (tracked.common / "gitlog-track" / "settings").write_text("fold=none\n")
    hook = tracked.common / "hooks" / "post-commit"
    hook.write_text(hook.read_text().replace("gt_start_fold\n", ":\n"))
    tracked.commit("Go on")
    fold = str(PACKAGE / "fold_process.py")
    found = imported_by("-I", "-S", fold, str(tracked.common), cwd=tracked.path)
    ours = {name for name in found if name.startswith("gitlog_track")}
    foreign = (
        found - ours - started_with("-I", "-S") - STANDARD_IN_FOLD - PRIVATE_DIGESTS
    )
    assert foreign <= {
        "__future__",
        "_collections_abc",
        "posixpath",
        "genericpath",
        "stat",
        "_stat",
    }
    assert "gitlog_track.log.fold" in ours


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_and_version_load_none_of_the_heavy(flag: str) -> None:
    found = imported_by("-m", "gitlog_track", flag, cwd=TOP)
    heavy = {"pygit2", "sqlite3", "rich", "msgspec", "tomllib", "tomli_w"}
    heavy |= {"mcp", "mcp_types", "pydantic", "anyio", "uvicorn"}
    assert found & heavy == set()
    assert {n for n in found if n.startswith("gitlog_track.")} <= {
        "gitlog_track.commands",
        "gitlog_track.commands.context",
        "gitlog_track.commands.main",
        "gitlog_track.errors",
        "gitlog_track.model",
        "gitlog_track.model.instants",
        "gitlog_track.__main__",
    }


def test_a_framework_hook_loads_no_click(tracked: Repo) -> None:
    found = imported_by("-m", "gitlog_track", "hook", "pre-commit", cwd=tracked.path)
    assert found & {"click", "pygit2", "msgspec", "rich", "tomllib"} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(TOP)))
def test_every_module_says_what_it_owns_and_stays_a_room(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert text.count("\n") <= 500, "a crowded room: redesign it"


def test_no_path_of_a_machine_is_in_the_project() -> None:
    home = os.path.expanduser("~root")
    files = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")[:-1]
    texts = {name: (TOP / name).read_text(errors="replace") for name in files}
    assert [n for n, text in texts.items() if f"{home}/." in text] == []
