"""What a project asks of claims, from its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from gitlog_track.claims.grammar import Options
from gitlog_track.config import Answer, Config
from gitlog_track.errors import ConfigError
from gitlog_track.measures.catalogue import find
from gitlog_track.measures.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How claims are judged.

    Attributes:
        mode: what a violation does; ``prose`` the same for claims in prose.
        evidence: the weakest class that backs a claim.
        evidence_for: the same for single measures, by id.
        tolerance: how far a claim may be off, by measure id, in its base unit.
        baseline: commits whose history is not judged.
        options: how messages are read.
    """

    mode: Answer = "block"
    prose: Answer = "block"
    evidence: Evidence = Evidence.DECLARED
    evidence_for: Mapping[str, Evidence] = field(default_factory=dict)
    tolerance: Mapping[str, Decimal] = field(default_factory=dict)
    baseline: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)

    def least_evidence(self, measure: str) -> Evidence:
        """Return the weakest class that backs a claim of a measure."""
        return self.evidence_for.get(measure, self.evidence)


def policy_of(config: Config) -> Policy:
    """Return the policy that a configuration asks for.

    Raises:
        ConfigError: it names a measure that does not exist.
    """
    days = Decimal(config.hours_per_day) if config.hours_per_day else None
    return Policy(
        mode=config.gate_mode,
        prose=config.gate_prose,
        evidence=Evidence(config.gate_evidence),
        evidence_for={
            _measure(name): Evidence(text)
            for name, text in config.gate_evidence_for.items()
        },
        tolerance={
            _measure(name): Decimal(text)
            for name, text in config.gate_tolerance.items()
        },
        baseline=config.gate_baseline,
        options=Options(
            task_key=config.task_trailer.lower(),
            phase_key=config.phase_trailer.lower(),
            title_pattern=config.branch_pattern or Options().title_pattern,
            hours_per_day=days,
        ),
    )


def _measure(name: str) -> str:
    known = find(name)
    if known is None:
        raise ConfigError(
            f"the gate's configuration names {name!r}, which is no measure"
        )
    return known.id
