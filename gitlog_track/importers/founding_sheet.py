"""What the keys of one founding log say, each with the line that says it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from gitlog_track.importers import values
from gitlog_track.importers.founding_keys import INSTANTS, KEYS, LEFT_OUT, MEASURED
from gitlog_track.importers.instants import Instants
from gitlog_track.importers.record import BadRecordError, Remark

KEY = re.compile(
    r"(?P<key>[A-Z][A-Z0-9_]{1,40}):(?=[ \t\n]|\Z)[ \t]?(?P<value>.*)", re.DOTALL
)
_CHECK = re.compile(r"- (?P<check>.+?): (?P<result>[^(]*)(?:\((?P<text>.*)\))?")


class Said(NamedTuple):
    """A value, and the line that says it."""

    line: int
    value: object


class Sheet:
    """The keys that a log's rows have; a key said twice has to say the same.

    Attributes:
        remarks: on keys that were passed over.
    """

    def __init__(self, instants: Instants, rows: Iterable[tuple[int, str]]) -> None:
        """Read the keys.

        Args:
            instants: reads those that are instants.
            rows: line number and text, from the key to the end of its value.

        Raises:
            BadRecordError: a value cannot be read, or two of them differ.
        """
        self.remarks: list[Remark] = []
        self._instants = instants
        self._said: dict[str, Said] = {}
        for line, text in rows:
            found = KEY.fullmatch(text)
            if found is not None:
                self._read(found["key"], found["value"], line)

    def value(self, slot: str) -> object:
        """Return what is said of a slot; None where nothing is."""
        return self._said[slot].value if slot in self._said else None

    def text(self, slot: str) -> str:
        """Return what is said of a slot in words; empty where nothing is."""
        value = self.value(slot)
        return value.strip() if isinstance(value, str) else ""

    def instant(self, slot: str) -> datetime | None:
        """Return the instant that a slot names, or None."""
        value = self.value(slot)
        return value if isinstance(value, datetime) else None

    def line(self, slot: str) -> int:
        """Return the line that tells a slot; 1 where none does."""
        return self._said[slot].line if slot in self._said else 1

    def fields(self, slots: Iterable[str]) -> dict[str, object]:
        """Return those of some slots of which something is said."""
        return {slot: self._said[slot].value for slot in slots if slot in self._said}

    def _read(self, key: str, text: str, line: int) -> None:
        try:
            slot, value = self._slot(key, text, line)
        except ValueError as err:
            raise BadRecordError(f"{key}: {err}", line) from err
        if slot and value is not None:
            self._say(key, slot, Said(line, value))

    def _slot(self, key: str, text: str, line: int) -> tuple[str, object]:
        """Return what a key tells of, and its value."""
        if key in INSTANTS:
            is_said = values.is_said(text) and values.not_applicable(text) is None
            return INSTANTS[key], self._instants.read(text, line) if is_said else None
        if key in KEYS:
            return KEYS[key].slot, KEYS[key].read(text)
        if key in MEASURED:
            return key.lower(), _measurement(key, text)
        if key == "VALIDATION_RESULTS":
            return "checks", list(_checks(text))
        if key not in LEFT_OUT:
            text = f"{key} is no key of a founding log; it is not imported"
            self.remarks.append(Remark(line, text))
        return "", None

    def _say(self, key: str, slot: str, said: Said) -> None:
        before = self._said.get(slot)
        if before is None or before.value in (said.value, "in_progress"):
            self._said[slot] = said
        elif said.value != "in_progress":
            text = f"{key} says otherwise than line {before.line}: which one counts?"
            raise BadRecordError(text, said.line, hint="leave the right one only")


def _measurement(key: str, text: str) -> dict[str, object] | None:
    """Return the fields of a measurement that has no instant of its own."""
    if not values.is_said(text):
        return None
    fields: dict[str, object] = {"kind": "measurement_recorded", "measure": key.lower()}
    reason = values.not_applicable(text)
    if reason is not None:
        return {**fields, "not_applicable": True, "reason": reason}
    if key.startswith("TESTS_"):
        return {**fields, "value": str(values.count(text))}
    return {**fields, "value": values.percentage(text), "unit": "%"}


def _checks(text: str) -> Iterator[dict[str, object]]:
    for row in text.split("\n"):
        found = _CHECK.fullmatch(row.strip())
        if found is not None:
            result = values.criteria(found["result"])
            note = {"text": found["text"]} if found["text"] else {}
            yield {"check": found["check"], "result": result, **note}
        elif values.is_said(row):
            raise ValueError(f"found {row[:60]!r}, expected one like '- tests: PASS'")
