"""The project's JSON Schema, and whether an answer is of a shape that it has."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

PATH = Path(__file__).parents[2] / "gitlog_track" / "renderers" / "schema.json"


@cache
def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(PATH.read_text())
    Draft202012Validator.check_schema(read)
    return read


@cache
def _validator(command: str) -> Draft202012Validator:
    whole = schema()
    only = {"$ref": f"#/$defs/{command}"}
    return Draft202012Validator({"$defs": whole["$defs"], **only})


def check_schema(answer: object, command: str) -> None:
    """Check that an answer is what the schema says of one command's."""
    errors = [
        f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
        for e in _validator(command).iter_errors(answer)
    ]
    assert errors == []
