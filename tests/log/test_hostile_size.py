"""Logs made to take all memory: judged by sizes and counts, before they are read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitlog_track.log.layout import LOG_REF, Subject, directory, segment_name
from tests.support.clones import Clone
from tests.support.examples import OTHER_WRITER

MIB = 1 << 20
MOST_MIB = 100
"""Room for one segment of the largest size, as bytes and as lines."""

SCRIPT = """
import os, sys, tracemalloc
from gitlog_track.git.process import Git
from gitlog_track.log.audit import audit_log, judge_lines, judge_update
from gitlog_track.log.store import LogReader
tracemalloc.start()
common, old, new, way = sys.argv[1:]
git = Git(common, os.environ)
match way:
    case "server":
        print(judge_update(git, common, old, new))
    case "fetch":
        print(judge_lines(git, common, old, new))
    case "audit":
        print([f.text for f in audit_log(LogReader(git, common, new)).findings])
print(tracemalloc.get_traced_memory()[1] >> 20)
"""


def one_blob(data: bytes) -> Callable[[Clone], str]:
    """Return an attack: a segment of any bytes, where the other writer's would be."""

    def attack(clone: Clone) -> str:
        task = Subject("task", "P1-009")
        path = f"{directory(task)}/{segment_name(task, OTHER_WRITER, 1)}"
        return with_files(clone, {path: clone.blob(data)})

    return attack


def with_files(clone: Clone, more: dict[str, str]) -> str:
    """Write a log commit on the log's, with more files; return it."""
    rows = clone.text("ls-tree", "-r", LOG_REF).split("\n")
    rows += [f"100644 blob {oid}\t{path}" for path, oid in more.items()]
    index = clone.path / ".git" / "forged"
    command = ["git", "update-index", "--add", "--index-info"]
    environment = {**os.environ, "GIT_INDEX_FILE": str(index)}
    stdin, tree = "".join(f"{row}\n" for row in rows), ""
    for args in (command, ["git", "write-tree"]):
        done = subprocess.run(
            args,
            cwd=clone.path,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=True,
        )
        tree = done.stdout.strip()
    return clone.text("commit-tree", tree, "-p", LOG_REF, "-m", "forged")


def large(clone: Clone) -> str:
    return one_blob((b"x" * 63 + b"\n") * MIB)(clone)


def many_lines(clone: Clone) -> str:
    return one_blob(b"".join(b"%x\n" % n for n in range(2_400_000)))(clone)


def one_line(clone: Clone) -> str:
    return one_blob(b"[" * (15 * MIB) + b"\n")(clone)


@pytest.fixture
def honest(tmp_path: Path) -> Clone:
    clone = Clone.make(tmp_path / "clone")
    clone.record(task="P1-009", text="one")
    clone.fold()
    return clone


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        pytest.param(large, "67108864 bytes, more than 16777216 allowed", id="64-mib"),
        pytest.param(many_lines, "a segment of 2400000 lines", id="lines"),
        pytest.param(one_line, "a line of 15728641 bytes is no event", id="one-line"),
    ],
)
@pytest.mark.parametrize("way", ["server", "fetch", "audit"])
def test_what_is_too_large_is_refused_in_bounded_memory(
    honest: Clone, attack: Callable[[Clone], str], said: str, way: str
) -> None:
    assert honest.tip
    new = attack(honest)
    command = [sys.executable, "-c", SCRIPT, str(honest.path / ".git")]
    done = subprocess.run(
        [*command, honest.tip, new, way],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    findings, mib = done.stdout.strip().split("\n")
    assert said in findings
    assert int(mib) < MOST_MIB
