"""The fuzzer itself: it ends in time, and what it found is what did it."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz import unguided
from tests.fuzz.__main__ import main
from tests.fuzz.target import Target

SECONDS = 1.0


@pytest.fixture
def found(tmp_path: Path) -> Path:
    (tmp_path / "found").mkdir()
    return tmp_path / "found"


def hang(data: bytes) -> None:
    while b"x" in data:
        pass


def hang_in_a_pattern(data: bytes) -> None:
    if b"x" in data:
        re.fullmatch(r"(a+)+b", "a" * 64)


def swallow(data: bytes) -> None:
    """As a target's own code might."""
    while b"x" in data:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


@pytest.mark.parametrize("run", [hang, hang_in_a_pattern, swallow])
def test_an_input_that_hangs_is_given_up_and_found(
    run: Callable[[bytes], None], found: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin = time.monotonic()
    one = Target("slow", run, words=("x",))
    assert unguided.by_hypothesis(one, 30, found, 0.2)[1] == 1
    assert time.monotonic() - begin < 10
    [path] = found.iterdir()
    assert b"x" in path.read_bytes()
    assert "HangError" in capsys.readouterr().err


def test_a_find_has_its_own_input_also_if_there_is_no_time_to_shrink_it(
    found: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each failure takes so long that shrinking has no end in time."""

    def fail(data: bytes) -> None:
        if len(data) > 3:
            time.sleep(SECONDS / 2)
            raise ValueError(data.hex())

    one = Target("failing", fail)
    begin = time.monotonic()
    assert unguided.by_hypothesis(one, SECONDS, found, 10)[1] == 1
    assert time.monotonic() - begin < 4 * SECONDS
    [path] = found.iterdir()
    said = capsys.readouterr().err
    assert f"ValueError({path.read_bytes().hex()!r})" in said
    assert "Flaky" not in said


def test_a_find_is_shrunk_where_there_is_time(found: Path) -> None:
    def fail(data: bytes) -> None:
        assert len(data) < 3

    unguided.by_hypothesis(Target("failing", fail), 30, found, 10)
    [path] = found.iterdir()
    assert len(path.read_bytes()) == 3


def test_nothing_to_find(found: Path) -> None:
    def fine(data: bytes) -> None:
        del data

    tried, finds = unguided.by_hypothesis(Target("fine", fine), 0.5, found, 10)
    assert tried > 0
    assert finds == 0


@pytest.mark.parametrize("seconds", ["0", "-3", "x", "1.5", ""])
def test_no_time_is_a_usage_error(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["quantity", f"--seconds={seconds}"])
    assert ended.value.code == 2
    assert "no whole number from 1" in capsys.readouterr().err
