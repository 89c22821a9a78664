"""A poison entry is set aside, whatever it holds, and holds up no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gitlog_track.log.audit import audit_log
from gitlog_track.log.layout import Subject
from gitlog_track.log.ref import LogRef
from tests.support.clones import Clone
from tests.support.examples import AT, Fields

EVENT: Fields = {
    "kind": "note_recorded",
    "at": AT,
    "text": "x",
    "source": "t",
    "provenance": "live",
}
TASK: Fields = {"subject_kind": "task", "subject_name": "P1-009"}


POISON: dict[str, Fields] = {
    "no event": TASK,
    "event is a list": {**TASK, "event": []},
    "no kind": {**TASK, "event": {"at": AT}},
    "kind is a number": {**TASK, "event": {**EVENT, "kind": 5}},
    "no instant": {**TASK, "event": {"kind": "note_recorded", "text": "x"}},
    "instant is none": {**TASK, "event": {**EVENT, "at": "yesterday"}},
    "instant without offset": {**TASK, "event": {**EVENT, "at": "2025-10-04T22:00:00"}},
    "commit without commit": {**TASK, "event": {**EVENT, "kind": "commit_recorded"}},
    "too large": {**TASK, "event": {**EVENT, "text": "x" * (64 << 10)}},
    "no subject": {"event": EVENT},
    "odd subject": {"subject_kind": "tag", "subject_name": "v1", "event": EVENT},
    "climbing name": {**TASK, "subject_name": "../../hooks", "event": EVENT},
    "name with a blank": {**TASK, "subject_name": "a b", "event": EVENT},
    "no name": {**TASK, "subject_name": "", "event": EVENT},
    "phase with a slash": {
        "subject_kind": "phase",
        "subject_name": "P/1",
        "event": EVENT,
    },
    "phase of the event": {**TASK, "event": {**EVENT, "phase": ["P1"]}},
}
RAW: dict[str, str] = {
    "fraction": '{"at_ns":1,"subject_kind":"task","subject_name":"T","event":'
    f'{{"kind":"note_recorded","at":"{AT}","text":"x","n":1.5}}}}',
    "too deep": '{"at_ns":1,"subject_kind":"task","subject_name":"T","event":'
    f'{{"kind":"note_recorded","at":"{AT}","n":{"[" * 800}{"]" * 800}}}}}',
    "not a number": '{"at_ns":1,"subject_kind":"task","subject_name":"T","event":'
    f'{{"kind":"note_recorded","at":"{AT}","text":"x","n":NaN}}}}',
}


def poisoned(clone: Clone, name: str) -> str:
    if name in POISON:
        return clone.drop(POISON[name])
    entry = f"1-1-{name.replace(' ', '-')}.json"
    Path(clone.home.journal, entry).write_text(RAW[name])
    return entry


def refuse_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first attempt to move the ref fail."""
    real: Callable[..., str | None] = LogRef.advance
    calls: list[int] = []

    def advance(self: LogRef, *args: object, **kwargs: object) -> str | None:
        calls.append(1)
        return None if len(calls) == 1 else real(self, *args, **kwargs)

    monkeypatch.setattr(LogRef, "advance", advance)


@pytest.mark.parametrize("contended", [False, True])
@pytest.mark.parametrize("name", [*POISON, *RAW])
def test_poison_is_kept_aside_and_the_others_are_folded(
    clone: Clone, name: str, contended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.record(text="before")
    bad = poisoned(clone, name)
    whole = Path(clone.home.journal, bad).read_bytes()
    clone.record(text="after")
    if contended:
        refuse_once(monkeypatch)
    assert clone.fold() == 2
    assert clone.texts() == ["before", "after"]
    assert clone.waiting == []
    assert clone.unreadable == [bad]
    assert Path(clone.home.unreadable, bad).read_bytes() == whole
    assert audit_log(clone.log).findings == ()
    assert clone.log.state(Subject("task", "P1-009")).problems[1:] == ()


def test_poison_alone_makes_no_log(clone: Clone) -> None:
    bad = clone.drop(POISON["no event"])
    assert clone.fold() == 0
    assert clone.tip is None
    assert clone.unreadable == [bad]


def test_a_hook_of_a_newer_version_is_kept_aside(clone: Clone) -> None:
    name = clone.hook("post-tomorrow")
    assert clone.fold() == 0
    assert clone.unreadable == [name]


def test_an_entry_that_has_nothing_to_tell_is_no_poison(clone: Clone) -> None:
    clone.hook("post-merge", head=clone.text("rev-parse", "HEAD"))
    assert clone.fold() == 0
    assert (clone.waiting, clone.unreadable) == ([], [])


@pytest.mark.parametrize(
    ("hook", "facts"),
    [
        ("post-rewrite", {"cause": "amend", "qair": f"{'1' * 40} {'2' * 40}"}),
        ("post-rewrite", {"cause": "amend"}),
        ("post-commit", {"iead": "1" * 40}),
    ],
)
def test_an_entry_that_lost_what_it_is_about_is_kept_aside(
    clone: Clone, hook: str, facts: dict[str, str]
) -> None:
    """No hook writes one: a disk has changed a byte of the line."""
    name = clone.hook(hook, **facts)
    assert clone.fold() == 0
    assert (clone.waiting, clone.unreadable) == ([], [name])


@pytest.mark.parametrize("actor", ["\\ud800", "a\\u0000b", "\\n"])
def test_an_odd_actor_is_no_poison(clone: Clone, actor: str) -> None:
    clone.settings.actor = "hash"
    path = Path(clone.home.journal, "1-1-x.json")
    path.write_text(
        f'{{"at_ns":1,"subject_kind":"task","subject_name":"P1-009","event":'
        f'{{"kind":"note_recorded","at":"{AT}","text":"x","actor":"{actor}"}}}}'
    )
    assert clone.fold() == 1
    assert clone.log.state(Subject("task", "P1-009")).problems == ()
