"""From a file's bytes to the text that somebody meant: encodings, and text read wrongly.

UTF-8; UTF-16 with a byte order mark; else Windows-1252, of which Latin-1's letters are a
part. UTF-8 that was read as Windows-1252 and saved again is put right: one of the
founding documents is such a file, and some of its marks have lost a byte that
Windows-1252 does not have, so a table tells them.
"""

from __future__ import annotations

import codecs
import re

from gitlog_track.importers.record import BadRecordError

MAX_BYTES = 8 << 20
"""A file over this is no log of one task: 100,000 lines fit in it."""
LOST_MARKS = {
    "\u00e2\u0152": "\N{CROSS MARK}",
    "\u00e2\u00b3": "\N{HOURGLASS WITH FLOWING SAND}",
    "\u00f0\u0178\u201c": "\N{MEMO}",
    "\u00e2\u0161\u00a0\u00ef\u00b8": "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}",
}
"""Marks whose bytes 8D, 8F, 90 or 9D were lost: what is left of them cannot be read."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f]")
"""What no text has: tabs, line ends, form feeds and the escape of colours are left out."""
_C1 = re.compile("[\x80-\x9f]")
"""Control characters that nobody means; two letters that would make one are letters."""
_UNDEFINED = {byte: chr(byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_BYTES = {
    bytes([b]).decode("cp1252"): b for b in range(0x80, 0x100) if b not in _UNDEFINED
}
_BYTES |= {char: byte for byte, char in _UNDEFINED.items()}
_RUN = re.compile(f"[{''.join(map(re.escape, _BYTES))}]{{2,}}")
_MARK = re.compile("|".join(map(re.escape, LOST_MARKS)))


def decode(data: bytes) -> str:
    r"""Return a file's text, with ``\n`` line ends.

    Args:
        data: the whole file.

    Raises:
        BadRecordError: it is too large, empty, or no text.

    >>> decode("STATUS: ✅".encode().decode("cp1252").encode())
    'STATUS: ✅'
    """
    if len(data) > MAX_BYTES:
        raise BadRecordError(too_large(len(data)))
    text = _decoded(data)
    if not text.strip():
        raise BadRecordError("the file is empty")
    found = _CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        text = f"this is no text: it holds the byte 0x{ord(found[0]):02x}"
        raise BadRecordError(text, line)
    return mended(text.replace("\r\n", "\n").replace("\r", "\n"))


def too_large(size: int) -> str:
    """Say that a file of so many bytes is not read."""
    return (
        f"the file has {size:,} bytes, more than the {MAX_BYTES:,} of any log of "
        "one task"
    )


def _decoded(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strictly(data[len(bom) :], encoding)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(_FROM_LATIN_1)


_FROM_LATIN_1 = {byte: char for char, byte in _BYTES.items()}


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as err:
        name = encoding.upper()
        text = f"the file begins as {name}, and byte {err.start:,} of it is none"
        raise BadRecordError(text) from err


def mended(text: str) -> str:
    """Return text with what was UTF-8 read as Windows-1252 put right.

    Only runs that are whole UTF-8 when read back are: a lone letter such as in ``café``
    is none.
    """
    if text.isascii():
        return text
    return _MARK.sub(lambda m: LOST_MARKS[m[0]], _RUN.sub(_read_back, text))


def _read_back(match: re.Match[str]) -> str:
    data = bytes(_BYTES[char] for char in match[0])
    try:
        found = data.decode()
    except UnicodeDecodeError:
        return match[0]
    return match[0] if _C1.search(found) else found
