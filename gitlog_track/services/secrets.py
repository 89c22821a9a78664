"""Search the log for what scrubbing would have removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gitlog_track.git.objects import read_blobs
from gitlog_track.log.store import LogReader
from gitlog_track.model.stored import BrokenLine, StoredEvent, read_line
from gitlog_track.scrubbing.fields import find_in_fields


@dataclass(frozen=True, slots=True)
class Exposure:
    """Where something stands that should not; never what it is.

    Attributes:
        event: id of the event; empty for a line that cannot be read.
        subject: task or phase; empty for the unassigned.
        field: of the event.
        rule: by which it was found.
        count: how often.
    """

    event: str
    subject: str
    field: str
    rule: str
    count: int


def find_exposures(log: LogReader) -> Iterator[Exposure]:
    """Yield what is exposed anywhere in the log, subject by subject.

    As the log only grows, its tip has everything that was ever in it.

    Raises:
        LogError: the log cannot be read.
    """
    runs = sorted(
        log.runs().values(), key=lambda run: (run.subject.kind, run.subject.name)
    )
    oids = [segment.oid for run in runs for segment in run.segments]
    blobs = read_blobs(log.git, log.common_dir, oids)
    for run in runs:
        for _ in run.segments:
            for line in next(blobs).split(b"\n"):
                if line:
                    yield from _in_line(run.subject.name, line)


def _in_line(subject: str, line: bytes) -> Iterator[Exposure]:
    read = read_line(line)
    if isinstance(read, BrokenLine):
        found = find_in_fields({"text": line.decode("utf-8", "replace")})
    else:
        found = find_in_fields(read.fields())
    event = read.event.id if isinstance(read, StoredEvent) else ""
    for field, rule, count in found:
        yield Exposure(event, subject, field, rule, count)
