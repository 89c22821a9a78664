"""Claims made in sentences: `completed in 12 minutes using 3,236 tokens`.

A number alone claims nothing, nor does a number of something else than this work:
the words before and behind it decide. Where they leave a doubt, it is no claim;
who wants to be held to a number writes a trailer.

The searches look at bounded windows around candidates, so that the time taken grows
with the length of the text and not faster.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from gitlog_track.claims.phrases import (
    ALWAYS,
    BULLET,
    CLAUSE_BEFORE,
    COVERAGE,
    DIGITS,
    ENDS_CLAUSE,
    HINT,
    MASKED,
    NUMBER_WORDS,
    OTHER_BEHIND,
    OWN_WORK,
    POLICY,
    SCHEDULE,
    SPELLED,
    SPENT_BEHIND,
    TOKENS_SPENT,
    UNIT_OF_TOPIC,
    WORKED,
    WORKING,
    noun_patterns,
)
from gitlog_track.claims.quantity import Quantity, QuantityError, Unit, scan
from gitlog_track.claims.statement import (
    Budget,
    Form,
    Statement,
    is_estimate,
    shorten,
)
from gitlog_track.claims.vocabulary import Vocabulary

_IF_CLAUSE = {"bugs", "bugs fixed", "interactions"}
_SHORT_S = 60
_REACH = 48


class Hit(NamedTuple):
    """One quantity found in an item: place, meaning, and whether it stands alone."""

    start: int
    end: int
    topic: str
    quantity: Quantity | None
    strong: bool
    problem: str = ""


def clean(text: str) -> str:
    """Return prose as it is searched: back-ticks for what is quoted, digits for words.

    Bullet and emphasis are left out.

    >>> clean('`f` took 2h, "took 3h", **done**')
    '` took 2h, `, done'
    """
    text = MASKED.sub("`", text).replace("**", "").replace("__", "")
    text = SPELLED.sub(lambda word: str(NUMBER_WORDS.index(word[1].lower())), text)
    return BULLET.sub("", text, count=1)


def read_prose(
    items: list[str],
    words: Vocabulary,
    budget: Budget,
    *,
    hours_per_day: Decimal | None = None,
) -> list[tuple[int, Statement]]:
    """Return what the sentences of one paragraph state.

    Args:
        items: the paragraph's sentences, list items and lines with foreign keys,
            each joined to one line.
        words: the nouns of claims.
        budget: of the message.
        hours_per_day: length of a working day, if configured.

    Returns:
        Pairs of an item's place and a statement, in order.

    Raises:
        TooManyError: when the budget is spent.
    """
    reader = _Reader(words, budget, hours_per_day)
    found: list[tuple[int, str, Hit]] = []
    for place, item in enumerate(items):
        if HINT.search(item):
            text = clean(item)
            found += [(place, text, hit) for hit in reader.read(text)]
    strong = any(hit.strong for _, _, hit in found)
    return [
        (place, _statement(text, hit))
        for place, text, hit in found
        if hit.strong or (strong and _stands_apart(text, hit))
    ]


def _statement(text: str, hit: Hit) -> Statement:
    around = text[max(0, hit.start - 30) : hit.end + 30].strip()
    words = around if len(text) > 120 else text
    return Statement(
        form=Form.PROSE,
        topic=hit.topic,
        quantity=hit.quantity,
        words=shorten(words),
        problem=hit.problem,
    )


def _stands_apart(text: str, hit: Hit) -> bool:
    """Tell whether a bare count is a clause of its own, beside a certain claim."""
    before = text[max(0, hit.start - _REACH) : hit.start]
    return bool(
        (CLAUSE_BEFORE.search(before) or TOKENS_SPENT.search(before))
        and ENDS_CLAUSE.match(text, hit.end)
    )


class _Reader:
    """Finds the hits of one paragraph's items."""

    def __init__(
        self, words: Vocabulary, budget: Budget, hours_per_day: Decimal | None
    ) -> None:
        self._nouns = words.nouns
        self._budget = budget
        self._hours_per_day = hours_per_day
        self._counts, self._named = noun_patterns(tuple(sorted(words.nouns.items())))

    def read(self, text: str) -> list[Hit]:
        """Return the hits of an item, in order of place, none inside another."""
        hits = sorted(
            (
                *self._read_work(text),
                *self._read_schedule(text),
                *self._read_coverage(text),
                *self._read_named(text),
                *self._read_counts(text),
            ),
            key=lambda hit: (hit.start, not hit.strong),
        )
        kept: list[Hit] = []
        for hit in hits:
            if not kept or hit.start >= kept[-1].end:
                kept.append(hit)
        return kept

    def _scan(self, text: str, at: int, unit: Unit) -> tuple[Quantity, int] | None:
        self._budget.spend()
        try:
            return scan(text, at, unit, hours_per_day=self._hours_per_day)
        except QuantityError:
            return None

    def _read_work(self, text: str) -> Iterator[Hit]:
        """Read `took 2h`, `completed in 12 minutes`, `done in 2 iterations`."""
        for verb in WORKED.finditer(text):
            self._budget.spend()
            before = text[max(0, verb.start() - _REACH) : verb.start()]
            own = OWN_WORK.search(before)
            if own is None and not verb["verb"].lower().endswith((" me", " us")):
                continue
            at = verb.end()
            try:
                found = scan(text, at, "s", hours_per_day=self._hours_per_day)
            except QuantityError as err:
                yield Hit(at, at + 1, "duration", None, strong=True, problem=str(err))
                continue
            if found is None:
                yield from self._read_iterations(text, at)
            elif _is_own_time(text, verb, own, *found):
                yield Hit(at, found[1], "duration", found[0], strong=True)

    def _read_iterations(self, text: str, at: int) -> Iterator[Hit]:
        found = self._counts.match(text, at)
        if found is None or self._nouns.get(found["noun"].lower()) != "iterations":
            return
        count = self._scan(text, at, "count")
        if count is not None and ENDS_CLAUSE.match(text, found.end()):
            yield Hit(at, found.end(), "iterations", count[0], strong=True)

    def _read_schedule(self, text: str) -> Iterator[Hit]:
        """Read `10 minutes ahead of schedule`."""
        for found in SCHEDULE.finditer(text):
            low = max(0, found.start() - _REACH)
            for digit in DIGITS.finditer(text, low, found.start()):
                hit = self._scan(text, digit.start(), "s")
                if hit is not None and hit[1] > found.start():
                    yield Hit(
                        digit.start(), found.end(), "variance", hit[0], strong=True
                    )
                    break

    def _read_coverage(self, text: str) -> Iterator[Hit]:
        """Read `91% test coverage`; `coverage is 91%` is a named value."""
        for found in COVERAGE.finditer(text):
            hit = self._scan(text, found.start(), "%")
            if hit is None or not (found["kind"] or _is_clause(text, found)):
                continue
            if not self._is_policy(text, found.start(), found.end()):
                yield Hit(found.start(), found.end(), "coverage", hit[0], strong=True)

    def _is_policy(self, text: str, start: int, end: int) -> bool:
        """Tell whether a value is wanted or compared rather than reached."""
        return bool(
            POLICY.search(text, max(0, start - _REACH), start)
            or OTHER_BEHIND.match(text, end)
            or is_estimate(text, start, end)
        )

    def _read_named(self, text: str) -> Iterator[Hit]:
        """Read `coverage is now 91%`, `token usage: 3,236`."""
        for found in self._named.finditer(text):
            noun = found["noun"].lower()
            topic = self._nouns[noun]
            unit = UNIT_OF_TOPIC.get(topic, "count")
            hit = self._scan(text, found.end(), unit)
            if hit is None or self._is_policy(text, found.start(), hit[1]):
                continue
            if _is_other_value(found, topic, hit[0], text[found.end() : hit[1]]):
                continue
            yield Hit(found.start(), hit[1], topic, hit[0], strong=True)

    def _read_counts(self, text: str) -> Iterator[Hit]:
        """Read `0 hallucinations`, `using 3,236 tokens`, `2 bugs found`."""
        for found in self._counts.finditer(text):
            topic = self._nouns[found["noun"].lower()]
            unit = UNIT_OF_TOPIC.get(topic, "count")
            hit = self._scan(text, found.start(), unit)
            if hit is None or is_estimate(text, found.start(), found.end()):
                continue
            if OTHER_BEHIND.match(text, found.end()):
                continue
            strong = self._is_certain(text, topic, found)
            yield Hit(found.start(), found.end(), topic, hit[0], strong=strong)

    def _is_certain(self, text: str, topic: str, found: re.Match[str]) -> bool:
        """Tell whether a count speaks of this work without a claim beside it."""
        if topic in ALWAYS:
            return True
        before = text[max(0, found.start() - _REACH) : found.start()]
        clause = CLAUSE_BEFORE.search(before) is not None
        if topic == "tokens":
            verb = TOKENS_SPENT.search(before)
            own = verb and OWN_WORK.search(before[: verb.start()])
            spent = SPENT_BEHIND.match(text, found.end())
            end = spent.end() if spent else found.end()
            return bool((own or (clause and spent)) and ENDS_CLAUSE.match(text, end))
        return topic in _IF_CLAUSE and _is_clause(text, found)


def _is_clause(text: str, found: re.Match[str]) -> bool:
    """Tell whether a match is a clause of its own."""
    before = text[max(0, found.start() - _REACH) : found.start()]
    if CLAUSE_BEFORE.search(before) is None:
        return False
    return ENDS_CLAUSE.match(text, found.end()) is not None


def _is_other_value(
    found: re.Match[str], topic: str, quantity: Quantity, written: str
) -> bool:
    """Tell what only looks like the value of a noun.

    A change instead of a value, a coverage without a per cent sign, `coverage of
    96%` (of what?), and a variance that is not ahead of anything, a statistician's.
    """
    if (topic == "variance") != (quantity.low < 0):
        return True
    if topic != "coverage":
        return False
    bare_of = found["noun"].lower() == "coverage" and found[0].endswith("of ")
    return bare_of or ("%" not in written and "cent" not in written)


def _is_own_time(
    text: str,
    verb: re.Match[str],
    own: re.Match[str] | None,
    quantity: Quantity,
    end: int,
) -> bool:
    """Tell whether a duration behind a verb is what this work took.

    Seconds are nearly always a program's, so they need a task in so many words.
    """
    if is_estimate(text, verb.start(), end) or OTHER_BEHIND.match(text, end):
        return False
    explicit = own is not None and own["explicit"] is not None
    if quantity.high < _SHORT_S and not explicit:
        return False
    working = WORKING.match(text, end) is not None
    if verb["verb"].lower().startswith("spent"):
        return working or ENDS_CLAUSE.match(text, end) is not None
    personal = verb["verb"].lower().endswith((" me", " us"))
    vague = not personal and (own is None or bool(own["weak"] or verb["object"]))
    return not vague or ENDS_CLAUSE.match(text, end) is not None
