"""Messages written for this test, each with the claims that it makes.

A label is `subject:measure:value`; `-` is no subject, `!` a value that cannot be read.
"""

import json
from pathlib import Path

import pytest

from gitlog_track.claims.canonical import format_quantity
from gitlog_track.claims.grammar import Claim, read_claims
from gitlog_track.claims.message import read_message
from gitlog_track.claims.sieve import build_sieve
from gitlog_track.claims.vocabulary import vocabulary
from gitlog_track.measures.catalogue import MEASURES

CORPUS: list[tuple[str, list[str]]] = [
    (entry["message"], entry["claims"])
    for entry in map(
        json.loads,
        Path(__file__).with_name("corpus.jsonl").read_text("utf-8").splitlines(),
    )
]
WORDS = vocabulary(MEASURES)
MAY_CLAIM = build_sieve(WORDS)


def label(claim: Claim) -> str:
    subject = claim.subject.name if claim.subject else "-"
    if claim.problem:
        return f"{subject}:{claim.measure}:!"
    value = format_quantity(claim.quantity) if claim.quantity else claim.status
    return f"{subject}:{claim.measure}:{value}"


def labels(message: str) -> list[str]:
    reading = read_claims(read_message(message.encode()), WORDS)
    assert not reading.unreadable
    return [label(claim) for claim in reading.claims]


@pytest.mark.parametrize(("message", "expected"), CORPUS)
def test_message_makes_these_claims(message: str, expected: list[str]) -> None:
    assert labels(message) == expected


@pytest.mark.parametrize("message", [m for m, claims in CORPUS if not claims])
def test_a_task_trailer_makes_no_claim_of_other_words(message: str) -> None:
    assert labels(f"{message.rstrip()}\n\nTask: T-1\n") == []


@pytest.mark.parametrize(("message", "expected"), [each for each in CORPUS if each[1]])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_make_no_difference(
    message: str, expected: list[str], end: str
) -> None:
    assert labels(message.replace("\n", end)) == expected


@pytest.mark.parametrize("message", [m for m, claims in CORPUS if claims])
def test_the_sieve_lets_every_claim_through(message: str) -> None:
    for end in ("\n", "\r\n", "\r"):
        text = message.replace("\n", end)
        assert MAY_CLAIM([b"tree 0\n\n" + text.encode()]) == [True]


def test_the_corpus_is_large_and_has_both_kinds() -> None:
    silent = [message for message, claims in CORPUS if not claims]
    assert len(CORPUS) >= 300
    assert len(silent) >= 200
    assert len(CORPUS) - len(silent) >= 100
