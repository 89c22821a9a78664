"""Where e-mail and IP addresses stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

Span = tuple[int, int]

LOCAL_LENGTH = 64
"""Of an e-mail address's local part. Source: RFC 5321, section 4.5.3.1.1."""
_LOCAL_BACKWARDS = re.compile(r"[\w.%+-](?:[\w.%+-]|'(?=\w)){0,63}")
"""Backwards; an apostrophe within it is one of a name, else it is a quote."""
_DOMAIN = re.compile(r"[^\W_][\w-]{0,62}(?:\.[^\W_][\w-]{0,62}){1,10}")
NO_PERSON = "git"
"""``git@host`` is how forges are reached."""
NO_DOMAINS = frozenset({"js", "mjs", "cjs", "jsx", "ts", "tsx", "vue", "html", "json"})
"""Ends of file names, no domains: Firefox writes a frame as ``function@file.js``."""


def email_spans(text: str) -> Iterator[Span]:
    """Yield e-mail addresses."""
    done = 0
    at = text.find("@")
    while at >= 0:
        end = _end_of_domain(text, at + 1)
        start = _start_of_local(text, done, at) if end else at
        if end and start < at and text[start:at] != NO_PERSON:
            yield start, end
            done = end
        at = text.find("@", end or at + 1)


def _start_of_local(text: str, done: int, at: int) -> int:
    before = text[max(done, at - LOCAL_LENGTH) : at][::-1]
    local = _LOCAL_BACKWARDS.match(before)
    return at - local.end() if local else at


def _end_of_domain(text: str, at: int) -> int | None:
    """Return where a domain ends: at the last label that can be a top-level one."""
    match = _DOMAIN.match(text, at)
    if match is None:
        return None
    labels = match.group().split(".")
    while len(labels) > 1 and not _is_top_level(labels[-1]):
        labels.pop()
    return at + len(".".join(labels)) if len(labels) > 1 else None


def _is_top_level(label: str) -> bool:
    return (
        len(label) > 1
        and (label.isalpha() or label.lower().startswith("xn--"))
        and label.lower() not in NO_DOMAINS
    )


_TWO_COLONS = re.compile(r":[0-9A-Fa-f]{0,4}:")
_IPV6_RUN = re.compile(r"[0-9A-Fa-f:.]*+")
_IPV6_CHARS = "0123456789ABCDEFabcdef:."
_IPV6_LENGTH = 45
"""Of the longest form, with an IPv4 address at its end."""
_LONG_GROUP = re.compile("[0-9A-Fa-f]{3}")


def ipv6_spans(text: str) -> Iterator[Span]:
    """Yield IPv6 addresses, but for loopback and the unspecified one.

    One has a digit and a group of three hex digits: ``bad::add`` is a name of Rust or C++
    and ``1::2`` a slice.
    """
    done = 0
    match = _TWO_COLONS.search(text)
    while match:
        before = text[max(done, match.start() - _IPV6_LENGTH) : match.start()]
        start = match.start() - len(before) + len(before.rstrip(_IPV6_CHARS))
        run = _IPV6_RUN.match(text, match.start())
        done = run.end() if run else match.end()
        whole = text[start:done]
        address = whole.lstrip(".").rstrip(".")
        if not address.endswith("::"):
            address = address.rstrip(":")
        begin = start + len(whole) - len(whole.lstrip("."))
        if _is_ipv6(text, begin, address):
            yield begin, begin + len(address)
        match = _TWO_COLONS.search(text, done)


def _is_ipv6(text: str, start: int, address: str) -> bool:
    end = start + len(address)
    return (
        len(address) <= _IPV6_LENGTH
        and not (start and _is_of_word(text[start - 1]))
        and not (end < len(text) and _is_of_word(text[end]))
        and _LONG_GROUP.search(address) is not None
        and any(char.isdigit() for char in address)
        and _is_foreign_ipv6(address)
    )


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _is_foreign_ipv6(address: str) -> bool:
    try:
        parsed = IPv6Address(address)
    except AddressValueError:
        return False
    inner = parsed.ipv4_mapped or parsed
    return not (inner.is_loopback or inner.is_unspecified)


_IPV4_REST = re.compile(r"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}")
_DIGITS_AND_DOTS = re.compile(r"[0-9.]*+")
_VERSION = re.compile(
    r"(?:version|release|build|\bver|\bv)[ .:=\"'(-]{0,3}\Z", re.IGNORECASE
)
_VERSION_LENGTH = 12


def ipv4_spans(text: str) -> Iterator[Span]:
    """Yield IPv4 addresses, but for loopback and the unspecified one.

    Four numbers are a version behind ``version``, ``release``, ``build``, ``v`` or the
    end of a name, and where there are more than four.
    """
    done = 0
    match = _IPV4_REST.search(text)
    while match:
        before = text[max(done, match.start() - 4) : match.start()]
        start = match.start() - len(before) + len(before.rstrip("0123456789."))
        run = _DIGITS_AND_DOTS.match(text, match.start())
        done = run.end() if run else match.end()
        whole = text[start:done]
        begin = start + len(whole) - len(whole.lstrip("."))
        address = whole.strip(".")
        if _is_foreign_ipv4(address) and not _is_version(text, begin):
            yield begin, begin + len(address)
        match = _IPV4_REST.search(text, done)


def _is_foreign_ipv4(address: str) -> bool:
    """Is it an address, its numbers as they are or all three digits of one?"""
    numbers = (
        part.lstrip("0") or "0" if part[2:] else part for part in address.split(".")
    )
    try:
        parsed = IPv4Address(".".join(numbers))
    except AddressValueError:
        return False
    return not (parsed.is_loopback or parsed.is_unspecified)


def _is_version(text: str, start: int) -> bool:
    before = text[max(0, start - _VERSION_LENGTH) : start]
    if _VERSION.search(before):
        return True
    is_escape = len(before) > 1 and before[-2] == "\\" and before[-1] in "nrt"
    return bool(before) and _is_of_word(before[-1]) and not is_escape
