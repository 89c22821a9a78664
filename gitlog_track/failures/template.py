"""What two messages have in common that differ only in their values."""

from __future__ import annotations

import re

from gitlog_track.scrubbing.scrub import scrub

_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})(?![A-Za-z0-9]))?"
_UNIT = (
    "(?:ns|nanoseconds?|us|\u00b5s|\u03bcs|microseconds?|ms|millis|milliseconds?"
    "|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?)"
)
_NUMBER = r"\d++(?:[.,_]\d++)*+"

MASKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("<url>", re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s\"'`]*+")),
    ("<text>", re.compile(r'"[^"]*+"|(?<!\w)\'[^\']*+\'(?!\w)|`[^`]*+`')),
    ("<path>", re.compile(r"(?<![\w/<.])(?:~|\.{1,2}|[A-Za-z]:)?[/\\][\w.@+~/\\-]+")),
    (
        "<time>",
        re.compile(
            rf"\b\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]{_CLOCK}{_ZONE})?(?![A-Za-z0-9])"
            rf"|\b{_DAY}, \d{{1,2}} {_MONTH} \d{{4}} {_CLOCK}{_ZONE}"
            rf"|\b{_DAY} {_MONTH} {{1,2}}\d{{1,2}} {_CLOCK}{_ZONE} \d{{4}}"
            rf"|(?<![A-Za-z0-9:.]){_CLOCK}{_ZONE}(?![A-Za-z0-9:])"
        ),
    ),
    (
        "<ip>",
        re.compile(
            r"(?<![\w.])(?:127(?:\.\d{1,3}){3}|0\.0\.0\.0)(?![\w])|(?<![\w:])::1?(?![\w:])"
        ),
    ),
    (
        "<duration>",
        re.compile(
            # Within a number none begins: to look from each of its parts to its end
            # would take time quadratic in a text of digits and commas.
            rf"(?<![A-Za-z0-9.])(?<!\d[,_])[-+]?{_NUMBER} ?{_UNIT}"
            rf"(?: ?{_NUMBER} ?{_UNIT})*+(?![A-Za-z0-9])"
        ),
    ),
    (
        "<n>",
        re.compile(
            r"(?<![A-Za-z0-9])(?:0[xX][0-9A-Fa-f]++"
            r"|(?:(?=[A-Fa-f]*+\d)[0-9A-Fa-f]{7,}+|[0-9a-f]{16,}+)"
            r"(?![A-Za-z0-9]|[.,_]\d)"
            rf"|[-+]?{_NUMBER}(?:[eE][-+]?\d++)?%?)"
        ),
    ),
)
"""What stands for a value, and the value, in the order in which they are looked for."""


def template_of(text: str) -> str:
    """Return a message with what varies masked; the same for messages that differ so.

    First goes what scrubbing removes, so that it makes no difference whether a text was
    scrubbed; then URLs, quoted texts, absolute paths, instants, durations and numbers of
    any base. White space counts as one space. Takes time linear in the text.

    >>> template_of("user 'ann' not found in 3.5 s (id 4711)")
    'user <text> not found in <duration> (id <n>)'
    """
    text = " ".join(scrub(text)[0].split())
    for mask, pattern in MASKS:
        text = pattern.sub(mask, text)
    return text
