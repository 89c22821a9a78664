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


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=6), max_size=9))
def test_many_at_a_time_are_told_apart(messages: list[list[str]]) -> None:
    raws = [b"tree 1\n\n" + " ".join(pieces).encode() for pieces in messages]
    assert MAY_CLAIM(raws) == [MAY_CLAIM([raw])[0] for raw in raws]
