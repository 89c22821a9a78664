"""Hostile input: the corpus, some new inputs a run, and time that grows no faster."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings, target

from tests.fuzz.strategies import hostile
from tests.fuzz.target import CORPUS, Target
from tests.fuzz.targets import TARGETS

SMALL, LARGE = 3_000, 12_000
"""Bytes of an input that is timed, and of one four times as long."""
FAR = 9.0
"""Linear time is 4 times as long, quadratic 16 times; machines are noisy."""
SHORT_S = 0.01
"""What takes less than this is not compared."""

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
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(hostile(one))
    def run(data: bytes) -> None:
        begin = time.process_time()
        one.check(data)
        # Hypothesis looks for inputs of which a byte costs the most.
        target(min(time.process_time() - begin, 1.0) * 1e6 / (len(data) + 100))

    run()


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
    slow = []
    for name, pattern in one.slow_at.items():
        large = seconds(one, pattern(LARGE))
        if large < SHORT_S:
            continue
        ratio = large / max(seconds(one, pattern(SMALL)), 1e-6)
        if ratio > FAR:
            slow.append(f"{name}: {ratio:.1f} ({large:.3f} s for {LARGE} bytes)")
    assert slow == []
