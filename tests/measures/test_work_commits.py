"""Pieces of work: each commit once, by what rewrites have made of it in the end."""

from __future__ import annotations

import pytest

from gitlog_track.measures.evidence import Evidence
from tests.support.stories import begun, known


def oid(letter: str) -> str:
    return letter * 40


@pytest.mark.parametrize(
    ("recorded", "rewrites", "work"),
    [
        ("a", [], "a"),
        ("ab", ["ab"], "b"),
        ("abc", ["ab", "bc"], "c"),
        ("abc", ["bc", "ab"], "c"),
        ("ab", ["ac", "bc"], "c"),
        ("a", ["ab", "ac"], "c"),
        ("ab", ["cd"], "ab"),
        ("a", ["aa"], "a"),
        ("b", ["ba", "ab"], "a"),
        ("cb", ["ca", "ab", "ba"], "b"),
    ],
)
def test_a_piece_of_work_is_the_commit_it_has_become(
    recorded: str, rewrites: list[str], work: str
) -> None:
    story = begun()
    for second, letter in enumerate(recorded):
        fields = {"commit": oid(letter), "operation": "commit"}
        story.tell("commit_recorded", second, **fields)
    for second, pair in enumerate(rewrites, len(recorded)):
        pairs = [[oid(letter) for letter in pair]]
        story.tell("commits_rewritten", second, cause="amend", pairs=pairs)
    found = known(story["commits"])
    assert found == (tuple(oid(letter) for letter in work), Evidence.DERIVED)
