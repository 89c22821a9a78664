"""Hostile input: the corpus, some new inputs a run, and time that grows no faster."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings, target

from tests.fuzz.patterns import Pattern
from tests.fuzz.strategies import hostile
from tests.fuzz.target import CORPUS, Target
from tests.fuzz.targets import TARGETS

SMALL, LARGE = 3_000, 12_000
"""Bytes of an input that is timed, and of one four times as long."""
FAR = 9.0
"""Linear time is 4 times as long, quadratic 16 times; machines are noisy."""
SHORT_S = 0.01
"""What takes less than this is not compared."""

WORST = 2
"""So many of the costliest inputs are timed when they are repeated."""

names = [one.name for one in TARGETS]


@pytest.mark.parametrize("one", TARGETS, ids=names)
def test_seeds_and_found_cases(one: Target) -> None:
    for data in one.seeds():
        one.check(data)
    for path in one.inputs():
        one.check(path.read_bytes())


def test_every_corpus_is_of_a_target() -> None:
    assert {path.name for path in CORPUS.iterdir() if path.is_dir()} <= set(names)


@pytest.mark.parametrize("one", TARGETS, ids=names)
def test_no_input_is_too_much(one: Target) -> None:
    """Nor does the time of those that cost the most grow faster than they do."""
    costs: dict[bytes, float] = {}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(hostile(one))
    def run(data: bytes) -> None:
        begin = time.process_time()
        one.check(data)
        took_s = time.process_time() - begin
        # Hypothesis looks for inputs of which a byte costs the most.
        cost = min(took_s, 1.0) * 1e6 / (len(data) + 100)
        target(cost)
        costs[data] = cost

    run()
    worst = sorted(filter(None, costs), key=costs.__getitem__)[-WORST:]
    slow = {data: growth(one, over_and_over(data)) for data in worst}
    assert {data: said for data, said in slow.items() if said} == {}


def over_and_over(data: bytes) -> Pattern:
    return lambda size: data * max(size // len(data), 1)


def growth(one: Target, pattern: Pattern) -> str:
    """Return how time grows with a pattern, if it grows faster; else nothing.

    What seems to is measured twice: the machine may have had something else to do.
    """
    worst = ""
    for _ in range(2):
        large = seconds(one, pattern(LARGE))
        if large < SHORT_S:
            return ""
        ratio = large / max(seconds(one, pattern(SMALL)), 1e-6)
        if ratio <= FAR:
            return ""
        worst = f"{ratio:.1f} ({large:.3f} s for {LARGE} bytes)"
    return worst


def seconds(one: Target, data: bytes) -> float:
    """Return the least time of three; what takes long is measured once."""
    best = sys.float_info.max
    for _ in range(3):
        begin = time.process_time()
        one.check(data)
        best = min(best, time.process_time() - begin)
        if best > 0.5:
            break
    return best


@pytest.mark.parametrize("one", TARGETS, ids=names)
def test_four_times_as_much_takes_about_four_times_as_long(one: Target) -> None:
    slow = {name: growth(one, pattern) for name, pattern in one.slow_at.items()}
    assert {name: said for name, said in slow.items() if said} == {}


def quadratic(data: bytes) -> None:
    for _ in data[::8]:
        data.count(b"xy")


def linear(data: bytes) -> None:
    for _ in range(200):
        sum(data)


@pytest.mark.parametrize(("run", "is_slow"), [(quadratic, True), (linear, False)])
def test_growth_is_noticed(run: Callable[[bytes], None], is_slow: bool) -> None:
    assert bool(growth(Target("a target", run), over_and_over(b"x"))) == is_slow
