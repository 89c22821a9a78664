"""What every event has, and the values that several kinds share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

MAX_INTEGER = 2**63 - 1
"""The largest number of 64 bits, and of SQLite (sqlite.org/datatype3.html): a line with
a greater one is kept, and is no event that this version can read."""
Count = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Ordinal = Annotated[int, Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)]
DecimalText = Annotated[str, Meta(pattern=r"^-?[0-9]{1,18}(\.[0-9]{1,9})?\Z")]
Oid = Annotated[str, Meta(pattern=r"^[0-9a-f]{40}\Z")]
Instant = Annotated[datetime, Meta(tz=True)]
"""With an offset, always: one without cannot be compared with the others."""
Comparator = Literal["<", "<=", ">", ">=", "="]
Environment = Literal["dev", "stage", "prod"]
Level = Literal["low", "medium", "high"]
Milestone = Literal[
    "initial_completion",
    "tests_completion",
    "validation",
    "final_approval",
]
PhaseMilestone = Literal[
    "first_code",
    "tests_passing",
    "integration_complete",
    "documentation_complete",
    "final_approval",
]
Operation = Literal[
    "commit",
    "amend",
    "merge",
    "rebase",
    "cherry-pick",
    "revert",
    "unknown",
]
Criteria = Literal["pass", "pending", "fail"]


class Target(Struct, frozen=True, kw_only=True):
    """A value to reach, strict as written: ``ipc < 5 ms``."""

    name: str
    comparator: Comparator
    value: DecimalText
    unit: str = ""


class Check(Struct, frozen=True, kw_only=True):
    """One thing that was validated, and how it went."""

    check: str
    result: Criteria
    text: str = ""


class Event(Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What every event has.

    Attributes:
        at: when it happened; ``recorded_at`` when it entered the journal, if later.
        seq: Lamport counter within the task.
        writer, actor: the clone and the person.
        attempt: of the task, from 1.
        provenance: ``live``, or ``backfilled`` from ``source``.
        causes: what led to it: ids of events of its task, or ``TASK:ID``.
        inputs, evidence: ids of events, or pointers.
        link: the W3C ``traceparent`` of the trace that it was recorded in.
        entry: journal entry and instant, for kinds without a key of their own.
        scrubbed: rule to how often it removed something from the texts.
    """

    at: Instant
    id: str = ""
    task: str | None = None
    phase: str | None = None
    recorded_at: Instant | None = None
    seq: int = 0
    writer: str = ""
    actor: str = ""
    attempt: Ordinal = 1
    trace_id: str | None = None
    span_id: str | None = None
    retry_of: str | None = None
    provenance: Literal["live", "backfilled"] = "live"
    source: str = ""
    causes: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    link: str | None = None
    entry: str = ""
    scrubbed: dict[str, Count] = {}
