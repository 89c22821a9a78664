"""The patterns of prose stay in step with the catalogue."""

import pytest

from gitlog_track.claims.phrases import HINT, UNIT_OF_TOPIC, _is_counted, noun_patterns
from gitlog_track.claims.vocabulary import KINDS, vocabulary
from gitlog_track.measures.catalogue import MEASURES

WORDS = vocabulary(MEASURES)


def test_units_of_topics_are_the_catalogue_s() -> None:
    for topic in set(WORDS.nouns.values()):
        units = {
            WORDS.topics[k, topic].unit for k in KINDS if (k, topic) in WORDS.topics
        }
        assert units == {UNIT_OF_TOPIC.get(topic, "count")}


def test_every_noun_is_before_or_behind_its_number() -> None:
    counted, named = noun_patterns(tuple(sorted(WORDS.nouns.items())))
    for noun in WORDS.nouns:
        assert counted.match(f"3 {noun}") or named.match(f"{noun}: 3")


def test_the_hint_finds_every_noun() -> None:
    assert all(HINT.search(noun) for noun in WORDS.nouns)


@pytest.mark.parametrize(
    ("noun", "topic", "follows"),
    [
        ("token usage", "tokens", False),
        ("tokens used", "tokens", False),
        ("token count used", "tokens", False),
        ("tokens", "tokens", True),
        ("iterations", "iterations", True),
        ("coverage", "coverage", False),
        ("duration", "duration", False),
        ("iterations per task", "iterations per task", True),
        ("hallucinations", "hallucinations", True),
    ],
)
def test_a_noun_follows_its_number_or_comes_before_it(
    noun: str, topic: str, follows: bool
) -> None:
    assert _is_counted(noun, topic) is follows
