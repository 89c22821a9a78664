"""Claims made in sentences; the corpus has most of the examples."""

from decimal import Decimal

import pytest

from gitlog_track.claims.canonical import format_quantity
from gitlog_track.claims.prose import clean, read_prose
from gitlog_track.claims.statement import Budget, Form
from gitlog_track.claims.vocabulary import vocabulary
from gitlog_track.measures.catalogue import MEASURES

WORDS = vocabulary(MEASURES)


def prose(*items: str) -> list[str]:
    return [
        f"{each.topic} {format_quantity(each.quantity) if each.quantity else '!'}"
        for _, each in read_prose(list(items), WORDS, Budget(999))
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Took 2h", ["duration 2h"]),
        ("Done: took 2h.", ["duration 2h"]),
        ("P1-009 took 30s", ["duration 30s"]),
        ("Phase 1 completed in 38.2 hours", ["duration 38.2h"]),
        ("I spent 3 hours debugging this", ["duration 3h"]),
        ("wrote the parser in 40 minutes", ["duration 40m"]),
        ("Completed in 12 minutes using 3,236 tokens", ["duration 12m", "tokens 3236"]),
        ("Used 3.2k tokens in total", ["tokens 3.2k"]),
        ("Branch coverage: 90.5%", ["coverage 90.5%"]),
        ("95% branch coverage", ["coverage 95%"]),
        ("coverage from 80% to 91%", ["coverage 91%"]),
        ("20 minutes behind the plan", ["variance 20m"]),
        ("12 AI calls", ["interactions 12"]),
        ("Took 3 iterations deep recursion", []),
        ("5 of 7 trains ran ahead of schedule", []),
        ("Variance is -10 minutes", ["variance -10m"]),
        ("Variance is 4.3", []),
        ("Coverage is now -5%", []),
        ("Font coverage of 96%", []),
        ("Efficiency ratio: 0.90", ["efficiency 0.90"]),
        ("Hallucination rate was 1.92%", ["hallucination rate 1.92%"]),
        ("1,5 tokens per task", []),
        ("took 1,5 hours", ["duration !"]),
        ("The parser took us 20 minutes here", ["duration 20m"]),
        ("THE PARSER TOOK ME 20 minutes here", ["duration 20m"]),
        ("Took 20 minutes here", ["duration 20m"]),
        ("The server took 20 minutes here", []),
        ("It took 20 minutes here", []),
        ("It took 20 minutes.", ["duration 20m"]),
        ("Completed in 20 minutes here", ["duration 20m"]),
        ("Completed the parser in 20 minutes here", []),
        ("Completed the parser in 20 minutes.", ["duration 20m"]),
        ("Spent 20 minutes reading", []),
        ("SPENT 20 minutes debugging", ["duration 20m"]),
        ("Spent 20 minutes.", ["duration 20m"]),
        ("91% test coverage per module", []),
        ("Test coverage was 91 percent", ["coverage 91%"]),
    ],
)
def test_sentences(text: str, found: list[str]) -> None:
    assert prose(text) == found


@pytest.mark.parametrize("weak", ["1 iteration", "2,450 tokens", "2 context switches"])
def test_a_bare_count_is_a_claim_only_beside_a_certain_one(weak: str) -> None:
    assert prose(weak) == []
    assert len(prose("Completed in 12 minutes", weak)) == 2
    assert len(prose(f"Completed in 12 minutes, {weak}.")) == 2
    assert len(prose(f"Completed in 12 minutes; the parser has {weak}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "`took 2h`",
        '"took 2h"',
        "see https://example.org/?a=coverage:91%",
        "\u201ctook 2h\u201d",
    ],
)
def test_what_is_quoted_is_not_said(text: str) -> None:
    assert prose(text) == []


def test_a_masked_subject_is_somebody_else() -> None:
    assert prose("`sort` took 2h") == []


def test_clean() -> None:
    assert clean("- **a** `b` https://c.example d") == "a ` ` d"


def test_words_are_those_around_a_claim_in_a_long_text() -> None:
    text = f"{'x ' * 200}. Took 2h. {'y ' * 200}"
    [(_, statement)] = read_prose([text], WORDS, Budget(9))
    assert "Took 2h" in statement.words
    assert len(statement.words) <= 120


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The server took 20 minutes here; it took 12 minutes.", ["duration 12m"]),
        ("It took 1,5 hours, then it took 12 minutes.", ["duration !", "duration 12m"]),
        ("See 90% coverage somewhere. 91% test coverage.", ["coverage 91%"]),
        ("Target coverage: 80%" + " ." * 60 + " Branch coverage: 91%", ["coverage 91%"]),
        ("Coverage is 5. Coverage is 91%.", ["coverage 91%"]),
        ("3 hallucinations estimated, 0 hallucinations.", ["hallucinations 0"]),
        ("5 hallucinations per run; 0 hallucinations.", ["hallucinations 0"]),
        ("10 minutes ahead of schedule, 5 minutes behind the plan", ["variance -10m", "variance 5m"]),
    ],
)  # fmt: skip
def test_what_claims_nothing_hides_no_claim_behind_it(
    text: str, found: list[str]
) -> None:
    assert prose(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5 hallucinations per run", []),
        ("The loop makes 3 iterations.", []),
        ("Variance is 0 minutes", []),
        ("It took 59 seconds.", []),
        ("It took 60 seconds.", ["duration 60s"]),
        ("P1-009 took 59 seconds.", ["duration 59s"]),
    ],
)
def test_at_the_edge_of_what_is_a_claim(text: str, found: list[str]) -> None:
    assert prose(text) == found


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("It took 1 working day.", 28_800), ("1 working day ahead of schedule", -28_800)],
)
def test_a_day_is_as_long_as_the_project_says(text: str, seconds: int) -> None:
    eight = Decimal(8)
    ((_, found),) = read_prose([text], WORDS, Budget(99), hours_per_day=eight)
    assert found.quantity is not None
    assert found.quantity.low == seconds


def test_a_statement_says_how_it_is_written_and_what_is_wrong_with_it() -> None:
    ((place, found),) = read_prose(["x", "It took 1,5 hours"], WORDS, Budget(99))
    assert (place, found.form, found.key) == (1, Form.PROSE, "")
    assert found.problem.startswith("found '1,5', expected a decimal point")


@pytest.mark.parametrize("length", [120, 121])
def test_of_a_long_sentence_the_words_around_the_value_are_shown(length: int) -> None:
    begin = "Long before it was done, it took 12 minutes, and then "
    text = begin + "y" * (length - len(begin))
    ((_, found),) = read_prose([text], WORDS, Budget(99))
    at, end = text.index("12"), text.index(" minutes") + len(" minutes")
    around = text[at - 30 : end + 30]
    assert found.words == (text if length == 120 else around)


def test_marks_of_emphasis_are_left_out() -> None:
    assert clean("__it__ **took** 2h") == "it took 2h"
    assert clean("- it took 2h") == "it took 2h"
