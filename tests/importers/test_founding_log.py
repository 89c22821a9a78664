from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.importers.founding_keys import INSTANTS, KEYS
from gitlog_track.importers.founding_log import read_founding_log
from gitlog_track.importers.instants import Instants
from gitlog_track.importers.record import BadRecordError, Record

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOLDEN = Path(__file__).parents[1] / "golden" / "P1-009_execution_log.txt"
FOUNDING = GOLDEN.read_text()


def read(text: str) -> Record:
    (found,) = read_founding_log(text.encode(), Instants(None, NOW))
    return found


def refusal(text: str) -> BadRecordError:
    with pytest.raises(BadRecordError) as caught:
        read(text)
    return caught.value


def changed(old: str, new: str) -> str:
    assert old in FOUNDING
    return FOUNDING.replace(old, new)


def kinds(record: Record) -> list[object]:
    return [fact.fields["kind"] for fact in record.facts]


def test_the_founding_example() -> None:
    record = read(FOUNDING)
    assert (record.task, record.phase, record.remarks) == ("P1-009", None, ())
    start, *notes, end = record.facts
    assert start.line == 3
    assert start.fields == {
        "kind": "task_started",
        "at": "2025-10-04T22:00:00.000-05:00",
        "description": "Implement VS Code extension scaffold",
        "start_tokens": 107_264,
    }
    assert [fact.line for fact in notes] == list(range(7, 16))
    assert notes[2].fields["text"] == "Compilation started (npm run compile)"
    assert end.fields == {
        "kind": "task_completed",
        "at": "2025-10-04T22:12:00.000-05:00",
        "status": "complete",
        "end_tokens": 110_500,
        "iterations": 1,
        "bugs": 0,
    }


def test_the_founding_example_read_as_windows_and_saved_again() -> None:
    spoilt = FOUNDING.encode().decode("cp1252").encode()
    (found,) = read_founding_log(spoilt, Instants(None, NOW))
    assert found == read(FOUNDING)


def test_the_second_founding_example_a_task_of_the_template() -> None:
    """Example 1 of "Comprehensive Execution Tracking", its blocks one behind the other."""
    record = read(
        """\
TASK: P1-001
BEGIN_TIMESTAMP: 2025-10-04T09:15:00Z
STATUS: IN_PROGRESS
INITIAL_COMPLETION_TIMESTAMP: 2025-10-04T10:05:00Z
ACTUAL_DURATION: 0.83 hours (50 minutes)
ESTIMATED_DURATION: 1 hour
VARIANCE: -0.17 hours (10 minutes ahead of schedule)
ITERATIONS_COUNT: 1 (completed first try)
TESTS_COMPLETION_TIMESTAMP: 2025-10-04T10:12:00Z
VALIDATION_RESULTS:
  - cargo build: \u2705 SUCCESS
  - cargo test: \u2705 SUCCESS (no tests yet, but passes)
TEST_COVERAGE_ACTUAL: N/A (no code yet)
VALIDATION_TIMESTAMP: 2025-10-04T10:20:00Z
TOKEN_COUNT_USED: 2,450 tokens
AI_INTERACTIONS: 3 interactions
HALLUCINATION_COUNT: 0
CONTEXT_SWITCHES: 1 (checked documentation once)
DOC_COMPLETENESS: 100% (Cargo.toml has Chain of Thought comments)
FINAL_APPROVAL_TIMESTAMP: 2025-10-04T10:25:00Z
EFFICIENCY_RATIO: 1.12 (faster than estimated)
PROJECTED_OUTCOME: Cargo workspace with aetherlight-core lib compiling
ACTUAL_OUTCOME: \u2705 Workspace created, builds successfully, ready for next task
SUCCESS_CRITERIA: \u2705 PASS
BLOCKERS_ENCOUNTERED: None
LESSONS_LEARNED: Workspace setup faster than expected with AI assistance
"""
    )
    assert kinds(record) == [
        "task_started",
        *["milestone_reached"] * 4,
        *["measurement_recorded"] * 2,
        "lesson_learned",
        "task_completed",
    ]
    assert record.facts[0].fields["estimated_duration_s"] == 3_600
    assert record.facts[2].fields["validation_results"] == [
        {"check": "cargo build", "result": "pass"},
        {
            "check": "cargo test",
            "result": "pass",
            "text": "no tests yet, but passes",
        },
    ]
    assert record.facts[5].fields["reason"] == "no code yet"
    end = record.facts[-1].fields
    assert {k: v for k, v in end.items() if k not in {"actual_outcome", "kind"}} == {
        "at": "2025-10-04T10:25:00.000+00:00",
        "status": "complete",
        "tokens_used": 2_450,
        "iterations": 1,
        "interactions": 3,
        "hallucinations": 0,
        "context_switches": 1,
        "success_criteria": "pass",
        "blockers": [],
    }


def test_bugs_are_told_by_their_marks() -> None:
    text = changed(
        "2025-10-04T22:06:00-05:00: Extension activated in debug mode",
        "2025-10-04T22:06:00-05:00: BUG - Dependency version mismatch\n"
        "2025-10-04T22:07:00-05:00: BUG FIXED - Updated Cargo.toml versions",
    )
    found = [f.fields for f in read(text).facts if "bug" in str(f.fields["kind"])]
    assert [(f["kind"], f["text"]) for f in found] == [
        ("bug_found", "Dependency version mismatch"),
        ("bug_fixed", "Updated Cargo.toml versions"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "END_TOKENS: 5",
        "2025-10-04T22:11:00-05:00: END_TOKENS: 5",
        "    END_TOKENS: 5",
        "2025-10-04T22:11:00-05:00: said END_TOKENS: 5",
    ],
)
def test_keys_do_not_count_within_events(line: str) -> None:
    text = changed("\n\n=== COMPLETION", f"\n{line}\n\n=== COMPLETION")
    assert read(text).facts[-1].fields["end_tokens"] == 110_500


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("=== EVENTS ===\n", ""),
        ("=== EVENTS ===\n", "== EVENTS ==\n"),
        ("=== EVENTS ===\n", "EVENTS\n"),
        ("2025-10-04T22:12:00-05:00: Validation complete\n", ""),
    ],
)
def test_an_event_counts_wherever_it_stands(old: str, new: str) -> None:
    text = changed(old, new)
    if "Validation" in old:
        text += old
    expected = [one.fields for one in read(FOUNDING).facts]
    assert [one.fields for one in read(text).facts] == expected


def test_what_is_neither_key_nor_event_is_told() -> None:
    text = changed("STATUS:", "so it was\n  and more\n\nSTATUS:")
    first, second = read(f"{text}\n2025-10-04T22:12 or so").remarks
    said = "'so it was' and 1 more behind it are no key and no event: not imported"
    assert (first.line, first.text) == (22, said)
    assert (second.line, second.text.partition("'")[2][:16]) == (31, "2025-10-04T22:12")


def test_keys_count_only_at_the_start_of_a_line() -> None:
    text = changed("STATUS:", "so END_TOKENS: 5\n  ITERATIONS: 9\nSTATUS:")
    assert read(text).facts[-1].fields["iterations"] == 1


def test_a_text_goes_on_in_indented_lines() -> None:
    text = changed(
        "npm run compile)", "npm run compile)\n    END_TOKENS: 5\n    \n      deep"
    )
    wanted = "Compilation started (npm run compile)\nEND_TOKENS: 5\n\n  deep"
    assert read(text).facts[3].fields["text"] == wanted


@pytest.mark.parametrize(
    "value", ["110500", "110,500", "110500/200000", "110,500 tokens"]
)
def test_counters_as_they_are_written(value: str) -> None:
    text = changed("END_TOKENS: 110500", f"END_TOKENS: {value}")
    assert read(text).facts[-1].fields["end_tokens"] == 110_500


@pytest.mark.parametrize(
    ("old", "new", "line", "remark"),
    [
        ("USED: 3236", "USED: 236", 26, "TOKENS_USED is 3236 by the two counters"),
        ("SECONDS: 720", "SECONDS: 12", 24, "DURATION_SECONDS is 720 by the two"),
        ("MINUTES: 12", "MINUTES: 15", 25, "DURATION_MINUTES is 12 by the two"),
        ("F13 hot", "BUG - hot", 21, "BUGS_ENCOUNTERED is 0, but the events tell of 1"),
        ("ITERATIONS: 1", "MOOD: fine", 20, "MOOD is no key of a founding log"),
    ],
)
def test_what_follows_from_others_is_only_compared(
    old: str, new: str, line: int, remark: str
) -> None:
    """The founding shell arithmetic made 236 of ``110,500`` less ``107,264``."""
    (found,) = read(changed(old, new)).remarks
    assert found.line == line
    assert remark in found.text


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("START_TIMESTAMP: 2", "BEGAN: 2", 0, "there is no START_TIMESTAMP"),
        ("T22:00:00-05:00", "T22:00:00", 3, "has no offset from UTC"),
        ("2025-10-04T22:00:00", "2026-10-04T22:00:00", 3, "lies in the future"),
        ("22:05:18-05:00:", "22:05:18:", 10, "has no offset from UTC"),
        ("2025-10-04T22:05:18-05:00:", "22:05:18 UTC:", 10, "does not begin with an instant"),
        ("22:05:18-05:00: C", "22:05:18-05:00 C", 10, "does not begin with an instant"),
        ("END_TIMESTAMP: 2025-10-04T22", "END_TIMESTAMP: 2025-10-04T21", 18, "ends before it starts"),
        ("END_TIMESTAMP: 2025-10-04T22:12:00-05:00\n", "", 21, "STATUS says complete, but there is no END_TIMESTAMP"),
        ("STATUS: \u2705 COMPLETE\n", "", 18, "no STATUS says how"),
        ("\u2705 COMPLETE", "fine", 22, "STATUS: found 'fine', expected COMPLETE"),
        ("END_TOKENS: 110500", "END_TOKENS: 107000", 19, "END_TOKENS 107000 are below"),
        ("END_TOKENS: 110500", "END_TOKENS: ~110500", 19, "expected a whole number"),
        ("END_TOKENS: 110500", "END_TOKENS: 110.500", 19, "expected a whole number"),
        ("END_TOKENS: 110500", "END_TOKENS: -5", 19, "expected a whole number"),
        ("ITERATIONS: 1", "ITERATIONS: 1\nITERATIONS: 2", 21, "ITERATIONS says otherwise than line 20"),
        ("TASK: P1-009", "TASK: P1-009\nTASK: P1-010", 2, "TASK says otherwise than line 1"),
        ("T22:06:00-05:00: Ext", "T21:06:00-05:00: BUG - Ext", 11, "bug_found at .* lies before START"),
        ("T22:06:00-05:00: Ext", "T22:13:00-05:00: BUG - Ext", 11, "bug_found at .* lies after the end"),
        ("2025-10-04T22:01:15-05:00: C", "C", 7, "has no instant"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_line(
    old: str, new: str, line: int, said: str
) -> None:
    found = refusal(changed(old, new))
    assert found.line == line
    assert re.search(said, str(found))


@pytest.mark.parametrize(
    "again",
    [
        "ITERATIONS: 1",
        "ITERATIONS: <COUNT ATTEMPTS>",
        "TOKENS_USED: 3236",
        "STATUS: IN_PROGRESS",
    ],
)
def test_a_key_said_twice_alike_is_said_once(again: str) -> None:
    """The founding commands append: run twice, they said everything twice."""
    assert read(f"{FOUNDING}{again}\n").facts == read(FOUNDING).facts


def test_a_log_of_a_task_that_goes_on() -> None:
    record = read(FOUNDING.partition("\n=== COMPLETION")[0])
    assert kinds(record) == ["task_started", *["note_recorded"] * 9]


@pytest.mark.parametrize(
    "value",
    [
        "<MANUALLY INSERT FROM SYSTEM REMINDER>",
        "",
        "_____",
        "TBD",
        "NOT MEASURED",
        "N/A",
    ],
)
def test_placeholders_say_nothing(value: str) -> None:
    text = changed("START_TOKENS: 107264", f"START_TOKENS: {value}".rstrip())
    assert "start_tokens" not in read(text).facts[0].fields


def test_the_template_unfilled_is_no_log() -> None:
    assert "no START_TIMESTAMP" in str(
        refusal("TASK: P1-009\nSTART_TIMESTAMP: _____\n")
    )


LINES = st.one_of(
    st.sampled_from(FOUNDING.split("\n")),
    st.builds("{}: {}".format, st.sampled_from([*KEYS, *INSTANTS]), st.text(max_size=20)),
    st.builds("2025-10-04T22:0{}:00-05:00: {}".format, st.integers(0, 9), st.text(max_size=30)),
    st.sampled_from(["RETRY - attempt 2", "ENDED - attempt 1 failed (bugs=1)", "    more"]),
    st.text(max_size=30),
)  # fmt: skip


@given(st.lists(LINES, max_size=30))
def test_any_lines_are_a_log_or_refused(lines: list[str]) -> None:
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    found: BadRecordError | Record
    try:
        (found,) = read_founding_log(data, Instants(None, NOW))
    except BadRecordError as err:
        found = err
    if isinstance(found, Record):
        assert found.facts[0].fields["kind"] == "task_started"
    else:
        assert 0 <= found.line <= data.count(b"\n") + data.count(b"\r") + 1
