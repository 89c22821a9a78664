"""From the raw bytes of a commit, tag or message file to the text people read.

Owns encodings and git's own additions to a message file. Nothing here raises: what
cannot be read is a value that says why, so that a gate can refuse it. Does not know
what a paragraph, trailer or claim is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_FAMILIES = {
    "utf-8": "utf8",
    "ascii": "ascii usascii ansix341968",
    "cp932": "cp932 windows31j mskanji",
    "shift_jis": "shiftjis sjis",
    "euc_jp": "eucjp",
    "euc_kr": "euckr",
    "cp949": "cp949 uhc",
    "gb2312": "gb2312 euccn",
    "gbk": "gbk cp936",
    "gb18030": "gb18030",
    "big5": "big5",
    "koi8-r": "koi8r",
    "koi8-u": "koi8u",
    "mac-roman": "macintosh macroman",
    "tis-620": "tis620",
    "iso-8859-1": "latin1 iso88591",
    "iso-8859-15": "latin9 iso885915",
}
_NUMBERED = {
    **{f"iso8859{n}": f"iso-8859-{n}" for n in (*range(2, 12), 13, 14, 16)},
    **{f"cp{n}": f"cp{n}" for n in (437, 850, 852, 855, 866, *range(1250, 1259))},
    **{f"windows{n}": f"cp{n}" for n in range(1250, 1259)},
}
CODECS: Mapping[str, str] = MappingProxyType(
    {name: codec for codec, names in _FAMILIES.items() for name in names.split()}
    | _NUMBERED
)
"""Python codec of each encoding that is read; keys hold letters and digits only.

All of them decode ASCII bytes to themselves. Others (UTF-7, UTF-16, ISO-2022) let
one text be read as two, and are refused.
"""

_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_SCISSORS = re.compile(
    rb"^(?P<mark>[^\n]{0,16}?) ?-{24} >8 -{24}[ \t]*\r?$", re.MULTILINE
)
_COMMENT_MARKS = b"#;@!$%^&|:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    r"""The text of one commit or tag message.

    Attributes:
        text: with `\n` line ends; the best that could be read, for display too.
        unreadable: why the message must be refused; empty when it can be read.
        doubt: why a claim in it must be refused; empty when there is no doubt.
    """

    text: str
    unreadable: str = ""
    doubt: str = ""


def read_commit(raw: bytes) -> Message:
    r"""Read the message of a raw commit or tag object.

    Args:
        raw: the object's content, from `tree ` or `object ` on.

    >>> read_commit(b"tree 0\nencoding ISO-8859-1\n\nCaf\xe9\n").text
    'Café\n'
    >>> read_commit(b"tree 0\nencoding x-evil\n\nhello\n").unreadable
    "its encoding 'x-evil' is not one that can be read safely"
    """
    head, _, body = raw.partition(b"\n\n")
    if not head.startswith((b"tree ", b"object ")):
        return Message(text=_lossy(raw), unreadable="its header is damaged")
    names = {
        line[9:].strip()
        for line in head.split(b"\n")
        if line.startswith(b"encoding ")  # a folded header's lines start with a blank
    }
    if len(names) > 1:
        return Message(text=_lossy(body), unreadable="it declares several encodings")
    return read_message(body, next(iter(names), b""))


def read_message(body: bytes, encoding: bytes = b"") -> Message:
    r"""Read a message in its declared encoding; none declared is UTF-8.

    Bytes that are invalid in that encoding make the whole message be read as
    Latin-1, with doubt.

    >>> read_message(b"Caf\xe9").doubt
    'its bytes are not valid UTF-8; it was read as Latin-1'
    """
    name = encoding.decode("ascii", "replace")
    codec = CODECS.get(_NOT_ALNUM.sub("", name.lower()), "") if name else "utf-8"
    if not codec:
        shown = ascii(name[:40])
        reason = f"its encoding {shown} is not one that can be read safely"
        return Message(text=_lossy(body), unreadable=reason)
    if b"\0" in body:
        reason = "it holds a NUL byte, behind which git shows nothing"
        return Message(text=_lossy(body), unreadable=reason)
    try:
        return Message(text=_with_line_feeds(body.decode(codec)))
    except UnicodeDecodeError:
        shown = ascii(name[:40])[1:-1] or "UTF-8"
        reason = f"its bytes are not valid {shown}; it was read as Latin-1"
        return Message(text=_lossy(body), doubt=reason)


def _lossy(body: bytes) -> str:
    return _with_line_feeds(body.decode("latin-1"))


def _with_line_feeds(text: str) -> str:
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def strip_comments(message: bytes, comment: bytes | None = b"#") -> bytes:
    r"""Remove what git will: comment lines, and all from the scissors line on.

    Source: git-commit(1), `--cleanup=scissors` and `--verbose`.

    Args:
        message: the file that the commit-msg hook is given.
        comment: the configured character or string; None where it is chosen by
            git (`core.commentChar=auto`): taken from the scissors line or the
            message's last line.

    >>> strip_comments(b"Add x\n\nTook 2h.\n# On branch main\n")
    b'Add x\n\nTook 2h.\n'
    """
    scissors = next(
        (
            found
            for found in _SCISSORS.finditer(message)
            if comment is None or found["mark"] == comment
        ),
        None,
    )
    mark = comment if comment is not None else _guess_mark(message, scissors)
    if scissors is not None:
        message = message[: scissors.start()]
    if not mark or mark not in message:
        return message
    lines = message.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(mark))


def _guess_mark(message: bytes, scissors: re.Match[bytes] | None) -> bytes:
    if scissors is not None:
        return scissors["mark"]
    last = message.rstrip().rpartition(b"\n")[2][:1]
    return last if last in _COMMENT_MARKS else b""
