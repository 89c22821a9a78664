"""Free text inside a Markdown file: nothing of it is taken for the file's structure.

What would be is written as a numeric character reference, which CommonMark shows as the
character and never takes for structure. So are characters that no terminal should see.
Source: CommonMark 0.31, section 2.5.
"""

from __future__ import annotations

import re

from gitlog_track.record_files.layout import NONE_WORDS, NOT_MEASURED, PLACEHOLDERS

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]",
)
_REFERENCE = re.compile(r"&#x([0-9a-f]{1,6});")
_STRUCTURE = "&#*[`~:>\N{RIGHTWARDS ARROW}Nn"
_LOOKS_LIKE_STRUCTURE = re.compile(r"#{1,2}(?:[ \t]|\Z)|\*\*[^*]*:\*\*|`{3}|~{3}")
_FENCE = re.compile(r"(?:(`{3,})[^`]*|(~{3,}).*)\Z")


def encode_text(text: str) -> str:
    r"""Return free text of several lines as a section holds it.

    A block of code in it stays as it is, where a reader will see the same block.

    >>> encode_text("## Outcome\nNone")
    '&#x23;# Outcome\nNone'
    >>> encode_text("None")
    '&#x4e;one'
    """
    lines = text.split("\n")
    has_clean_ends = text == text.strip()
    written: list[str] = []
    while len(written) < len(lines):
        at = len(written)
        end = closing_fence(lines, at) if has_clean_ends else None
        if end is not None and not _UNSAFE.search("".join(lines[at : end + 1])):
            written += lines[at : end + 1]
        else:
            written.append(_encode_line(lines[at]))
    return _encode_ends("\n".join(written))


def encode_item(text: str) -> str:
    """Return free text as an item of a list holds it: later lines are indented."""
    first, *rest = _encode_ends(_encode_characters(text)).split("\n")
    return "\n".join([first, *(f"  {line}" if line else "" for line in rest)])


def encode_value(text: str, also: str = "") -> str:
    """Return free text as one line, with the characters of *also* told as references."""
    found = _encode_characters(text).replace("\n", _reference("\n"))
    for character in also:
        found = found.replace(character, _reference(character))
    return _encode_ends(found)


def encode_code(text: str) -> str:
    """Return text as a block of code holds it."""
    return _encode_characters(text)


def decode(text: str) -> str:
    r"""Return what encoded text stands for.

    >>> decode("&#x23;# Outcome"), decode("&#x26;#x23;"), decode("&#x41;")
    ('## Outcome', '&#x23;', '&#x41;')
    """
    return _REFERENCE.sub(_decoded, text)


def decode_text(text: str) -> str:
    """Return the free text of a section; blocks of code in it are as they are."""
    lines = text.split("\n")
    read: list[str] = []
    while len(read) < len(lines):
        at = len(read)
        end = closing_fence(lines, at)
        if end is None:
            read.append(decode(lines[at]))
        else:
            read += lines[at : end + 1]
    return "\n".join(read)


def closing_fence(lines: list[str], at: int) -> int | None:
    """Return where the block of code ends that begins at a line; None where none does.

    Source: CommonMark 0.31, section 4.5; of ours, only at the very start of a line.
    """
    opening = _FENCE.match(lines[at])
    if opening is None:
        return None
    fence = opening[1] or opening[2]
    for number in range(at + 1, len(lines)):
        line = lines[number].rstrip(" \t")
        if len(line) >= len(fence) and not line.strip(fence[0]):
            return number
    return None


def is_fence(line: str) -> bool:
    """Does a line begin a block of code?"""
    return _FENCE.match(line) is not None


def _encode_line(line: str) -> str:
    found = _encode_characters(line)
    if _LOOKS_LIKE_STRUCTURE.match(line):
        return _reference(found[0]) + found[1:]
    return found


def _encode_characters(text: str) -> str:
    text = _REFERENCE.sub(lambda match: _reference("&") + match[0][1:], text)
    return _UNSAFE.sub(lambda match: _reference(match[0]), text)


def _encode_ends(text: str) -> str:
    """Keep white space at the ends, and words that would say there is nothing."""
    if is_reserved(text) or text[:1].isspace():
        text = _reference(text[0]) + text[1:]
    if text[-1:].isspace():
        text = text[:-1] + _reference(text[-1])
    return text


def is_reserved(text: str) -> bool:
    """Does text, as it stands in a file, say that nothing is known or filled in?"""
    return (
        text.lower() in NONE_WORDS
        or text.upper() == NOT_MEASURED
        or text in PLACEHOLDERS
    )


def _reference(character: str) -> str:
    return f"&#x{ord(character):x};"


def _decoded(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    character = chr(code) if code <= 0x10FFFF else ""
    if character and (
        character in _STRUCTURE or character.isspace() or _UNSAFE.match(character)
    ):
        return character
    return match[0]
