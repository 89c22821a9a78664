"""How often would the gate refuse messages of projects that do not use it?

``python -m tests.benchmarks.false_alarms REPOSITORY...`` reads up to 10,000 commit
messages of each repository, as they are and again with a ``Task:`` trailer, and counts
those in which prose is taken for a claim.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys

from gitlog_track.claims.grammar import Form, read_claims
from gitlog_track.claims.message import read_commit
from gitlog_track.gate.verify import words
from gitlog_track.git.process import Git
from gitlog_track.git.pushes import RawObject, Selection, new_commits

MESSAGES = 10_000
SHOWN = 5


def prose_claims(raw: bytes) -> list[str]:
    """Return the words that are taken for claims in prose."""
    reading = read_claims(read_commit(raw), words())
    return [claim.words for claim in reading.claims if claim.form is Form.PROSE]


def messages(path: str) -> list[RawObject]:
    command = ["git", "-C", path, "rev-parse", "--absolute-git-dir"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    git = Git(done.stdout.strip(), os.environ)
    found = new_commits(git, Selection(options=("--all",)))
    return list(itertools.islice(found, MESSAGES))


def main() -> int:
    print("| repository | messages | as they are | with a Task: trailer |")
    print("|---|---|---|---|")
    for path in sys.argv[1:]:
        found = messages(path)
        plain = [w for one in found if (w := prose_claims(one.raw))]
        named = [
            w
            for one in found
            if (w := prose_claims(one.raw.rstrip(b"\n") + b"\n\nTask: T-1\n"))
        ]
        print(f"| {path} | {len(found)} | {len(plain)} | {len(named)} |")
        for claims in plain[:SHOWN]:
            print(f"  {claims[0]!r}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
