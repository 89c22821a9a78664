"""What a squash merge's message says it was made of: titles and commit ids."""

from __future__ import annotations

import pytest

from gitlog_track.claims.squashed import listed_commits, repeated_titles

ONE, TWO = "1" * 40, "2" * 40


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (f"Squashed commit of the following:\n\ncommit {ONE}\nAuthor: A\n\ncommit {TWO}\n", {ONE, TWO}),
        (f"Feature\n\n* commit {ONE}\n", set()),
        (f"Feature\n\ncommit {ONE[:12]}\n", set()),
        ("Feature\n\ncommitted\n", set()),
        ("", set()),
    ],
)  # fmt: skip
def test_the_commits_that_git_lists(message: str, found: set[str]) -> None:
    assert listed_commits(message) == found


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("Feature (#12)\n\n* one\n* two (#3)\n", {"Feature", "one", "two"}),
        ("Feature\n\nno list\n", {"Feature"}),
        ("\n \nFeature (!7) \n\n- one\n", {"Feature", "one"}),
        ("Feature\n\n* Feature\n", {"Feature"}),
        ("", set()),
    ],
)
def test_the_titles_that_a_forge_lists(message: str, found: set[str]) -> None:
    assert repeated_titles(message) == found
