"""How large are rooms, files and functions? ``python -m tests.sizes`` prints two tables.

A report, not a rule: the house wants files of 50 to 400 lines and functions of 5 to 15 at the
median. Lines of a function are those of its body without its docstring.
"""

from __future__ import annotations

import argparse
import ast
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

TOP = Path(__file__).parent.parent
CROWDED = 400
LONG = 40


@dataclass
class Sizes:
    """Lines of the files of one room, and of the functions in them, by name."""

    files: dict[str, int] = field(default_factory=dict)
    functions: dict[str, int] = field(default_factory=dict)

    def row(self, name: str) -> str:
        files, functions = self.files.values(), sorted(self.functions.values()) or [0]
        ninth = quantiles(functions, n=10)[-1] if len(functions) > 1 else functions[0]
        return (
            f"| {name} | {len(files)} | {sum(files):,} | {median(files):.0f} | {max(files)} "
            f"| {len(functions):,} | {median(functions):.0f} | {ninth:.0f} | {functions[-1]} |"
        )


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def measure(path: Path, sizes: Sizes) -> None:
    text = path.read_text()
    name = str(path.relative_to(TOP))
    sizes.files[name] = text.count("\n")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            sizes.functions[f"{name}:{node.lineno} {node.name}"] = body_lines(node)


def main() -> None:
    argparse.ArgumentParser(
        prog="python -m tests.sizes", description=__doc__
    ).parse_args()
    rooms: dict[str, Sizes] = defaultdict(Sizes)
    for path in sorted((TOP / "gitlog_track").rglob("*.py")):
        parts = path.relative_to(TOP).parts
        for room in (parts[1] if len(parts) > 2 else "(top)", "gitlog_track, all"):
            measure(path, rooms[room])
    for path in sorted((TOP / "tests").rglob("*.py")):
        measure(path, rooms["tests"])
    print(
        "| room | files | lines | median | largest | functions | median | 9 of 10 | longest |"
    )
    print("|---|" + "---:|" * 8)
    for name, sizes in sorted(
        rooms.items(), key=lambda item: -sum(item[1].files.values())
    ):
        print(sizes.row(name))
    whole = rooms["gitlog_track, all"]
    large = {name: n for name, n in whole.files.items() if n > CROWDED}
    large |= {name: n for name, n in whole.functions.items() if n > LONG}
    print(
        f"\n| file of more than {CROWDED} lines, function of more than {LONG} | lines |\n|---|---:|"
    )
    for name, lines in sorted(large.items(), key=lambda item: -item[1]):
        print(f"| {name} | {lines} |")


if __name__ == "__main__":
    main()
