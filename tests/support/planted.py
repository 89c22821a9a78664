"""Logs as a broken clock, a bad merge or a hostile clone might leave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gitlog_track.log.layout import (
    FORMAT_BLOB,
    FORMAT_PATH,
    Subject,
    directory,
    segment_name,
)
from tests.support.clones import Clone
from tests.support.examples import WRITER

Lines = Sequence[bytes]


def plant(
    path: Path,
    tasks: Mapping[str, Lines],
    phases: Mapping[str, Lines] | None = None,
    unassigned: Lines = (),
) -> None:
    """Make a repository's log consist of these lines, whatever they say."""
    files = {FORMAT_PATH: FORMAT_BLOB}
    heap = {"": unassigned} if unassigned else {}
    for kind, logs in (("task", tasks), ("phase", phases or {}), ("unassigned", heap)):
        for name, lines in logs.items():
            subject = Subject(kind, name)
            segment = f"{directory(subject)}/{segment_name(subject, WRITER, 1)}"
            files[segment] = b"".join(line + b"\n" for line in lines)
    Clone(path).forge_files(files)
