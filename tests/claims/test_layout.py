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
