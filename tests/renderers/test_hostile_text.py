"""Whatever people wrote: it is text in every format, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from decimal import Decimal

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec.structs import replace
from rich.cells import cell_len

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.report import OwnRecord, Report, Selection
from gitlog_track.measures.value import Value
from gitlog_track.renderers.gantt import gantt
from gitlog_track.renderers.machine import envelope
from gitlog_track.renderers.report_csv import report_csv
from gitlog_track.renderers.report_json import report_body
from gitlog_track.renderers.report_markdown import MAX_CHARACTERS, report_markdown
from gitlog_track.renderers.report_text import report_text
from tests.support.reports import done, report_of, told
from tests.support.schema import check_schema

NASTY = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\uff1d1+1",
    "a|b `c` <script>alert(1)</script> <!-- x",
    "[link](http://example.org) ![i](x) <http://example.org>",
    "**bold** _em_ ~~gone~~ # head",
    "```\nfence\n```",
    "\x1b[31mred\x1b]0;title\x07\x9b2J",
    "\u202eevil\u2066 \u200bzero",
    "a\nb\r\nc\x00d",
    'x:y;z#w %% {init} --> click a href "b"',
    "section x", "title", "gantt", "2025-01-01", "click me",
    "日本語" * 200,
    "e\u0301" * 300,
    "A" * 4000,
    "[red]markup[/red] [/]",
    '"quoted", comma',
    "\\", "\\|", "'", "|", "<", " ",
)  # fmt: skip
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069]"
)


def hostile(text: str) -> Report:
    """Return a report in which everything that people write is *text*."""
    task = told(
        "P1-001",
        ("task_started", 0, {"description": text, "labels": [text],
                             "projected_outcome": text, "estimated_duration_s": 60}),
        ("blocker_hit", 1, {"text": text, "critical": True}),
        ("lesson_learned", 1, {"text": text}),
        ("task_failed", 2, {"message": text, "error_type": text}),
    )  # fmt: skip
    imported = told(
        "P1-002",
        ("task_started", 5, {"provenance": "backfilled", "source": text}),
        ("task_completed", 9, {"provenance": "backfilled", "source": text}),
    )
    wrong = replace(done("P1-003"), problems=(text,))
    tasks = [
        replace(each, name=f"{text}{n}" if n else text, phase=text)
        for n, each in enumerate((task, imported, wrong))
    ]
    said = Value(evidence=Evidence.DECLARED, text=text)
    own = OwnRecord(text, {"biggest_win": said, "biggest_surprise": said}, False)
    return report_of(
        tasks,
        own={text.lower(): own},
        label=text,
        selection=Selection(phase=text),
    )


@pytest.mark.parametrize("text", NASTY)
def test_a_terminal_gets_lines_of_80_columns(text: str) -> None:
    shown = report_text(hostile(text))
    assert not UNSAFE.search(shown)
    assert [line for line in shown.split("\n") if cell_len(line) > 80] == []


@pytest.mark.parametrize("text", NASTY)
def test_markdown_has_tables_and_no_markup_of_others(text: str) -> None:
    shown = report_markdown(hostile(text))
    assert not UNSAFE.search(shown)
    assert len(shown) < MAX_CHARACTERS
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(shown)
    inline = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inline)}
    assert kinds <= KNOWN | {f"{name}_{side}" for name in PAIRED for side in SIDES}
    assert [t.info for t in tokens if t.type == "fence"] == ["mermaid"]
    assert all(is_bold_by_us(child) for child in inline)
    widths = {len(set(widths)) for widths in table_widths(tokens)}
    assert widths == {1}


KNOWN = {"inline", "text", "softbreak", "fence", "text_special"}
PAIRED = ("heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td", "strong")
SIDES = ("open", "close")


def is_bold_by_us(token: Token) -> bool:
    return token.type != "strong_open" or token.markup == "**"


def table_widths(tokens: list[Token]) -> list[list[int]]:
    """Return how many cells each row of each table has."""
    tables: list[list[int]] = []
    for token in tokens:
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append(0)
        elif token.type in {"td_open", "th_open"}:
            tables[-1][-1] += 1
    return tables


GANTT_LINE = re.compile(
    r"gantt|    title [A-Za-z ()]+|    dateFormat YYYY-MM-DD HH:mm:ss"
    r"|    axisFormat %Y-%m-%d|    section phase [A-Za-z0-9 ._()-]+"
    r"|    task [A-Za-z0-9 ._()-]+ :(done|crit|active)(, milestone)?,"
    r" \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, (0m|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"
)


@pytest.mark.parametrize("text", NASTY)
def test_a_diagram_has_only_lines_of_its_grammar(text: str) -> None:
    report = hostile(text)
    lines = gantt(report.recent).removesuffix("\n").split("\n")
    assert [line for line in lines if not GANTT_LINE.fullmatch(line)] == []
    assert len(lines) == 4 + 1 + 3


@pytest.mark.parametrize("text", NASTY)
def test_a_spreadsheet_computes_nothing_but_numbers_stay_numbers(text: str) -> None:
    shown = report_csv(hostile(text), "refs/x at 0123")
    rows = list(csv.DictReader(io.StringIO(shown, newline="")))
    assert {len(row) for row in rows} == {11}
    for row in rows:
        if row["unit"] in {"s", "count", "%", "1"} and row["value"]:
            Decimal(row["value"])
        else:
            assert not row["value"].startswith(FORMULA)
        for name in ("phase", "task", "label", "basis", "target", "met"):
            assert not row[name].startswith(FORMULA)
            assert not UNSAFE.search(row[name])


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")


def test_json_is_laid_out_alike_whatever_a_path_consists_of() -> None:
    """One that is no UTF-8 has halves of pairs in Python."""
    for path in ("/x/.git", "/\u00e9\U0001f600", os.fsdecode(b"/\xff")):
        shown = envelope(path, None, {"empty": [], "number": 10**30})
        assert json.loads(shown)["repository"] == path
        lines = shown.splitlines()
        assert shown.isascii()
        assert (lines[0], lines[1], lines[-1]) == ("{", '  "schema": 1,', "}")
        assert lines[-3:-1] == ['  "empty": [],', f'  "number": {10**30}']


@pytest.mark.parametrize("text", NASTY)
def test_json_gives_the_text_back_as_it_was(text: str) -> None:
    report = hostile(text)
    shown = envelope("/x/.git", report.log, report_body(report, "refs/x"))
    assert shown.isascii()
    found = json.loads(shown)
    check_schema(found, "report")
    assert found["phases"][0]["phase"] == text
    assert found["phases"][0]["measures"]["biggest_win"]["value"] == text
    assert found["comparison"]["label"] == text
    (lesson,) = found["lists"]["lessons"]["tasks"]
    assert lesson["measures"]["lessons_learned"]["value"] == [text]
