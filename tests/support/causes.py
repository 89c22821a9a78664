"""Notes of one task that name each other as causes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gitlog_track.log.codec import encode
from tests.support.examples import Fields, stored

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)


def note_ids(names: list[str], task: str = "P1-001") -> dict[str, str]:
    """Return the id of each note that :func:`caused` makes."""
    return {name: str(_note(name, n, task)["id"]) for n, name in enumerate(names)}


def caused(told: dict[str, str], task: str = "P1-001") -> list[bytes]:
    """Return notes by their texts, one a minute.

    Args:
        told: text to the texts of its causes, with blanks between; ``=ID`` is an id.
        task: whose notes they are.
    """
    ids = note_ids(list(told), task)
    lines = []
    for number, (name, causes) in enumerate(told.items()):
        named = [c[1:] if c.startswith("=") else ids[c] for c in causes.split()]
        lines.append(encode({**_note(name, number, task), "causes": named}))
    return lines


def _note(text: str, number: int, task: str) -> Fields:
    at = (BEGIN + timedelta(minutes=number)).isoformat(timespec="milliseconds")
    return stored("note_recorded", number + 1, at=at, task=task, text=text)
