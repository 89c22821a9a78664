"""Record what one file of the specification tells of: a backfill of that file alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from gitlog_track.errors import UsageProblem
from gitlog_track.importers.formats import FORMATS
from gitlog_track.scrubbing.scrub import describe
from gitlog_track.services.backfill import put_in
from gitlog_track.services.import_files import Files, Options, Ready
from gitlog_track.services.records import find_place
from gitlog_track.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """What became of a file.

    Attributes:
        task: that has the record; empty for none.
        at: when what it tells of happened.
        is_new: was it recorded now, or had the log it already?
    """

    task: str
    at: datetime
    is_new: bool


def record_file(
    workspace: Workspace,
    name: str,
    data: bytes,
    *,
    kind: str,
    task: str | None,
    zone: ZoneInfo | None,
) -> RecordedFile:
    """Record what a file tells of, unless the log has it.

    Args:
        workspace: where.
        name: of the file.
        data: its bytes.
        kind: ``exception`` or ``execution``, as which it is given.
        task: that was named; None for the one in the file, else the current, else none.
        zone: of a timestamp without an offset.

    Raises:
        BadRecordError: it is no such file, says what cannot be, or an exception's id is
            taken by another.
        UsageProblem: it is of the other kind, or the task's name is none.
        LogError: tracking has not begun, or the log cannot be read or written.
    """
    form = FORMATS["markdown"]
    (found,) = Files(workspace, form, Options(zone=zone), ()).read_data(name, data)
    if not isinstance(found, Ready):
        raise found.problem
    (event,) = found.events
    _check_kind(str(event["kind"]), kind, name)
    place = find_place(workspace, task or found.task or None)
    linked = {**event, "link": workspace.link} if workspace.link else event
    ready = replace(found, task=place.subject.name, events=(linked,))
    (done,) = put_in(workspace, [ready], form)
    if done.problem is not None:
        raise done.problem
    if done.scrubbed:
        workspace.tell(f"{describe(dict(done.scrubbed))} removed from the text")
    at = datetime.fromisoformat(str(event["at"]))
    return RecordedFile(done.task, at, bool(done.added))


def _check_kind(found: str, kind: str, name: str) -> None:
    word = found.removesuffix("_recorded")
    if word != kind:
        raise UsageProblem(
            f"{name} tells of an {word}", hint=f"gitlog-track {word} --from {name}"
        )
