"""The words by which measures are claimed, as a table that the grammar looks up.

Built once from the catalogue of measures, which this layer does not import: any
values with the attributes of the protocols below will do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, Protocol

Kind = Literal["task", "phase"]
KINDS: tuple[Kind, Kind] = ("task", "phase")


class KeyLike(Protocol):
    """A claim key of the catalogue."""

    @property
    def name(self) -> str:
        """In lower case with underscores."""

    @property
    def bare_unit(self) -> str:
        """Unit word of a bare number, or empty."""

    @property
    def or_floor(self) -> bool:
        """Whether the value may be cut off."""


class LevelLike(Protocol):
    """The level of a measure: an enumeration with `task` and `phase` as values."""

    @property
    def value(self) -> Any:  # noqa: ANN401 - as enum.Enum has it
        """`task`, `phase` or another."""


class MeasureLike(Protocol):
    """A measure of the catalogue, as far as claims need it."""

    @property
    def id(self) -> str:
        """Id in the catalogue."""

    @property
    def level(self) -> LevelLike:
        """What the measure is about."""

    @property
    def unit(self) -> str:
        """Base unit."""

    @property
    def topic(self) -> str:
        """What a sentence about it speaks of, or empty."""

    @property
    def prose(self) -> Sequence[str]:
        """Words that name it."""

    @property
    def claim_keys(self) -> Sequence[KeyLike]:
        """Keys that claim it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What one key or topic means for one kind of subject.

    Attributes:
        measure: id in the catalogue.
        unit: base unit of the measure.
        bare_unit: unit word of a number written without one; empty: refused.
        or_floor: the value may also be the logged one cut off.
    """

    measure: str
    unit: str
    bare_unit: str = ""
    or_floor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Keys and topics of all measures that can be claimed.

    Attributes:
        keys: term of each key (lower case, underscores) for each kind of subject.
        topics: term of each topic for each kind of subject.
        nouns: topic of each word or phrase that names one, in lower case.
        known_keys: all keys of all kinds.
    """

    keys: Mapping[tuple[Kind, str], Term]
    topics: Mapping[tuple[Kind, str], Term]
    nouns: Mapping[str, str]
    known_keys: frozenset[str]

    def term_of_key(self, kind: Kind, key: str) -> tuple[Kind, Term]:
        """Return the kind of subject that a known key speaks of, and what it means.

        Raises:
            KeyError: for a key of no measure.
        """
        return _preferred(self.keys, kind, key)

    def term_of_topic(self, kind: Kind, topic: str) -> tuple[Kind, Term]:
        """Return the kind of subject that a topic speaks of, and what it means.

        Raises:
            KeyError: for a topic of no measure.
        """
        return _preferred(self.topics, kind, topic)


def _preferred(
    table: Mapping[tuple[Kind, str], Term], kind: Kind, name: str
) -> tuple[Kind, Term]:
    """Look a name up for one kind of subject, else for the other."""
    other: Kind = "phase" if kind == "task" else "task"
    if (kind, name) in table:
        return kind, table[kind, name]
    return other, table[other, name]


def vocabulary(measures: Iterable[MeasureLike]) -> Vocabulary:
    """Build the vocabulary of some measures.

    Args:
        measures: of the catalogue; those that are of no task or phase are left out.
    """
    keys: dict[tuple[Kind, str], Term] = {}
    topics: dict[tuple[Kind, str], Term] = {}
    nouns: dict[str, str] = {}
    for measure in measures:
        for kind in KINDS:
            if measure.level.value != kind:
                continue
            for key in measure.claim_keys:
                keys[kind, key.name] = Term(
                    measure=measure.id,
                    unit=measure.unit,
                    bare_unit=key.bare_unit,
                    or_floor=key.or_floor,
                )
            if measure.topic:
                topics[kind, measure.topic] = Term(
                    measure=measure.id, unit=measure.unit
                )
                nouns.update(dict.fromkeys(measure.prose, measure.topic))
    return Vocabulary(
        keys=MappingProxyType(keys),
        topics=MappingProxyType(topics),
        nouns=MappingProxyType(nouns),
        known_keys=frozenset(name for _, name in keys),
    )
