"""Marker comments in Markdown: which places are found, and what filling them changes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitlog_track.renderers.documents import Filled, fill
from gitlog_track.renderers.markers import (
    MarkerError,
    Request,
    find_markers,
    split_lines,
)
from gitlog_track.renderers.unified import unified_diff

BEGIN = "<!-- gitlog-track:begin table phase=P1 -->"
END = "<!-- gitlog-track:end -->"
VALUE = "<!-- gitlog-track:value task=P1-009 measure=duration -->"


def answer(request: Request) -> list[str]:
    if request.keys.get("phase") == "P9":
        raise MarkerError("phase 'P9' has no log")
    return ["12m"] if request.kind == "value" else ["| a |", "|---|", "| 12m |"]


def filled(text: str, *, force: bool = False) -> Filled:
    found = fill(text, answer, force=force)
    assert found.problems == []
    return found


def problems(text: str) -> list[tuple[int, str]]:
    return [(p.line, p.text) for p in fill(text, answer, force=True).problems]


def test_a_block_and_a_value_are_filled_in() -> None:
    text = f"# T\n\n{BEGIN}\n{END}\n\nIt took {VALUE}{END}, all in all."
    assert filled(text).text == (
        "# T\n\n<!-- gitlog-track:begin table phase=P1 -->\n"
        "\n| a |\n|---|\n| 12m |\n\n"
        "<!-- gitlog-track:end d7cbdd6a -->\n\n"
        f"It took {VALUE}12m<!-- gitlog-track:end 2ea0b639 -->, all in all."
    )


LIVE = {
    "paragraph": f"{VALUE}{END}",
    "text before": f"took {VALUE}{END} in all",
    "heading": f"# {VALUE}{END}",
    "list": f"- a\n  - took {VALUE}{END}",
    "deep list": f"1. a\n    - took {VALUE}{END}",
    "lazy line": f"a\n        {VALUE}{END}",
    "table": f"| a | b |\n|---|---|\n| {VALUE}{END} | {VALUE}{END} |",
    "behind a code span": f"`a` {VALUE}{END}",
    "one back-tick": f"a ` {VALUE}{END}",
    "unequal back-ticks": f"a `` {VALUE}{END} `",
    "escaped back-tick": f"\\` {VALUE}{END} `",
    "back-tick in a comment": f"<!-- ` --> {VALUE}{END} `",
    "details": f"<details>\n{VALUE}{END}\n</details>",
    "behind a fence": f"```\n```\n{VALUE}{END}",
    "a quote ends a fence": f"> ```\n\n{VALUE}{END}",
}
CODE = {
    "fence": f"```\n{BEGIN}\n{END}\n```",
    "tildes": f"~~~ md\n{BEGIN}\n```\n{END}\n~~~",
    "open fence": f"```\n{VALUE}{END}",
    "fence in a list": f"- a\n\n  ```\n  {BEGIN}\n  {END}\n  ```",
    "fence in a quote": f"> ```\n> {BEGIN}\n> {END}\n> ```",
    "indented": f"a\n\n    {BEGIN}\n    {END}",
    "tab": f"a\n\n\t{VALUE}{END}",
    "code span": f"a `{VALUE}{END}` b",
    "two back-ticks": f"a `` ` {VALUE}{END} `` b",
    "span over lines": f"a `b\nc {VALUE}{END} d` e",
    "inside a comment": "<!-- as in\n\ngitlog-track:begin table\n-->",
    "escaped": "\\<!-- gitlog-track:begin table -->",
    "another tool's": "<!-- other:begin table -->\n<!-- other:end -->",
}


@pytest.mark.parametrize("name", LIVE)
def test_a_marker_is_followed(name: str) -> None:
    found = filled(LIVE[name])
    assert len(found.changed) == LIVE[name].count("value")
    assert found.text.count("-->12m<!--") == len(found.changed)


@pytest.mark.parametrize("name", CODE)
def test_what_is_shown_as_code_is_left_alone(name: str) -> None:
    assert filled(f"{CODE[name]}\n\n{VALUE}{END}").text.startswith(CODE[name])
    assert find_markers(split_lines(CODE[name])) == []


BAD = [
    (f"a\n{BEGIN}\nb\n", 2, "has no end in this document"),
    (f"{BEGIN}\n{BEGIN}\n{END}\n", 1, "has no end before line 2"),
    (f"{BEGIN}\n{BEGIN}\n{END}\n{END}\n", 4, "nothing to end here"),
    (f"{BEGIN}\na {VALUE}{END}\n{END}\n", 1, "has no end before line 2"),
    (f"a {END} b\n", 1, "nothing to end here"),
    (f"a {BEGIN}\n{END}\n", 1, "stand alone on a line"),
    (f"{BEGIN}\na {END}\n", 1, "stand alone on a line"),
    (f"{BEGIN}{END}\n", 1, "stand alone on a line"),
    (f"a {VALUE}\n{END}\n", 1, "a value ends on the line it begins on"),
    ("a <!-- gitlog-track:value task=P1-009\nmeasure=duration --> b", 1, "put -->"),
    (f"{VALUE[:-3]}\n", 1, "does not end on its line"),
    ("<!-- gitlog-track:start table -->", 1, "found 'gitlog-track:start', expected"),
    ("<!-- gitlog-track: -->", 1, "expected begin, value or end"),
    (
        f"<!-- gitlog-track:begin graph -->\n{END}",
        1,
        "found block 'graph', expected table, measures, lessons or blockers",
    ),
    (f"<!-- gitlog-track:begin -->\n{END}", 1, "found block ''"),
    (f"<!-- gitlog-track:begin table task=P1-009 -->\n{END}", 1, "expected phase=NAME"),
    (f"<!-- gitlog-track:begin table phase= -->\n{END}", 1, "found 'phase='"),
    (f"<!-- gitlog-track:begin table phase=a phase=b -->\n{END}", 1, "twice"),
    (f"<!-- gitlog-track:begin measures -->\n{END}", 1, "task=NAME or phase=NAME"),
    (f"<!-- gitlog-track:begin measures task=a phase=b -->\n{END}", 1, "needs task="),
    (f"a <!-- gitlog-track:value task=P1-009 -->{END}", 1, "measure=NAME"),
    (f"a <!-- gitlog-track:value measure=duration -->{END}", 1, "needs measure=NAME"),
    (f"a\n\n{BEGIN}\n<!-- gitlog-track:end last -->", 4, "found 'last' behind end"),
    (f"<!-- gitlog-track:begin table phase=P9 -->\n{END}", 1, "phase 'P9' has no log"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "words"), BAD)
def test_a_marker_that_cannot_be_followed_has_one_sentence(
    text: str, line: int, words: str
) -> None:
    found = problems(text)
    assert any(at == line and words in said for at, said in found), found


def test_all_problems_are_told_in_the_order_of_lines() -> None:
    text = f"{END}\n\na <!-- gitlog-track:x -->\n\n{BEGIN.replace('P1', 'P9')}\n{END}\n"
    assert [line for line, _ in problems(text)] == [1, 3, 5]


def test_a_generated_block_that_is_out_of_date_is_replaced() -> None:
    old = fill(f"{BEGIN}\n{END}\n", lambda _: ["old"], force=False).text
    found = filled(old)
    assert (found.edited, len(found.changed)) == ([], 1)
    assert "old" not in found.text


@pytest.mark.parametrize(
    "text",
    [
        f"{BEGIN}\nmy own\n{END}\n",
        f"{BEGIN}\n\n| a |\n|---|\n| 13m |\n\n<!-- gitlog-track:end d7cbdd6a -->\n",
        f"a {VALUE}13m{END}",
        f"a {VALUE}13m<!-- gitlog-track:end 2ea0b639 -->",
    ],
)
def test_what_was_edited_by_hand_stays_unless_forced(text: str) -> None:
    kept = filled(text)
    assert (kept.text, len(kept.edited), kept.changed) == (text, 1, [])
    forced = filled(text, force=True)
    assert "12m" in forced.text
    assert (filled(forced.text).edits, filled(forced.text).edited) == ([], [])


def test_right_text_with_a_wrong_stamp_is_stamped_anew() -> None:
    text = f"a {VALUE}12m{END}"
    assert filled(text).text == f"a {VALUE}12m<!-- gitlog-track:end 2ea0b639 -->"


def test_line_ends_of_the_document_are_kept_and_no_edit() -> None:
    unix = filled(f"a\n\n{BEGIN}\n{END}\n").text
    windows = filled(f"a\r\n\r\n{BEGIN}\r\n{END}\r\n").text
    assert windows == unix.replace("\n", "\r\n")
    assert filled(windows).edits == []


def test_a_block_keeps_the_indentation_of_its_list_or_quotation() -> None:
    listed = filled(f"- a\n  {BEGIN}\n  {END}\n").text.split("\n")
    assert listed[2:7] == ["", "  | a |", "  |---|", "  | 12m |", ""]
    quoted = filled(f"> {BEGIN}\n> {END}").text.split("\n")
    assert quoted[1:-1] == [">", "> | a |", "> |---|", "> | 12m |", ">"]


FRAGMENTS = (
    *("`", "``", "```\n", "~~~\n", "- ", "> ", "    ", "\t", "\n", "\r\n", "\r", "\\"),
    *("<!--", "-->", "a ", "# ", "| a |\n|---|\n", "\0", "\x0b", "\u2028", "<pre>\n"),
    *("gitlog-track:", "\N{SNOWMAN}", "<!-- gitlog-track:begin lessons -->\n"),
    *(f"{BEGIN}\n", f"{END}\n", END, VALUE, f"{VALUE}{END}", f"{BEGIN}\n{END}\n"),
)
documents = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)


def outside(text: str) -> list[str]:
    """Return what of a document is no generated text and no end marker."""
    parts, at = [], 0
    lines = split_lines(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    for marker in find_markers(lines):
        stop = starts[marker.row] + marker.stop
        if marker.request is not None:
            parts.append(text[at:stop])
        at = stop
    return [*parts, text[at:]]


@settings(max_examples=300, deadline=None)
@given(documents)
def test_laws_of_filling_in(text: str) -> None:
    once = fill(text, answer, force=True)
    if once.problems:
        return
    again = fill(once.text, answer, force=False)
    assert (again.problems, again.edits, again.edited) == ([], [], [])
    assert outside(once.text) == outside(text)
    assert again.text == once.text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | documents)
def test_any_text_is_read(text: str) -> None:
    found = fill(text, answer, force=False)
    assert "".join(found.lines) == text
    if not find_markers(found.lines):
        assert (found.text, found.problems) == (text, [])


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_the_difference_can_be_applied(tmp_path: Path, ending: str, last: str) -> None:
    middle = "".join(f"line {n}\n" for n in range(20))
    text = (
        f"{BEGIN}\n{END}\n{middle}a {VALUE}{END}\nb\n{middle}{BEGIN}\nold\n{END}{last}"
    )
    text = text.replace("\n", ending)
    (tmp_path / "a.md").write_bytes(text.encode())
    found = filled(text, force=True)
    patch = unified_diff("a.md", found.lines, found.edits)
    assert patch.count("\n@@ ") == 3
    command = ["git", "apply", "--unsafe-paths", "--whitespace=nowarn", "-"]
    subprocess.run(command, cwd=tmp_path, input=patch.encode(), check=True)
    assert (tmp_path / "a.md").read_bytes() == found.text.encode()


def test_no_edits_are_no_difference() -> None:
    assert unified_diff("a.md", ["a\n"], []) == ""
