"""JSON: one schema for every command; durations in seconds, instants RFC 3339."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec import Struct

from gitlog_track import __version__
from gitlog_track.gate.verdict import Verdict
from gitlog_track.measures.catalogue import find
from gitlog_track.measures.measure import Level
from gitlog_track.measures.task import MeasuredTask, Measures
from gitlog_track.measures.validation import Validation
from gitlog_track.measures.value import Value
from gitlog_track.renderers.labels import evidence_label
from gitlog_track.renderers.validation import validation_body

SCHEMA = 1


def envelope(repository: str, log: str | None, body: dict[str, object]) -> str:
    """Return the JSON text of one answer.

    Args:
        repository: its common git directory.
        log: the log commit, if there is a log.
        body: what the command adds.
    """
    whole = {
        "schema": SCHEMA,
        "tool_version": __version__,
        "repository": repository,
        "log": log,
        **body,
    }
    text = json.dumps(whole, ensure_ascii=True, default=_plain)
    try:
        # With an indent, json encodes in Python: five times as slow.
        return msgspec.json.format(text, indent=2) + "\n"
    except msgspec.DecodeError:
        # A path that is no UTF-8 comes as a half of a pair, which json alone takes.
        return json.dumps(json.loads(text), indent=2, ensure_ascii=True) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Struct):
        return msgspec.structs.asdict(value)
    raise TypeError(type(value).__name__)


def _number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def show_body(
    task: MeasuredTask,
    validation: Validation,
    where: str,
) -> dict[str, object]:
    """Return what ``show --format json`` adds to the envelope."""
    state = task.state
    return {
        "task": state.name,
        "phase": state.phase,
        "status": state.status,
        "attempt": state.attempts[-1].number if state.attempts else 0,
        "trace_id": state.trace_id,
        "events": [stored.fields() for stored in state.stored],
        "measures": measures_body(task.measures, Level.TASK, where),
        "validation": validation_body(validation),
    }


def measures_body(
    measures: Measures,
    level: Level,
    where: str,
) -> dict[str, dict[str, object]]:
    """Return measures by id, each with unit, evidence, label and events."""
    return {
        name: measure_body(name, value, level, where)
        for name, value in measures.items()
    }


def measure_body(
    name: str, value: Value, level: Level, where: str
) -> dict[str, object]:
    """Return one measure: value, unit, evidence, label, events, and what else is known."""
    known = find(name, level)
    body: dict[str, object] = {
        "value": value.value,
        "unit": known.unit if known else None,
        "evidence": value.evidence.value,
        "label": evidence_label(value, where),
        "events": list(value.events),
    }
    if value.n is not None:
        body["n"] = value.n
    if value.basis:
        body["basis"] = value.basis
    if value.not_applicable:
        body["not_applicable"] = value.not_applicable
    return body


def verdict_body(verdict: Verdict) -> dict[str, object]:
    """Return what ``verify --format json`` adds to the envelope."""
    return {
        "verdict": verdict.answer,
        "commits": verdict.commits,
        "claims": verdict.claims,
        "violations": [
            {
                "rule": v.rule,
                "commit": v.commit,
                "title": v.title,
                "subject": v.subject,
                "measure": v.measure,
                "claimed": v.claimed,
                "logged": {"value": v.logged, "evidence": v.evidence},
                "message": v.message,
                "fix": v.fix,
                "blocks": v.blocks,
            }
            for v in verdict.violations
        ],
    }
