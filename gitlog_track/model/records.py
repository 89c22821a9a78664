"""Kinds of events that tell more than a moment: usage, exceptions, executions."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from gitlog_track.model.event import Count, Environment, Event, Level

Severity = Literal["warning", "error", "critical"]
Outcome = Literal["success", "partial", "failed"]
ExceptionTrigger = Literal[
    "tool_call_failure",
    "missing_criticals",
    "self_test_gate_failure",
    "contract_ambiguity",
    "other",
]
ExecutionTrigger = Literal["multi_step", "prod_deployment", "other"]


class UsageRecorded(Event, frozen=True, kw_only=True, tag="usage_recorded"):
    """Tokens as an agent's own records count them, in disjoint parts."""

    uncached_input: Count | None = None
    cache_read: Count | None = None
    cache_write: Count | None = None
    output: Count | None = None
    model: str = ""
    agent: str = ""
    quality: str = ""


class ExceptionRecorded(Event, frozen=True, kw_only=True, tag="exception_recorded"):
    """``exception``: something went wrong that the specification names."""

    exception_id: str
    trigger: ExceptionTrigger
    severity: Severity
    what_happened: str
    env: Environment | None = None
    root_cause: str = ""
    contract_reference: str = ""
    proposed_fix: str = ""
    workaround: str = ""
    error_type: str = ""
    stack: str = ""
    stack_hash: str = ""


class ToolUse(Struct, frozen=True, kw_only=True):
    """A tool that an execution used, and what came of it."""

    name: str
    result: str = ""


class ExecutionRecorded(Event, frozen=True, kw_only=True, tag="execution_recorded"):
    """``execution``: several steps that belong together were carried out.

    Of tools, issues and contract gaps, None is "not said" and an empty list is none.
    """

    trigger: ExecutionTrigger
    description: str
    outcome: Outcome
    steps: tuple[str, ...] = ()
    env: Environment | None = None
    risk: Level | None = None
    state_from: str = ""
    state_to: str = ""
    tools: tuple[ToolUse, ...] | None = None
    issues: tuple[str, ...] | None = None
    contract_gaps: tuple[str, ...] | None = None
