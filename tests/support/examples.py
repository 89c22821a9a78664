"""One example of every event kind, with as many of its fields filled as it has."""

from __future__ import annotations

from typing import Any

from gitlog_track.log.codec import encode
from gitlog_track.model.ids import event_id, natural_key

Fields = dict[str, object]

AT = "2025-10-04T22:00:00.000-05:00"
OID = "0123456789abcdef0123456789abcdef01234567"
OTHER_OID = "89abcdef0123456789abcdef0123456789abcdef"
WRITER = "0a1b2c3d4e5f"
OTHER_WRITER = "f5e4d3c2b1a0"

_TARGET: Fields = {"name": "ipc", "comparator": "<", "value": "5", "unit": "ms"}
_COVERAGE: Fields = {
    "name": "coverage",
    "comparator": ">",
    "value": "80.5",
    "unit": "%",
}
_TOTALS: Fields = {
    "end_tokens": 110_500,
    "tokens_used": 3_236,
    "iterations": 1,
    "bugs": 0,
    "hallucinations": 0,
    "interactions": 4,
    "context_switches": 0,
    "blockers": [],
    "actual_outcome": "scaffolded",
    "success_criteria": "pass",
    "files_written": 3,
    "retrieval": {"count": 2, "sources": ["docs"]},
}

OWN_FIELDS: dict[str, Fields] = {
    "task_started": {
        "description": "scaffold the project",
        "estimated_duration_s": 3_600,
        "start_tokens": 107_264,
        "test_coverage_target": _COVERAGE,
        "performance_targets": [_TARGET],
        "projected_outcome": "a skeleton that builds",
        "env": "dev",
        "risk": "low",
        "state": "clean",
        "labels": ["core"],
    },
    "task_paused": {"reason": "lunch"},
    "task_resumed": {"reason": "back"},
    "milestone_reached": {
        "milestone": "validation",
        "validation_results": [{"check": "types", "result": "pass", "text": "strict"}],
    },
    "note_recorded": {"text": 'a note with "quotes", \u00e4 and \u2028'},
    "bug_found": {"text": "off by one"},
    "bug_fixed": {"text": "by one less", "bug": "0" * 32},
    "iteration_recorded": {"reason": "review"},
    "measurement_recorded": {
        "measure": "performance_actual",
        "value": "2.8",
        "unit": "ms",
        "name": "ipc",
        "target": _TARGET,
        "method": "command",
        "not_applicable": False,
        "reason": "",
    },
    "command_finished": {
        "label": "tests",
        "exit_code": 1,
        "duration_s": "12.345",
        "started_at": AT,
        "command": ["pytest", "-q"],
        "error_type": "AssertionError",
        "message": "1 is not 2",
        "stack": "line 1",
        "stack_hash": "v1:" + "0" * 16,
    },
    "usage_recorded": {
        "uncached_input": 1_000,
        "cache_read": 2_000,
        "cache_write": 200,
        "output": 36,
        "model": "m",
        "agent": "a",
        "quality": "exact",
    },
    "interaction_recorded": {"count": 3, "text": "asked"},
    "hallucination_recorded": {"count": 1, "text": "no such flag"},
    "context_switched": {"count": 1, "text": "incident"},
    "blocker_hit": {"text": "no network", "critical": True},
    "blocker_resolved": {"blocker": "0" * 32, "text": "cable"},
    "lesson_learned": {"text": "measure first"},
    "commit_attempted": {"head": OID},
    "commit_recorded": {
        "commit": OID,
        "operation": "commit",
        "tree": OTHER_OID,
        "commit_parents": [OTHER_OID],
        "authored_at": AT,
        "committed_at": AT,
        "patch_id": OTHER_OID,
        "files": 1,
        "insertions": 2,
        "deletions": 0,
    },
    "commits_rewritten": {"cause": "amend", "pairs": [[OID, OTHER_OID]]},
    "exception_recorded": {
        "exception_id": "EX-1",
        "trigger": "tool_call_failure",
        "severity": "error",
        "what_happened": "the tool failed",
        "env": "stage",
        "root_cause": "unknown",
        "contract_reference": "4.2",
        "proposed_fix": "retry",
        "workaround": "by hand",
        "error_type": "OSError",
        "stack": "line 1\nline 2",
        "stack_hash": "0" * 16,
    },
    "execution_recorded": {
        "trigger": "multi_step",
        "description": "deploy",
        "outcome": "partial",
        "steps": ["build", "ship"],
        "env": "prod",
        "risk": "high",
        "state_from": "a",
        "state_to": "b",
        "tools": [{"name": "make", "result": "ok"}],
        "issues": ["slow"],
        "contract_gaps": ["timeouts"],
    },
    "task_completed": {**_TOTALS, "status": "partial"},
    "task_failed": {
        **_TOTALS,
        "error_type": "TimeoutError",
        "message": "too slow",
        "stack": "line 1",
        "stack_hash": "0" * 16,
    },
    "task_retried": {
        "description": "again",
        "estimated_duration_s": 60,
        "start_tokens": 5,
    },
    "event_corrected": {
        "event": "0" * 32,
        "reason": "mistyped",
        "replacement": {"text": "as meant"},
    },
    "phase_started": {
        "description": "foundations",
        "estimated_duration_s": 153_000,
        "test_coverage_target": _COVERAGE,
        "performance_targets": [_TARGET],
        "projected_deliverables": ["a log"],
    },
    "phase_milestone_reached": {"milestone": "first_code"},
    "phase_reviewed": {
        "deliverables": ["a log"],
        "projections": 12,
        "projections_held": 11,
        "test_coverage": "87.5",
        "biggest_surprise": "locks",
        "biggest_win": "speed",
        "biggest_challenge": "hooks",
        "improvements": ["earlier"],
        "patterns_extracted": ["maildir"],
        "technical_debt": ["none"],
    },
}
"""Kind to the fields of its own, every one of them given."""

OWN_KEY_KINDS = frozenset({"commit_recorded", "commits_rewritten"})
"""Kinds whose id follows from git's objects, not from the journal entry."""
PHASE_KINDS = frozenset({"phase_started", "phase_milestone_reached", "phase_reviewed"})


def recorded(kind: str, **changes: object) -> Fields:
    """An event as a command records it: before the fold gives it its place."""
    fields: Fields = {"kind": kind, "at": AT, "provenance": "live", "source": "test 1"}
    return {**fields, **OWN_FIELDS[kind], **changes}


def stored(kind: str, seq: Any = 1, **changes: object) -> Fields:
    """An event as the log holds it, with the id that its content demands.

    Own fields of the kind are those given, not those of the example.
    """
    fields: Fields = {
        "kind": kind,
        "at": AT,
        "seq": seq,
        "task": None if kind in PHASE_KINDS else "P1-009",
        "phase": "P1",
        "writer": WRITER,
        "actor": "A U Thor <author@example.org>",
        "attempt": 1,
        "provenance": "live",
        "source": "test 1",
        **({} if kind in OWN_KEY_KINDS else {"entry": f"entry-{seq}@1"}),
        **changes,
    }
    if "id" not in changes:
        fields["id"] = event_id(kind, natural_key(fields))
    return fields


def line(kind: str, seq: Any = 1, **changes: object) -> bytes:
    """A line of the log; see :func:`stored`."""
    return encode(stored(kind, seq, **changes))


def full_line(kind: str, seq: Any = 1, **changes: object) -> bytes:
    """A line of the log with every field of the kind's example."""
    return line(kind, seq, **{**OWN_FIELDS[kind], **changes})
