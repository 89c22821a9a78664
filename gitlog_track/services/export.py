"""Export: the log's executions and exceptions as the specification's files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from gitlog_track.errors import FileError
from gitlog_track.exporters.markdown import RecordFile, name_files
from gitlog_track.log.store import LogReader
from gitlog_track.model.records import ExceptionRecorded, ExecutionRecorded
from gitlog_track.model.task import TaskState
from gitlog_track.record_files.reader import Record
from gitlog_track.record_files.writer import write_record
from gitlog_track.services.correct import unassigned_events
from gitlog_track.services.files import Replacements
from gitlog_track.services.when_to_log import execution_of
from gitlog_track.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which records are exported.

    Attributes:
        task: its records alone; None for all.
        since, until: those from the one to before the other.
    """

    task: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def has(self, event: Record) -> bool:
        """Is a record one of these?"""
        return (
            (self.task is None or (event.task or "").lower() == self.task.lower())
            and (self.since is None or event.at >= self.since)
            and (self.until is None or event.at < self.until)
        )


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did.

    Attributes:
        written: paths below the directory, in order.
        unchanged: how many files were there, and right.
    """

    written: tuple[str, ...]
    unchanged: int


def record_files(workspace: Workspace, log: LogReader) -> Iterator[RecordFile]:
    """Yield the file of every execution and exception of the log.

    Raises:
        LogError: the log cannot be read.
    """
    wanted = workspace.config.automatic_records
    found: list[Record] = []
    for state in log.states("task"):
        found += _recorded(state)
        found += (one for one in _unrecorded(state) if one.trigger in wanted)
    heap = log.unassigned()
    unbound = set(unassigned_events(heap))
    found += (one for one in _recorded(heap) if one.id in unbound)
    yield from name_files(found)


def _recorded(state: TaskState) -> Iterator[Record]:
    yield from state.of(ExecutionRecorded)
    yield from state.of(ExceptionRecorded)


def _unrecorded(state: TaskState) -> Iterator[ExecutionRecorded]:
    """Yield what the specification wants logged of attempts that left no record."""
    for attempt in state.attempts:
        execution = execution_of(state, attempt)
        if execution is not None and attempt.ended is not None:
            yield msgspec.structs.replace(execution, id=attempt.ended.id)


def export_markdown(
    directory: str, files: Iterable[RecordFile], nonce: str, *, force: bool
) -> Exported:
    """Write files, each whole or not at all; what is there and right is left alone.

    Args:
        directory: where to; it is made if need be.
        files: what to write.
        nonce: random text, for names of temporary files.
        force: overwrite what says something else.

    Raises:
        FileError: a file says something else, is a symbolic link or lies in one, or
            cannot be read or written. If one says something else, none is written.
    """
    texts = {one.path: write_record(one.event).encode() for one in files}
    return export_files(directory, texts, nonce, force=force)


def export_files(
    directory: str, texts: Mapping[str, bytes], nonce: str, *, force: bool
) -> Exported:
    """Write files below a directory; see :func:`export_markdown`.

    Args:
        directory: where to; it is made if need be.
        texts: what to write, by path below the directory.
        nonce: random text, for names of temporary files.
        force: overwrite what says something else.

    Raises:
        FileError: as above.
    """
    for path in texts:
        _refuse_links(directory, path)
    there = {path: _bytes_of(os.path.join(directory, path)) for path in texts}
    other = [p for p, data in there.items() if data is not None and data != texts[p]]
    if other and not force:
        more = f" (and {len(other) - 1} more)" if other[1:] else ""
        raise FileError(
            f"{os.path.join(directory, other[0])} says something else than the log{more}; "
            "nothing was written",
            hint="export to another directory, or overwrite with --force",
        )
    written = tuple(path for path, data in texts.items() if there[path] != data)
    try:
        _write(directory, {path: texts[path] for path in written}, nonce)
    except OSError as err:
        name = err.filename2 or err.filename or directory
        raise FileError(f"{name} cannot be written: {err.strerror}") from err
    return Exported(written, len(texts) - len(written))


def _refuse_links(directory: str, path: str) -> None:
    """Check that a file lies where its path says: who put a link there meant another.

    The directory itself may be a link: whoever exports has named it.
    """
    place = directory
    for part in path.split("/"):
        place = os.path.join(place, part)
        if os.path.islink(place):
            raise FileError(
                f"{place} is a symbolic link, and what it points to is not written; "
                "nothing was written",
                hint="remove the link, or export to another directory",
            )


def _bytes_of(path: str) -> bytes | None:
    """Return what a file holds; None where there is none."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise FileError(f"{path} is there and is no file")
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as err:
        raise FileError(f"{path} cannot be read: {err.strerror}") from err


def _write(directory: str, texts: dict[str, bytes], nonce: str) -> None:
    top = os.path.realpath(directory)
    targets = {os.path.join(top, path): path for path in texts}
    for folder in sorted({os.path.dirname(target) for target in targets}):
        os.makedirs(folder, exist_ok=True)
    for target, path in targets.items():
        with Replacements(nonce) as files:
            files.write(target, texts[path])
            files.put(target)
