"""Scrub an event: its free texts, by name, and nothing else.

A field's name means the same in every kind, so a correction, which names fields alone,
is scrubbed as the event was. Ids, labels, names that others refer to, enumerations and
the actor stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gitlog_track.scrubbing.scrub import SECRET_RULES, has_secret, scrub

FREE_TEXT = frozenset(
    {
        "actual_outcome",
        "biggest_challenge",
        "biggest_surprise",
        "biggest_win",
        "blockers",
        "command",
        "contract_gaps",
        "contract_reference",
        "deliverables",
        "description",
        "error_type",
        "improvements",
        "issues",
        "message",
        "patterns_extracted",
        "projected_deliverables",
        "projected_outcome",
        "proposed_fix",
        "reason",
        "retrieval.sources",
        "root_cause",
        "stack",
        "state",
        "state_from",
        "state_to",
        "steps",
        "technical_debt",
        "text",
        "tools.name",
        "tools.result",
        "validation_results.check",
        "validation_results.text",
        "what_happened",
        "workaround",
    }
)
"""The fields that hold a person's or a program's own words, in any kind of event."""

SHORTEST_SECRET = 5
"""``://a@``: a text below has none."""

CARRIER = "replacement"
"""The field of a correction that holds fields of another event."""


def scrub_fields(
    fields: Mapping[str, object],
) -> tuple[dict[str, object], dict[str, int]]:
    """Return an event's fields with their free texts scrubbed, and what was removed.

    >>> scrub_fields({"kind": "note_recorded", "text": "ask joe@example.org"})
    ({'kind': 'note_recorded', 'text': 'ask <email>'}, {'email': 1})
    """
    hits: dict[str, int] = {}

    def scrubbed(path: str, text: str) -> str:
        if path not in FREE_TEXT:
            return text
        clean, found = scrub(text)
        for rule, number in found.items():
            hits[rule] = hits.get(rule, 0) + number
        return clean

    return {
        name: _mapped(name, value, scrubbed) for name, value in fields.items()
    }, hits


def find_in_fields(fields: Mapping[str, object]) -> Iterator[tuple[str, str, int]]:
    """Yield what scrubbing would remove: field, rule, and how often.

    Beside free texts, every other text is searched for secrets: a label may hold one.
    """
    leaves: list[tuple[str, str]] = []

    def noted(path: str, text: str) -> str:
        if path in FREE_TEXT or len(text) >= SHORTEST_SECRET:
            leaves.append((path, text))
        return text

    for name, value in fields.items():
        _mapped(name, value, noted)
    if not _is_suspicious(leaves):
        return
    for path, text in leaves:
        for rule, number in scrub(text)[1].items():
            if path in FREE_TEXT or rule in SECRET_RULES:
                yield path, rule, number


def _is_suspicious(leaves: list[tuple[str, str]]) -> bool:
    """Look at all texts at once: most events have nothing, and a log has a million."""
    free = "\n".join(text for path, text in leaves if path in FREE_TEXT)
    others = "\n".join(text for path, text in leaves if path not in FREE_TEXT)
    return bool(scrub(free)[1]) or has_secret(others)


def _mapped(path: str, value: object, change: Callable[[str, str], str]) -> object:
    """Return a value with each text in it changed; *path* has its fields' names."""
    if isinstance(value, str):
        return change(path, value)
    if isinstance(value, list | tuple):
        return [_mapped(path, item, change) for item in value]
    if isinstance(value, dict):
        inside = "" if path == CARRIER else f"{path}."
        return {k: _mapped(f"{inside}{k}", v, change) for k, v in value.items()}
    return value
