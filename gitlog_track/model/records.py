"""Kinds of events that tell more than a moment: usage, exceptions, executions."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from gitlog_track.model.event import Count, Environment, Event, Level


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
    trigger: Literal[
        "tool_call_failure",
        "missing_criticals",
        "self_test_gate_failure",
        "contract_ambiguity",
        "other",
    ]
    severity: Literal["warning", "error", "critical"]
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
    """``execution``: several steps that belong together were carried out."""

    trigger: Literal["multi_step", "prod_deployment", "other"]
    description: str
    outcome: Literal["success", "partial", "failed"]
    steps: tuple[str, ...] = ()
    env: Environment | None = None
    risk: Level | None = None
    state_from: str = ""
    state_to: str = ""
    tools: tuple[ToolUse, ...] = ()
    issues: tuple[str, ...] = ()
    contract_gaps: tuple[str, ...] = ()
