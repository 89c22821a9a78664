"""How well a value is known: the evidence classes, their order and their labels.

Does not decide what class a value has; that is the business of whoever computes it.
"""

import enum
import functools
from collections.abc import Iterable
from operator import attrgetter
from typing import Self


@functools.total_ordering
class Evidence(enum.Enum):
    """Where a value comes from; a greater one is stronger.

    Attributes:
        rank: place from 0 (missing) to 5 (measured).

    >>> Evidence.DECLARED > Evidence.BACKFILLED
    True
    """

    MISSING = "missing"
    ESTIMATED = "estimated"
    BACKFILLED = "backfilled"
    DECLARED = "declared"
    DERIVED = "derived"
    MEASURED = "measured"

    rank: int

    def __new__(cls, value: str) -> Self:
        """Number the classes in the order in which they stand above."""
        member = object.__new__(cls)
        member._value_ = value
        member.rank = len(cls.__members__)
        return member

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Evidence):
            return NotImplemented
        return self.rank < other.rank


def weakest(classes: Iterable[Evidence]) -> Evidence:
    """Return the weakest of some classes; nothing at all is missing.

    >>> weakest([Evidence.MEASURED, Evidence.DECLARED])
    <Evidence.DECLARED: 'declared'>
    """
    return min(classes, key=_rank, default=Evidence.MISSING)


_rank = attrgetter("rank")


def of_computed(inputs: Iterable[Evidence]) -> Evidence:
    """Return the class of a value computed from inputs of these classes.

    It is the weakest input's, and derived where every input was measured.

    >>> of_computed([Evidence.MEASURED, Evidence.MEASURED])
    <Evidence.DERIVED: 'derived'>
    """
    weak = weakest(inputs)
    return Evidence.DERIVED if weak is Evidence.MEASURED else weak


def label(evidence: Evidence, source: str = "") -> str:
    """Return the text that stands behind a value wherever one is shown.

    Args:
        evidence: the value's class.
        source: what the class asks for: the log's path at its commit (measured,
            derived), the instant it was logged (declared), where it was imported
            from (backfilled); not used by the others.

    >>> label(Evidence.MEASURED, "tasks/P1-009 at 1a2b3c4")
    'PROVABLE (see tasks/P1-009 at 1a2b3c4)'
    >>> label(Evidence.MISSING)
    'NOT MEASURED'
    """
    words, preposition = _WORDS[evidence]
    return f"{words} ({preposition} {source})" if preposition and source else words


_WORDS = {
    Evidence.MEASURED: ("PROVABLE", "see"),
    Evidence.DERIVED: ("PROVABLE", "see"),
    Evidence.DECLARED: ("DECLARED", "logged"),
    Evidence.BACKFILLED: ("BACKFILLED", "from"),
    Evidence.ESTIMATED: ("ESTIMATED (no logs)", ""),
    Evidence.MISSING: ("NOT MEASURED", ""),
}
"""What a label says, and what stands before the source where it names one."""
