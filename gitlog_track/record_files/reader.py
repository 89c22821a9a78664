"""From the specification's file to an event. Strict: what is not understood is refused.

Line ends of any system and a byte order mark are taken; a field or heading counts only
at the start of a line and outside blocks of code. ``None`` says that there was nothing,
``NOT MEASURED`` that nothing is known. What of the template was not filled in is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gitlog_track.errors import UsageProblem
from gitlog_track.model.names import check_name
from gitlog_track.model.records import ExceptionRecorded, ExecutionRecorded, ToolUse
from gitlog_track.model.timestamps import Timestamps
from gitlog_track.record_files.escapes import (
    closing_fence,
    decode,
    decode_text,
    is_fence,
)
from gitlog_track.record_files.layout import (
    LAYOUTS,
    NONE_WORDS,
    NOT_MEASURED,
    PLACEHOLDERS,
    STATE,
    Layout,
    Line,
    Section,
)

Record = ExceptionRecorded | ExecutionRecorded

_FIELD = re.compile(r"\*\*([^*]*?):?\*\*:?[ \t]*(.*)")
_HEADING = re.compile(r"(#{1,2})(?:[ \t]+(.*))?\Z")
_BULLET = re.compile(r"(?:[-*+]|\d{1,3}[.)])(?:[ \t]+(.*))?\Z")
_ARROW = re.compile("\N{RIGHTWARDS ARROW}|-{1,2}>")


@dataclass(frozen=True, slots=True)
class _Found:
    """A field's value or a section's body, and the line it begins on, from 1."""

    text: str
    line: int


def read_record(text: str, timestamps: Timestamps | None = None) -> Record:
    """Return the execution or exception that a file tells of.

    Args:
        text: of the file.
        timestamps: reads its timestamp; None refuses one without an offset.

    Returns:
        an event with the file's values; of the envelope only ``at`` and ``task``. A file
        that does not say why it was written has the trigger ``other``.

    Raises:
        UsageProblem: it is no such file, or a line of it cannot be; the line is named.
    """
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    layout, title, body_at = _read_title(lines)
    fields, sections = _split(lines, body_at, layout)
    timestamps = timestamps or Timestamps()
    values: dict[str, object] = {"trigger": "other"}
    values |= _read_id(layout, title)
    for line in layout.lines:
        values |= _read_line(line, fields.get(line.name.lower()), timestamps)
    for section in layout.sections:
        values |= _read_section(section, sections.get(section.title.lower()))
    return layout.type(**values)  # type: ignore[arg-type]  # by the layout's table


def _read_title(lines: list[str]) -> tuple[Layout, _Found, int]:
    """Return the kind of file, its id, and where the rest begins."""
    at = next((n for n, line in enumerate(lines) if line.strip()), None)
    if at is None:
        raise UsageProblem("the file is empty; expected an execution log or exception")
    for layout in LAYOUTS:
        beginning = f"# {layout.title}:"
        if lines[at].lower().startswith(beginning.lower()):
            title = lines[at][len(beginning) :].strip()
            return layout, _Found(title, at + 1), at + 1
    wanted = " or ".join(f"'# {layout.title}: ID'" for layout in LAYOUTS)
    raise UsageProblem(
        f"line {at + 1}: {_shown(lines[at])} is no title; expected {wanted}"
    )


def _split(
    lines: list[str], at: int, layout: Layout
) -> tuple[dict[str, _Found], dict[str, _Found]]:
    """Return the fields by name and the sections by title, both in lower case."""
    fields: dict[str, _Found] = {}
    sections: dict[str, _Found] = {}
    end = _next_heading(lines, at)
    known = {line.name.lower(): line.name for line in layout.lines}
    for number in range(at, end):
        if lines[number].strip().strip("-"):
            name, value = _field(lines[number], number, layout)
            _keep(fields, known, name, _Found(value, number + 1), "field")
    known = {section.title.lower(): section.title for section in layout.sections}
    while end < len(lines):
        begin, end = end, _next_heading(lines, end + 1)
        title = _title(lines[begin], begin)
        body = "\n".join(lines[begin + 1 : end]).strip()
        _keep(sections, known, title, _Found(body, begin + 1), "section")
    return fields, sections


def _next_heading(lines: list[str], at: int) -> int:
    """Return the line of the next heading, or the number of lines."""
    while at < len(lines):
        if _HEADING.match(lines[at]):
            return at
        if is_fence(lines[at]):
            end = closing_fence(lines, at)
            if end is None:
                raise UsageProblem(
                    f"line {at + 1}: the block of code that begins here never ends"
                )
            at = end
        at += 1
    return at


def _field(line: str, number: int, layout: Layout) -> tuple[str, str]:
    match = _FIELD.fullmatch(line.rstrip())
    if match is None:
        names = ", ".join(f"**{one.name}:**" for one in layout.lines)
        raise UsageProblem(
            f"line {number + 1}: {_shown(line)} is no field; expected {names}, "
            "or a section"
        )
    return match[1].strip(), match[2].strip()


def _title(line: str, number: int) -> str:
    match = _HEADING.match(line)
    if match is None or match[1] == "#":
        raise UsageProblem(
            f"line {number + 1}: {_shown(line)} is a second title; one file tells of one "
            "execution or exception"
        )
    return (match[2] or "").strip().rstrip("#").rstrip()


def _keep(
    found: dict[str, _Found],
    known: Mapping[str, str],
    name: str,
    value: _Found,
    what: str,
) -> None:
    key = name.lower()
    if key not in known:
        raise UsageProblem(
            f"line {value.line}: there is no {what} {_shown(name)}; "
            f"expected {', '.join(known.values())}"
        )
    if key in found:
        raise UsageProblem(
            f"line {value.line}: the {what} {known[key]} was there already, in line "
            f"{found[key].line}"
        )
    found[key] = value


def _read_id(layout: Layout, title: _Found) -> dict[str, object]:
    what = "task" if layout.id_attribute == "task" else "exception"
    if title.text == NOT_MEASURED and what == "task":
        return {"task": None}
    if title.text in {"", layout.id_placeholder}:
        raise UsageProblem(
            f"line {title.line}: the title names no {what}; expected "
            f"'# {layout.title}: ID'"
        )
    return {layout.id_attribute: _checked(title, lambda text: check_name(text, what))}


def _checked(found: _Found, check: Callable[[str], str]) -> str:
    try:
        return check(found.text)
    except UsageProblem as err:
        raise UsageProblem(f"line {found.line}: {err}") from err


def _read_line(
    line: Line, found: _Found | None, timestamps: Timestamps
) -> dict[str, object]:
    if found is None or found.text.upper() in {"", NOT_MEASURED}:
        if not line.required:
            return {}
        wanted = " or ".join(line.choices) or "an instant such as 2026-01-10T14:30:00Z"
        raise _missing(f"**{line.name}:**", found, wanted)
    if line.choices:
        return {line.attribute: _choice(found, line.choices, f"**{line.name}:**")}
    if line.attribute == "at":
        return {"at": _timestamp(found, timestamps)}
    if found.text.lower() in NONE_WORDS:
        return {}
    if line.attribute == STATE:
        return dict(_state(found))
    return _read_free(line, found)


def _read_free(line: Line, found: _Found) -> dict[str, object]:
    if line.attribute == "task":
        return {"task": _checked(found, lambda text: check_name(text, "task"))}
    return {line.attribute: decode(found.text)}


def _missing(name: str, found: _Found | None, wanted: str) -> UsageProblem:
    where = (
        f"line {found.line}: {name} says nothing" if found else f"there is no {name}"
    )
    return UsageProblem(f"{where}; expected {wanted}")


def _timestamp(found: _Found, timestamps: Timestamps) -> datetime:
    try:
        return timestamps.read(found.text)
    except UsageProblem as err:
        raise UsageProblem(f"line {found.line}: {err}", hint=err.hint) from err


def _state(found: _Found) -> dict[str, str]:
    try:
        sides = parse_transition(found.text)
    except UsageProblem as err:
        raise UsageProblem(f"line {found.line}: {err}") from err
    return {
        name: "" if side.upper() == NOT_MEASURED else decode(side)
        for name, side in sides.items()
    }


def parse_transition(text: str) -> dict[str, str]:
    """Return ``state_from`` and ``state_to`` of a transition as it is written.

    Raises:
        UsageProblem: it is none.

    >>> parse_transition("PLAN->DRAFT")
    {'state_from': 'PLAN', 'state_to': 'DRAFT'}
    """
    sides = [side.strip() for side in _ARROW.split(text)]
    if len(sides) != 2:
        raise UsageProblem(
            f"{_shown(text)} is no transition; expected one like PLAN "
            "\N{RIGHTWARDS ARROW} DRAFT"
        )
    return {"state_from": sides[0], "state_to": sides[1]}


def _choice(found: _Found, choices: tuple[str, ...], name: str) -> str:
    text = found.text.lower().rstrip(".")
    if text in choices:
        return text
    still = "still " if "|" in text else ""
    raise UsageProblem(
        f"line {found.line}: {name} is {still}{_shown(found.text)}; expected "
        f"{' or '.join(choices)}"
    )


def _read_section(section: Section, found: _Found | None) -> dict[str, object]:
    text = found.text if found else ""
    if found is None or not text:
        if not section.required:
            return {}
        wanted = " or ".join(section.choices) or "text below it"
        raise _missing(f"## {section.title}", found, wanted)
    if section.form == "choice":
        value = _choice(found, section.choices, f"## {section.title}")
        return {section.attribute: value}
    if text.upper() == NOT_MEASURED:
        return {section.attribute: ""} if section.required else {}
    if text in PLACEHOLDERS or (section.form == "tools" and _has_template_tool(text)):
        raise UsageProblem(
            f"line {found.line}: {section.title} is still the template's "
            f"{_shown(section.placeholder)}; fill it in, or write None"
        )
    return {section.attribute: _read_body(section, text)}


def _has_template_tool(text: str) -> bool:
    results = (item.partition(":")[2].strip() for item in _items(text))
    return not PLACEHOLDERS.isdisjoint(results)


def _read_body(section: Section, text: str) -> object:
    if section.form == "code":
        return _read_code(text)
    if section.form == "text":
        return "" if text.lower() in NONE_WORDS else decode_text(text)
    items = _items(text)
    if len(items) == 1 and items[0].lower() in NONE_WORDS:
        return ()
    if section.form == "tools":
        return tuple(_tool(item) for item in items)
    return tuple(decode(item) for item in items)


def _read_code(text: str) -> str:
    lines = text.split("\n")
    if closing_fence(lines, 0) == len(lines) - 1:
        return decode("\n".join(lines[1:-1]))
    return decode_text(text)


def _items(text: str) -> list[str]:
    """Return the items of a list, still encoded; text without bullets is one item."""
    items: list[list[str]] = []
    for line in text.split("\n"):
        bullet = _BULLET.match(line)
        if bullet:
            items.append([bullet[1] or ""])
        elif items:
            indent = min(2, len(line) - len(line.lstrip(" ")))
            items[-1].append(line[indent:])
        else:
            items.append([line])
    return ["\n".join(item).strip() for item in items]


def _tool(text: str) -> ToolUse:
    name, _, result = text.partition(":")
    return ToolUse(name=decode(name.strip()), result=decode(result.strip()))


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
