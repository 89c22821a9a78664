"""The sieve never keeps back what the parser would have found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.claims.grammar import read_claims
from gitlog_track.claims.message import read_commit
from gitlog_track.claims.sieve import build_sieve
from gitlog_track.claims.vocabulary import vocabulary
from gitlog_track.measures.catalogue import MEASURES

WORDS = vocabulary(MEASURES)
MAY_CLAIM = build_sieve(WORDS)
PIECES = [
    *("took", "completed in", "wrapped up in", "spent", "me", "P1-9", "PT2H", "12"),
    *("3,236", "2h", "minutes", "tokens", "used", "using", "coverage", "is", "91%"),
    *("bugs", "found", "ahead of", "schedule", "Duration", "TIME_SPENT", "Task-Status"),
    *("AI", "calls", "context", "switches", "efficiency", "ratio", "time", "spent"),
    *(
        ":",
        ",",
        ".",
        "**",
        "__",
        "`",
        "-",
        "\n",
        "\r\n",
        "\r",
        "    ",
        "\t",
        "> ",
        "\n\n",
    ),
    *("tasks", "completed", "actual", "total", "variance", "iterations", "per task"),
    "Squashed commit of the following:\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(["", " "]))
def test_a_message_that_is_kept_back_claims_nothing(
    pieces: list[str], space: str
) -> None:
    raw = b"tree 1\n\n" + space.join(pieces).encode()
    if not any(MAY_CLAIM([raw])):
        assert read_claims(read_commit(raw), WORDS).claims == ()


STATED = (
    "It took 12 minutes.",
    "Finished 10 minutes ahead of schedule.",
    "Used 3,236 tokens in two iterations.",
    "Completed the parser within one hour.",
    "Coverage is 87%, three bugs were found.",
)


@given(
    st.sampled_from(STATED),
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["**", "__"])), max_size=4),
)
def test_marks_of_emphasis_within_words_hide_no_claim(
    sentence: str, marks: list[tuple[int, str]]
) -> None:
    for at, mark in marks:
        sentence = sentence[:at] + mark + sentence[at:]
    raw = f"tree 1\n\nAdd\n\n{sentence}\n\nTask: A-1\n".encode()
    if read_claims(read_commit(raw), WORDS).claims:
        assert MAY_CLAIM([raw]) == [True]


@pytest.mark.parametrize("sentence", STATED)
@pytest.mark.parametrize("mark", ["**", "__"])
def test_a_mark_of_emphasis_anywhere_leaves_a_claim(sentence: str, mark: str) -> None:
    for at in range(len(sentence)):
        raw = f"tree 1\n\nAdd\n\n{sentence[:at]}{mark}{sentence[at:]}\n".encode()
        assert MAY_CLAIM([raw]) == [True]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"garbage",
        b"tree 1\nencoding x-evil\n\nhello",
        b"tree 1\n\nhello\0",
        b"object 1\n\nTask-Status: complete",
    ],
)
def test_what_cannot_be_read_goes_through(raw: bytes) -> None:
    assert any(MAY_CLAIM([raw]))


@pytest.mark.parametrize(
    "body",
    [b"Fix a typo", b"Allow 10 retries\n\nSigned-off-by: A <a@example.org>", b""],
)
def test_ordinary_messages_are_kept_back(body: bytes) -> None:
    assert not any(MAY_CLAIM([b"tree 1\n\n" + body]))


PLAIN = b"tree 1\n\nFix a typo"
ALONE = (
    b"tree 1\n\nTook 12 minutes",
    b"tree 1\n\nUsed 3,236 tokens",
    b"tree 1\n\nUsed tokens: 3,236",
    b"tree 1\n\nTokens-Used: 3,236",
    b"tree 1\n\nAhead of schedule by 10 minutes",
    b"object 1\n\nUsed 3,236 tokens",
    b"object 1\n\nTook 12 minutes",
)
"""Claims with nothing else in the message that has a number."""


@pytest.mark.parametrize("raw", ALONE)
@pytest.mark.parametrize("before", range(3))
@pytest.mark.parametrize("after", range(3))
def test_of_many_the_one_with_a_claim_is_marked(
    raw: bytes, before: int, after: int
) -> None:
    marks = MAY_CLAIM([PLAIN] * before + [raw] + [PLAIN] * after)
    assert marks == [False] * before + [True] + [False] * after


@pytest.mark.parametrize("raw", ALONE)
def test_every_one_with_a_claim_is_marked(raw: bytes) -> None:
    assert MAY_CLAIM([raw] * 5) == [True] * 5
    assert MAY_CLAIM([raw, PLAIN, raw, PLAIN, raw]) == [True, False, True, False, True]


@pytest.mark.parametrize(
    "cue", [b"Took the train", b"Tokens are words", b"Ahead of us"]
)
@pytest.mark.parametrize("raw", ALONE)
def test_the_number_of_another_message_is_none_of_this_one(
    raw: bytes, cue: bytes
) -> None:
    plain = b"tree 1\n\n" + cue
    assert MAY_CLAIM([raw, plain, raw, plain]) == [True, False, True, False]


def test_a_noun_far_behind_another_of_its_kind_is_seen() -> None:
    far = b"tree 1\n\nTokens are words. " + b"so it goes " * 200 + b"Used 3,236 tokens"
    assert MAY_CLAIM([far]) == [True]


@pytest.mark.parametrize(
    "text", ["two iterations", "Iterations: two", "in two\n  iterations"]
)
def test_a_number_in_words_is_a_number(text: str) -> None:
    assert MAY_CLAIM([f"tree 1\n\nIt was done {text}".encode()]) == [True]


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=6), max_size=9))
def test_many_at_a_time_are_told_apart(messages: list[list[str]]) -> None:
    raws = [b"tree 1\n\n" + " ".join(pieces).encode() for pieces in messages]
    assert MAY_CLAIM(raws) == [MAY_CLAIM([raw])[0] for raw in raws]
