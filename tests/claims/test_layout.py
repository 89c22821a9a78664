"""Paragraphs, without what nobody states in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.claims.layout import split_paragraphs


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("a\nb\n\nc\n", [("a", "b"), ("c",)]),
        ("a\n \t\nb", [("a",), ("b",)]),
        ("a\n---\nb\n---------\nc", [("a",), ("b",), ("c",)]),
        ("a\n> b\nc", [("a",), ("c",)]),
        ("a\n    code\nb", [("a", "b")]),
        ("a\n\tcode\nb", [("a", "b")]),
        ("Key:\n    folded\nb", [("Key:", "    folded", "b")]),
        ("Key: v\n\tfolded", [("Key: v", "\tfolded")]),
        ("- a\n  b", [("- a", "  b")]),
        ("a\n```\ncode\n```\nb", [("a",), ("b",)]),
        ("a\n```sh\ncode\n```\nb", [("a",), ("b",)]),
        ("a\n~~~\n```\n~~~\nb", [("a",), ("b",)]),
        ("a\n````\n```\n````\nb", [("a",), ("b",)]),
        ("a\n```\nb", [("a", "```", "b")]),
        ("a\n```\nb\n~~~\nc", [("a", "```", "b", "~~~", "c")]),
        (
            "a\n\ndiff --git a/x b/x\nindex 1..2\n--- a/x\n+++ b/x\n+c\n d\nb",
            [("a",), ("b",)],
        ),
        ("a\n@@ -1 +1 @@\n-c\n+d\n\\ No newline\n\nb", [("a",), ("b",)]),
        ('Revert "took 2h"\n\nThis reverts commit 1.\n', []),
        ("fixup! a\n\nb", [("b",)]),
        ("Merge branch 'x'\n\nb", [("b",)]),
        ("Merge the parsers\n\nb", [("Merge the parsers",), ("b",)]),
        ("a\n\n* fixup! b\n* c", [("a",), ("* c",)]),
        ("", []),
    ],
)
def test_paragraphs(text: str, paragraphs: list[tuple[str, ...]]) -> None:
    assert split_paragraphs(text) == paragraphs


def test_a_squash_message_loses_its_indentation() -> None:
    text = (
        "Squashed commit of the following:\n\n"
        "commit 0123456789abcdef0123456789abcdef01234567\n"
        "Author: A <a@example.org>\nDate:   Mon\n\n"
        "    Add x\n    \n    Task: A-1\n        code\n"
    )
    assert split_paragraphs(text) == [
        ("Squashed commit of the following:",),
        ("Add x",),
        ("Task: A-1", "    code"),
    ]


@given(st.text(alphabet="ab:`~>-+@# \t\n*", max_size=200))
def test_every_line_comes_from_the_text_and_none_is_blank(text: str) -> None:
    lines = text.split("\n")
    for paragraph in split_paragraphs(text):
        assert paragraph
        assert all(line in lines and line.strip() for line in paragraph)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@@ -1,2 +1,2 @@\n+Duration: 12m", []),
        ("Index: file\n+Duration: 12m", []),
        ("diff --git a/x b/x\n+Duration: 12m", []),
        ('Text\nRevert "x" took 2h', [("Text", 'Revert "x" took 2h')]),
        ('Text\n* Revert "x"', [("Text",)]),
        ('Text\n\nRevert "x"', [("Text",)]),
        ("a b: c\n    took 2h", [("a b: c",)]),
        ("X: 1\n    12m", [("X: 1", "    12m")]),
        ("a\n```\nx\n```\nb\n```\ny\n```\nc\n d", [("a",), ("b",), ("c", " d")]),
        ("```\nx\n```\nb\nc", [("b", "c")]),
        ("a\n----\nb", [("a",), ("b",)]),
        ("a\n- - -\nb", [("a", "- - -", "b")]),
        ("a\n--- X\nb", [("a", "--- X", "b")]),
        ("a\n\t \nb", [("a",), ("b",)]),
    ],
)
def test_paragraph_by_paragraph(text: str, found: list[tuple[str, ...]]) -> None:
    assert split_paragraphs(text) == found
