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
    """Is *text* an instant with an offset, of a day that there is?

    >>> is_instant("2025-10-04T22:00:00.000-05:00"), is_instant("2025-10-04T22:00:00")
    (True, False)
    >>> is_instant("2025-02-29T22:00:00.000-05:00")
    False
    """
    if not isinstance(text, str):
        return False
    shape = text.translate(_EVERY_DIGIT_0)
    day, rest = shape[:19], shape[19:]
    if rest.startswith(".0"):
        rest = rest[1:].lstrip("0")
    is_shaped = day == "0000-00-00T00:00:00" and rest in {"Z", "+00:00", "-00:00"}
    return is_shaped and _is_day(text[:10]) and _is_clock(text[11:19], text[-6:])


def _is_day(text: str) -> bool:
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:])
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    in_month = 30 + (month + month // 8) % 2 if month != 2 else 28 + is_leap
    return year > 0 and 1 <= month <= 12 and 1 <= day <= in_month


def _is_clock(clock: str, offset: str) -> bool:
    if clock[:2] > "23" or clock[3:5] > "59" or clock[6:] > "59":
        return False
    return offset.endswith("Z") or (offset[1:3] <= "23" and offset[4:] <= "59")


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
