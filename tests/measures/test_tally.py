"""Sums and means: over what is there, saying over how much, in any order the same."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.tally import Tally
from gitlog_track.measures.value import MISSING, Value

KNOWN = [e for e in Evidence if e is not Evidence.MISSING]
VALUES = st.lists(
    st.just(MISSING)
    | st.builds(
        Value,
        number=st.decimals(-(10**9), 10**9, places=6),
        evidence=st.sampled_from(KNOWN),
        source=st.sampled_from(["", "a.txt", "b.txt"]),
        logged_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    max_size=6,
)


def number(value: float, evidence: Evidence = Evidence.MEASURED) -> Value:
    return Value(number=Decimal(str(value)), evidence=evidence)


def tally(values: list[Value]) -> Tally:
    found = Tally()
    for value in values:
        found.add(value)
    return found


@pytest.mark.parametrize("values", [[], [MISSING], [MISSING, MISSING]])
def test_without_figures_a_sum_and_a_mean_are_missing(values: list[Value]) -> None:
    assert tally(values).value() == MISSING
    assert tally(values).mean() == MISSING


def test_a_sum_and_a_mean_say_over_how_many() -> None:
    found = tally([number(1), MISSING, number(2), MISSING])
    assert (found.value().number, found.value().n) == (Decimal(3), 2)
    assert (found.mean().number, found.mean().n) == (Decimal("1.5"), 2)


def test_a_declared_0_counts() -> None:
    found = tally([number(0, Evidence.DECLARED), number(4)])
    assert (found.mean().number, found.mean().evidence) == (
        Decimal(2),
        Evidence.DECLARED,
    )


@pytest.mark.parametrize(
    ("figures", "wanted"),
    [((1, 2), 2), ((1, 1, 2), 1), ((48_500, 0), 24_250), ((48_500, *[0] * 12), 3_731)],
)
def test_a_whole_mean_is_rounded_half_up(figures: tuple[int, ...], wanted: int) -> None:
    assert tally([number(f) for f in figures]).mean(whole=True).number == wanted


@given(VALUES)
def test_order_and_grouping_are_no_matter(values: list[Value]) -> None:
    shuffled = sorted(values, key=lambda v: (v.source, str(v.number)))
    merged = tally(values[:2])
    merged.merge(tally(values[2:]))
    assert tally(values) == tally(shuffled) == merged


@given(VALUES)
def test_a_sum_is_as_weak_as_its_weakest_figure(values: list[Value]) -> None:
    known = [v.evidence for v in values if v.is_known]
    wanted = min(known, default=Evidence.MISSING)
    assert tally(values).value().evidence is min(wanted, Evidence.DERIVED)


def test_what_was_logged_last_dates_the_sum() -> None:
    dates = [datetime(2026, 1, day, tzinfo=UTC) for day in (3, 5, 4)]
    values = [
        Value(number=Decimal(1), evidence=Evidence.DECLARED, logged_at=at)
        for at in dates
    ]
    assert tally(values).value().logged_at == dates[1]
