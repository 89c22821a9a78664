"""Canonical JSON Lines: one event a line, the same bytes on every machine.

Numbers are integers, and anything finer is a decimal string. Whole events are read in
`gitlog_track.model.stored`. Standard library only: the fold runs this.
"""

from __future__ import annotations

from gitlog_track.errors import LogCorruptError, UsageProblem
from gitlog_track.model.canonical import dumps, scan_members

MAX_EVENT_BYTES = 64 << 10
MAX_LINES = 1 << 17
"""In a segment of the largest size an event's line would have 128 bytes then; its ids and
instants alone take more."""


def encode(event: dict[str, object]) -> bytes:
    """Return an event's line, without the newline.

    Raises:
        UsageProblem: the event is over 64 KiB.
        TypeError: it holds what has no canonical form, such as a float.
    """
    line = dumps(event).encode("utf-8", "replace")
    if len(line) > MAX_EVENT_BYTES:
        raise UsageProblem(
            f"an event of {len(line)} bytes is over the limit of {MAX_EVENT_BYTES}",
            hint="record a shorter text, or several events",
        )
    return line


class Place:
    """Where an event stands in its task: what the next one has to know.

    Attributes:
        seq, attempt: of the event.
        trace_id, phase: None where it has none.
    """

    __slots__ = ("attempt", "phase", "seq", "trace_id")

    def __init__(self, line: bytes) -> None:
        """Read a line's place without decoding the rest.

        Raises:
            LogCorruptError: the line is no event in canonical form.
        """
        try:
            members = scan_members(line.decode())
            self.seq = _number(members["seq"])
            self.attempt = _number(members.get("attempt", "1"))
        except (ValueError, KeyError) as err:
            raise LogCorruptError(f"a line is no event: {line[:60]!r}") from err
        self.trace_id = _text(members.get("trace_id"))
        self.phase = _text(members.get("phase"))


def _number(raw: str) -> int:
    if not (raw.isascii() and raw.isdigit()):
        raise ValueError(f"{raw!r} is no number")
    return int(raw)


def _text(raw: str | None) -> str | None:
    return raw[1:-1] if raw and raw.startswith('"') else None


def holds_event(blob: bytes, event_id: str) -> bool:
    """Is an event of this id in a segment? Quotes inside texts are escaped."""
    return f'"id":"{event_id}"'.encode() in blob


def lines_of(blob: bytes) -> list[bytes]:
    """Return what stands between the newlines of a segment that others may have written.

    Raises:
        LogCorruptError: it has so many lines that they cannot be events.
    """
    if (count := blob.count(b"\n")) > MAX_LINES:
        raise LogCorruptError(f"a segment of {count} lines is none of events")
    return blob.split(b"\n")


def split_lines(blob: bytes) -> list[bytes]:
    """Return the lines of a segment.

    Raises:
        LogCorruptError: the segment does not end in a newline, so it was cut.
    """
    if not blob:
        return []
    if not blob.endswith(b"\n"):
        raise LogCorruptError(f"a segment is cut off after {blob[-40:]!r}")
    return blob[:-1].split(b"\n")
