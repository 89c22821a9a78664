"""The fold: how fast in process, and what the log weighs."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from gitlog_track.git.process import Git
from gitlog_track.log.fold import Folder
from gitlog_track.log.journal import write_entry
from gitlog_track.log.layout import Home
from gitlog_track.log.settings import Settings, save_settings

TASKS = 40


def make_log(path: Path, env: dict[str, str]) -> tuple[Home, Folder]:
    subprocess.run(["git", "init", "-q", str(path)], check=True, env=env)
    home = Home(str(path / ".git"))
    os.makedirs(home.journal)
    settings = Settings()
    save_settings(home, settings)
    folder = Folder(
        home,
        Git(home.common_dir, env),
        settings,
        "benchmark",
        now_ns=time.time_ns,
        jitter=lambda: 0.5,
    )
    return home, folder


def write_note(home: Home, number: int, task: str) -> None:
    at_ns = 1_790_000_000_000_000_000 + number * 1_000_000_000
    event = {
        "kind": "note_recorded",
        "at": "2026-09-21T13:33:20.000+00:00",
        "text": f"note number {number} of the benchmark",
        "provenance": "live",
        "source": "command:note benchmark",
        "actor": "A U Thor <author@example.org>",
    }
    facts: dict[str, object] = {
        "at_ns": at_ns,
        "subject_kind": "task",
        "subject_name": task,
        "event": event,
    }
    write_entry(home, facts, f"{number:08d}")


def at_once_s(path: Path, env: dict[str, str], entries: int) -> float:
    """Return how long a fold of so many waiting entries of 40 tasks takes."""
    home, folder = make_log(path, env)
    for number in range(entries):
        write_note(home, number, f"P1-{number % TASKS:03d}")
    begin = time.perf_counter()
    folded = folder.fold()
    assert folded == entries
    return time.perf_counter() - begin


def growth(path: Path, env: dict[str, str], events: int = 10_000) -> tuple[int, int]:
    """Fold events one by one; return the bytes of all files loose, and packed."""
    home, folder = make_log(path, env)
    for number in range(events):
        write_note(home, number, f"P1-{number % TASKS:03d}")
        folder.fold()
    objects = path / ".git" / "objects"
    loose = _bytes_below(objects)
    subprocess.run(["git", "-C", str(path), "gc", "-q"], check=True, env=env)
    return loose, _bytes_below(objects)


def _bytes_below(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def add_tasks(path: Path, env: dict[str, str], tasks: int) -> None:
    """Give a repository's log so many tasks of one event each, in folds of 5,000."""
    home = Home(str(path / ".git"))
    folder = Folder(
        home,
        Git(home.common_dir, env),
        Settings(),
        "benchmark",
        now_ns=time.time_ns,
        jitter=lambda: 0.5,
    )
    for number in range(tasks):
        write_note(home, number, f"Q{number:06d}")
        if number % 5_000 == 4_999:
            folder.fold()
    folder.fold()
