"""The bar of a backfill: on a terminal, after a second, and gone at the end."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from gitlog_track.commands.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def clock(step_s: float) -> Callable[[], float]:
    ticks = iter(range(1_000_000))
    return lambda: next(ticks) * step_s


@pytest.mark.parametrize(
    ("stream", "step_s", "is_shown"),
    [(Terminal(), 0.9, True), (Terminal(), 0.001, False), (io.StringIO(), 0.9, False)],
    ids=["slow", "fast", "no terminal"],
)
def test_a_bar_is_shown_where_a_terminal_waits(
    stream: io.StringIO, step_s: float, is_shown: bool
) -> None:
    found = list(progress_bar(range(5), 5, "files", stream, clock(step_s)))
    assert found == [0, 1, 2, 3, 4]
    assert ("files" in stream.getvalue()) is is_shown


def test_a_bar_ends_where_its_items_fail() -> None:
    def failing() -> object:
        yield 1
        yield 2
        raise ValueError

    stream = Terminal()
    with pytest.raises(ValueError):  # noqa: PT011  # our own
        list(progress_bar(failing(), 3, "files", stream, clock(0.9)))  # type: ignore[arg-type]
    assert stream.getvalue().endswith("\x1b[2K")
