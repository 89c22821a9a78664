"""Estimates, and what is shown of a statement."""

import pytest

from gitlog_track.claims.statement import Budget, TooManyError, is_estimate, shorten


@pytest.mark.parametrize(
    "text",
    [
        "took <2h> (estimated)",
        "took <2h> (est.)",
        "took <2h> estimated",
        "took <2h>, estimated.",
        "took <2h> ESTIMATED (no logs)",
        "took <2h> (no logs)",
        "<2h> - NOT MEASURED",
        "estimated <2h>",
        "estimate: <2h>",
        "est. <2h>",
        "estimated at <2h>",
        "expected <2h>",
    ],
)
def test_estimates(text: str) -> None:
    start, end = text.index("<"), text.index(">") - 1
    assert is_estimate(text.replace("<", "").replace(">", ""), start, end)


@pytest.mark.parametrize(
    "text",
    [
        "took <2h>",
        "took <2h> vs 3h estimated",
        "took <2h> (estimated: 3h)",
        "took <2h>, estimated 3h",
        "took <2h> (10% faster than estimated)",
        "the best <2h>",
    ],
)
def test_no_estimates(text: str) -> None:
    start, end = text.index("<"), text.index(">") - 1
    assert not is_estimate(text.replace("<", "").replace(">", ""), start, end)


@pytest.mark.parametrize("mark", ["ESTIMATED", "NOT MEASURED"])
def test_a_loud_mark_counts_within_80_characters_behind_the_value(mark: str) -> None:
    room = 80 - len(mark)
    assert is_estimate(f"2h{'.' * room}{mark}", 0, 2)
    assert not is_estimate(f"2h{'.' * (room + 1)}{mark}", 0, 2)


def test_what_can_be_shown_whole_is() -> None:
    assert shorten("x" * 120) == "x" * 120
    assert shorten("x" * 121) == "x" * 117 + "..."
    assert shorten("x" * 9, 8) == "xxxxx..."


def test_shorten() -> None:
    assert shorten("a\n  b") == "a b"
    assert len(shorten("x" * 500)) == 120


def test_budget() -> None:
    budget = Budget(1)
    budget.spend()
    with pytest.raises(TooManyError):
        budget.spend()
