"""Do the tests of claims, gate and merge test anything? ``python -m tests.mutants``.

Runs mutmut over what pyproject.toml names, then tries what survived once more, each in a
process of its own: mutmut's own processes are forks of one that has run the tests already, so
what is computed once and kept there is never computed by a mutant. Prints a table, and every
survivor that MUTANTS.md does not explain; ends with 1 if there is one.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parent.parent
EXPLAINED = Path(__file__).with_name("MUTANTS.md")
ROOMS = (
    "tests/claims",
    "tests/gate",
    "tests/log/test_merge.py",
    "tests/log/test_union.py",
)
HANGS_AFTER_S = 120


@dataclass(frozen=True)
class Mutant:
    """One change of one function: what stood there, and what stands there now."""

    name: str
    before: str
    after: str

    @property
    def function(self) -> str:
        """As MUTANTS.md names it, such as ``claims.numeral.parse``."""
        path = self.name.partition("__mutmut_")[0].removeprefix("gitlog_track.")
        return re.sub(r"\.xǁ(\w+)ǁ", r".\1.", path).replace(".x_", ".")

    @property
    def key(self) -> str:
        return f"`{self.function}`: `{self.before}` becomes `{self.after}`"


def mutmut(*args: str) -> str:
    line = [sys.executable, "-m", "mutmut", *args]
    return subprocess.run(
        line, cwd=TOP, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def results() -> dict[str, str]:
    """Return what became of every mutant, by name."""
    rows = (
        row.strip().partition(": ")
        for row in mutmut("results", "--all", "true").split("\n")
    )
    return {name: status for name, _, status in rows if "__mutmut_" in name}


def shown(name: str) -> Mutant:
    """Return a mutant with the lines that it changes."""
    lines = mutmut("show", name).split("\n")
    sides = ("-", "+")
    texts = [
        " ".join(
            row[1:].strip() for row in lines if row[:1] == side and row[:3] != side * 3
        )
        for side in sides
    ]
    return Mutant(name, texts[0].replace("|", "\\|"), texts[1].replace("|", "\\|"))


def is_killed(name: str) -> bool:
    """Run the rooms' tests on one mutant, in a process that has computed nothing yet."""
    line = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        *ROOMS,
    ]
    environment = {**os.environ, "MUTANT_UNDER_TEST": name}
    try:
        done = subprocess.run(
            line,
            cwd=TOP / "mutants",
            env=environment,
            capture_output=True,
            check=False,
            timeout=HANGS_AFTER_S,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def survivors(found: dict[str, str], workers: int) -> Iterator[Mutant]:
    """Yield what no test tells from the program, one by one."""
    alive = [
        name for name, status in found.items() if status not in {"killed", "timeout"}
    ]
    with ThreadPoolExecutor(workers) as pool:
        for name, killed in zip(alive, pool.map(is_killed, alive), strict=True):
            if not killed:
                yield shown(name)


def room_of(name: str) -> str:
    words = name.split(".")
    return ".".join(words[1:3]) if words[1] == "log" else words[1]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description=__doc__
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument(
        "--again", action="store_true", help="only try survivors once more"
    )
    options = parser.parse_args()
    workers = str(options.workers)
    if not options.again:
        subprocess.run(
            [sys.executable, "-m", "mutmut", "run", "--max-children", workers],
            cwd=TOP,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    found = results()
    left = list(survivors(found, options.workers))
    made, alive = (
        Counter(map(room_of, found)),
        Counter(room_of(one.name) for one in left),
    )
    print("| room | mutants | killed | survived | score |\n|---|---:|---:|---:|---:|")
    for room, count in made.items():
        killed = count - alive[room]
        print(f"| {room} | {count} | {killed} | {alive[room]} | {killed / count:.1%} |")
    explained = EXPLAINED.read_text()
    unexplained = [one for one in left if one.key not in explained]
    print(
        f"\n{len(left)} survived, {len(unexplained)} of them are not in {EXPLAINED.name}:\n"
    )
    for one in unexplained:
        print(f"| {one.key} | ({one.name}) |")
    return int(bool(unexplained))


if __name__ == "__main__":
    sys.exit(main())
