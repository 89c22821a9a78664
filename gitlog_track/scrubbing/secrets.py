r"""Where secrets and UUIDs stand in a text: keys, tokens, credentials.

None of these rules asks what stands before: in ``repr`` it may be the letter of an
escape, as in ``\nghp_...``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

_HEX = "[0-9A-Fa-f]"
_WORD = "[A-Za-z0-9]"
_URLSAFE = "[A-Za-z0-9_-]"

TOKENS: tuple[tuple[str, str], ...] = (
    ("ghp_", f"{_WORD}{{36,}}+"),
    ("gho_", f"{_WORD}{{36,}}+"),
    ("ghu_", f"{_WORD}{{36,}}+"),
    ("ghs_", f"{_WORD}{{36,}}+"),
    ("ghr_", f"{_WORD}{{36,}}+"),
    ("github_pat_", "[A-Za-z0-9_]{22,}+"),
    ("glpat-", f"{_URLSAFE}{{20,}}+"),
    ("glrt-", f"{_URLSAFE}{{20,}}+"),
    ("glptt-", f"{_URLSAFE}{{20,}}+"),
    ("gldt-", f"{_URLSAFE}{{20,}}+"),
    ("glcbt-", f"{_URLSAFE}{{20,}}+"),
    ("sk-ant-", f"{_URLSAFE}{{20,}}+"),
    ("sk-proj-", f"{_URLSAFE}{{20,}}+"),
    ("sk-", f"{_WORD}{{48,}}+"),
    ("sk_live_", f"{_WORD}{{16,}}+"),
    ("sk_test_", f"{_WORD}{{16,}}+"),
    ("rk_live_", f"{_WORD}{{16,}}+"),
    ("rk_test_", f"{_WORD}{{16,}}+"),
    ("whsec_", "[A-Za-z0-9+/]{24,}+"),
    ("xox", "[abeoprs]-[A-Za-z0-9-]{10,}+"),
    ("xapp-", "[A-Za-z0-9-]{10,}+"),
    ("AKIA", "[A-Z0-9]{16}"),
    ("ASIA", "[A-Z0-9]{16}"),
    ("AIza", f"{_URLSAFE}{{35}}"),
    ("ntn_", f"{_WORD}{{40,}}+"),
    ("npm_", f"{_WORD}{{36,}}+"),
    ("pypi-", f"{_URLSAFE}{{16,}}+"),
    ("hf_", f"{_WORD}{{30,}}+"),
    ("dop_v1_", f"{_HEX}{{64}}"),
    ("doo_v1_", f"{_HEX}{{64}}"),
    ("dor_v1_", f"{_HEX}{{64}}"),
    ("SG.", f"{_URLSAFE}{{16,64}}\\.{_URLSAFE}{{16,64}}+"),
    ("ATATT3", "[A-Za-z0-9_=-]{40,}+"),
    ("gsk_", f"{_WORD}{{40,}}+"),
    ("lin_api_", f"{_WORD}{{32,}}+"),
    ("glsa_", "[A-Za-z0-9_]{32,}+"),
    ("sbp_", f"{_HEX}{{40,}}+"),
    ("AGE-SECRET-KEY-1", "[A-Z0-9]{58}"),
    (
        "hooks.slack.com/services/",
        "[A-Z0-9]{8,20}/[A-Z0-9]{8,20}/[A-Za-z0-9]{16,}+",
    ),
    ("dckr_pat_", f"{_URLSAFE}{{20,}}+"),
    ("shpat_", f"{_HEX}{{32}}"),
    ("hvs.", f"{_URLSAFE}{{24,}}+"),
    ("ya29.", f"{_URLSAFE}{{20,}}+"),
)
"""A prefix by which an issuer marks its tokens, and what follows it.

A miss reads at most as many characters as the token has to have; a hit is read once.
"""

_TOKENS = tuple(
    (prefix, re.compile(re.escape(prefix) + rest)) for prefix, rest in TOKENS
)


def token_spans(text: str) -> list[Span]:
    """Return where tokens with a well-known prefix stand."""
    found = [
        match.span()
        for prefix, pattern in _TOKENS
        if prefix in text
        for match in pattern.finditer(text)
    ]
    return _without_overlap(sorted(found))


def _without_overlap(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


_USERINFO = re.compile(r"[^\s/?#<>\"]*+")
_NEVER_NAMES = ("http", "https", "ftp", "ftps")
"""Schemes whose user is a credential even without a password, often a token."""


def url_credential_spans(text: str) -> Iterator[Span]:
    """Yield the user and password of URLs: ``ssh://user:password@host``.

    ``ssh://git@host`` has no secret in it. Source: RFC 3986, section 3.2.1.
    """
    at = text.find("://")
    while at >= 0:
        match = _USERINFO.match(text, at + 3)
        end = match.end() if match else at + 3
        last = text.rfind("@", at + 3, end)
        if last > at + 3 and (
            text.find(":", at + 3, last) >= 0
            or text[max(0, at - 5) : at].lower().endswith(_NEVER_NAMES)
        ):
            yield at + 3, last
        at = text.find("://", end - 1)  # behind what ends in a colon


_DOTTED = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]*+)++")
_JWT_HEADER = 11
"""``{"alg":`` in base64url has at least so many characters."""


def jwt_spans(text: str) -> Iterator[Span]:
    """Yield JSON web tokens: base64url parts between dots, the first an object.

    ``eyJ`` is the base64 of ``{"``. Source: RFC 7515, section 7.1; RFC 7516, 7.1.
    """
    if "eyJ" not in text:
        return
    for match in _DOTTED.finditer(text):
        start, end = match.span()
        begin = _jwt_in(text[start:end])
        if begin is not None:
            yield start + begin, end


def _jwt_in(run: str) -> int | None:
    """Return where in a dotted run a token begins: a header, and two more parts."""
    parts = run.split(".")
    at = 0
    for place, part in enumerate(parts[:-2]):
        header = part.find("eyJ")
        if header >= 0 and len(part) - header >= _JWT_HEADER and parts[place + 1]:
            return at + header
        at += len(part) + 1
    return None


_KEY_BEGIN = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
)
_NEWLINE = r"(?:[\r\n]|\\++[nr])"
_TRAIL = r"""(?:[ \t"',+;)\]}]|\\++["'t])*+"""
"""What may stand behind a line of a key where it is written as a string or a list."""
_GAP = rf"(?:{_TRAIL}{_NEWLINE})*+{_TRAIL}"
_LINE = r"[^\r\n\\]{0,200}"
"""Of what a log, pytest, a mail or a patch puts in front of a line, at most so much."""
_OTHERS = rf"{_TRAIL}{_NEWLINE}++(?:{_LINE}+{_NEWLINE}++){{0,3}}{_LINE}?"
"""Up to where a line of a key goes on: an empty one is several in a log of JSON."""
_HEADER = (
    r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset):"
    r"""(?:[^\r\n\\"']|["'](?!,))*+"""
)
_KEY_BODY = re.compile(
    rf"(?:{_GAP}(?:[A-Za-z0-9+/=]{{16,}}+|{_HEADER})"
    rf"|{_OTHERS}(?<![A-Za-z0-9+/=])"
    rf"(?:[A-Za-z0-9+/=]{{16,}}+(?={_TRAIL}(?:{_NEWLINE}|-----END|\Z))|{_HEADER}))++"
)
_KEY_END = re.compile(
    rf"{_GAP}[A-Za-z0-9+/=]{{0,16}}{_GAP}-----END [A-Z0-9 ]{{1,80}}-----"
    rf"|{_OTHERS}-----END [A-Z0-9 ]{{1,80}}-----"
)


def private_key_spans(text: str) -> Iterator[Span]:
    """Yield private keys in PEM, with newlines or as ``repr`` and JSON write them.

    From the line that begins one, as far as lines look like a key, whatever a log or a
    tool put in front of each; one whose end was cut off is a key all the same. Source:
    RFC 7468.
    """
    at = text.find("-----BEGIN ")
    while at >= 0:
        begin = _KEY_BEGIN.match(text, at)
        body = _KEY_BODY.match(text, begin.end()) if begin else None
        if body is None:
            at = text.find("-----BEGIN ", at + 11)
            continue
        closed = _KEY_END.match(text, body.end())
        end = closed.end() if closed else body.end()
        yield at, end
        at = text.find("-----BEGIN ", end)


_UUID_REST = re.compile(f"-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}")
_UUID_FIRST = re.compile(f"{_HEX}{{8}}")


def uuid_spans(text: str) -> Iterator[Span]:
    """Yield UUIDs. Source: RFC 9562, section 4."""
    at = 0
    for match in _UUID_REST.finditer(text):
        start = match.start() - 8
        if start >= at and _UUID_FIRST.match(text, start):
            yield start, match.end()
            at = match.end()
