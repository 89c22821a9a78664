"""Instants as the log writes them: RFC 3339 with an offset, to the millisecond.

Source: RFC 3339, section 5.6. Standard library only and without ``datetime``, whose
import the commit path would pay for.
"""

from __future__ import annotations

import time

NS_PER_S = 1_000_000_000


def local_offset_s(at_ns: int) -> int:
    """Return this machine's offset from UTC at an instant, in seconds."""
    return time.localtime(at_ns // NS_PER_S).tm_gmtoff


def is_instant(text: object) -> bool:
    """Has *text* the shape of an instant with an offset?

    >>> is_instant("2025-10-04T22:00:00.000-05:00"), is_instant("2025-10-04T22:00:00")
    (True, False)
    """
    if not isinstance(text, str):
        return False
    shape = text.translate(_EVERY_DIGIT_0)
    day, rest = shape[:19], shape[19:]
    if rest.startswith(".0"):
        rest = rest[1:].lstrip("0")
    return day == "0000-00-00T00:00:00" and rest in {"Z", "+00:00", "-00:00"}


_EVERY_DIGIT_0 = {ord(digit): "0" for digit in "123456789"}


def format_instant(at_ns: int, offset_s: int) -> str:
    """Write an instant.

    Args:
        at_ns: nanoseconds since 1970-01-01T00:00:00Z.
        offset_s: offset from UTC in seconds; rounded down to whole minutes.

    >>> format_instant(1_759_633_200_000_000_000, -18000)
    '2025-10-04T22:00:00.000-05:00'
    """
    minutes = offset_s // 60
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    moment = time.gmtime(at_ns // NS_PER_S + minutes * 60)
    ms = at_ns % NS_PER_S // 1_000_000
    return (
        time.strftime("%Y-%m-%dT%H:%M:%S", moment)
        + f".{ms:03d}{sign}{hours:02d}:{rest:02d}"
    )
