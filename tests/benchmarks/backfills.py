"""Backfill: how long from files on disk to the log, in process."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from gitlog_track.config import Config
from gitlog_track.git.process import Git
from gitlog_track.git.repository import discover
from gitlog_track.importers.formats import FORMATS
from gitlog_track.log.layout import Home
from gitlog_track.log.settings import Settings, save_settings
from gitlog_track.model.instants import local_offset_s
from gitlog_track.services.backfill import backfill_files
from gitlog_track.services.import_files import Options, find_files
from gitlog_track.services.workspace import Clock, Workspace

FOUNDING = Path(__file__).parents[1] / "golden" / "P1-009_execution_log.txt"


def first_and_again(
    path: Path, env: dict[str, str], form: str, tasks: int
) -> tuple[float, float]:
    """Import so many files of one task each; return the seconds, and those of again.

    Args:
        path: where the repository and the files are made.
        env: of git.
        form: ``logs`` (the founding example, 11 events) or ``json`` (2 events).
        tasks: how many.
    """
    workspace = _workspace(path / "repository", env)
    _write_files(path / "files", form, tasks)

    def run() -> int:
        files = find_files([str(path / "files")], FORMATS[form])
        found = list(backfill_files(workspace, files, FORMATS[form], Options()))
        assert all(one.problem is None for one in found)
        return sum(one.added > 0 for one in found)

    return _seconds(run, tasks), _seconds(run, 0)


def _seconds(run: Callable[[], int], added: int) -> float:
    begin = time.perf_counter()
    assert run() == added
    return time.perf_counter() - begin


def _write_files(directory: Path, form: str, tasks: int) -> None:
    directory.mkdir(parents=True)
    text = FOUNDING.read_text()
    for number in range(tasks):
        task = f"P1-{number:06d}"
        if form == "logs":
            path = directory / f"{task}_execution_log.txt"
            path.write_text(text.replace("P1-009", task))
        else:
            result = {
                "task_id": task,
                "started_at": "2025-11-05T14:00:00Z",
                "ended_at": "2025-11-05T14:00:12Z",
                "status": "success",
            }
            (directory / f"{task}.json").write_text(json.dumps(result))


def _workspace(path: Path, env: dict[str, str]) -> Workspace:
    subprocess.run(["git", "init", "-q", str(path)], check=True, env=env)
    home = Home(str(path / ".git"))
    Path(home.journal).mkdir(parents=True)
    save_settings(home, Settings())
    return Workspace(
        repository=discover({**env, "GIT_DIR": home.common_dir}),
        git=Git(home.common_dir, env),
        home=home,
        config=Config(),
        clock=Clock(time.time_ns, local_offset_s),
        nonce=lambda: "benchmark",
        jitter=lambda: 0.5,
    )
