"""The table of claim words made from the catalogue."""

import pytest

from gitlog_track.claims.vocabulary import KINDS, Kind, Term, vocabulary
from gitlog_track.measures.catalogue import MEASURES
from gitlog_track.measures.measure import Measure

WORDS = vocabulary(MEASURES)


@pytest.mark.parametrize(
    ("kind", "key", "found"),
    [
        ("task", "duration", ("task", "duration")),
        ("task", "duration_minutes", ("task", "duration")),
        ("task", "iterations", ("task", "iterations_count")),
        ("task", "test_coverage", ("task", "test_coverage_actual")),
        ("task", "tokens_used", ("task", "token_count_used")),
        ("phase", "tokens_used", ("phase", "total_tokens_used")),
        ("phase", "iterations", ("task", "iterations_count")),
        ("task", "tasks_completed", ("phase", "tasks_completed")),
        ("task", "task_status", ("task", "status")),
    ],
)
def test_keys(kind: Kind, key: str, found: tuple[str, str]) -> None:
    entry = WORDS.term_of_key(kind, key)
    assert (entry[0], entry[1].measure) == found


@pytest.mark.parametrize(
    "key", ["status", "estimated_duration", "task", "", "reviewed_by"]
)
def test_words_that_claim_nothing(key: str) -> None:
    assert key not in WORDS.known_keys
    with pytest.raises(KeyError):
        WORDS.term_of_key("task", key)


def test_an_unknown_topic() -> None:
    with pytest.raises(KeyError):
        WORDS.term_of_topic("phase", "weather")


def test_a_key_has_one_unit_whatever_the_subject() -> None:
    for key in WORDS.known_keys:
        units = {WORDS.keys[k, key].unit for k in KINDS if (k, key) in WORDS.keys}
        assert len(units) == 1


def test_a_topic_has_one_unit_whatever_the_subject() -> None:
    for topic in set(WORDS.nouns.values()):
        units = {
            WORDS.topics[k, topic].unit for k in KINDS if (k, topic) in WORDS.topics
        }
        assert len(units) == 1


def test_every_noun_has_a_term() -> None:
    for topic in WORDS.nouns.values():
        assert WORDS.term_of_topic("task", topic)[1].measure


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_every_key_and_topic_means_what_the_catalogue_says(measure: Measure) -> None:
    for kind in KINDS:
        if measure.level.value != kind:
            continue
        for key in measure.claim_keys:
            assert WORDS.keys[kind, key.name] == Term(
                measure=measure.id,
                unit=measure.unit,
                bare_unit=key.bare_unit,
                or_floor=key.or_floor,
            )
        if measure.topic:
            term = Term(measure=measure.id, unit=measure.unit)
            assert WORDS.topics[kind, measure.topic] == term
            assert {WORDS.nouns[noun] for noun in measure.prose} == {measure.topic}


def test_there_is_nothing_but_what_the_catalogue_has() -> None:
    levels = {(m.level.value, key.name) for m in MEASURES for key in m.claim_keys}
    assert set(WORDS.keys) == levels
    assert WORDS.known_keys == {name for _, name in levels}
    assert set(WORDS.nouns) == {noun for m in MEASURES if m.topic for noun in m.prose}
