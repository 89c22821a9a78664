"""The walls of the house: import contracts and the sizes of rooms."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "gitlog_track"
MODULES = sorted(PACKAGE.rglob("*.py"))


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


WALLS = {
    "pygit2": {"git"},
    "click": {"commands"},
    "rich": {"commands", "renderers"},
    "sqlite3": {"index"},
    "markdown_it": {"renderers"},
    "tomllib": {"config.py"},
    "tomli_w": {"config.py"},
    **{key: {"mcp"} for key in ("anyio", "mcp", "mcp_types", "pydantic", "uvicorn")},
}
"""The only rooms that import what they are walls around, at the top or late."""


def imports_of(path: Path) -> set[str]:
    """Return the packages that a module imports anywhere in it, by their first name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_what_has_a_wall_around_it_is_imported_in_its_room_alone() -> None:
    rooms: dict[str, set[str]] = {name: set() for name in WALLS}
    for path in MODULES:
        for name in imports_of(path) & WALLS.keys():
            rooms[name].add(path.relative_to(PACKAGE).parts[0])
    assert rooms == WALLS


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(TOP)))
def test_every_module_says_what_it_owns_and_stays_a_room(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert text.count("\n") <= 500, "a crowded room: redesign it"


def test_no_path_of_a_machine_is_in_the_project() -> None:
    places = (f"{os.path.expanduser('~root')}/.", f"{Path.home()}/", f"{TOP}/")
    files = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")[:-1]
    texts = {name: (TOP / name).read_text(errors="replace") for name in files}
    named = [n for n, text in texts.items() for place in places if place in text]
    assert named == []
