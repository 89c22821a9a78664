"""A task's events as lines for people: what ``correct`` and ``fix --bug`` name by id."""

from __future__ import annotations

from gitlog_track.measures.task import MeasuredTask
from gitlog_track.model.events import KnownEvent, kind_of
from gitlog_track.renderers.numbers import instant
from gitlog_track.renderers.safe import safe_line

ID_DIGITS = 8
SAYING = (
    *("text", "description", "reason", "message", "milestone", "label", "cause"),
    "what_happened",
)
"""The fields of which the first that is there says best what an event is about."""


def event_lines(task: MeasuredTask) -> list[str]:
    """Return a line for each event, retracted ones too: a correction brings them back."""
    state = task.state
    standing = {event.id: event for event in state.events}
    lines = []
    for stored in state.stored:
        event = standing.pop(stored.event.id, None)
        if event is not None:
            lines.append(
                event_line(event, "corrected" if event.id in state.corrected else "")
            )
        elif isinstance(stored.event, KnownEvent):
            lines.append(event_line(stored.event, "retracted"))
    return lines + [event_line(event, "assigned") for event in standing.values()]


def event_line(event: KnownEvent, word: str) -> str:
    """Return an event as one safe line; *word* says what became of it, if anything."""
    said = f"{event.id[:ID_DIGITS]}  {instant(event.at)}  {kind_of(event)}"
    rest = " ".join(
        part for part in (f"({word})" if word else "", about(event)) if part
    )
    return safe_line(f"{said}  {rest}".rstrip())


def about(event: KnownEvent) -> str:
    """Return what best says what an event is about, as it was recorded; or nothing."""
    commit = getattr(event, "commit", "")
    if commit:
        return str(commit)[:12]
    if measure := getattr(event, "measure", ""):
        name = getattr(event, "name", "") or measure
        value = getattr(event, "value", None)
        return f"{name}={value if value is not None else 'n/a'}"
    found = (getattr(event, name, "") for name in SAYING)
    return next((str(text) for text in found if text), "")
