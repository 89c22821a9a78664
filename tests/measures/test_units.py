"""Units: figures are compared within one kind, and in no other way."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gitlog_track.measures.units import comparable, factors

UNITS = ("ms", "s", "h", "B", "kB", "MiB", "%")


@pytest.mark.parametrize(
    ("unit", "some"),
    [
        ("ms", {"ns", "us", "ms", "s", "min", "h"}),
        ("MB", {"B", "kB", "KB", "MiB", "TB"}),
        ("%", {"%"}),
        ("req/s", set()),
        ("Mb", set()),
        ("", set()),
    ],
)
def test_a_figure_may_be_given_in_a_unit_of_the_same_kind(
    unit: str, some: set[str]
) -> None:
    found = comparable(unit)
    assert some <= set(found)
    assert bool(found) is bool(some)
    assert all(factors(other, unit) is not None for other in found)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("other", UNITS)
def test_two_units_are_compared_exactly_if_each_may_stand_for_the_other(
    unit: str, other: str
) -> None:
    scales, back = factors(unit, other), factors(other, unit)
    assert (scales is not None) is (other in comparable(unit))
    assert (None if scales is None else scales[::-1]) == back


@pytest.mark.parametrize(
    ("unit", "other", "ratio"),
    [
        ("h", "min", 60),
        ("s", "ms", 1_000),
        ("GiB", "MiB", 1_024),
        ("GB", "MB", 1_000),
        ("\N{MICRO SIGN}s", "ns", 1_000),
        ("req/s", "req/s", 1),
        ("", "%", 1),
    ],
)
def test_one_of_the_larger_is_so_many_of_the_smaller(
    unit: str, other: str, ratio: int
) -> None:
    scales = factors(unit, other)
    assert scales is not None
    assert scales[0] / scales[1] == Decimal(ratio)
