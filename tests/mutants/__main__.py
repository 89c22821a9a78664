"""Do the tests of claims, gate and merge test anything? ``python -m tests.mutants``.

mutmut makes the mutants that pyproject.toml asks for; the tests of a mutant's own room are
tried on it, in a fork (see plugin.py). What lives is tried once more in a process of its own,
since what is computed when a test is imported, or once and kept, is computed by no mutant in
a fork. Prints a table and every survivor that SURVIVORS.md does not explain; ends with 1 if
there is one.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]
MADE = TOP / "mutants"
EXPLAINED = Path(__file__).with_name("SURVIVORS.md")
ROOMS = {
    "claims": ("tests/claims",),
    "gate": ("tests/gate",),
    "log": ("tests/log/test_merge.py", "tests/log/test_union.py"),
}
"""Where the tests of each room stand."""
HANGS_AFTER_S = 120
NO_MUTANT = "no.mutant"
"""The program as it was written: whatever kills it says nothing of mutants."""


@dataclass(frozen=True)
class Mutant:
    """One change of one function: what stood there, and what stands there now."""

    name: str
    before: str
    after: str

    @property
    def function(self) -> str:
        """As SURVIVORS.md names it, such as ``claims.numeral.parse``."""
        path = self.name.partition("__mutmut_")[0].removeprefix("gitlog_track.")
        return re.sub(r"\.xǁ(\w+)ǁ", r".\1.", path).replace(".x_", ".")

    @property
    def row(self) -> str:
        return f"| `{self.function}` | `{self.before}` | `{self.after}` |"


def mutmut(*args: str) -> str:
    line = [sys.executable, "-m", "mutmut", *args]
    done = subprocess.run(line, cwd=TOP, capture_output=True, text=True, check=False)
    return done.stdout


def all_mutants() -> list[str]:
    found = re.findall(
        r"^\s*(\S+__mutmut_\d+): ", mutmut("results", "--all", "true"), re.MULTILINE
    )
    assert found, "mutmut made none: does `mutmut run` work?"
    return found


def room_of(name: str) -> str:
    return name.split(".")[1]


def pytest(*args: str, mutant: str = "", temporary: str | None = None) -> int:
    """Run tests where the mutants are; by default the program is as it was written."""
    line = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *args]
    environment = {**os.environ, "MUTANT_UNDER_TEST": mutant}
    if temporary:
        environment["TMPDIR"] = temporary
    try:
        return subprocess.run(
            line,
            cwd=MADE,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if mutant else None,
            check=False,
            timeout=HANGS_AFTER_S if mutant else None,
        ).returncode
    except subprocess.TimeoutExpired:
        return -1


def alive_in_forks(names: list[str], workers: int) -> Iterator[str]:
    """Yield what the tests of its room do not kill in a fork."""
    for room, tests in ROOMS.items():
        mine = [name for name in names if room_of(name) == room]
        if not mine:
            continue
        with tempfile.TemporaryDirectory() as place:
            given, verdicts = Path(place) / "mutants", Path(place) / "verdicts"
            given.write_text("\n".join([NO_MUTANT, *mine]))
            files = (f"--mutants={given}", f"--verdicts={verdicts}")
            # A fork ends without tidying up; what a test leaves would fill the disk.
            tidy = "--override-ini=tmp_path_retention_policy=none"
            plugin = ("-p", "tests.mutants.plugin", f"--workers={workers}")
            # Any other form of a traceback parses the file, and it holds all mutants.
            code = pytest(*plugin, "--tb=native", tidy, *files, *tests, temporary=place)
            assert code == 0, f"trying the mutants of {room} ended with {code}"
            alive = verdicts.read_text().split()
        assert NO_MUTANT in alive, f"the tests of {room} fail without any mutant"
        alive.remove(NO_MUTANT)
        print(f"{room}: {len(alive)} live in a fork", file=sys.stderr, flush=True)
        yield from alive


def own_tests(name: str) -> tuple[str, ...]:
    """Return the tests of a mutant's own module, or of its room where it has none."""
    room, module = name.split(".")[1:3]
    own = sorted((TOP / "tests" / room).glob(f"test_{module}*.py"))
    return tuple(str(path.relative_to(TOP)) for path in own) or ROOMS[room]


def survivors(names: list[str], workers: int) -> Iterator[str]:
    """Yield what the tests of its own module let live in a process of its own too."""

    def is_killed(name: str) -> bool:
        return pytest(*own_tests(name), mutant=name) != 0

    for tests in {own_tests(name) for name in names}:
        clean = pytest(*tests, mutant=NO_MUTANT) == 0
        assert clean, f"{', '.join(tests)} fail without any mutant"
    with ThreadPoolExecutor(workers) as pool:
        for name, killed in zip(names, pool.map(is_killed, names), strict=True):
            if not killed:
                yield name


def shown(name: str) -> Mutant:
    """Return a mutant with the lines that it changes."""
    lines = mutmut("show", name).split("\n")
    before, after = (
        " ".join(
            row[1:].strip()
            for row in lines
            if row.startswith(side) and not row.startswith(side * 3)
        ).replace("|", "\\|")
        for side in "-+"
    )
    return Mutant(name, before, after)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description=__doc__
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="mutants whose name holds this")
    options = parser.parse_args()
    mutmut("run", NO_MUTANT)  # makes all, and tries none: it ends with an error
    names = [name for name in all_mutants() if options.only in name]
    if not names:
        parser.error(f"no mutant's name holds {options.only!r}")
    in_forks = list(alive_in_forks(names, options.workers))
    left = [shown(name) for name in survivors(in_forks, options.workers)]
    made, alive = (
        Counter(map(room_of, names)),
        Counter(room_of(one.name) for one in left),
    )
    print("| room | mutants | killed | survived | score |\n|---|---:|---:|---:|---:|")
    for room, count in made.items():
        killed = count - alive[room]
        print(f"| {room} | {count} | {killed} | {alive[room]} | {killed / count:.1%} |")
    explained = EXPLAINED.read_text()
    unexplained = [one for one in left if one.row not in explained]
    print(f"\n{len(left)} survived; not in {EXPLAINED.name}: {len(unexplained)}\n")
    for one in unexplained:
        print(f"{one.row} {one.name} |")
    return int(bool(unexplained))


if __name__ == "__main__":
    sys.exit(main())
