"""From an event to the specification's file; what is not known is NOT MEASURED there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gitlog_track.model.records import ExceptionRecorded, ExecutionRecorded, ToolUse
from gitlog_track.record_files.escapes import (
    encode_code,
    encode_item,
    encode_text,
    encode_value,
)
from gitlog_track.record_files.layout import (
    EXCEPTION,
    EXECUTION,
    NOT_MEASURED,
    STATE,
    Layout,
    Line,
    Section,
)

if TYPE_CHECKING:
    from gitlog_track.record_files.reader import Record

ARROW = "\N{RIGHTWARDS ARROW}"


def write_record(event: Record) -> str:
    """Return the Markdown of an execution or exception, ending in a newline.

    What :func:`~gitlog_track.record_files.reader.read_record` makes of it has the same
    values. Not in it is what the log knows of any event: its id, writer, phase and so on.
    """
    layout = EXCEPTION if isinstance(event, ExceptionRecorded) else EXECUTION
    name = getattr(event, layout.id_attribute)
    parts = [
        f"# {layout.title}: {encode_value(name) if name else NOT_MEASURED}",
        "\n".join(_lines(event, layout)),
        *_sections(event, layout),
    ]
    return "\n\n".join(parts) + "\n"


def _lines(event: Record, layout: Layout) -> Iterator[str]:
    for line in layout.lines:
        value = _line_value(event, line)
        if value or not line.ours:
            yield f"**{line.name}:** {value or NOT_MEASURED}"


def _line_value(event: Record, line: Line) -> str:
    if line.attribute == STATE:
        return _state(event) if isinstance(event, ExecutionRecorded) else ""
    value = getattr(event, line.attribute)
    if isinstance(value, datetime):
        return format_timestamp(value)
    if line.ours and line.choices and value == "other":
        return ""
    return encode_value(value) if value else ""


def _state(event: ExecutionRecorded) -> str:
    sides = [event.state_from, event.state_to]
    if not any(sides):
        return ""
    shown = [encode_value(side, f"{ARROW}>") or NOT_MEASURED for side in sides]
    return f" {ARROW} ".join(shown)


def format_timestamp(at: datetime) -> str:
    """Return an instant as the specification writes it; UTC is ``Z``.

    >>> from datetime import UTC
    >>> format_timestamp(datetime(2026, 1, 10, 14, 30, tzinfo=UTC))
    '2026-01-10T14:30:00Z'
    """
    text = at.isoformat(timespec="milliseconds" if at.microsecond else "seconds")
    return text[:-6] + "Z" if at.utcoffset() == timedelta(0) else text


def _sections(event: Record, layout: Layout) -> Iterator[str]:
    for section in layout.sections:
        body = _body(getattr(event, section.attribute), section)
        if body or not section.ours:
            yield f"## {section.title}\n{body or NOT_MEASURED}"


def _body(value: object, section: Section) -> str:
    """Return what stands below a heading; empty where nothing is known."""
    match value:
        case str() if section.form == "choice":
            return value.capitalize()
        case str() if section.form == "code":
            return _code(value)
        case str():
            return encode_text(value)
        case tuple() if value:
            return "\n".join(_items(value))
        case tuple() if not section.ours:
            return "None"
        case _:
            return ""


def _items(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        text = _tool(value) if isinstance(value, ToolUse) else encode_item(str(value))
        yield f"- {text}" if text else "-"


def _tool(tool: ToolUse) -> str:
    name = encode_value(tool.name, ":")
    return f"{name}: {encode_item(tool.result)}" if tool.result else name


def _code(text: str) -> str:
    if not text:
        return ""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{encode_code(text)}\n{fence}"
