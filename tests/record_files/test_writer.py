"""What is written is the specification's file, and reads back as the same values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gitlog_track.model.event import Environment, Event, Level
from gitlog_track.model.records import (
    ExceptionRecorded,
    ExceptionTrigger,
    ExecutionRecorded,
    ExecutionTrigger,
    Outcome,
    Severity,
    ToolUse,
)
from gitlog_track.record_files.layout import LAYOUTS, Layout
from gitlog_track.record_files.reader import Record, read_record
from gitlog_track.record_files.writer import write_record

DATA = Path(__file__).parent
AT = datetime(2026, 1, 10, 14, 30, tzinfo=UTC)
hostile = st.sampled_from(
    [
        *("# Exception: x", "## Outcome", "**ENV:** prod", "- item", "1. item", "None"),
        *("none.", "NOT MEASURED", "not measured", "```", "~~~", "````text", "---"),
        *("&#x23;", "&#x26;#x23;", "  indented", "\ttab", "", " ", "\r", "\x1b[31m"),
        *("[Brief description]", "[result summary]", "- Tool 1: [result summary]"),
        *(
            "\ud800",
            "\u202e",
            "\ufeff",
            "a: b",
            "a -> b",
            "a \N{RIGHTWARDS ARROW} b",
            "\\",
        ),
        *("```\n# x\n```", "\x85", "\u2028", "\xa0", "&#xa;", "`a`"),
    ]
)
texts = st.lists(hostile | st.text(max_size=12), max_size=5).map("\n".join)
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)
instants = st.builds(
    lambda ms, minutes: (AT + timedelta(milliseconds=ms)).astimezone(
        timezone(timedelta(minutes=minutes))
    ),
    st.integers(-(10**12), 10**12),
    st.sampled_from([0, 330, -300, -210]),
)
lists = st.lists(texts, max_size=4).map(tuple)
tools = st.lists(st.builds(ToolUse, name=texts, result=texts), max_size=3).map(tuple)


def _choice(kind: object) -> st.SearchStrategy[str]:
    return st.sampled_from(get_args(kind))


executions = st.builds(
    ExecutionRecorded,
    at=instants,
    task=st.none() | names,
    trigger=_choice(ExecutionTrigger),
    description=texts,
    outcome=_choice(Outcome),
    steps=lists,
    env=st.none() | _choice(Environment),
    risk=st.none() | _choice(Level),
    state_from=texts,
    state_to=texts,
    tools=st.none() | tools,
    issues=st.none() | lists,
    contract_gaps=st.none() | lists,
)
exceptions = st.builds(
    ExceptionRecorded,
    at=instants,
    task=st.none() | names,
    exception_id=names,
    trigger=_choice(ExceptionTrigger),
    severity=_choice(Severity),
    env=st.none() | _choice(Environment),
    what_happened=texts,
    root_cause=texts,
    contract_reference=texts,
    proposed_fix=texts,
    workaround=texts,
    error_type=texts,
    stack=texts,
    stack_hash=texts,
)


@settings(max_examples=150)
@given(executions | exceptions)
@example(ExecutionRecorded(at=AT, trigger="other", description="", outcome="failed"))
def test_what_is_written_reads_back_as_the_same(event: Record) -> None:
    text = write_record(event)
    assert read_record(text) == event
    assert read_record(text.replace("\n", "\r\n")) == event
    assert write_record(read_record(text)) == text


@settings(max_examples=40)
@given(exceptions)
def test_what_is_written_is_safe_to_look_at(event: ExceptionRecorded) -> None:
    text = write_record(event)
    assert "\x1b" not in text
    assert text.encode("utf-8").decode("utf-8") == text


@pytest.mark.parametrize("name", ["execution.md", "exception.md"])
def test_a_file_of_the_specification_is_written_as_it_was(name: str) -> None:
    text = (DATA / name).read_text()
    assert write_record(read_record(text)) == text


def test_what_is_not_known_is_not_measured() -> None:
    event = ExecutionRecorded(
        at=AT, task="P1-1", trigger="other", description="Draft", outcome="success"
    )
    assert write_record(event) == (
        "# Execution Log: P1-1\n\n"
        "**Timestamp:** 2026-01-10T14:30:00Z\n"
        "**ENV:** NOT MEASURED\n**RISK:** NOT MEASURED\n"
        "**STATE Transition:** NOT MEASURED\n\n"
        "## Task\nDraft\n\n## Tools Used\nNOT MEASURED\n\n## Outcome\nSuccess\n\n"
        "## Issues\nNOT MEASURED\n\n## Contract Gaps\nNOT MEASURED\n"
    )


@pytest.mark.parametrize("layout", LAYOUTS, ids=["execution", "exception"])
def test_the_layout_tells_every_value_of_its_event(layout: Layout) -> None:
    told = {line.attribute for line in layout.lines}
    told |= {section.attribute for section in layout.sections}
    told |= {layout.id_attribute, "state_from", "state_to"}
    own = set(layout.type.__struct_fields__) - set(Event.__struct_fields__)
    assert own <= told
