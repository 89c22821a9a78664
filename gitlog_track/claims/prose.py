"""Claims made in sentences: `completed in 12 minutes using 3,236 tokens`.

A number alone claims nothing, nor does a number of something else than this work:
the words before and behind it decide. Where they leave a doubt, it is no claim;
who wants to be held to a number writes a trailer.

The searches look at bounded windows around candidates, so that the time taken grows
with the length of the text and not faster.
"""

import functools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from gitlog_track.claims.quantity import Quantity, QuantityError, Unit, scan
from gitlog_track.claims.statement import (
    Budget,
    Form,
    Statement,
    is_estimate,
    shorten,
)
from gitlog_track.claims.vocabulary import Vocabulary

_I = re.IGNORECASE
_LINK = (
    r"(?: (?:is|was|are|were|now|of|at|to|came to|comes to|stands at|reached|reaches"
    r"|rose to|went to|increased to|from [0-9.]{1,6} ?%? to)){0,2}[ ]?[:=]?[ ]?"
)
_SOFT = r"(?:(?:only|just|exactly|a total of|in total) )?"
_NUMBER_NEXT = (
    r"(?=[~\u2248]?[ ]?[0-9]|PT?[0-9]|(?:about|around|approximately|approx|roughly"
    r"|circa|ca)\.? {1,2}[0-9])"
)
_WORKED = re.compile(
    rf"\b(?P<verb>(?:has |have )?(?:took|taken|spent|needed|required)(?: me| us)?"
    r"|(?:completed|finished|done|delivered|implemented|built|wrote|written|shipped"
    r"|wrapped up|closed)(?P<object>(?: [A-Za-z0-9'/_.`-]{1,30}){0,8}?)"
    rf" (?:in|within|after)) {_SOFT}{_NUMBER_NEXT}",
    _I,
)
_OWN_WORK = re.compile(
    r"(?:^|[.;:!?,(\[\u2013\u2014\u2705\u2713\u2714] ?| - |[|>*] "
    r"|\b(?P<explicit>[A-Z][A-Z0-9]*(?:\.[0-9]+)?-[0-9]+|phase [0-9.]+"
    r"|(?:this |the |whole )?(?:task|phase|work|implementation|development|effort)"
    r"|this (?:feature|story|ticket))"
    r"|\b(?P<weak>it|this|it all|all this|all of this|all)"
    r"|\b(?P<person>i|we|i've|we've))"
    r" ?(?:(?:was|is|were|has been|got|only|just|now|fully|all) ){0,2}$",
    _I,
)
_WORKING = re.compile(
    r" (?:on|debugging|fixing|writing|working|implementing|testing|reviewing"
    r"|refactoring|building|hunting|chasing|investigating|researching|coding)\b",
    _I,
)
_OTHER_BEHIND = re.compile(
    r"[ ]?-|[ ]?/[ ]?[a-z]|[ ](?:per|each|every|apiece|on average|longer|faster|slower"
    r"|quicker|shorter|more|less|fewer|instead|before|previously|earlier|later|ago|old"
    r"|timeouts?|delays?|intervals?|windows?|limits?|maximum|max|at most|at least|on my"
    r"|on a|on an|on the|on average|for a|for an|for the|for each|to run|to build"
    r"|to compile|to load|to boot|to start|of lookahead|of context|of cpu|of input"
    r"|with -|when|if|without|while|under)(?![A-Za-z])",
    _I,
)
_ENDS_CLAUSE = re.compile(
    r" ?(?:$|[.,;:!?)\]\u2013\u2014(]|- |(?:and|using|with|in total|total|of work"
    r"|from start|start to finish|vs\.?|versus|compared|instead of the)(?![A-Za-z]))",
    _I,
)
_SCHEDULE = re.compile(
    r"\b(?:ahead of|behind) (?:the )?(?:schedule|plan|estimate)\b", _I
)
_DIGITS = re.compile(r"(?<![A-Za-z0-9_.,:])[+\-\u2212~]?[0-9]")
_TOKENS_SPENT = re.compile(
    r"\b(?:used|using|consumed|consuming|spent|spending|burn(?:ed|t)|cost|costing)"
    r"(?: up)? (?:(?:only|just|exactly|about|around|roughly|approximately) |~ ?)?$",
    _I,
)
_SPENT_BEHIND = re.compile(r" (?:were |was |got )?(?:used|consumed|spent|burned)\b", _I)
_CLAUSE_BEFORE = re.compile(
    r"(?:^|[.;:!?,(\[|*\u2013\u2014\u2705\u2713\u2714] ?| - "
    r"|\b(?:and|with|had|encountered|found|met|after|used) )(?:~|only |just )?$",
    _I,
)
_POLICY = re.compile(
    r"\b(?:requir\w*|threshold|minimum|min|target\w*|goal|at least|enforc\w*|fail\w*"
    r"|below|under|over|above|must|should|shall|want\w*|aim\w*|needs?|limit\w*|expect\w*"
    r"|if|when|until|unless|gate|would|could|once|not|no|can|may|might|whether|want"
    r"|drop\w*|lower\w*|reduc\w*|minim\w*|limit\w*|set|cap|max\w*)\b",
    _I,
)
_COVERAGE = re.compile(
    r"(?P<percent>[0-9][0-9.]{0,6} ?%) (?P<kind>(?:unit )?(?:test|code|line|branch"
    r"|statement) )?coverage(?! (?:of|for|threshold|target|requirement|gate|goal|badge"
    r"|check|rule|limit|on)\b)(?![A-Za-z_-])",
    _I,
)
_MASKED = re.compile(
    r"`[^`]{1,300}`|\"[^\"]{1,300}\"|\u201c[^\u201d]{1,300}\u201d"
    r"|\b(?:https?|ftp|git|ssh|file)://\S{1,2000}",
)
_BULLET = re.compile(r"^[ \t]{0,12}(?:[-*+\u2022]|[0-9]{1,3}[.)]) ")
_HINT = re.compile(
    r"took|taken|spent|complet|finish|done|deliver|implement|built|written|shipped"
    r"|wrapped|closed|ahead|behind|token|iteration|coverage|halluci|bug|interaction"
    r"|ai call|context sw|ratio|rate|duration|tasks",
    _I,
)
_UNIT_OF_TOPIC: dict[str, Unit] = {
    "duration": "s",
    "variance": "s",
    "efficiency": "1",
    "iterations per task": "1",
    "coverage": "%",
    "hallucination rate": "%",
}
_ALWAYS = {
    "hallucinations",
    "iterations per task",
    "tokens per task",
    "tasks completed",
}
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
    """Return prose without bullet and emphasis, with back-ticks for what is quoted.

    >>> clean('`f` took 2h, "took 3h", **done**')
    '` took 2h, `, done'
    """
    text = _MASKED.sub("`", text).replace("**", "").replace("__", "")
    return _BULLET.sub("", text, count=1)


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
        if _HINT.search(item):
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
    words = around if len(text) > 120 else text  # noqa: PLR2004 - as shown
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
        (_CLAUSE_BEFORE.search(before) or _TOKENS_SPENT.search(before))
        and _ENDS_CLAUSE.match(text, hit.end)
    )


class _Reader:
    """Finds the hits of one paragraph's items."""

    def __init__(
        self, words: Vocabulary, budget: Budget, hours_per_day: Decimal | None
    ) -> None:
        self._nouns = words.nouns
        self._budget = budget
        self._hours_per_day = hours_per_day
        self._counts, self._named = _noun_patterns(tuple(sorted(words.nouns.items())))

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
        for verb in _WORKED.finditer(text):
            self._budget.spend()
            before = text[max(0, verb.start() - _REACH) : verb.start()]
            own = _OWN_WORK.search(before)
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
        if count is not None and _ENDS_CLAUSE.match(text, found.end()):
            yield Hit(at, found.end(), "iterations", count[0], strong=True)

    def _read_schedule(self, text: str) -> Iterator[Hit]:
        """Read `10 minutes ahead of schedule`."""
        for found in _SCHEDULE.finditer(text):
            low = max(0, found.start() - _REACH)
            for digit in _DIGITS.finditer(text, low, found.start()):
                hit = self._scan(text, digit.start(), "s")
                if hit is not None and hit[1] > found.start():
                    yield Hit(
                        digit.start(), found.end(), "variance", hit[0], strong=True
                    )
                    break

    def _read_coverage(self, text: str) -> Iterator[Hit]:
        """Read `91% test coverage`; `coverage is 91%` is a named value."""
        for found in _COVERAGE.finditer(text):
            hit = self._scan(text, found.start(), "%")
            if hit is None or not found["kind"]:
                continue
            if not self._is_policy(text, found.start(), found.end()):
                yield Hit(found.start(), found.end(), "coverage", hit[0], strong=True)

    def _is_policy(self, text: str, start: int, end: int) -> bool:
        """Tell whether a value is wanted or compared rather than reached."""
        return bool(
            _POLICY.search(text, max(0, start - _REACH), start)
            or _OTHER_BEHIND.match(text, end)
            or is_estimate(text, start, end)
        )

    def _read_named(self, text: str) -> Iterator[Hit]:
        """Read `coverage is now 91%`, `token usage: 3,236`."""
        for found in self._named.finditer(text):
            noun = found["noun"].lower()
            topic = self._nouns[noun]
            unit = _UNIT_OF_TOPIC.get(topic, "count")
            hit = self._scan(text, found.end(), unit)
            if hit is None or self._is_policy(text, found.start(), hit[1]):
                continue
            if unit == "%" and "%" not in text[found.end() : hit[1]]:
                continue
            if topic == "variance" and hit[0].low >= 0:
                continue
            yield Hit(found.start(), hit[1], topic, hit[0], strong=True)

    def _read_counts(self, text: str) -> Iterator[Hit]:
        """Read `0 hallucinations`, `using 3,236 tokens`, `2 bugs found`."""
        for found in self._counts.finditer(text):
            topic = self._nouns[found["noun"].lower()]
            unit = _UNIT_OF_TOPIC.get(topic, "count")
            hit = self._scan(text, found.start(), unit)
            if hit is None or is_estimate(text, found.start(), found.end()):
                continue
            if _OTHER_BEHIND.match(text, found.end()):
                continue
            strong = self._is_certain(text, topic, found)
            yield Hit(found.start(), found.end(), topic, hit[0], strong=strong)

    def _is_certain(self, text: str, topic: str, found: re.Match[str]) -> bool:
        """Tell whether a count speaks of this work without a claim beside it."""
        if topic in _ALWAYS:
            return True
        before = text[max(0, found.start() - _REACH) : found.start()]
        clause = _CLAUSE_BEFORE.search(before) is not None
        if topic == "tokens":
            verb = _TOKENS_SPENT.search(before)
            own = verb and _OWN_WORK.search(before[: verb.start()])
            spent = _SPENT_BEHIND.match(text, found.end())
            end = spent.end() if spent else found.end()
            return bool((own or (clause and spent)) and _ENDS_CLAUSE.match(text, end))
        if topic in _IF_CLAUSE:
            return clause and _ENDS_CLAUSE.match(text, found.end()) is not None
        return False


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
    if is_estimate(text, verb.start(), end) or _OTHER_BEHIND.match(text, end):
        return False
    explicit = own is not None and own["explicit"] is not None
    if quantity.high < _SHORT_S and not explicit:
        return False
    working = _WORKING.match(text, end) is not None
    if verb["verb"].lower().startswith("spent"):
        return working or _ENDS_CLAUSE.match(text, end) is not None
    vague = own is None or own["weak"] is not None or bool(verb["object"])
    return not vague or _ENDS_CLAUSE.match(text, end) is not None


@functools.lru_cache(maxsize=8)
def _noun_patterns(
    nouns: tuple[tuple[str, str], ...],
) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return patterns of `3 <noun>` and of `<noun> is 3`, longest nouns first."""
    ordered = sorted((noun for noun, _ in nouns), key=len, reverse=True)
    counted = [noun for noun in ordered if _is_counted(noun, dict(nouns)[noun])]
    named = [noun for noun in ordered if noun not in counted]
    count = (
        r"(?<![A-Za-z0-9_.,:/#$=+-])(?P<number>[0-9][0-9.,_']{0,20}"
        r"(?: ?(?:[kKM]|thousand|million)\b)?"
        r"(?: ?(?:-|to) ?[0-9][0-9.,]{0,12}[kKM]?)?) "
        rf"(?P<noun>{'|'.join(map(re.escape, counted))})(?![A-Za-z0-9_-])"
    )
    name = rf"\b(?P<noun>{'|'.join(map(re.escape, named))}){_LINK}{_SOFT}{_NUMBER_NEXT}"
    return re.compile(count, _I), re.compile(name, _I)


def _is_counted(noun: str, topic: str) -> bool:
    """Tell nouns that follow their number from those that come before it."""
    if noun in {"token usage", "tokens used", "token count used"}:
        return False
    return _UNIT_OF_TOPIC.get(topic, "count") == "count" or topic in _ALWAYS
