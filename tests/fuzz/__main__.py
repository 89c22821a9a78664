"""Fuzz one target for a while: ``python -m tests.fuzz TARGET --seconds N``.

Guided by coverage where atheris is installed (``pip install -e '.[fuzz]'``), else by
hypothesis. What was found is written to ``--found`` and shown; a case that is mended is
kept below ``tests/fuzz/corpus``. Without a target, the targets are listed; ``all`` runs
one after another. Ends with 1 if something was found, or nothing was tried.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS
from tests.fuzz.unguided import by_hypothesis

HANGS_AFTER_S = 10
LONGEST = 4_096


def escaped(word: bytes) -> str:
    """Write a word as libFuzzer's dictionaries have it."""
    return "".join(f"\\x{byte:02x}" for byte in word)


def by_coverage(one: Target, seconds: int, found: Path) -> tuple[int, int]:
    """Let atheris look for inputs; return executions and finds."""
    with tempfile.TemporaryDirectory() as place:
        corpus, words = Path(place) / "corpus", Path(place) / "words"
        corpus.mkdir()
        inputs = [*one.seeds(), *(path.read_bytes() for path in one.inputs())]
        for number, data in enumerate(inputs):
            (corpus / f"seed-{number}").write_bytes(data[:LONGEST])
        rows = (f'"{escaped(word.encode())}"\n' for word in one.words)
        words.write_text("".join(rows))
        options = [
            *(str(corpus), f"-max_total_time={seconds}", f"-timeout={HANGS_AFTER_S}"),
            *(f"-max_len={LONGEST}", f"-artifact_prefix={found}/{one.name}-"),
            *("-print_final_stats=1", "-close_fd_mask=0"),
            *((f"-dict={words}",) if one.words else ()),
        ]
        command = [sys.executable, "-m", "tests.fuzz.guided", one.name, *options]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, errors="replace"
        )
    said = done.stdout + done.stderr
    executions = re.findall(
        r"number_of_executed_units: *(\d+)|^#(\d+)", said, re.MULTILINE
    )
    count = max((int(a or b) for a, b in executions), default=0)
    if done.returncode:
        begins = re.search("=== Uncaught Python|ERROR: libFuzzer", said)
        print(said[begins.start() if begins else 0 :][:3_000], file=sys.stderr)
    return count, int(done.returncode != 0)


def at_least_one(text: str) -> int:
    """Read how many seconds each target gets: in none of them nothing is tried.

    Raises:
        ArgumentTypeError: it is no whole number from 1.
    """
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


def main(argv: list[str]) -> int:
    targets = {one.name: one for one in TARGETS}
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", nargs="?", choices=[*targets, "all"])
    parser.add_argument("--seconds", type=at_least_one, default=60)
    parser.add_argument("--found", type=Path, default=Path(tempfile.gettempdir()))
    args = parser.parse_args(argv)
    if args.target is None:
        print("\n".join(targets))
        return 0
    has_atheris = importlib.util.find_spec("atheris") is not None
    engine = "atheris" if has_atheris else "hypothesis"
    args.found.mkdir(parents=True, exist_ok=True)
    print(
        "| target | engine | executions | seconds | finds |\n|---|---|---:|---:|---:|"
    )
    total = 0
    for one in targets.values() if args.target == "all" else [targets[args.target]]:
        begin = time.monotonic()
        if has_atheris:
            executions, finds = by_coverage(one, args.seconds, args.found)
        else:
            executions, finds = by_hypothesis(
                one, args.seconds, args.found, HANGS_AFTER_S
            )
        total += finds
        if not executions and not finds:
            print(f"{one.name}: no input was tried", file=sys.stderr)
            total += 1
        took_s = time.monotonic() - begin
        print(
            f"| {one.name} | {engine} | {executions:,} | {took_s:.0f} | {finds} |",
            flush=True,
        )
    return int(total > 0)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main(sys.argv[1:]))
