"""Export: every task as a founding execution log, ``<TASK>_execution_log.txt``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gitlog_track.errors import FileError, LogError
from gitlog_track.importers.founding_log import SUFFIX
from gitlog_track.log.layout import Subject
from gitlog_track.log.store import LogReader
from gitlog_track.measures.task import MeasuredTask
from gitlog_track.model.names import check_name
from gitlog_track.model.task import TaskState
from gitlog_track.renderers.founding_log import render_log
from gitlog_track.services.files import Replacements
from gitlog_track.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class LogFile:
    """One task's log as a file.

    Attributes:
        name: of the file, without directories.
        data: all of it.
    """

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did.

    Attributes:
        written: how many files.
        unchanged: how many were there, and right.
    """

    written: int
    unchanged: int


def log_files(
    workspace: Workspace, log: LogReader, task: str | None = None
) -> Iterator[LogFile]:
    """Yield the log of every task that was started, or of one.

    Raises:
        UsageProblem: the name is none.
        LogError: the log cannot be read, or has not the task.
    """
    for state in log.states("task") if task is None else [_one(log, task)]:
        if state.started is not None:
            measures = MeasuredTask.of(state).measures
            text = render_log(state, measures, workspace.config.phase_pattern)
            yield LogFile(f"{state.name}{SUFFIX}", text.encode())


def _one(log: LogReader, task: str) -> TaskState:
    state = log.state(Subject("task", check_name(task, "task")))
    if state.started is None:
        raise LogError(
            f"task {task} was never started: it has no execution log",
            hint="gitlog-track tasks",
        )
    return state


def export_logs(
    directory: str, files: Iterable[LogFile], nonce: str, *, force: bool
) -> Exported:
    """Write files, each whole or not at all; what is there and right is left alone.

    Args:
        directory: where to; it is made if need be.
        files: what to write.
        nonce: random text, for names of temporary files.
        force: overwrite what says something else.

    Raises:
        FileError: a file says something else, or cannot be read or written. If one says
            something else, none is written.
    """
    wanted = {os.path.join(directory, one.name): one.data for one in files}
    there = {path: _bytes_of(path) for path in wanted}
    other = [p for p, data in there.items() if data not in (None, wanted[p])]
    if other and not force:
        more = f" (and {len(other) - 1} more)" if other[1:] else ""
        raise FileError(
            f"{other[0]} says something else than the log{more}; nothing was written",
            hint="export to another directory, or overwrite with --force",
        )
    new = {path: data for path, data in wanted.items() if there[path] != data}
    try:
        os.makedirs(directory, exist_ok=True)
        with Replacements(nonce) as replacements:
            for path, data in new.items():
                replacements.write(os.path.realpath(path), data)
                replacements.put(os.path.realpath(path))
    except OSError as err:
        name = err.filename2 or err.filename or directory
        raise FileError(f"{name} cannot be written: {err.strerror}") from err
    return Exported(len(new), len(wanted) - len(new))


def _bytes_of(path: str) -> bytes | None:
    """Return what a file holds; None where there is none."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise FileError(f"{path} is there and is no file")
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as err:
        raise FileError(f"{path} cannot be read: {err.strerror}") from err
