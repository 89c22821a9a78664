"""The table of claim words made from the catalogue."""

import pytest

from gitlog_track.claims.vocabulary import KINDS, Kind, vocabulary
from gitlog_track.measures.catalogue import MEASURES

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
