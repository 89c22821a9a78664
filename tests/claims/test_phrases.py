"""The patterns of prose stay in step with the catalogue."""

from gitlog_track.claims.phrases import HINT, UNIT_OF_TOPIC, noun_patterns
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
