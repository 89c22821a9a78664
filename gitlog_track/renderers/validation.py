"""What ``validate`` finds, as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from gitlog_track.measures.validation import Validation


def validations_body(found: Sequence[Validation]) -> dict[str, object]:
    """Return what ``validate --format json`` adds to the envelope."""
    return {
        "valid": all(validation.is_valid for validation in found),
        "tasks": [
            {"task": v.name, "status": v.status, **validation_body(v)}
            for v in found
            if v.status
        ],
        "phases": [
            {"phase": v.name, **validation_body(v)} for v in found if not v.status
        ],
    }


def validation_body(validation: Validation) -> dict[str, object]:
    """Return one verdict, as ``show --format json`` has it too."""
    return {
        "valid": validation.is_valid,
        "missing": list(validation.missing),
        "problems": [
            {"code": p.code, "text": p.text, "invalid": p.invalid}
            for p in validation.problems
        ],
    }
