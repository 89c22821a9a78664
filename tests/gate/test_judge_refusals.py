"""What each refusal says, word for word: rule, what is wrong, what the log says, the way out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gitlog_track.claims.grammar import Reading
from gitlog_track.errors import LogError
from gitlog_track.gate.account import Account
from gitlog_track.gate.judge import Judge, total_of, written
from gitlog_track.gate.policy import Policy
from gitlog_track.gate.rules import RULES
from gitlog_track.gate.verdict import Violation
from gitlog_track.measures.catalogue import find
from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.measure import Level, Measure
from gitlog_track.measures.value import Value
from tests.support.ledgers import (
    JUDGED,
    PIN,
    TASK,
    Told,
    number,
    reading,
    refusals,
)

MISSING = Value(evidence=Evidence.MISSING)


def measure(name: str, level: Level = Level.TASK) -> Measure:
    found = find(name, level)
    assert found is not None
    return found


def without(account: Account, *names: str) -> Account:
    kept = {k: v for k, v in account.measures.items() if k not in names}
    return replace(account, measures=kept)


def about(found: Violation) -> tuple[str, str, str]:
    return found.subject, found.measure, found.claimed


def claiming(text: str, account: Account = TASK) -> Violation:
    (found,) = refusals(f"Task: P1-009\n{text}", account)
    return found


def test_a_refusal_says_all_that_a_person_needs() -> None:
    assert claiming("Tokens-Used: 2,400") == Violation(
        rule="GT004",
        commit="a" * 40,
        title="Add it",
        subject="P1-009",
        measure="token_count_used",
        claimed="Tokens-Used: 2,400",
        logged="3236",
        evidence="declared",
        message="claimed 'Tokens-Used: 2,400'; the log says 3236",
        fix="git commit --amend; gitlog-track claim P1-009 prints what holds",
    )


@pytest.mark.parametrize(
    ("account", "rule", "said"),
    [
        (replace(TASK, exists=False), "GT002", "task P1-009 has no log: NOT MEASURED"),
        (replace(TASK, problems=("it overlaps", "more")), "GT003", "the log of task P1-009 is not sound: it overlaps"),
        (without(TASK, "duration"), "GT005", "duration of P1-009 is NOT MEASURED"),
        (replace(TASK, measures={"duration": MISSING}), "GT005", "duration of P1-009 is NOT MEASURED"),
        (replace(TASK, measures={"duration": number("720", Evidence.BACKFILLED)}), "GT006", "duration of P1-009 is backfilled, not declared"),
    ],
)  # fmt: skip
def test_why_a_log_backs_no_claim(account: Account, rule: str, said: str) -> None:
    found = claiming("Duration: 12m", account)
    assert (found.rule, found.message) == (rule, said)
    assert found.fix == f"git commit --amend; {RULES[rule].fix}"
    assert (found.subject, found.measure) == ("P1-009", "duration")
    assert found.claimed == "Duration: 12m"


def test_an_open_task_is_to_be_completed_first() -> None:
    found = claiming("Duration: 12m", replace(TASK, has_ended=False))
    assert found.rule == "GT003"
    assert found.message == "task P1-009 has not ended: complete the task first"
    assert found.fix == "gitlog-track complete --task P1-009, then claim again"
    assert about(found) == ("P1-009", "duration", "Duration: 12m")


def test_what_needs_no_end_can_be_claimed_of_an_open_task() -> None:
    body = "Task: P1-009\nTests-Passed: 7"
    assert refusals(body, replace(TASK, has_ended=False)) == []


def test_weak_evidence_is_shown_with_its_value() -> None:
    weak = replace(TASK, measures={"duration": number("720", Evidence.BACKFILLED)})
    found = claiming("Duration: 12m", weak)
    assert (found.logged, found.evidence) == ("720 s", "backfilled")


@pytest.mark.parametrize(
    ("claimed", "holds"),
    [
        ("Tests-Passed: 7 of 8", True),
        ("Tests-Passed: 7/8", True),
        ("Tests-Passed: 7", True),
        ("Tests-Passed: 7 of 7", False),
        ("Tests-Passed: 8 of 8", False),
        ("Task-Status: complete", True),
        ("Task-Status: failed", False),
    ],
)
def test_both_halves_of_a_claim_have_to_hold(claimed: str, holds: bool) -> None:
    found = refusals(f"Task: P1-009\n{claimed}")
    assert [one.rule for one in found] == ([] if holds else ["GT004"])


def test_a_total_that_nobody_knows_refutes_nothing() -> None:
    unknown = without(TASK, "tests_total")
    assert refusals("Task: P1-009\nTests-Passed: 7 of 9", unknown) == []


def test_a_total_is_a_measure_of_its_own_or_how_many_figures_there_are() -> None:
    of_tests, of_tokens = measure("tests_passed"), measure("token_count_used")
    value = number("3236", n=4)
    assert total_of(TASK, of_tests, TASK.measures["tests_passed"]) == 8
    assert total_of(without(TASK, "tests_total"), of_tests, value) is None
    assert total_of(TASK, of_tokens, value) == 4
    assert total_of(TASK, of_tokens, number("3236")) is None


def test_a_claim_without_a_value_holds_of_no_number() -> None:
    claim = replace(reading("Task: P1-009\nDuration: 12m").claims[0], quantity=None)
    (found,) = Judge(Told({"": TASK}), Policy()).violations(
        JUDGED, Reading(claims=(claim,))
    )
    assert found.rule == "GT004"


def test_a_number_holds_of_no_text() -> None:
    words = replace(TASK, measures={"duration": Value(text="long", evidence=Evidence.DERIVED)})  # fmt: skip
    found = claiming("Duration: 12m", words)
    assert (found.rule, found.logged) == ("GT004", "long")


@pytest.mark.parametrize(
    ("value", "name", "said"),
    [
        (number("720.000"), "duration", "720 s"),
        (number("3E+3"), "token_count_used", "3000"),
        (number("91.6666666666"), "test_coverage_actual", "91.666667%"),
        (number("1.15"), "efficiency_ratio", "1.15"),
        (number("1.1234567"), "efficiency_ratio", "1.123457"),
        (Value(text="complete", evidence=Evidence.DECLARED), "status", "complete"),
    ],
)
def test_a_logged_value_is_written_exactly(value: Value, name: str, said: str) -> None:
    assert written(value, measure(name)) == said


def test_a_claim_of_nothing_is_gt001() -> None:
    (found,) = refusals("Duration: 12m")
    assert found.rule == "GT001"
    assert found.message == "the message claims a metric but names no one task or phase"
    assert (found.subject, found.measure) == ("", "duration")
    assert found.fix == f"git commit --amend; {RULES['GT001'].fix}"


def test_a_value_that_cannot_be_read_is_gt008() -> None:
    (found,) = refusals("Task: P1-009\nDuration: 1,5h")
    assert (found.rule, found.claimed) == ("GT008", "Duration: 1,5h")
    assert (
        found.message == "found '1,5', expected a decimal point, not a comma: write 1.5"
    )


def test_a_message_that_cannot_be_read_is_gt008() -> None:
    hidden = Reading(claims=(), unreadable="it declares several encodings")
    (found,) = Judge(Told({}), Policy()).violations(JUDGED, hidden)
    assert found.rule == "GT008"
    assert found.message == "the message cannot be read: it declares several encodings"
    assert (found.subject, found.measure, found.claimed) == ("", "", "")


def test_the_reader_without_a_log_says_gt007_and_the_writer_gt002() -> None:
    absent = replace(TASK, exists=False)
    for is_remote, rule in ((True, "GT007"), (False, "GT002")):
        judge = Judge(Told({"": absent}, tip=None), Policy(), is_remote=is_remote)
        (found,) = judge.violations(JUDGED, reading("Task: P1-009\nDuration: 12m"))
        assert found.rule == rule
    (found,) = refusals("Task: P1-009\nDuration: 12m", absent, is_remote=True)
    assert found.rule == "GT002"


def test_what_the_log_is_said_to_lack() -> None:
    judge = Judge(Told({}, tip=None), Policy(), is_remote=True)
    (found,) = judge.violations(JUDGED, reading("Task: P1-009\nDuration: 12m"))
    assert found.message == "the log is neither here nor in this push"
    assert about(found) == ("P1-009", "duration", "Duration: 12m")


def test_a_log_that_cannot_be_read_is_gt011() -> None:
    (found,) = refusals("Task: P1-009\nDuration: 12m", LogError("it is torn"))
    assert found.rule == "GT011"
    assert found.message == "the log cannot be read: it is torn"
    assert about(found) == ("P1-009", "duration", "Duration: 12m")


def test_a_pin_that_is_not_in_the_log_is_gt010() -> None:
    pin = "f" * 64
    (found,) = refusals(f"Task: P1-009\nDuration: 12m\nMetrics-Log: {pin}")
    assert found.rule == "GT010"
    assert found.message == f"the log does not contain the pinned commit {'f' * 40}"
    assert (
        found.fix == "git commit --amend; gitlog-track claim P1-009 prints what holds"
    )


def test_a_measure_that_is_none_is_gt005() -> None:
    claim = replace(reading("Task: P1-009\nDuration: 12m").claims[0], measure="luck")
    (found,) = Judge(Told({"": TASK}), Policy()).violations(
        JUDGED, Reading(claims=(claim,))
    )
    assert (found.rule, found.message) == ("GT005", "no such measure")
    assert about(found) == ("P1-009", "luck", "Duration: 12m")


PINNED_CLAIM = f"Task: P1-009\nDuration: 12m\nMetrics-Log: {PIN}"
CORRECTED = replace(
    TASK,
    measures={"duration": number("900", Evidence.DERIVED)},
    corrected=frozenset({"e1"}),
)


def test_what_was_true_at_its_pin_and_corrected_since_only_warns() -> None:
    (found,) = refusals(PINNED_CLAIM, CORRECTED, TASK)
    assert found.rule == "GT004"
    assert found.blocks is False
    assert found.message == (
        "true at its pin, but the log was corrected since: "
        "claimed 'Duration: 12m'; the log says 900 s"
    )


@pytest.mark.parametrize(
    ("now", "pinned"),
    [
        (replace(CORRECTED, corrected=frozenset()), TASK),
        (replace(CORRECTED, corrected=frozenset({"later"})), TASK),
        (CORRECTED, replace(TASK, corrected=frozenset({"e1"}))),
        (replace(TASK, corrected=frozenset({"e1"})), TASK),
    ],
    ids=["not corrected", "other events", "known at the pin", "same value"],
)
def test_a_later_correction_of_something_else_is_no_matter(
    now: Account, pinned: Account
) -> None:
    assert refusals(PINNED_CLAIM, now, pinned) == []


def test_what_was_false_at_its_pin_is_refused_whatever_came_later() -> None:
    (found,) = refusals(PINNED_CLAIM, TASK, CORRECTED)
    assert (found.rule, found.blocks) == ("GT004", True)


def test_an_unpinned_claim_is_judged_by_the_tip_alone() -> None:
    (found,) = refusals("Task: P1-009\nDuration: 12m", CORRECTED, TASK)
    assert (found.rule, found.blocks) == ("GT004", True)


def test_two_values_of_one_measure_contradict_each_other() -> None:
    found = refusals("Task: P1-009\nDuration: 12m\nTime-Spent: 13m")
    assert [one.rule for one in found] == ["GT009", "GT004"]
    assert found[0].message == "'Time-Spent: 13m' contradicts 'Duration: 12m'"
    assert found[0].claimed == "Time-Spent: 13m"
    assert found[0].fix == f"git commit --amend; {RULES['GT009'].fix}"


def test_values_that_can_both_be_true_are_no_contradiction() -> None:
    assert refusals("Task: P1-009\nDuration: 12m\nTime-Spent: 0.2h") == []
    assert refusals("Task: P1-009\nDuration: 12m\nTokens-Used: 3,236") == []


def test_later_values_are_held_against_the_first() -> None:
    body = "Task: P1-009\nTask-Status: complete\nDuration: 12m\nTime-Spent: 12.2m\nDuration-Seconds: 780"
    found = refusals(body)
    assert [one.rule for one in found] == ["GT009", "GT004", "GT004"]
    assert found[0].message == "'Duration-Seconds: 780' contradicts 'Duration: 12m'"


@pytest.mark.parametrize(
    ("policy", "blocks"),
    [
        (Policy(), [True]),
        (Policy(prose="warn"), [False]),
        (Policy(prose="off"), []),
        (Policy(mode="warn"), [False]),
        (Policy(mode="off"), []),
    ],
)
def test_prose_weighs_what_the_project_wants(
    policy: Policy, blocks: list[bool]
) -> None:
    found = refusals("It took 13 minutes.\n\nTask: P1-009", policy=policy)
    assert [one.blocks for one in found] == blocks


def test_a_field_weighs_as_a_trailer() -> None:
    found = refusals("DURATION_MINUTES: 13\n\nTask: P1-009", policy=Policy(prose="warn"))  # fmt: skip
    assert [one.blocks for one in found] == [True]


def test_a_contradiction_between_prose_and_trailer_only_warns_where_prose_does() -> (
    None
):
    body = "It took 13 minutes.\n\nTask: P1-009\nDuration: 12m"
    found = refusals(body, policy=Policy(prose="warn"))
    assert {one.rule: one.blocks for one in found} == {"GT009": False, "GT004": False}


def test_whichever_of_two_is_prose_a_contradiction_only_warns() -> None:
    body = "DURATION_MINUTES: 12\n\nIt took 13 minutes.\n\nTask: P1-009"
    found = refusals(body, policy=Policy(prose="warn"))
    assert {one.rule: one.blocks for one in found} == {"GT009": False, "GT004": False}


def test_a_tolerance_is_of_one_measure() -> None:
    policy = Policy(tolerance={"duration": Decimal(60)})
    assert refusals("Task: P1-009\nDuration: 13m", policy=policy) == []
    assert refusals("Task: P1-009\nTokens-Used: 3,237", policy=policy)


@pytest.mark.parametrize(("or_floor", "holds"), [(True, True), (False, False)])
def test_an_average_may_be_cut_off_where_the_measure_allows_it(
    or_floor: bool, holds: bool
) -> None:
    average = replace(TASK, measures={"token_count_used": number("3236.7")})
    (claim,) = reading("Task: P1-009\nTokens-Used: 3,236").claims
    said = Reading(claims=(replace(claim, or_floor=or_floor),))
    found = Judge(Told({"": average}), Policy()).violations(JUDGED, said)
    assert (found == []) == holds
