"""A cheap test that lets most messages go by without being parsed.

May say yes to a message without claims; never says no to one that has a claim or
cannot be read. The gate runs it over the raw objects of tens of thousands of commits.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

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
    # A line feed to look for, not "^": the search then jumps from line to line.
    rb"\n[ \t*+-]{0,32}([a-z][a-z0-9_-]{0,39})\*{0,2}[ \t]{0,3}:"
)
_NUMBER = rb"(?:[0-9]|\b(?:" + "|".join(NUMBER_WORDS).encode() + rb")\b)"
# Behind the number, and what else a range or a fraction has, a unit of time begins; a
# decimal comma is refused before any unit is looked for.
_TIME = (
    _NUMBER
    + rb"(?:[0-9]{0,3}:[0-9]"
    + rb"|[0-9]*+,[0-9]"
    + rb"|[^a-z]{0,40}(?:(?:to|or|and|half|a|working)[^a-z]{1,12}){0,3}[mhsdwi])"
)
_TAKEN = re.compile(rb"(?:" + rb"|".join(_TAKING) + rb")\b[^0-9]{0,60}?" + _TIME)
_OBJECT = rb"(?:\s{1,40}(?:`[^`]{1,300}`|\"[^\"]{1,300}\"|\S{1,2000}))"
_DONE = re.compile(
    rb"(?:"
    + rb"|".join(verb.replace(b" ", _BLANK) for verb in _DOING)
    + rb")[*_]{0,4}"
    + _OBJECT
    + rb"{0,9}?\s{1,40}[*_]{0,4}(?:in|within|after)\b[^0-9]{0,60}?"
    + _TIME
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


_ANY_NUMBER = re.compile(_NUMBER)
_FAR = 1_000
_NEAR = 200
"""In ``prose`` a noun and its value stand less than 120 characters apart."""
_PHRASE = 100
_WORK = (
    *((verb, _TAKEN) for verb in _TAKING),
    *((verb, _DONE) for verb in dict.fromkeys(_CUES)),
    *((word, _SCHEDULE) for word in (b"ahead", b"behind")),
)
"""Verbs of work, each with the form in which a number follows it."""


def build_sieve(words: Vocabulary) -> Callable[[Sequence[bytes]], list[bool]]:
    r"""Return a test on raw commit or tag objects, many at a time.

    One search over the joined bodies of hundreds costs a third of hundreds of searches.

    Args:
        words: keys and nouns of all measures that can be claimed.

    Returns:
        A function that is True for each object that has to be parsed: a body with a
        key or noun of a claim or a number behind a verb of work, a NUL, a declared
        encoding, a damaged header.
    """
    keys = frozenset(key.encode() for key in words.known_keys)
    single = _shortest({noun for noun in words.nouns if " " not in noun})
    phrases = {n for n in words.nouns if not any(one in n for one in single)}
    nouns = [*((noun.encode(), None) for noun in single), *_phrases(phrases)]

    def may_claim(objects: Sequence[bytes]) -> list[bool]:
        batch = _Batch(objects)
        for cue, form in nouns:
            batch.mark_numbered(cue, form)
        for verb, form in _WORK:
            batch.mark_matching(verb, form)
        batch.mark_keys(keys)
        return batch.marks

    return may_claim


class _Batch:
    """The bodies of some objects in one text, and which of them have to be parsed."""

    def __init__(self, objects: Sequence[bytes]) -> None:
        self.marks = [False] * len(objects)
        bodies = []
        for number, raw in enumerate(objects):
            header, _, body = raw.partition(b"\n\n")
            odd = not header.startswith((b"tree ", b"object ")) or b"\0" in body
            self.marks[number] = odd or b"\nencoding " in header
            bodies.append(body)
        joined = b"\n".join((b"", *bodies))
        if b"**" in joined or b"__" in joined:
            # As prose is read: marks of emphasis may stand in the middle of a word.
            bodies = [body.replace(b"**", b"").replace(b"__", b"") for body in bodies]
            joined = b"\n".join((b"", *bodies))
        self._text = joined.lower().replace(b"\r", b"\n")
        lengths = (len(body) + 1 for body in bodies)
        self._ends = list(accumulate(lengths))

    def mark_numbered(self, cue: bytes, form: re.Pattern[bytes] | None) -> None:
        """Mark every body with a noun, or the form of a phrase, and a number near it."""
        at = self._text.find(cue)
        while at >= 0:
            number = bisect_left(self._ends, at)
            if not self.marks[number] and self._is_numbered(at, number, form):
                self.marks[number] = True
            after = self._ends[number] if self.marks[number] else at + len(cue)
            at = self._text.find(cue, after)

    def _is_numbered(
        self, at: int, number: int, form: re.Pattern[bytes] | None
    ) -> bool:
        """Is there a number within what a noun and its value take, blanks aside?"""
        begin = self._ends[number - 1] if number else 0
        end = self._ends[number]
        if form is not None and not form.search(
            self._text, max(begin, at - _PHRASE), min(end, at + _PHRASE)
        ):
            return False
        left = self._text[max(begin, at - _FAR) : at].split()
        right = self._text[at : min(end, at + _FAR)].split()
        around = b" ".join(left)[-_NEAR:] + b" " + b" ".join(right)[:_NEAR]
        return _ANY_NUMBER.search(around) is not None

    def mark_matching(self, cue: bytes, form: re.Pattern[bytes]) -> None:
        """Mark every body that matches a form, of which a cue is always a part."""
        for number in self._holding(cue):
            if not self.marks[number]:
                begin = self._ends[number - 1] if number else 0
                found = form.search(self._text, begin + 1, self._ends[number])
                self.marks[number] = found is not None

    def mark_keys(self, keys: frozenset[bytes]) -> None:
        """Mark every body with a line that begins with one of some keys."""
        for found in _KEY_LINE.finditer(self._text):
            if found[1].replace(b"-", b"_") in keys:
                self.marks[bisect_left(self._ends, found.start(1))] = True

    def _holding(self, word: bytes) -> Iterator[int]:
        at = self._text.find(word)
        while at >= 0:
            number = bisect_left(self._ends, at)
            yield number
            at = self._text.find(word, self._ends[number])


def _shortest(stems: set[str]) -> list[str]:
    """Return the stems that hold no other: finding one finds all."""
    return sorted(s for s in stems if not any(o in s for o in stems if o != s))


def _phrases(nouns: set[str]) -> list[tuple[bytes, re.Pattern[bytes]]]:
    """Return the forms of phrases, with any blanks or marks between their words.

    Those that share a word are one form: each word is looked for in all of the text.
    """
    longest = {max(noun.split(), key=len) for noun in nouns}
    cues = _shortest(longest)
    by_cue: dict[str, list[bytes]] = {}
    for noun in sorted(nouns):
        cue = next(cue for cue in cues if cue in noun)
        parts = (re.escape(word.encode()) for word in noun.split())
        by_cue.setdefault(cue, []).append(_BLANK.join(parts))
    return [(cue.encode(), re.compile(b"|".join(by_cue[cue]))) for cue in by_cue]
