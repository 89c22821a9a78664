"""The gate on whole pushes, beside ``git log`` over the same range."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.imports import fast_import
from tests.benchmarks.turns import in_turn

PROCESS = Path(__file__).parents[2] / "gitlog_track" / "gate_process.py"
GATE = [
    sys.executable,
    "-I",
    str(PROCESS),
    "pre-push",
    "--native",
    "nowhere",
    "nowhere",
]
VERBS = ("Fix", "Add", "Remove", "Rework", "Document", "Teach", "Let", "Avoid", "Split")
WORDS = (
    "the parser of a header when its line is empty and no value follows so that callers "
    "which ask for the next item see an error instead of reading past the end this was "
    "broken since the buffer grew to 4096 bytes while checks only saw small inputs for "
    "each branch we now keep one index per file and drop the cache after a while unless "
    "it is in use by another thread that holds the lock in which case nothing leaves the "
    "queue until both are through as reported on the list with a patch that hid it"
).split()


def _message(generator: random.Random, number: int, trailers: str) -> str:
    title = f"{generator.choice(VERBS)} {' '.join(generator.choices(WORDS, k=6))}"
    body = "\n\n".join(
        "\n".join(" ".join(generator.choices(WORDS, k=11)) for _ in range(lines))
        for lines in generator.choices((2, 4, 6), k=2)
    )
    signed = f"Signed-off-by: A U Thor <a{number % 50}@example.org>\n"
    return f"{title}\n\n{body}\n\n{trailers}{signed}"


def _stream(commits: int, claims: Sequence[str]) -> Iterator[bytes]:
    generator = random.Random(1)
    yield b"blob\nmark :1\ndata 2\na\n\n"
    for number in range(commits):
        who = f"A <a@example.org> {1_600_000_000 + number * 60} +0000"
        claim = claims[number] if number < len(claims) else ""
        message = _message(generator, number, claim).encode()
        yield (
            f"commit refs/heads/main\nmark :{number + 2}\nauthor {who}\ncommitter {who}\n"
            f"data {len(message)}\n"
        ).encode()
        yield message
        if number:
            yield b"from :%d\n" % (number + 1)
        yield b"M 100644 :1 d%d/f\n" % (number % 100)


def make_history(
    path: Path, env: dict[str, str], commits: int, claims: Sequence[str] = ()
) -> None:
    """Make so many commits on main, packed.

    Args:
        path: of a repository; it is made if it is not there.
        env: of git.
        commits: how many.
        claims: trailer lines for each message from the first on; empty for none.
    """
    fast_import(path, env, _stream(commits, claims))


def measure(
    path: Path,
    env: dict[str, str],
    commits: int,
    rounds: int,
) -> dict[str, list[float]]:
    """Return wall seconds of the gate on the last commits, and of ``git log``."""
    old = _parse(path, env, f"main~{commits}")
    log = ["git", "log", "--format=%B", f"{old}..main"]
    line = _line(path, env, commits)
    return in_turn(
        {
            "gate": lambda: _run(GATE, path, env, line),
            "git log": lambda: _run(log, path, env, ""),
        },
        rounds,
    )


def judge(path: Path, env: dict[str, str], commits: int) -> int:
    """Return the gate's exit code on the last commits."""
    line = _line(path, env, commits).encode()
    done = subprocess.run(
        GATE, cwd=path, env=env, input=line, capture_output=True, check=False
    )
    return done.returncode


def _line(path: Path, env: dict[str, str], commits: int) -> str:
    """Return what git tells a pre-push hook. Source: githooks(5)."""
    tip, old = (_parse(path, env, name) for name in ("main", f"main~{commits}"))
    return f"refs/heads/main {tip} refs/heads/main {old}\n"


def _parse(path: Path, env: dict[str, str], revision: str) -> str:
    command = ["git", "-C", str(path), "rev-parse", revision]
    done = subprocess.run(command, check=True, env=env, capture_output=True, text=True)
    return done.stdout.strip()


def _run(command: list[str], path: Path, env: dict[str, str], stdin: str) -> None:
    subprocess.run(
        command,
        cwd=path,
        env=env,
        input=stdin.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
