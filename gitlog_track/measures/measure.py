"""What a measure is: its names, unit, meaning and the ways it can be claimed.

Does not list the measures; that is `gitlog_track.measures.catalogue`.
"""

import enum
from dataclasses import dataclass
from typing import Literal

Unit = Literal["s", "count", "%", "1", "instant", "text", "list", "named", "status"]
"""Base unit: seconds, whole number, per cent, plain number; or what is no number:
an instant, a text, a list, a value with its own name and unit, a status."""


class Level(enum.Enum):
    """What a measure is about."""

    TASK = "task"
    PHASE = "phase"
    TRACKING = "tracking"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimKey:
    """A key that states a measure in a commit message: `Duration-Minutes: 12`.

    Attributes:
        name: in lower case with underscores; a message may use dashes and capitals.
        bare_unit: unit word of a number written without one; empty: refused.
        or_floor: the value may also be the logged one cut off, not rounded.
    """

    name: str
    bare_unit: str = ""
    or_floor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One named number, text or instant of a task, a phase or the tracking itself.

    Attributes:
        id: the founding field's name in lower case; public, never reused.
        level: what it is about; an id may occur once on each level.
        names: further founding names, in lower case with underscores.
        unit: base unit.
        formula: how it is computed, in words.
        why: what a person does with it.
        claim_keys: keys that claim it; empty where no claim is judged.
        topic: what a sentence about it speaks of; at most one measure of a level
            has a topic. Empty: no sentence claims it.
        prose: words that name it in a sentence, in lower case.
        total_of: id of the measure that M of `N / M` states; empty: none.
        needs_end: a claim needs an ended task.
    """

    id: str
    level: Level
    names: tuple[str, ...] = ()
    unit: Unit
    formula: str
    why: str
    claim_keys: tuple[ClaimKey, ...] = ()
    topic: str = ""
    prose: tuple[str, ...] = ()
    total_of: str = ""
    needs_end: bool = False


def keys(*names: str) -> tuple[ClaimKey, ...]:
    """Return plain claim keys for some names."""
    return tuple(ClaimKey(name=name) for name in names)
