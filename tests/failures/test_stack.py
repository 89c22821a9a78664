"""Traces of five languages, read; whatever else a text is, it is no error."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gitlog_track.failures.failure import failure_in, failure_of
from gitlog_track.failures.stack import READERS, read_stack
from gitlog_track.failures.stack_hash import stack_hash
from gitlog_track.scrubbing.scrub import scrub
from tests.support.golden import Golden

TRACES = Path(__file__).parent / "traces"
NAMES = sorted(path.stem for path in TRACES.glob("*.txt"))


def told(name: str) -> str:
    return (TRACES / f"{name}.txt").read_text()


def as_read(text: str) -> str:
    """A trace as lines: language, exceptions from the root cause, frames, what is kept."""
    trace = read_stack(text)
    assert trace is not None
    lines = [f"{trace.language} {stack_hash(text)}"]
    for raised in trace.chain:
        lines.append(f"{raised.type} | {raised.message}")
        for frame in raised.frames:
            mark = "app" if frame.in_app else "   "
            lines.append(f"  {mark} {frame.module} : {frame.function}")
    return "\n".join([*lines, "-- kept --", *trace.lines, ""])


@pytest.mark.parametrize("name", NAMES)
def test_a_trace_is_read(name: str, golden: Golden) -> None:
    assert read_stack(told(name)) is not None
    golden.check(f"traces/{name}.txt", as_read(told(name)))


@pytest.mark.parametrize("language", READERS)
def test_every_language_has_three_traces(language: str) -> None:
    own = [name for name in NAMES if name.startswith(f"{language}_")]
    assert len(own) >= 3
    read = [read_stack(told(name)) for name in own]
    assert {trace.language for trace in read if trace} == {language}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("root", ["/work/build 7/src", "C:/Users/ann/co", "/mnt/lib"])
def test_where_the_checkout_lies_makes_no_difference(name: str, root: str) -> None:
    moved = told(name).replace("/home/me/shop", root)
    assert stack_hash(moved) == stack_hash(told(name))


@pytest.mark.parametrize("name", NAMES)
def test_line_numbers_and_addresses_make_no_difference(name: str) -> None:
    other = re.sub(r"line \d+,", "line 9999,", told(name))
    other = re.sub(r"(?<=\.(?:js|rs|go|kt)):\d+", ":9999", other)
    other = re.sub(r"(?<=\.java):\d+", ":9999", other)
    other = re.sub(r"0x[0-9a-f]+", "0xabcdef", other)
    other = re.sub(r"::h[0-9a-f]{16}\b", "::h" + "7" * 16, other)
    other = re.sub(r"\$Lambda\$\d+", "$Lambda$7", other)
    assert stack_hash(other) == stack_hash(told(name))


@pytest.mark.parametrize("name", NAMES)
def test_carriage_returns_colours_and_noise_make_no_difference(name: str) -> None:
    text = told(name)
    noisy = (
        "building\n" + text.replace("\n", "\r\n") + "\r\nmake: *** [all] Error 1\r\n"
    )
    coloured = "".join(
        f"\x1b[31m{line}\x1b[0m" for line in text.splitlines(keepends=True)
    )
    assert stack_hash(noisy) == stack_hash(coloured) == stack_hash(text)


@pytest.mark.parametrize("name", NAMES)
def test_no_source_line_is_kept(name: str) -> None:
    failure = failure_in(told(name))
    assert failure is not None
    for source in ("hunter2", "return ", "raise ", "    total", "await ", "^", "throw"):
        assert source not in failure.stack


def test_how_deep_a_recursion_went_makes_no_difference() -> None:
    frame = '  File "/home/me/shop/tree.py", line 9, in walk\n'
    hashes = {
        stack_hash(f"Traceback (most recent call last):\n{frame * n}ValueError: {n}")
        for n in (1, 2, 50)
    }
    assert len(hashes) == 1


def test_a_panic_is_the_same_with_a_short_and_a_full_backtrace() -> None:
    assert stack_hash(told("rust_panic")) == stack_hash(told("rust_panic_full"))


@pytest.mark.parametrize("name", NAMES)
def test_another_type_or_function_is_another_failure(name: str) -> None:
    trace = read_stack(told(name))
    assert trace is not None
    kinds = [r.type for r in trace.chain if r.type not in ("", "panic", "Error")]
    frames = [f for r in trace.chain for f in r.frames if f.in_app and f.function]
    for old in [*kinds[:1], *(f.function for f in frames[:1] if f.function.isalpha())]:
        other = re.sub(rf"\b{re.escape(old)}\b", f"{old[:1]}xyz{old[1:]}", told(name))
        assert stack_hash(other) != stack_hash(told(name)), old


@pytest.mark.parametrize("thread", ['Exception in thread "main" ', ""])
@pytest.mark.parametrize("kind", ["Boom", "shop.Boom"])
def test_an_exception_of_java_needs_no_package(thread: str, kind: str) -> None:
    frame = "\n\tat MainKt.main(Main.kt:2)"
    failure = failure_in(f"{thread}{kind}: hi{frame}")
    assert failure is not None
    assert (failure.error_type, failure.message) == (kind, "hi")
    assert failure.stack_hash != stack_hash(f"{thread}Bang: hi{frame}")
    bare = failure_in(f"{thread}{kind}{frame}")
    assert bare is not None
    assert (bare.error_type, bare.stack_hash) == (kind, failure.stack_hash)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "no trace at all",
        "look at this (it is no frame)\n   at the office\n at noon (12:30)",
        "Error: it failed\n\nplease try again",
        "thread 'main' is busy",
        "goroutine pools are nice",
        "ann@example.org:22:80",
        "\x00\x01\xff" * 100,
        "panic: no goroutine follows",
        'see File "x.py", line 3 for more',
    ],
)
def test_what_is_no_trace_is_none(text: str) -> None:
    assert read_stack(text) is None
    assert re.fullmatch(r"v1:[0-9a-f]{16}", stack_hash(text))


_PIECES = [line for name in NAMES for line in told(name).split("\n")]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=20), max_size=30))
@example(["Traceback (most recent call last):"])
@example(["+ ", "  +-+---------------- 1 ----------------", "KeyError"])
def test_no_text_is_an_error(lines: list[str]) -> None:
    text = "\n".join(lines)
    trace = read_stack(text)
    assert re.fullmatch(r"v1:[0-9a-f]{16}", stack_hash(text))
    if trace is not None:
        assert trace.chain
        assert set(trace.lines) <= {line.rstrip() for line in _kept_forms(text)}


def _kept_forms(text: str) -> list[str]:
    """A text's lines, whole or without what was in front or behind of them."""
    lines = [line.rstrip("\r") for line in text.split("\n")]
    starts = [line[at:] for line in lines for at in range(len(line))]
    return [*lines, *starts, *(line.rstrip().removesuffix(" {") for line in lines)]


@pytest.mark.parametrize("secret", ["ghp_" + "Q1w2" * 10, "ann.smithers@example.org"])
@pytest.mark.parametrize("typed", ["ValueError: ", "ShelfError: ", ""])
def test_where_a_message_is_cut_no_part_of_a_secret_stays(
    secret: str, typed: str
) -> None:
    header = "Traceback (most recent call last):\n" if typed == "ValueError: " else ""
    for length in (*range(950, 1_001, 7), *range(4_040, 4_097, 7)):
        failure = failure_of(f"{header}{typed}{'x' * (length - len(typed))} {secret} y")
        kept = f"{failure.message}\n{failure.stack}" if header else failure.message
        assert secret[:4] not in scrub(kept)[0]


HOSTILE = [
    "a",
    "a.",
    "at ",
    " at a(",
    "\tat a.b(C.java:1)\n",
    "    at f (x:1:1)\n",
    "    at f (x:1:1)\n\n",
    "Error: a\n",
    "Caused by: a.b\n",
    "thread 'a' panicked at a.rs:1:1:\n",
    "panic: x\n",
    "goroutine 1 [running]:\n",
    "main.f(\n",
    "<" * 50,
    "\x1b[",
    "Traceback (most recent call last):\n",
    '  File "a.py", line 1, in f\n',
    "  | ",
    "$a",
    "Error",
    "::<",
    "   0: <<a as b>::c as d>::e\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    begin = time.perf_counter()
    stack_hash(text)
    stack_hash(text.replace("\n", " "))
    assert time.perf_counter() - begin < 4
