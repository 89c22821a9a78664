"""What an event may hold, checked when it is recorded and never cut when it is read."""

from __future__ import annotations

import msgspec

from gitlog_track.errors import UsageProblem
from gitlog_track.model.canonical import dumps
from gitlog_track.model.events import KnownEvent, event_types, from_fields

_encode = msgspec.json.Encoder().encode
_KNOWN: msgspec.json.Decoder[KnownEvent] = msgspec.json.Decoder(KnownEvent)
MAX_EVENT_BYTES = 60 << 10
"""Below the log's 64 KiB by what the fold adds: ids, sequence, writer, actor."""
MAX_TEXT_BYTES = 4 << 10
MAX_STACK_BYTES = 16 << 10
_ROOM_FOR_MARK = 64
MAX_COUNT = 10**15
MAX_DURATION_S = 36_525 * 86_400
"""A hundred years."""


def checked_event(fields: dict[str, object]) -> KnownEvent:
    """Return the typed event of fields that are about to be recorded.

    Raises:
        UsageProblem: an unknown kind or field, a wrong value or a fraction, a text over
            4 KiB, a count or a duration that cannot be, or an event too large for the
            log.
    """
    kind = str(fields.get("kind"))
    if kind not in event_types():
        raise UsageProblem(f"there is no event kind {kind!r}")
    known = set(event_types()[kind].__struct_fields__) | {"kind"}
    if unknown := sorted(set(fields) - known):
        raise UsageProblem(f"{kind} has no field {unknown[0]!r}")
    for name, value in fields.items():
        _check(name, value)
    try:
        text = _encoded(fields)
        # What readers will do, and faster than to convert the fields.
        event = _KNOWN.decode(text)
    except (msgspec.DecodeError, TypeError) as err:
        raise UsageProblem(f"{kind}: {_plain(_reason(fields, err))}") from err
    if len(text) > MAX_EVENT_BYTES:
        raise UsageProblem(
            f"the event has {len(text)} bytes, more than {MAX_EVENT_BYTES} allowed",
            hint="record a shorter text, or several events",
        )
    return event


def _encoded(fields: dict[str, object]) -> bytes:
    """Return the event as JSON, as long as the log will write it."""
    try:
        return _encode(fields)
    except UnicodeEncodeError:  # half a surrogate pair, which the log replaces
        return dumps(fields).encode("utf-8", "replace")


def _reason(fields: dict[str, object], err: Exception) -> str:
    """Return why fields are no event; a conversion always says which of them it is."""
    try:
        from_fields(fields)
    except msgspec.ValidationError as better:
        return str(better)
    return str(err)


def cut_stack(text: str) -> str:
    """Return a stack trace within its limit: what is too much is cut at the end, marked.

    >>> cut_stack("short")
    'short'
    """
    data = text.encode("utf-8", "replace")
    if len(data) <= MAX_STACK_BYTES:
        return text
    kept = data[: MAX_STACK_BYTES - _ROOM_FOR_MARK].decode("utf-8", "ignore")
    more = len(data) - len(kept.encode())
    return f"{kept}\n[cut here: {more} more bytes]"


def _check(name: str, value: object) -> None:
    """Refuse a value that is too large, wherever in a field it stands."""
    if isinstance(value, str):
        _check_text(name, value)
    elif isinstance(value, float):
        text = f"{name} {value} is a float; write a fraction as text"
        raise UsageProblem(text)
    elif isinstance(value, int):
        _check_size(name, value)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(name, item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(str(key), item)


def _check_text(name: str, text: str) -> None:
    limit = MAX_STACK_BYTES if name == "stack" else MAX_TEXT_BYTES
    size = len(text.encode("utf-8", "replace"))
    if size > limit:
        raise UsageProblem(
            f"{name} has {size} bytes, more than {limit} allowed",
            hint="record the essence, and keep the rest in a file",
        )


def _check_size(name: str, number: int) -> None:
    if name.endswith("_s") and number > MAX_DURATION_S:
        raise UsageProblem(f"{name} {number} cannot be: it is over 100 years")
    if number > MAX_COUNT:
        raise UsageProblem(f"{name} {number} cannot be: it is over 10^15")


def _plain(message: str) -> str:
    """Say where in the words of the command line: ``$.status`` is the option's name."""
    return message.replace("`$.", "`").replace(" - at", " at")
