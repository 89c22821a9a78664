"""Take addresses and secrets out of a text, and count what was taken.

Rules run one after the other, the same everywhere. A rule looks only at what it removes,
except those of IP addresses, which run last; so scrubbing what is scrubbed changes
nothing. Each rule begins with a search for a literal, which most texts do not have, and
reads no character more often than a bounded number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gitlog_track.scrubbing.addresses import email_spans, ipv4_spans, ipv6_spans
from gitlog_track.scrubbing.secrets import (
    jwt_spans,
    private_key_spans,
    token_spans,
    url_credential_spans,
    uuid_spans,
)

Span = tuple[int, int]
Spans = Callable[[str], Iterable[Span]]

RULES: tuple[tuple[str, Spans], ...] = (
    ("private_key", private_key_spans),
    ("url_credentials", url_credential_spans),
    ("jwt", jwt_spans),
    ("token", token_spans),
    ("email", email_spans),
    ("uuid", uuid_spans),
    ("ip", ipv6_spans),
    ("ip", ipv4_spans),
    # Without the IPv4 address that it ran into, what is left may be one of IPv6.
    ("ip", ipv6_spans),
)
"""A rule's name, and where in a text it finds something, in order, without overlap."""

SECRET_RULES = frozenset({"private_key", "url_credentials", "jwt", "token"})
"""What opens a door, and so has to be replaced by a new one wherever it was seen."""

NOUNS = {
    "private_key": ("private key", "private keys"),
    "url_credentials": ("credential in a URL", "credentials in URLs"),
    "jwt": ("JSON web token", "JSON web tokens"),
    "token": ("access token", "access tokens"),
    "email": ("e-mail address", "e-mail addresses"),
    "uuid": ("UUID", "UUIDs"),
    "ip": ("IP address", "IP addresses"),
}


def scrub(text: str) -> tuple[str, dict[str, int]]:
    """Return a text without what the rules remove, and how often each removed.

    What is removed leaves its rule's name in angle brackets.

    >>> scrub("ask joe@example.org at 192.0.2.7 or 127.0.0.1")
    ('ask <email> at <ip> or 127.0.0.1', {'email': 1, 'ip': 1})
    """
    hits: dict[str, int] = {}
    for rule, spans_in in RULES:
        if spans := list(spans_in(text)):
            text = _without(text, spans, f"<{rule}>")
            hits[rule] = hits.get(rule, 0) + len(spans)
    return text, hits


def clipped(text: str, length: int) -> str:
    """Return the beginning of a text, without a part of what the rules remove.

    A part is no longer known as what it was of: ``ghp_`` and the half of a token. So
    what stands across the end is left out; nothing is scrubbed here, and so all that is
    removed is counted when the text is recorded.

    Args:
        text: to shorten.
        length: in characters, at most.

    >>> clipped("ask joe@example.org", 12), clipped("ask joe@example.org", 19)
    ('ask ', 'ask joe@example.org')
    """
    if len(text) <= length:
        return text
    rest, end = text, length
    for _, spans_in in RULES:
        pieces: list[str] = []
        at = 0
        for start, stop in spans_in(rest):
            # The sign behind a URL's user belongs to what tells that it is one.
            end = start if start < end <= stop else end
            pieces += (rest[at:start], "<" * (stop - start - 1), ">")
            at = stop
        rest = "".join((*pieces, rest[at:]))
    return text[:end]


def has_secret(text: str) -> bool:
    """Is there anything in a text that opens a door?

    >>> has_secret("joe@example.org"), has_secret("ssh://joe:pw@host")
    (False, True)
    """
    found = (spans_in(text) for rule, spans_in in RULES if rule in SECRET_RULES)
    return any(next(iter(spans), None) for spans in found)


def _without(text: str, spans: list[Span], mark: str) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += (text[at:start], mark)
        at = end
    return "".join((*pieces, text[at:]))


def describe(hits: dict[str, int]) -> str:
    """Say what was removed, in the order of the rules.

    >>> describe({"ip": 1, "email": 2})
    '2 e-mail addresses, 1 IP address'
    """
    return ", ".join(
        f"{hits[rule]} {nouns[hits[rule] > 1]}"
        for rule, nouns in NOUNS.items()
        if rule in hits
    )
