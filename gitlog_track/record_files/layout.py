"""What the two kinds of files hold, line by line and section by section.

Source: the founding execution logging specification, version 1.0, "Log Format (Normal)"
and "Exception Log Format". The rows marked *ours* are what the log knows beyond it; they
are written only where they say something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from gitlog_track.model.event import Environment, Level
from gitlog_track.model.records import (
    ExceptionRecorded,
    ExceptionTrigger,
    ExecutionRecorded,
    ExecutionTrigger,
    Outcome,
    Severity,
)

NOT_MEASURED = "NOT MEASURED"
NONE_WORDS = frozenset({"none", "none."})
STATE = "state"
"""Stands for two attributes, ``state_from`` and ``state_to``: they share a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One ``**Name:** value`` below the title.

    Attributes:
        name: as the specification writes it; compared without case.
        attribute: of the event.
        choices: the values allowed; empty for any text.
        required: has every file to have it?
        ours: is it no line of the specification?
    """

    name: str
    attribute: str
    choices: tuple[str, ...] = ()
    required: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One ``## Title`` and what stands below.

    Attributes:
        title: as the specification writes it; compared without case.
        attribute: of the event.
        form: text; one of *choices*; a list of texts; of tools with results; a block
            of code.
        choices: the values allowed.
        placeholder: what the template has there to be filled in.
        required: has every file to have it?
        ours: is it no section of the specification?
    """

    title: str
    attribute: str
    form: Literal["text", "choice", "items", "tools", "code"] = "text"
    choices: tuple[str, ...] = ()
    placeholder: str = ""
    required: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file.

    Attributes:
        type: the event it tells of.
        title: what stands before the id in the first line.
        id_attribute: of the event.
        id_placeholder: what the template has there to be filled in.
        lines, sections: in the order of the specification.
    """

    type: type[ExceptionRecorded | ExecutionRecorded]
    title: str
    id_attribute: str
    id_placeholder: str
    lines: tuple[Line, ...]
    sections: tuple[Section, ...]


TIMESTAMP = Line("Timestamp", "at", required=True)
ENV = Line("ENV", "env", get_args(Environment))

EXECUTION = Layout(
    type=ExecutionRecorded,
    title="Execution Log",
    id_attribute="task",
    id_placeholder="[TASK-ID]",
    lines=(
        TIMESTAMP,
        ENV,
        Line("RISK", "risk", get_args(Level)),
        Line("STATE Transition", STATE),
        Line("Trigger", "trigger", get_args(ExecutionTrigger), ours=True),
    ),
    sections=(
        Section("Task", "description", "text", (), "[Brief description]", True),
        Section("Tools Used", "tools", "tools", (), "[result summary]"),
        Section(
            "Outcome",
            "outcome",
            "choice",
            get_args(Outcome),
            "[Success | Partial | Failed]",
            True,
        ),
        Section("Issues", "issues", "items", (), "[None | List of issues encountered]"),
        Section(
            "Contract Gaps",
            "contract_gaps",
            "items",
            (),
            "[None | Areas where contract was unclear/insufficient]",
        ),
        Section("Steps", "steps", "items", ours=True),
    ),
)

EXCEPTION = Layout(
    type=ExceptionRecorded,
    title="Exception",
    id_attribute="exception_id",
    id_placeholder="[EXCEPTION-ID]",
    lines=(
        TIMESTAMP,
        Line("Severity", "severity", get_args(Severity), required=True),
        ENV,
        Line("Task", "task", ours=True),
        Line("Trigger", "trigger", get_args(ExceptionTrigger), ours=True),
        Line("Error Type", "error_type", ours=True),
        Line("Stack Hash", "stack_hash", ours=True),
    ),
    sections=(
        Section(
            "What Happened",
            "what_happened",
            "text",
            (),
            "[Description of the failure]",
            True,
        ),
        Section("Root Cause", "root_cause", "text", (), "[Best guess at why]"),
        Section(
            "Contract Reference",
            "contract_reference",
            "text",
            (),
            "[Which contract section was relevant]",
        ),
        Section(
            "Proposed Fix",
            "proposed_fix",
            "text",
            (),
            "[Suggestion for contract or behavior change]",
        ),
        Section(
            "Workaround Used",
            "workaround",
            "text",
            (),
            "[How we recovered, if applicable]",
        ),
        Section("Stack", "stack", "code", ours=True),
    ),
)

LAYOUTS = (EXECUTION, EXCEPTION)
PLACEHOLDERS = frozenset(
    text
    for layout in LAYOUTS
    for text in (layout.id_placeholder, *(s.placeholder for s in layout.sections))
    if text
)
