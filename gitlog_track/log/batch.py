"""Give drafts their place: sequence, attempt, trace, id, and a line in a segment.

Pure but for the reads that find where a task stands: the same drafts on the same log
give the same bytes. Standard library only: the fold runs this.
"""

from __future__ import annotations

from gitlog_track.errors import LogCorruptError, UsageProblem
from gitlog_track.log.codec import Place, encode, holds_event, split_lines
from gitlog_track.log.layout import SEGMENT_EVENTS, Subject, directory, segment_name
from gitlog_track.model.ids import event_id, natural_key, span_id, trace_id
from gitlog_track.model.names import phase_of_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gitlog_track.git.objects import ObjectReader
    from gitlog_track.log.observe import Draft
    from gitlog_track.log.tree import LogTree


class _Stand:
    """Where one subject's run of events stands in the log.

    Attributes:
        subject: as the log spells it.
        seq, attempt: highest seen of any writer.
        trace: the task's trace, once known.
        spans: of its attempts, as far as they were asked for.
        phase: the phase of its last event.
        number, lines: this writer's last segment.
        tail, ids: that segment as it was, and what was added since.
    """

    __slots__ = (
        "attempt",
        "ids",
        "lines",
        "number",
        "phase",
        "seq",
        "spans",
        "subject",
        "tail",
        "trace",
    )

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.seq = 0
        self.attempt = 1
        self.trace: str | None = None
        self.spans: dict[int, str] = {}
        self.phase: str | None = None
        self.number = 1
        self.lines: list[bytes] = []
        self.tail = b""
        self.ids: set[object] = set()

    def note(self, place: Place) -> None:
        if place.seq > self.seq:
            self.seq = place.seq
            self.phase = place.phase or self.phase
        self.attempt = max(self.attempt, place.attempt)
        self.trace = place.trace_id or self.trace


class Batch:
    """The segments that one fold changes.

    Attributes:
        events: how many events were added.
        refused: entries whose event no log can hold.
    """

    def __init__(
        self,
        tree: LogTree,
        reader: ObjectReader,
        writer: str,
        root_commit: Callable[[], str | None],
        phase_pattern: str,
        encode: Callable[[dict[str, object]], bytes] = encode,
    ) -> None:
        self.events = 0
        self.refused: list[str] = []
        self._tree = tree
        self._reader = reader
        self._writer = writer
        self._root_commit = root_commit
        self._phase_pattern = phase_pattern
        self._encode = encode
        self._stands: dict[tuple[str, str], _Stand] = {}
        self._segments: dict[str, list[bytes]] = {}
        self._root: list[str | None] = []

    @property
    def changed(self) -> dict[str, bytes]:
        """Path to the new bytes of every segment that was added to."""
        return {
            path: b"".join(line + b"\n" for line in lines)
            for path, lines in self._segments.items()
        }

    @property
    def subjects(self) -> list[Subject]:
        """The tasks and phases touched, in order of appearance."""
        return [stand.subject for stand in self._stands.values()]

    def add(self, draft: Draft) -> None:
        """Place one draft, unless its event is there already."""
        stand = self._stand(draft.subject)
        try:
            event = self._complete(draft.event, stand)
            line = self._encode(event)
        except (UsageProblem, KeyError, TypeError, ValueError, RecursionError):
            self.refused.append(draft.entry)
            return
        if event["id"] in stand.ids or holds_event(stand.tail, str(event["id"])):
            return
        stand.seq += 1
        stand.attempt = max(stand.attempt, _attempt(event))
        stand.ids.add(event["id"])
        self.events += 1
        self._append(stand, line)

    def _complete(self, draft: dict[str, object], stand: _Stand) -> dict[str, object]:
        event = {"writer": self._writer, **draft, "seq": stand.seq + 1}
        subject = stand.subject
        if subject.kind == "task":
            event["task"] = subject.name
            stand.phase = event["phase"] = (
                _text(draft.get("phase")) or stand.phase or self._phase(subject)
            )
            event.update(self._correlation(draft, stand))
        elif subject.kind == "phase":
            event["task"], event["phase"] = None, subject.name
        event["id"] = event_id(str(event["kind"]), natural_key(event))
        return event

    def _phase(self, subject: Subject) -> str | None:
        return phase_of_task(subject.name, self._phase_pattern)

    def _correlation(
        self,
        draft: dict[str, object],
        stand: _Stand,
    ) -> dict[str, object]:
        attempt = stand.attempt + (draft["kind"] == "task_retried")
        if stand.trace is None:
            root = self._find_root()
            stand.trace = trace_id(root, stand.subject.name) if root else None
        if stand.trace is None:
            return {"attempt": attempt}
        found: dict[str, object] = {
            "attempt": attempt,
            "trace_id": stand.trace,
            "span_id": _span(stand, attempt),
        }
        if attempt > 1:
            found["retry_of"] = _span(stand, attempt - 1)
        return found

    def _find_root(self) -> str | None:
        if not self._root:
            self._root.append(self._root_commit())
        return self._root[0]

    def _append(self, stand: _Stand, line: bytes) -> None:
        if len(stand.lines) >= SEGMENT_EVENTS:
            stand.number += 1
            stand.lines = []
        stand.lines.append(line)
        name = segment_name(stand.subject, self._writer, stand.number)
        path = f"{directory(stand.subject)}/{name}"
        self._segments[path] = stand.lines

    def _stand(self, subject: Subject) -> _Stand:
        key = (subject.kind, subject.name.lower())
        if key not in self._stands:
            self._stands[key] = self._read_stand(subject)
        return self._stands[key]

    def _read_stand(self, asked: Subject) -> _Stand:
        spelled, segments = self._tree.find(asked)
        stand = _Stand(spelled)
        last = {(segment.subject, segment.writer): segment for segment in segments}
        for (subject, writer), segment in last.items():
            blob = self._reader.read(segment.oid, "blob")
            lines = _readable_lines(blob)
            if writer == self._writer and subject == spelled:
                stand.tail = blob
                stand.number = segment.number
                if lines is None:
                    stand.number += 1
                else:
                    stand.lines = lines
            for line in lines[-1:] if lines else blob.split(b"\n"):
                _note_if_readable(stand, line)
        return stand


def _span(stand: _Stand, attempt: int) -> str:
    if attempt not in stand.spans:
        stand.spans[attempt] = span_id(stand.trace or "", attempt)
    return stand.spans[attempt]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _attempt(event: dict[str, object]) -> int:
    attempt = event.get("attempt", 1)
    return attempt if isinstance(attempt, int) else 1


def _readable_lines(blob: bytes) -> list[bytes] | None:
    """Return a segment's lines, or None if nothing may be appended to it any more."""
    try:
        lines = split_lines(blob)
        for line in lines[-1:]:
            Place(line)
    except LogCorruptError:
        return None
    return lines


def _note_if_readable(stand: _Stand, line: bytes) -> None:
    try:
        stand.note(Place(line))
    except LogCorruptError:
        return
