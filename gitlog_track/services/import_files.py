"""Find and read the files that are to be imported, and make their events fit for the log.

Bounded, and never waiting for a file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from gitlog_track.errors import UsageProblem
from gitlog_track.importers.decoding import MAX_BYTES, too_large
from gitlog_track.importers.formats import Format
from gitlog_track.importers.instants import Instants
from gitlog_track.importers.record import (
    BadRecordError,
    Fact,
    Record,
    Remark,
    placed,
    record_entry,
)
from gitlog_track.model.ids import BACKFILLED, KEYED_BY_THEMSELVES
from gitlog_track.model.names import check_name
from gitlog_track.services.record import as_the_log_may_hold
from gitlog_track.services.workspace import Workspace

Fields = dict[str, object]
MAX_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says of all files.

    Attributes:
        zone: of instants that have no offset.
        task, phase: of records that name none.
    """

    zone: ZoneInfo | None = None
    task: str | None = None
    phase: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A record whose events are fit for the log, but for their place.

    Attributes:
        path: of its file.
        task: whose it is; empty for none.
        names_task: does it, or its file's name, say so itself?
        line: where it begins.
        events: fields, in order.
        remarks: what a person should know.
        place: which of the records of that line it is; empty for the only one.
    """

    path: str
    task: str
    names_task: bool
    line: int
    events: tuple[Fields, ...]
    remarks: tuple[Remark, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file, or one record of it, that cannot be imported.

    Attributes:
        path: of the file.
        problem: why, and where in it.
    """

    path: str
    problem: BadRecordError


class Files:
    """Reads files of one format."""

    def __init__(
        self, workspace: Workspace, form: Format, options: Options, named: Iterable[str]
    ) -> None:
        """Prepare to read.

        Args:
            workspace: tells the time.
            form: what the files hold.
            options: of the command line.
            named: paths that were named themselves.
        """
        now_ns, self._recorded_at = workspace.now()
        self._instants = Instants(
            options.zone, datetime.fromtimestamp(now_ns / 1e9, UTC)
        )
        self._scrub = workspace.config.scrub
        self._form = form
        self._options = options
        self._named = frozenset(named)

    def read(self, path: str) -> Iterator[Ready | Refused]:
        """Yield what each record of a file says, or why it is none."""
        try:
            data = read_file(path, self._form, is_named=path in self._named)
        except BadRecordError as err:
            yield Refused(path, err)
        else:
            yield from self.read_data(path, data)

    def read_data(self, path: str, data: bytes) -> Iterator[Ready | Refused]:
        """Yield what each record says that stands in the bytes of a file; as above."""
        try:
            for found in self._form.read(data, self._instants):
                yield self._ready(path, found)
        except BadRecordError as err:
            yield Refused(path, err)

    def _ready(self, path: str, found: Record | BadRecordError) -> Ready | Refused:
        if isinstance(found, BadRecordError):
            return Refused(path, found)
        name = os.path.basename(path)
        named = found.task or self._form.task_of(name)
        task = named or self._options.task or ""
        if not task and not self._form.is_unbound:
            hint = "say which: --task TASK"
            problem = UsageProblem("it names no task", hint=hint)
            return Refused(path, placed(problem, found.line, found.place))
        try:
            if task:
                _at(found.line, check_name, task, "task")
            events = tuple(self._events(found, name))
        except BadRecordError as err:
            return Refused(path, placed(err, err.line, found.place))
        return Ready(
            path=path,
            task=task,
            names_task=bool(named),
            line=found.line,
            events=events,
            remarks=found.remarks,
            place=found.place,
        )

    def _events(self, record: Record, name: str) -> Iterator[Fields]:
        common = self._common(record, name)
        repeated: dict[str, int] = {}
        for fact in record.facts:
            fields = self._fit(fact)
            entry = record_entry(self._form.name, fields)
            again = repeated[entry] = repeated.get(entry, 0) + 1
            if fields["kind"] not in KEYED_BY_THEMSELVES:
                fields["entry"] = entry if again == 1 else f"{entry}:{again}"
            yield {**fields, **common}

    def _fit(self, fact: Fact) -> Fields:
        """Return what a record says as the log may hold it.

        What is taken out of texts is taken out before they are identified by what they
        say: from a digest of the whole an address could be guessed.
        """
        try:
            return as_the_log_may_hold(fact.fields, scrub=self._scrub)
        except UsageProblem as err:
            raise BadRecordError(str(err), fact.line, hint=err.hint) from err

    def _common(self, record: Record, name: str) -> Fields:
        """Return what all events of a record have."""
        shown = name.encode("utf-8", "replace").decode()[:MAX_NAME]
        phase = record.phase or self._options.phase
        if phase is not None:
            _at(record.line, check_name, phase, "phase")
        return {
            "provenance": BACKFILLED,
            "source": f"importer:{self._form.name} {self._form.version} {shown}",
            "recorded_at": self._recorded_at,
            **({"phase": phase} if phase is not None else {}),
        }


def _at(line: int, check: Callable[..., object], *args: object) -> None:
    """Check something that stands in a line.

    Raises:
        BadRecordError: it is not as it should be.
    """
    try:
        check(*args)
    except UsageProblem as err:
        raise BadRecordError(str(err), line, hint=err.hint) from err


def find_files(paths: Iterable[str], form: Format) -> list[str]:
    """Return the files that some paths name, each once; of a directory those of a format.

    Directories are walked without following links. A directory that holds no such file,
    and what is not there, is left to :func:`read_file` to name.
    """
    found: dict[str, None] = {}
    for path in paths:
        inside = sorted(_walk(path, form)) if os.path.isdir(path) else []
        found.update(dict.fromkeys(inside or [path]))
    return list(found)


def _walk(top: str, form: Format) -> Iterator[str]:
    for directory, _, names in os.walk(top):
        yield from (
            os.path.join(directory, name)
            for name in names
            if name.endswith(form.suffixes)
        )


def read_file(path: str, form: Format, *, is_named: bool) -> bytes:
    """Return the bytes of a file.

    Args:
        path: of the file.
        form: what it should hold, for the message.
        is_named: was it named itself? A link that a directory holds is not followed.

    Raises:
        BadRecordError: it is no plain file, is too large, or cannot be read.
    """
    if os.path.isdir(path):
        wanted = " or ".join(f"*{suffix}" for suffix in form.suffixes)
        raise BadRecordError(f"the directory holds no {wanted}")
    if not is_named and os.path.islink(path):
        raise BadRecordError(
            "it is a symbolic link, which is not followed", hint=f"name it: {path}"
        )
    try:
        # A FIFO without a writer would be waited for.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(fd, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise BadRecordError("it is no plain file")
            if status.st_size > MAX_BYTES:
                raise BadRecordError(too_large(status.st_size))
            return file.read(MAX_BYTES + 1)
    except OSError as err:
        raise BadRecordError(f"it cannot be read: {err.strerror}") from err
    except ValueError as err:
        raise BadRecordError(f"it cannot be read: {err}") from err
