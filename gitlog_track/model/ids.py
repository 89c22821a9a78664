"""Identities that every clone computes alike: events, traces and spans.

Standard library only: the fold runs this after every commit. FORMAT.md lists the
natural key of each kind.
"""

from __future__ import annotations

from gitlog_track.model.canonical import dumps
from gitlog_track.model.digest import sha256

FORMAT = 1
BACKFILLED = "backfilled"
"""The provenance of what was imported."""
KEYED_BY_THEMSELVES = frozenset({"commit_recorded", "commits_rewritten"})
"""Kinds whose natural key names an object of git, not the entry that told of it."""


def _digest(*parts: object) -> str:
    return sha256(dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()


def event_id(kind: str, key: tuple[object, ...]) -> str:
    """Return the idempotency key of an event: 32 hex digits.

    Args:
        kind: the event's kind.
        key: its natural key, strings, integers and lists of them; see
            :func:`natural_key`.
    """
    return _digest(FORMAT, kind, *key)[:32]


def natural_key(event: dict[str, object]) -> tuple[object, ...]:
    """Return what makes an event that event, so that recording it twice is harmless.

    A commit or a rewrite is itself, whoever saw it; anything typed or run is one
    journal entry of one writer at one instant; what was imported is its record,
    whichever clone imports it, and from whatever directory.

    Args:
        event: an event as stored, with ``entry`` for the kinds that have no key of
            their own: the journal entry's name and instant in ns, or, of what was
            imported, the importer and a digest of the record.
    """
    kind = event["kind"]
    if kind == "commit_recorded":
        return (event["task"], event["commit"])
    if kind == "commits_rewritten":
        return (event["task"], event["pairs"])
    if event.get("provenance") == BACKFILLED:
        return (BACKFILLED, event.get("task"), event["entry"])
    return (event["writer"], event["entry"])


def trace_id(root_commit: str, task: str) -> str:
    """Return the trace of a task: 32 hex digits, stable over attempts and clones.

    Source: OpenTelemetry, trace context identifiers (16 and 8 bytes).
    """
    return _digest("trace", root_commit, task.lower())[:32]


def span_id(trace: str, attempt: int) -> str:
    """Return the span of one attempt of a task: 16 hex digits."""
    return _digest("span", trace, attempt)[:16]
