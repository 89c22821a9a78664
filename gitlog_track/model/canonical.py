"""Canonical JSON, without importing ``json``.

Sorted keys, no spaces, UTF-8, integers only: the same value gives the same bytes on
every machine. ``json`` would load ``re``, ``enum`` and ``functools`` and cost each
fold after a commit 8 ms of some 40 (``python -X importtime`` on ``fold_process.py``);
that these functions agree with it is a test.
"""

from __future__ import annotations

_ESCAPES = {
    **{code: f"\\u{code:04x}" for code in range(0x20)},
    ord('"'): '\\"',
    ord("\\"): "\\\\",
    ord("\b"): "\\b",
    ord("\f"): "\\f",
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
}


def dumps(value: object) -> str:
    """Write a value of strings, integers, booleans, None, lists and dictionaries.

    Raises:
        TypeError: the value holds anything else; a fraction belongs into a string.

    >>> dumps({"b": [1, None], "a": "x"})
    '{"a":"x","b":[1,null]}'
    """
    match value:
        case str():
            return _quoted(value)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list() | tuple():
            return f"[{','.join(map(dumps, value))}]"
        case dict():
            rows = [f"{_quoted(str(k))}:{dumps(value[k])}" for k in sorted(value)]
            return f"{{{','.join(rows)}}}"
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def _quoted(text: str) -> str:
    # Most texts need no escape, and to look is four times as fast as to translate.
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{text.translate(_ESCAPES)}"'


def scan_members(text: str) -> dict[str, str]:
    """Return the raw members of one canonical object, nested values unparsed.

    Args:
        text: an object as :func:`dumps` writes it.

    Raises:
        ValueError: it is not one.

    >>> scan_members('{"a":"x,y","b":[1,{"c":2}],"d":null}')
    {'a': '"x,y"', 'b': '[1,{"c":2}]', 'd': 'null'}
    """
    if not (text.startswith("{") and text.endswith("}")):
        raise ValueError("no object")
    members: dict[str, str] = {}
    at = 1
    while at < len(text) - 1:
        key_end = _end_of_value(text, at)
        if text[at] != '"' or text[key_end : key_end + 1] != ":":
            raise ValueError("no member")
        end = _end_of_value(text, key_end + 1)
        if end == key_end + 1:
            raise ValueError("no value")
        members[text[at + 1 : key_end - 1]] = text[key_end + 1 : end]
        if end == len(text) - 1:
            return members
        if text[end : end + 1] != ",":
            raise ValueError("no separator")
        at = end + 1
    if members:
        raise ValueError("no member after a comma")
    return members


def _end_of_value(text: str, at: int) -> int:
    """Return where the value that begins at *at* ends."""
    depth = 0
    while at < len(text):
        char = text[at]
        if char == '"':
            at = _end_of_string(text, at + 1)
            if depth == 0:
                return at
            continue
        if char in "{[":
            depth += 1
        elif char in "}]":
            if depth == 0:
                return at
            depth -= 1
            if depth == 0:
                return at + 1
        elif char in ",:" and depth == 0:
            return at
        at += 1
    raise ValueError("the text ends too early")


def _end_of_string(text: str, at: int) -> int:
    while True:
        quote = text.index('"', at)
        escapes = 0
        while text[quote - 1 - escapes] == "\\":
            escapes += 1
        if escapes % 2 == 0:
            return quote + 1
        at = quote + 1
