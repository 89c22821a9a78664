"""What public functions say of themselves: how they are called, and what they raise."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "gitlog_track"
MODULES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    # Their docstrings are what --help prints, and what agents are told.
    if not {"commands", "mcp"} & set(path.parts)
]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def public_functions(tree: ast.Module) -> Iterator[Function]:
    """Yield functions and methods that no underscore keeps inside."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef):
            if isinstance(node, ast.ClassDef) and node.name.startswith("_"):
                continue
            for inner in node.body:
                if isinstance(inner, Function) and not inner.name.startswith("_"):
                    yield inner


def bases() -> dict[str, set[str]]:
    """Return the direct bases of every class of ours, by name."""
    return {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    }


BASES = bases()


def is_named(error: str, docstring: str) -> bool:
    """Is an error named, or one that it is a kind of?"""
    kinds = BASES.get(error, set()) - {"GitlogTrackError", "Exception"}
    return error in docstring or any(is_named(kind, docstring) for kind in kinds)


def raised(function: Function) -> set[str]:
    """Return the names of the errors that stand behind ``raise`` in its own body."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call | ast.Name):
            error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(error, ast.Name) and re.match("[A-Z]", error.id):
                found.add(error.id)
        waiting += ast.iter_child_nodes(node)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_what_a_public_function_raises_stands_in_its_docstring(path: Path) -> None:
    silent = [
        f"{function.name}: {error}"
        for function in public_functions(ast.parse(path.read_text()))
        for error in raised(function)
        if not is_named(error, ast.get_docstring(function) or "")
    ]
    assert silent == []
