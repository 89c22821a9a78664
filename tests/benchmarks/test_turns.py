"""What takes turns is begun by each as often as by any other."""

from __future__ import annotations

from tests.benchmarks.turns import in_turn, order


def test_another_one_is_first_every_round() -> None:
    orders = [order("abc", number) for number in range(4)]
    assert ["".join(names) for names in orders] == ["abc", "bca", "cab", "abc"]


def test_each_act_is_timed_every_round_after_one_that_does_not_count() -> None:
    done: list[str] = []
    acts = {"a": lambda: done.append("a"), "b": lambda: done.append("b")}
    found = in_turn(acts, 3)
    assert "".join(done) == "ab" + "ab" + "ba" + "ab"
    assert {name: len(seconds) for name, seconds in found.items()} == {"a": 3, "b": 3}
