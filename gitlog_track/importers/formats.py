"""The formats that files are imported from, one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from gitlog_track.importers.founding_log import SUFFIX, read_founding_log
from gitlog_track.importers.instants import Instants
from gitlog_track.importers.markdown import SUFFIX as MARKDOWN
from gitlog_track.importers.markdown import read_record_file
from gitlog_track.importers.record import BadRecordError, Record
from gitlog_track.importers.task_results import SUFFIXES, read_task_results


class Format(NamedTuple):
    """A format of files.

    Attributes:
        name: of the importer, as ``source`` has it.
        version: of what the importer reads out of a file, as ``source`` has it.
        suffixes: by which files of a directory are known.
        read: gives a file's records, or why one of them is none.
        is_rerun: is a second beginning of an ended task its next attempt?
        is_unbound: may a record be about no task?
    """

    name: str
    version: int
    suffixes: tuple[str, ...]
    read: Callable[[bytes, Instants], Iterable[Record | BadRecordError]]
    is_rerun: bool = False
    is_unbound: bool = False

    def task_of(self, name: str) -> str:
        """Return the task that a file's name is made of; empty where it is of none."""
        return name.removesuffix(SUFFIX) if name.endswith(SUFFIX) else ""


FORMATS = {
    "logs": Format("logs", 1, (SUFFIX,), read_founding_log),
    "markdown": Format("markdown", 1, (MARKDOWN,), read_record_file, is_unbound=True),
    "json": Format("json", 2, SUFFIXES, read_task_results, is_rerun=True),
}
