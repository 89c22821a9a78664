"""What a message states, before it is known of which task or phase.

Shared by the two readers of statements, of fields and of prose.
"""

import enum
import re
from dataclasses import dataclass

from gitlog_track.claims.quantity import Quantity


class Form(enum.Enum):
    """How a claim is written."""

    TRAILER = "trailer"
    FIELD = "field"
    PROSE = "prose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One value stated by a key or about a topic.

    Attributes:
        form: how it is written.
        key: in lower case with underscores; empty in prose.
        topic: what prose speaks of; empty with a key.
        quantity: the value; None for a status or where there is a problem.
        status: the value of a status.
        words: the statement's own words, at most 120 characters.
        problem: why the value cannot be judged, as one sentence.
    """

    form: Form
    key: str = ""
    topic: str = ""
    quantity: Quantity | None = None
    status: str = ""
    words: str
    problem: str = ""


class TooManyError(Exception):
    """More candidates than anybody writes; the message is refused unread."""


class Budget:
    """How many candidates one message may still ask to look at.

    Keeps a message made of claims only from costing more than one made of words.
    """

    def __init__(self, candidates: int) -> None:
        self._left = candidates

    def spend(self) -> None:
        """Count one candidate.

        Raises:
            TooManyError: when none is left.
        """
        self._left -= 1
        if self._left < 0:
            raise TooManyError


_ESTIMATE_BEHIND = re.compile(
    r"[ \t,(\[*-]{0,4}(?:estimated|estimate|est\.?)[ \t]{0,2}(?:[)\],;(.*]|$)"
    r"|[ \t(]{0,3}estimated(?![A-Za-z]| ?(?:[:=~0-9]|at |was ))|[ \t]{0,3}\(no logs\)",
    re.IGNORECASE,
)
_LOUD = re.compile(r"NOT MEASURED|ESTIMATED")
_ESTIMATE_BEFORE = re.compile(
    r"(?:\best(?:imated?|imates?)?\.?|\bprojected|\bplanned|\bexpected|\bbudget(?:ed)?)"
    r"(?: (?:of|at|was|is|to take|time|total))?[ \t:=~]{0,3}$",
    re.IGNORECASE,
)


def is_estimate(text: str, start: int, end: int) -> bool:
    """Tell whether the words around a value mark it as an estimate or unmeasured.

    Args:
        text: a line or an item of prose.
        start: where the value begins.
        end: where it ends.

    >>> is_estimate("took 2h (estimated)", 5, 7)
    True
    >>> is_estimate("took 70m vs 60m estimated", 5, 8)
    False
    """
    behind = _ESTIMATE_BEHIND.match(text, end, end + 80)
    return behind is not None or bool(
        _LOUD.search(text, end, end + 80)
        or _ESTIMATE_BEFORE.search(text[max(0, start - 40) : start])
    )


def shorten(words: str, limit: int = 120) -> str:
    """Return words on one line, cut to a length that can be shown."""
    line = " ".join(words.split())
    return line if len(line) <= limit else f"{line[: limit - 3]}..."
