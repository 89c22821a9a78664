"""The fuzzer's eyes: what a renderer lets through to the terminal is noticed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest

from tests.fuzz import seeds
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS
from tests.fuzz.terminal import assert_showable, printed

NOTICED = (
    *(("renderers.blocks", "plain_text", "told"), ("renderers.causes", "safe_line", "told")),
    *(("renderers.events", "safe_line", "told"), ("renderers.founding_log", "safe", "told")),
    ("renderers.founding_log", "safe_line", "told"),
    *(("renderers.markup", "safe_line", "told"), ("renderers.patterns", "safe_line", "told")),
    *(("renderers.patterns", "clipped", "told"), ("renderers.patterns", "plain_text", "told")),
    *(("renderers.probes", "clipped", "told"), ("renderers.reconcile", "safe_line", "commit")),
    *(("renderers.report_csv", "safe", "told"), ("renderers.report_text", "clipped", "told")),
    ("renderers.report_markdown", "clipped plain_text", "told"),
    *(("renderers.tables", "safe_line", "told"), ("renderers.tasks", "safe_line", "told")),
    *(("renderers.templates", "safe_line", "told"), ("commands.status", "safe_line", "told")),
    *(("renderers.verdicts", "safe_line", "message"), ("commands.context", "_safe", "configuration")),
)  # fmt: skip
"""Module, what of it makes text safe, and the target that notices when it does not."""
AS_IT_IS: dict[str, Callable[..., str]] = {"clipped": lambda text, limit: text[:limit]}


@pytest.mark.parametrize(("module", "names", "target"), NOTICED)
def test_a_text_that_is_let_through_is_noticed(
    module: str, names: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in names.split():
        loose = AS_IT_IS.get(name, lambda text: text)
        monkeypatch.setattr(import_module(f"gitlog_track.{module}"), name, loose)
    [one] = [each for each in TARGETS if each.name == target]
    with pytest.raises(AssertionError, match="printed raw"):
        check_seeds(one)


def check_seeds(one: Target) -> None:
    for data in one.seeds():
        one.check(data)


@pytest.mark.parametrize(
    "raw", ["\x1b[31m", "\r", "\x9b2J", "\x7f", "\ud800", "\u202e"]
)
def test_what_may_not_reach_a_terminal(raw: str) -> None:
    """Also where it comes by click, which could take escape sequences out by itself."""
    with pytest.raises(AssertionError, match="printed raw"):
        assert_showable(printed(lambda console: console.answer(f"a{raw}b")))


def test_what_may() -> None:
    assert_showable(printed(lambda console: console.answer("a\tb \u00e4 \u05d0\n")))
    assert_showable(printed(lambda console: console.warn(seeds.HOSTILE)))
