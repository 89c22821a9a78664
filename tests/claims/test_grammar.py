"""Binding claims to subjects, pins and blocks; the laws of the whole grammar."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.claims.grammar import Claim, Options, Reading, Subject, read_claims
from gitlog_track.claims.message import read_commit, read_message
from gitlog_track.claims.statement import Form
from gitlog_track.claims.vocabulary import vocabulary
from gitlog_track.measures.catalogue import MEASURES, find
from gitlog_track.measures.measure import Level

WORDS = vocabulary(MEASURES)


def read(text: str, options: Options | None = None) -> Reading:
    return read_claims(read_message(text.encode()), WORDS, options)


def subjects(text: str) -> list[str]:
    return [each.subject.name if each.subject else "-" for each in read(text).claims]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x\n\nDuration: 1m", ["-"]),
        ("x\n\nDuration: 1m\n\nTask: A-1", ["A-1"]),
        ("x\n\nTask: A-1\n\nDuration: 1m", ["A-1"]),
        ("A-1: x\n\nDuration: 1m", ["A-1"]),
        ("A-1, A-2: x\n\nDuration: 1m", ["-"]),
        ("A-1: x\n\nDuration: 1m\n\nTask: A-2", ["A-2"]),
        ("x\n\nDuration: 1m\nTask: some words", ["-"]),
        ("x\n\nDuration: 1m\nTask: A-1\nTask: A-1", ["A-1"]),
        ("x\n\nTook 5m.\n\nTask: A-1\nTask: A-2", ["-"]),
        ("A-1: x\n\nPhase: P1\nTokens-Used: 48,500", ["P1"]),
        ("x\n\nTask: A-1\n\ny\n\nTask: A-2\n\nDuration: 1m", ["-"]),
        ("x\n\nDuration: 1m\nTask: `A-1`", ["A-1"]),
        ("x\n\nDuration: 1m\nPhase: Phase 1", ["P1"]),
        ("x\n\nDuration: 1m\nPhase: 3.5", ["P3.5"]),
        ("x\n\nDuration: 1m\nPhase: hardening", ["hardening"]),
        ("x\n\nTask: A-1\nPhase: P1\nDuration: 1m\nTasks-Total: 3", ["A-1", "P1"]),
    ],
)
def test_subjects(text: str, names: list[str]) -> None:
    assert subjects(text) == names


def test_a_phase_s_key_means_the_phase_s_measure() -> None:
    [claim] = read("x\n\nPhase: P1\nTokens-Used: 48,500").claims
    assert (claim.measure, claim.level) == ("total_tokens_used", "phase")
    assert claim.subject == Subject(kind="phase", name="P1")


def test_a_pin_binds_inside_its_block() -> None:
    text = (
        "x\n\nTask: A-1\nDuration: 1m\nMetrics-Log: aaaa1111\n\n"
        "y\n\nTask: A-2\nDuration: 2m\n"
    )
    assert [each.pin for each in read(text).claims] == ["aaaa1111", ""]


def test_founding_minutes_may_be_the_floor() -> None:
    one, other = read("x\n\nDURATION_MINUTES: 12\nDURATION_SECONDS: 720").claims
    assert (one.or_floor, other.or_floor) == (True, False)


@pytest.mark.parametrize(
    ("pattern", "title", "task"),
    [
        ("(?i)[a-z][a-z0-9]*-[0-9]+", "Add p1-009", "p1-009"),
        ("#([0-9]+)", "Add #42", "42"),
        ("[A-Z]+-[0-9]+", "Add AB-7", "AB-7"),
    ],
)
def test_a_title_names_a_task_as_a_branch_does(
    pattern: str, title: str, task: str
) -> None:
    [claim] = read(f"{title}\n\nDuration: 12m", Options(title_pattern=pattern)).claims
    assert claim.subject == Subject(kind="task", name=task)


def test_a_name_the_log_cannot_hold_is_no_task() -> None:
    [claim] = read("x\n\nTask: a..b\nDuration: 12m").claims
    assert claim.subject is None


def test_configured_keys() -> None:
    options = Options(task_key="work-item", hours_per_day=Decimal(8))
    text = "x\n\nWork-Item: x12\nMetrics-Log: abcd\nDuration: 2 working days\nTask: A-1"
    [claim] = read(text, options).claims
    assert claim.subject == Subject(kind="task", name="x12")
    assert claim.pin == "abcd"
    assert claim.quantity is not None
    assert claim.quantity.low == 57600


def test_named_subjects_are_listed() -> None:
    assert read("x\n\nTask: A-1\nPhase: P1\n\nTask: A-1").subjects == (
        Subject(kind="task", name="A-1"),
        Subject(kind="phase", name="P1"),
    )


def test_unreadable_is_a_value() -> None:
    reading = read_claims(read_message(b"Took 2h\0"), WORDS)
    assert "NUL" in reading.unreadable
    assert reading.claims == ()


def test_doubt_counts_only_with_a_claim() -> None:
    assert not read_claims(read_message(b"Caf\xe9"), WORDS).unreadable
    assert read_claims(read_message(b"Caf\xe9, took 2h"), WORDS).unreadable


def test_more_claims_than_anybody_writes_are_refused() -> None:
    assert "more than" in read("x\n\n" + "Duration: 1m\n" * 5000).unreadable


@pytest.mark.parametrize(
    ("text", "measures"),
    [
        (
            (
                "P1-001: set up\n\nVARIANCE: -0.17 hours (10 minutes ahead of schedule)\n"
                "EFFICIENCY_RATIO: 1.12 (faster than estimated)"
            ),
            ["variance", "variance", "efficiency_ratio"],
        ),
        (
            (
                "x\n\nPhase: 1\nHALLUCINATION_RATE: 0.02% (1 / 52 interactions)\n"
                "VARIANCE: -4.3 hours (1.5 days ahead of schedule)"
            ),
            ["hallucination_rate", "variance", "variance"],
        ),
    ],
)
def test_the_founding_errors_are_claims(text: str, measures: list[str]) -> None:
    assert [each.measure for each in read(text).claims] == measures


def is_sound(claim: Claim) -> bool:
    """Every claim names a measure that exists and has one value or a problem."""
    values = [claim.quantity is not None, bool(claim.status), bool(claim.problem)]
    return find(claim.measure, Level(claim.level)) is not None and sum(values) == 1


WORDY = st.lists(
    st.sampled_from(
        [
            *(
                "Duration: ",
                "Task: A-1\n",
                "Phase: 1\n",
                "TOKENS_USED: ",
                "took ",
                "2h",
            ),
            *(
                "12",
                ",",
                "%",
                " tokens",
                "coverage ",
                "is ",
                "\n",
                "\n\n",
                "    ",
                "- ",
            ),
            *("```\n", "> ", "---\n", "`", '"', "completed in ", "Task-Status: ", "("),
            *("ahead of schedule", "estimated ", "\r", "\u00e9", "Metrics-Log: ", ")"),
        ]
    ),
    max_size=30,
).map("".join)


@given(WORDY | st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert all(map(is_sound, read(text).claims))


@given(st.binary(max_size=300))
def test_any_bytes_are_read(raw: bytes) -> None:
    read_claims(read_commit(raw), WORDS)
    read_claims(read_message(raw), WORDS)


@given(WORDY)
def test_quoting_a_message_makes_it_claim_nothing(text: str) -> None:
    quoted = "".join(f"> {line}\n" for line in text.replace("\r", "").split("\n"))
    assert read(f"x\n\n{quoted}").claims == ()


HEAVY = [
    *(
        "Duration: x\n",
        "Task: A-1\n\n",
        "a:b\n",
        ":\n",
        " \n",
        "\n",
        "- a\n",
        "1 ",
        "1,",
    ),
    *("1 tokens ", "took ", "took 1 ", "took 1h ", "coverage is 9% ", "1h 1m ", "    "),
    *(
        "`a ",
        '"a ',
        "```\n",
        "done in ",
        "done a ",
        "1 behind schedule ",
        "12:",
        "est ",
    ),
    *("a: b\n c\n", "1 to 1 to ", "https://a ", "**", "is is ", "(", "\r"),
]


@pytest.mark.slow
@pytest.mark.parametrize("unit", HEAVY)
def test_a_megabyte_is_read_in_linear_time(unit: str) -> None:
    """The bound is generous: the design's is one second on a machine at rest."""
    body = ("A-1: x\n\nTook 2h. " + unit * (1_000_000 // len(unit))).encode()
    began = time.process_time()
    read_claims(read_message(body), WORDS)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "form", "words"),
    [
        ("x\n\nTask: A-1\nDuration: 12m", Form.TRAILER, "Duration: 12m"),
        ("x\n\nDURATION_MINUTES: 12\n\nTask: A-1", Form.FIELD, "DURATION_MINUTES: 12"),
        ("x\n\nIt took 12 minutes.\n\nTask: A-1", Form.PROSE, "It took 12 minutes."),
    ],
)
def test_a_claim_says_how_and_in_which_words_it_is_made(
    text: str, form: Form, words: str
) -> None:
    (claim,) = read(text).claims
    assert (claim.form, claim.words, claim.pin, claim.problem) == (form, words, "", "")
    assert claim.subject == Subject(kind="task", name="A-1")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("\n\nA-1: x\n\nDuration: 1m", ["A-1"]),
        ("x\n\nSee B-2.\n\nDuration: 1m", ["-"]),
        ("x\n\nTask: X-1\nDuration: 1m", ["X-1"]),
        ("x\n\nTask: `A-1`\nDuration: 1m", ["A-1"]),
        ("x\n\nTask: phase-1\nDuration: 1m", ["phase-1"]),
        ("x\n\nPhase: Phase 2\nTokens-Used: 1", ["P2"]),
        ("x\n\nPhase: phase phase\nTokens-Used: 1", ["phase"]),
    ],
)
def test_the_name_of_a_subject(text: str, names: list[str]) -> None:
    assert subjects(text) == names


def test_keys_of_trailers_may_have_dashes() -> None:
    options = Options(task_key="work-item", phase_key="work-phase")
    text = "x\n\n{}: {}\nTokens-Used: 1"
    (claim,) = read(text.format("Work-Phase", "P2"), options).claims
    assert claim.subject == Subject(kind="phase", name="P2")
    (claim,) = read(text.format("Work-Item", "A-1"), options).claims
    assert claim.subject == Subject(kind="task", name="A-1")


def test_a_working_day_of_the_project_counts_in_every_form() -> None:
    options = Options(hours_per_day=Decimal(8))
    for body in ("Duration: 1 working day", "It took 1 working day."):
        (claim,) = read(f"x\n\n{body}\n\nTask: A-1", options).claims
        assert claim.quantity is not None
        assert claim.quantity.low == 28_800
