"""From the configuration to the policy: every key of the gate, and measures that are none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gitlog_track.claims.grammar import Options
from gitlog_track.config import Config, parse_config
from gitlog_track.errors import ConfigError
from gitlog_track.gate.policy import Policy, policy_of
from gitlog_track.measures.evidence import Evidence


def configured(**gate: object) -> Config:
    return parse_config({"gate": gate}, ".gitlog-track.toml")


def test_no_configuration_is_the_default_policy() -> None:
    assert policy_of(parse_config({}, "nothing")) == Policy()


def test_what_is_configured_is_asked_for() -> None:
    config = configured(
        mode="warn",
        prose="off",
        evidence="derived",
        evidence_for={"DURATION_MINUTES": "measured"},
        tolerance={"duration": "60"},
        baseline=["a" * 40],
    )
    assert policy_of(config) == Policy(
        mode="warn",
        prose="off",
        evidence=Evidence.DERIVED,
        evidence_for={"duration": Evidence.MEASURED},
        tolerance={"duration": Decimal(60)},
        baseline=("a" * 40,),
    )


def test_how_messages_are_read_is_configured_too() -> None:
    config = parse_config(
        {
            "trailers": {"task": "Story", "phase": "Epic"},
            "task": {"branch_pattern": "S-[0-9]+"},
            "measures": {"hours_per_day": 8},
        },
        ".gitlog-track.toml",
    )
    assert policy_of(config).options == Options(
        task_key="story",
        phase_key="epic",
        title_pattern="S-[0-9]+",
        hours_per_day=Decimal(8),
    )


@pytest.mark.parametrize("key", ["evidence_for", "tolerance"])
def test_a_measure_that_is_none_is_refused(key: str) -> None:
    value = {"evidence_for": "measured", "tolerance": "1"}[key]
    with pytest.raises(ConfigError, match="names 'luck', which is no measure"):
        policy_of(configured(**{key: {"luck": value}}))


def test_a_measure_without_a_class_of_its_own_has_that_of_all() -> None:
    policy = Policy(
        evidence=Evidence.DERIVED, evidence_for={"duration": Evidence.MEASURED}
    )
    assert policy.least_evidence("duration") is Evidence.MEASURED
    assert policy.least_evidence("variance") is Evidence.DERIVED
