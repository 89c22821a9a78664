"""Times of acts that take turns: beside each other, and another one first every round.

What a machine does besides then falls on all of them, and none always runs behind the
one that warms, or fills, the caches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping

Act = Callable[[], object]


def seconds(act: Act) -> float:
    """Return how long an act takes, by the clock on the wall."""
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def order(names: Iterable[str], number: int) -> list[str]:
    """Return the names in the order of a round, which begins with another each time."""
    found = list(names)
    first = number % len(found)
    return found[first:] + found[:first]


def in_turn(acts: Mapping[str, Act], rounds: int) -> dict[str, list[float]]:
    """Return each act's wall seconds, after one round that does not count."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for act in acts.values():
        act()
    for number in range(rounds):
        for name in order(acts, number):
            found[name].append(seconds(acts[name]))
    return found
