"""The configuration: every key known, and an error that offers the nearest."""

from __future__ import annotations

import pytest

from gitlog_track.config import KEYS, REQUIRED_FIELDS, Config, parse_config, parse_toml
from gitlog_track.errors import ConfigError
from gitlog_track.measures.catalogue import find
from gitlog_track.model.names import task_of_branch

FILE = ".gitlog-track.toml"


def table(dotted: str, value: object) -> dict[str, object]:
    section, _, name = dotted.partition(".")
    return {section: {name: value}}


def test_no_configuration_is_the_default() -> None:
    assert parse_config({}, FILE) == Config()
    assert parse_config({"log": {}}, FILE) == Config()


GOOD: list[tuple[str, object, str, object]] = [
    ("log.fold", "sync", "fold", "sync"),
    ("log.actor", "hash", "actor", "hash"),
    ("log.fsync", True, "fsync", True),
    ("log.ref", "refs/notes/gitlog", "ref", "refs/notes/gitlog"),
    ("task.branch_pattern", "", "branch_pattern", ""),
    ("task.branch_pattern", "(?i)ab-[0-9]+", "branch_pattern", "(?i)ab-[0-9]+"),
    ("task.phase_pattern", "^(X)", "phase_pattern", "^(X)"),
    ("trailers.task", "Work-Item", "task_trailer", "Work-Item"),
    ("validation.required", ["TASK", "DURATION"], "required", ("TASK", "DURATION")),
    ("validation.required", [], "required", ()),
    ("trailers.phase", "Stage", "phase_trailer", "Stage"),
    ("measures.hours_per_day", 8, "hours_per_day", 8),
    ("gate.mode", "warn", "gate_mode", "warn"),
    ("gate.prose", "off", "gate_prose", "off"),
    ("gate.evidence", "measured", "gate_evidence", "measured"),
    (
        "gate.evidence_for",
        {"duration": "derived"},
        "gate_evidence_for",
        {"duration": "derived"},
    ),
    ("gate.tolerance", {"duration": 5}, "gate_tolerance", {"duration": "5"}),
    ("gate.require_log", "block", "gate_require_log", "block"),
    ("gate.baseline", ["0" * 40], "gate_baseline", ("0" * 40,)),
    ("log.scrub", False, "scrub", False),
    ("log.sign", True, "sign", True),
    ("log.signed_since", "a" * 40, "signed_since", "a" * 40),
    ("sync.remotes", ["upstream"], "sync_remotes", ("upstream",)),
    ("sync.on_push", False, "sync_on_push", False),
    ("records.automatic", [], "automatic_records", ()),
    ("records.automatic", ["multi_step"], "automatic_records", ("multi_step",)),
]


@pytest.mark.parametrize(("dotted", "value", "attribute", "wanted"), GOOD)
def test_every_key_sets_its_attribute(
    dotted: str, value: object, attribute: str, wanted: object
) -> None:
    assert getattr(parse_config(table(dotted, value), FILE), attribute) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5_000,
        "a = " + "{a = " * 5_000,
        "a = " + "9" * 5_000,
        "a",
        "a = \0",
    ],
    ids=["lists", "tables", "digits", "no value", "nul"],
)
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^a\.toml (is no TOML|nests)"):
        parse_toml(text, "a.toml")


def test_every_key_is_tested() -> None:
    assert {dotted for dotted, *_ in GOOD} == set(KEYS)


@pytest.mark.parametrize(
    ("dotted", "nearest"),
    [
        ("log.fodl", "log.fold"),
        ("logs.fold", "log.fold"),
        ("task.branchpattern", "task.branch_pattern"),
        ("trailer.task", "trailers.task"),
        ("validation.require", "validation.required"),
    ],
)
def test_an_unknown_key_offers_the_nearest(dotted: str, nearest: str) -> None:
    with pytest.raises(ConfigError, match=f"{FILE}: unknown key {dotted}") as caught:
        parse_config(table(dotted, "x"), FILE)
    assert caught.value.hint == f"the nearest known key is {nearest}"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "tables", [{"zzz": {"qqq": 1}}, {"zzz": 1}, {"zzz": {}}, {"zzz": []}]
)
def test_what_is_like_nothing_known_is_refused_without_a_guess(
    tables: dict[str, object],
) -> None:
    with pytest.raises(ConfigError, match="unknown key zzz") as caught:
        parse_config(tables, FILE)
    assert caught.value.hint is None


def test_a_section_that_is_no_table_is_refused() -> None:
    with pytest.raises(ConfigError, match="log has to be a table of keys"):
        parse_config({"log": "sync"}, FILE)


@pytest.mark.parametrize(
    ("dotted", "value", "said"),
    [
        ("log.fold", "later", "expected detached or sync"),
        ("log.fold", 1, "expected a str"),
        ("log.actor", "nobody", "expected full or name or hash"),
        ("log.fsync", "yes", "expected a bool"),
        ("log.fsync", 1, "expected a bool"),
        ("log.ref", "log", "expected refs"),
        ("log.ref", "refs/../x/y", "expected refs"),
        ("log.ref", "refs/a//b", "expected refs"),
        ("log.ref", "refs/gitlog-track/", "expected refs"),
        ("task.branch_pattern", "(", "no regular expression"),
        ("task.branch_pattern", "a\nb", "must be one line"),
        ("task.branch_pattern", "a)(b", "no regular expression"),
        ("task.phase_pattern", "[", "no regular expression"),
        ("task.phase_pattern", 5, "expected a str"),
        ("trailers.task", "Two Words", "expected"),
        ("trailers.task", "", "expected"),
        ("trailers.task", "T\nask", "must be one line"),
        ("measures.hours_per_day", -1, "expected 0 or more"),
        ("validation.required", "TASK", "expected a list"),
        ("validation.required", ["TASK", 1], "list of texts"),
        ("records.automatic", ["multi_step", "x"], "'x'; expected tool_call_failure"),
        ("records.automatic", [[]], "expected tool_call_failure"),
    ],
)
def test_a_bad_value_is_refused_with_the_key_and_what_is_wanted(
    dotted: str, value: object, said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        parse_config(table(dotted, value), FILE)
    assert dotted in str(caught.value)
    assert FILE in str(caught.value)


@pytest.mark.parametrize(
    "pattern", ["(?i)a-[0-9]+", "(?x) a # comment", "a|b", "(?P<t>a)", "a-\\d+"]
)
def test_a_pattern_that_passes_works_on_a_branch(pattern: str) -> None:
    try:
        parse_config(table("task.branch_pattern", pattern), FILE)
    except ConfigError:
        return
    assert task_of_branch("refs/heads/a-1", pattern) in {"a", "a-1"}


def test_the_default_of_required_fields_are_measures() -> None:
    assert all(name == "TASK" or find(name) is not None for name in REQUIRED_FIELDS)
