"""A cheap test that lets most messages go by without being parsed.

May say yes to a message without claims; never says no to one that has a claim or
cannot be read. The gate runs it over the raw objects of tens of thousands of commits.
"""

import re
from collections.abc import Callable

from gitlog_track.claims.phrases import NUMBER_WORDS
from gitlog_track.claims.vocabulary import Vocabulary

_TAKING = (b"took", b"taken", b"spent", b"needed", b"required")
_DOING = (
    *(b"completed", b"finished", b"delivered", b"implemented", b"built", b"written"),
    *(b"wrote", b"shipped", b"done", b"wrapped up", b"closed"),
)
_CUES = tuple(verb.partition(b" ")[0] for verb in _DOING)
_BLANK = rb"[\s*_]{1,12}"
_KEY_LINE = re.compile(
    rb"(?:^|\r)[ \t*+-]{0,32}([a-z][a-z0-9_-]{0,39})\*{0,2}[ \t]{0,3}:", re.MULTILINE
)
_NUMBER = rb"(?:[0-9]|\b(?:" + "|".join(NUMBER_WORDS).encode() + rb")\b)"
_TAKEN = re.compile(rb"(?:" + rb"|".join(_TAKING) + rb")\b[^0-9]{0,60}?" + _NUMBER)
_OBJECT = rb"(?:\s{1,40}(?:`[^`]{1,300}`|\"[^\"]{1,300}\"|\S{1,2000}))"
_DONE = re.compile(
    rb"(?:"
    + rb"|".join(verb.replace(b" ", _BLANK) for verb in _DOING)
    + rb")[*_]{0,4}"
    + _OBJECT
    + rb"{0,9}?\s{1,40}[*_]{0,4}(?:in|within|after)\b[^0-9]{0,60}?"
    + _NUMBER
)
_SCHEDULE = re.compile(
    rb"(?:ahead"
    + _BLANK
    + rb"of|behind)"
    + _BLANK
    + rb"(?:the"
    + _BLANK
    + rb")?(?:schedule|plan|estimate)"
)


def build_sieve(words: Vocabulary) -> Callable[[bytes], bool]:
    r"""Return a test on raw commit or tag objects.

    Args:
        words: keys and nouns of all measures that can be claimed.

    Returns:
        A function that is True for what has to be parsed: a body with a key or noun
        of a claim or a number behind a verb of work, a NUL, a declared encoding, a
        damaged header.
    """
    keys = frozenset(key.encode() for key in words.known_keys)
    single = _shortest({noun for noun in words.nouns if " " not in noun})
    stems = tuple(noun.encode() for noun in single)
    phrases = {n for n in words.nouns if not any(one in n for one in single)}
    pairs = tuple(_phrase(noun) for noun in sorted(phrases))

    def may_claim(raw: bytes) -> bool:
        header, _, body = raw.partition(b"\n\n")
        if not header.startswith((b"tree ", b"object ")) or b"\nencoding " in header:
            return True
        if b"\0" in body:
            return True
        low = body.lower()
        if not keys.isdisjoint(_keys_of_lines(low)):
            return True
        for stem in stems:
            if stem in low:
                return True
        return _has_phrase(low) or _has_work(low)

    def _has_phrase(low: bytes) -> bool:
        return any(first in low and form.search(low) for first, form in pairs)

    return may_claim


def _keys_of_lines(low: bytes) -> list[bytes]:
    found: list[bytes] = _KEY_LINE.findall(low)
    return [key.replace(b"-", b"_") for key in found]


def _has_work(low: bytes) -> bool:
    if any(verb in low for verb in _TAKING) and _TAKEN.search(low):
        return True
    if any(verb in low for verb in _CUES) and _DONE.search(low):
        return True
    return (b"ahead" in low or b"behind" in low) and bool(_SCHEDULE.search(low))


def _shortest(stems: set[str]) -> list[str]:
    """Return the stems that hold no other: finding one finds all."""
    return sorted(s for s in stems if not any(o in s for o in stems if o != s))


def _phrase(noun: str) -> tuple[bytes, re.Pattern[bytes]]:
    """Return a phrase's first word and its form, with any blanks or marks between."""
    first, *rest = (re.escape(word.encode()) for word in noun.split())
    cue, _, _ = noun.partition(" ")
    return cue.encode(), re.compile(_BLANK.join([first, *rest]))
