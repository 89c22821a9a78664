"""The specification's files, as people write them: what is read, what is refused."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.errors import UsageProblem
from gitlog_track.model.records import ExceptionRecorded, ExecutionRecorded, ToolUse
from gitlog_track.model.timestamps import Timestamps
from gitlog_track.record_files.reader import read_record
from gitlog_track.record_files.writer import write_record

DATA = Path(__file__).parent
EXECUTION = (DATA / "execution.md").read_text()
EXCEPTION = (DATA / "exception.md").read_text()
EXECUTION_TEMPLATE = """\
# Execution Log: [TASK-ID]

**Timestamp:** 2026-01-10T14:30:00Z
**ENV:** dev | stage | prod
**RISK:** low | medium | high
**STATE Transition:** PLAN → DRAFT

## Task
[Brief description]

## Tools Used
- Tool 1: [result summary]
- Tool 2: [result summary]

## Outcome
[Success | Partial | Failed]

## Issues
[None | List of issues encountered]

## Contract Gaps
[None | Areas where contract was unclear/insufficient]
"""


def test_an_execution_log_is_read() -> None:
    assert read_record(EXECUTION) == ExecutionRecorded(
        at=datetime(2026, 1, 10, 14, 30, tzinfo=UTC),
        task="P1-009",
        trigger="other",
        description=(
            "Parse the header of every message, and draft the change to the contract."
        ),
        env="stage",
        risk="medium",
        state_from="PLAN",
        state_to="DRAFT",
        tools=(
            ToolUse(name="read_file", result="14 messages read"),
            ToolUse(name="run_tests", result="212 passed, 1 failed"),
        ),
        outcome="partial",
        issues=(
            "Two messages have no header",
            "The tests of the folding rules are slow:\n40 s of 52 s in all",
        ),
        contract_gaps=("Section 2 does not say whether a header may be empty",),
    )


def test_an_exception_is_read() -> None:
    assert read_record(EXCEPTION) == ExceptionRecorded(
        at=datetime(2026, 1, 10, 16, 5, 30, tzinfo=timezone(timedelta(hours=1))),
        exception_id="notion-timeout-3",
        trigger="other",
        severity="warning",
        env="dev",
        what_happened=(
            "The third write of the page timed out after 30 s:\n\n"
            "```\nPATCH /v1/pages -> 504\n# retried twice\n```"
        ),
        root_cause="Best guess: the page has more blocks than one request may bring.",
        contract_reference='Section 4.2, "Writes are bounded"',
        proposed_fix="Write at most 100 blocks at once.",
        workaround="Split the page by hand.",
    )


@pytest.mark.parametrize("text", [EXECUTION, EXCEPTION], ids=["execution", "exception"])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("## ", "##   ").replace(":** ", ":**\t"),
        lambda text: text.replace("**ENV:**", "**Env**:").replace("## R", "## r"),
        lambda text: text.replace("\n## ", "\n---\n## ", 1),
        lambda text: text.replace("Z\n", " UTC\n").replace("→", "->"),
    ],
    ids=["CRLF", "BOM", "no end", "blanks", "case", "rule", "ascii"],
)
def test_what_editors_do_to_a_file_changes_nothing(
    text: str, change: Callable[[str], str]
) -> None:
    assert read_record(change(text)) == read_record(text)


@pytest.mark.parametrize("said", ["None", "none", "None.", "- None"])
def test_none_says_that_there_was_nothing(said: str) -> None:
    text = EXECUTION.replace(
        "- Section 2 does not say whether a header may be empty", said
    )
    read = read_record(text)
    assert isinstance(read, ExecutionRecorded)
    assert read.contract_gaps == ()


def test_what_is_not_there_is_not_known() -> None:
    text = "# Execution Log: P1-1\n**Timestamp:** 2026-01-10T14:30Z\n**ENV:**\n"
    text += "## Task\nDraft\n## Outcome\nSuccess\n## Issues\nNOT MEASURED\n"
    read = read_record(text)
    assert isinstance(read, ExecutionRecorded)
    assert (read.env, read.risk, read.state_to) == (None, None, "")
    assert (read.tools, read.issues, read.contract_gaps) == (None, None, None)


def test_a_list_need_not_be_bullets() -> None:
    text = EXECUTION.replace("- Section 2", "1. Section 1 too\n2. Section 2")
    text = text.replace("- Two messages", "In short:\n* Two messages")
    read = read_record(text)
    assert isinstance(read, ExecutionRecorded)
    assert read.contract_gaps is not None
    assert len(read.contract_gaps) == 2
    assert read.issues is not None
    assert read.issues[:2] == ("In short:", "Two messages have no header")


REFUSED = {
    "empty": ("", "the file is empty"),
    "blank": (" \n\n", "the file is empty"),
    "no title": ("**ENV:** dev\n", "line 1: '**ENV:** dev' is no title"),
    "other title": (
        "# Log: A-1\n",
        "expected '# Execution Log: ID' or '# Exception: ID'",
    ),
    "no id": (EXECUTION.replace(" P1-009", ""), "line 1: the title names no task"),
    "bad id": (EXECUTION.replace("P1-009", "a/b"), "line 1: task name 'a/b' has '/'"),
    "template": (EXECUTION_TEMPLATE, "line 1: the title names no task"),
    "env": (
        EXECUTION.replace("stage", "dev | stage | prod"),
        "line 4: **ENV:** is still 'dev | stage | prod'; expected dev or stage or prod",
    ),
    "unknown env": (
        EXECUTION.replace("stage", "moon"),
        "line 4: **ENV:** is 'moon'; expected dev or stage or prod",
    ),
    "severity": (
        EXCEPTION.replace("warning", "fatal"),
        "line 4: **Severity:** is 'fatal'; expected warning or error or critical",
    ),
    "no severity": (
        EXCEPTION.replace("**Severity:** warning\n", ""),
        "there is no **Severity:**; expected warning or error or critical",
    ),
    "empty severity": (
        EXCEPTION.replace("warning", ""),
        "line 4: **Severity:** says nothing",
    ),
    "outcome": (
        EXECUTION.replace("Partial", "[Success | Partial | Failed]"),
        "line 15: ## Outcome is still '[Success | Partial | Failed]'",
    ),
    "tool": (
        EXECUTION.replace("14 messages read", "[result summary]"),
        "line 11: Tools Used is still the template's '[result summary]'",
    ),
    "placeholder": (
        EXCEPTION.replace(
            "Split the page by hand.", "[How we recovered, if applicable]"
        ),
        "line 24: Workaround Used is still the template's '[How we recovered",
    ),
    "no outcome": (
        EXECUTION.replace("## Outcome\nPartial\n", ""),
        "there is no ## Outcome; expected success or partial or failed",
    ),
    "no task": (
        EXECUTION.replace("Parse the header of every", "").replace(
            " message, and draft the change to the contract.", ""
        ),
        "line 8: ## Task says nothing",
    ),
    "no offset": (
        EXECUTION.replace("00Z", "00"),
        "line 3: 2026-01-10 14:30:00 has no offset from UTC",
    ),
    "day alone": (
        EXECUTION.replace("T14:30:00Z", ""),
        "line 3: '2026-01-10' is no instant",
    ),
    "no instant": (EXECUTION.replace("2026", "x"), "is no instant; expected one like"),
    "no timestamp": (
        EXECUTION.replace("**Timestamp:** 2026-01-10T14:30:00Z\n", ""),
        "there is no **Timestamp:**; expected an instant",
    ),
    "state": (
        EXECUTION.replace("PLAN → DRAFT", "DRAFT"),
        "line 6: 'DRAFT' is no transition; expected one like PLAN → DRAFT",
    ),
    "field": (
        EXECUTION.replace("**RISK:**", "**Luck:**"),
        "line 5: there is no field 'Luck'; expected Timestamp, ENV, RISK",
    ),
    "prose": (
        EXECUTION.replace("**RISK:**", "RISK:"),
        "line 5: 'RISK: medium' is no field",
    ),
    "field twice": (
        EXECUTION.replace("**RISK:** medium", "**ENV:** dev"),
        "line 5: the field ENV was there already, in line 4",
    ),
    "section": (
        EXECUTION.replace("## Issues", "## Problems"),
        "line 18: there is no section 'Problems'; expected Task, Tools Used, Outcome",
    ),
    "section twice": (
        EXECUTION.replace("## Issues", "## task"),
        "line 18: the section Task was there already, in line 8",
    ),
    "two files": (EXECUTION + EXCEPTION, "line 25: '# Exception: notion-timeout-3'"),
    "fence": (
        EXCEPTION.replace("twice\n```", "twice"),
        "line 10: the block of code that begins here never ends",
    ),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        read_record(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-01-10T14:30:00", "2026-01-10T13:30:00+00:00"),
        ("2026-07-10 14:30", "2026-07-10T12:30:00+00:00"),
        ("2026-01-10T14:30:00Z", "2026-01-10T14:30:00+00:00"),
        ("2026-01-10 14:30 UTC", "2026-01-10T14:30:00+00:00"),
        ("2026-10-25T02:30:00", "happened twice in Europe/Berlin"),
        ("2026-03-29T02:30:00", "never was in Europe/Berlin"),
    ],
)
def test_a_timestamp_without_offset_is_of_the_zone_that_is_named(
    written: str, at: str
) -> None:
    text = EXECUTION.replace("2026-01-10T14:30:00Z", written)
    if "Berlin" in at:
        with pytest.raises(UsageProblem, match=at):
            read_record(text, Timestamps(ZONE))
    else:
        assert read_record(text, Timestamps(ZONE)).at == datetime.fromisoformat(at)


HOSTILE = {
    "blanks in a state": EXECUTION.replace("PLAN", "P" + " " * 10**6 + "N x"),
    "dashes in a state": EXECUTION.replace("PLAN →", "-" * 10**6),
    "blanks in a timestamp": EXECUTION.replace("00Z", " " * 10**6 + "x"),
    "stars": EXECUTION.replace("**RISK", "**" + "a:" * 500_000),
    "backticks": EXCEPTION.replace("```", "`" * 10**6 + "x`"),
    "fences": EXCEPTION.replace("```", "```\n~~~~\n" * 10**5),
    "bullets": EXECUTION.replace("- Two", "- " * 500_000),
    "hashes": EXECUTION.replace("## Issues", "#" * 10**6),
    "references": EXECUTION.replace("Parse", "&#x" * 300_000),
    "lines": EXECUTION.replace("Parse", "\n" * 10**6),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_file_as_large_as_may_be_is_read_in_time_that_grows_with_it(
    text: str,
) -> None:
    begun = time.process_time()
    with contextlib.suppress(UsageProblem):
        write_record(read_record(text))
    assert time.process_time() - begun < 5


@given(st.text(st.sampled_from("#*`~-: \n[]abN→>&x;"), max_size=80))
def test_nothing_but_a_sentence_comes_of_any_text(junk: str) -> None:
    for text in (
        junk,
        EXECUTION + junk,
        junk + EXCEPTION,
        EXCEPTION.replace("3", junk),
    ):
        try:
            read = read_record(text)
        except UsageProblem:
            continue
        assert read_record(write_record(read)) == read
