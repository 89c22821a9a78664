"""What goes wrong again is one pattern, on every clone, whatever the order of events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitlog_track.failures.occurrences import occurrences
from gitlog_track.failures.patterns import Pattern, Seen, find_patterns
from gitlog_track.index.index import ask
from gitlog_track.index.occurrences import read_occurrences
from gitlog_track.model.replay import replay
from tests.support.clones import Clone
from tests.support.examples import OID, OTHER_OID, Fields, full_line, line

EXCEPTION: Fields = {"exception_id": "e", "trigger": "other", "severity": "error"}
EXECUTION: Fields = {"trigger": "other", "description": "d", "outcome": "failed"}


def at(minute: float) -> str:
    whole = (
        datetime.fromisoformat("2026-01-05T08:00:00+01:00").timestamp() + minute * 60
    )
    return datetime.fromtimestamp(whole).astimezone().isoformat(timespec="milliseconds")


def patterns(tasks: dict[str, list[bytes]]) -> list[Pattern]:
    """Return the patterns of tasks that are read in memory."""
    return find_patterns(
        Seen(name, one)
        for name, lines in tasks.items()
        for one in occurrences(replay(name, lines))
    )


def story(*told: tuple[str, Mapping[str, object]], task: str = "P1-001") -> list[bytes]:
    """Return a task's lines, one a minute."""
    return [
        line(
            kind,
            number,
            at=at(number),
            task=task,
            **{"entry": f"{task}-{number}@1", **own},
        )
        if kind != "commit_recorded"
        else line(kind, number, at=at(number), task=task, operation="commit", **own)
        for number, (kind, own) in enumerate(told, 1)
    ]


def event_id(line_: bytes) -> str:
    return str(replay("", [line_]).stored[0].event.id)


def said(pattern: Pattern) -> tuple[str, int, dict[str, int]]:
    return pattern.title, pattern.count, dict(pattern.kinds)


def test_texts_that_differ_in_values_are_one_pattern() -> None:
    first = story(
        ("task_started", {"env": "prod"}),
        (
            "task_failed",
            {"error_type": "TimeoutError", "message": "no answer after 30 s"},
        ),
        ("lesson_learned", {"text": "read '/etc/hosts' first"}),
    )
    second = story(
        (
            "exception_recorded",
            {
                **EXCEPTION,
                "what_happened": "no answer after 7 ms",
                "error_type": "TimeoutError",
                "env": "dev",
            },
        ),
        (
            "execution_recorded",
            {
                **EXECUTION,
                "issues": ["TimeoutError: no answer after 1.5 s"],
                "contract_gaps": ["none named 12"],
            },
        ),
        ("blocker_hit", {"text": "no access", "critical": True}),
        ("bug_found", {"text": "off by 3"}),
        task="P2-001",
    )
    found = patterns({"P1-001": first, "P2-001": second})
    assert [said(pattern) for pattern in found] == [
        (
            "TimeoutError: no answer after <duration>",
            3,
            {"error": 1, "exception": 1, "issue": 1},
        ),
        ("off by <n>", 1, {"bug": 1}),
        ("no access", 1, {"blocker": 1}),
        ("read <text> first", 1, {"lesson": 1}),
        ("none named <n>", 1, {"contract_gap": 1}),
    ]
    top = found[0]
    assert top.tasks == ("P1-001", "P2-001")
    assert (dict(top.environments), dict(top.severities)) == (
        {"dev": 1, "prod": 1},
        {"error": 1},
    )
    assert top.first_seen == datetime.fromisoformat(at(1))
    assert top.last_seen == datetime.fromisoformat(at(2))
    assert found[1].example == "off by 3"
    assert dict(found[2].severities) == {"critical": 1}


def test_one_stack_is_one_pattern_whatever_the_message() -> None:
    told = story(
        *(
            ("task_failed", {"message": text, "stack_hash": stack, "error_type": "E"})
            for text, stack in (
                ("one", "v1:a"),
                ("two", "v1:a"),
                ("two", "v1:b"),
                ("v1:a", ""),
            )
        )
    )
    found = patterns({"P1-001": told})
    assert [(p.stack_hash, p.count) for p in found] == [
        ("v1:a", 2),
        ("", 1),
        ("v1:b", 1),
    ]


def test_a_failure_counts_once_that_an_exception_tells_of() -> None:
    told = story(
        ("task_started", {}),
        ("task_failed", {"error_type": "OSError", "message": "gone"}),
    )
    cause = {"causes": [event_id(told[1])], "error_type": "OSError"}
    told += story(
        ("exception_recorded", {**EXCEPTION, "what_happened": "gone", **cause})
    )[:1]
    assert [said(p) for p in patterns({"P1-001": told})] == [
        ("OSError: gone", 1, {"exception": 1})
    ]
    other = {**EXCEPTION, "what_happened": "x", "causes": cause["causes"]}
    told[2:] = story(("exception_recorded", other))
    assert sum(p.count for p in patterns({"P1-001": told})) == 2


@pytest.mark.parametrize(
    ("exception", "failure", "count"),
    [
        ({"error_type": "E", "stack_hash": "v1:a"}, {"error_type": "E", "stack_hash": "v1:a"}, 1),
        ({"error_type": "E", "stack_hash": "v1:a"}, {"error_type": "E"}, 1),
        ({"error_type": "E"}, {"error_type": "E", "stack_hash": "v1:a"}, 2),
        ({"error_type": "E", "stack_hash": "v1:a"}, {"error_type": "E", "stack_hash": "v1:b"}, 2),
        ({"error_type": "E", "attempt": 2}, {"error_type": "E"}, 2),
        ({}, {}, 2),
    ],
)  # fmt: skip
def test_a_failure_counts_once_that_was_told_of_before_it(
    exception: Fields, failure: Fields, count: int
) -> None:
    told = story(
        ("task_started", {}),
        ("exception_recorded", {**EXCEPTION, "what_happened": "x", **exception}),
        ("task_failed", {"message": "gone", **failure}),
    )
    assert sum(p.count for p in patterns({"P1-001": told})) == count


def fixed(*told: tuple[str, Fields]) -> list[tuple[str, str, str]]:
    pattern = next(
        p for p in patterns({"P1-001": story(*told)}) if "error" not in p.kinds
    )
    return [(fix.kind, fix.text, fix.task) for fix in pattern.fixes]


BUG: tuple[str, Fields] = ("bug_found", {"text": "off by 1"})
START: tuple[str, Fields] = ("task_started", {})
COMMIT: tuple[str, Fields] = ("commit_recorded", {"commit": OID})
DONE: tuple[str, Fields] = ("task_completed", {})


def test_what_fixed_it_is_what_somebody_recorded() -> None:
    bug = event_id(story(START, BUG)[1])
    blocker: tuple[str, Fields] = ("blocker_hit", {"text": "no access"})
    hit = event_id(story(blocker)[0])
    assert fixed(START, BUG, ("bug_fixed", {"text": "count from 0", "bug": bug})) == [
        ("fix", "count from 0", "P1-001")
    ]
    assert fixed(START, BUG, ("bug_fixed", {"text": "another one"})) == []
    assert fixed(blocker, ("blocker_resolved", {"blocker": hit, "text": "asked"})) == [
        ("resolution", "asked", "P1-001")
    ]
    own = {**EXCEPTION, "what_happened": "x", "workaround": "w", "proposed_fix": "p"}
    assert fixed(("exception_recorded", own)) == [
        ("workaround", "w", "P1-001"),
        ("proposed_fix", "p", "P1-001"),
    ]


@pytest.mark.parametrize(
    ("told", "commits"),
    [
        ((START, BUG, COMMIT, DONE), [OID]),
        ((START, BUG, COMMIT, ("commit_recorded", {"commit": OTHER_OID}), DONE), [OTHER_OID]),
        ((START, BUG, DONE, COMMIT), [OID]),  # what makes the claim follows the end
        ((START, COMMIT, BUG, DONE), []),  # before it
        ((START, BUG, COMMIT), []),  # never completed
        ((START, BUG, COMMIT, ("task_failed", {})), []),
        ((START, BUG, COMMIT, ("task_completed", {"status": "partial"})), []),
        ((START, ("lesson_learned", {"text": "off by 1"}), COMMIT, DONE), []),
    ],
)  # fmt: skip
def test_a_commit_closes_a_task_only_if_it_did(
    told: tuple[tuple[str, Fields], ...], commits: list[str]
) -> None:
    assert [text for kind, text, _ in fixed(*told) if kind == "commit"] == commits


def test_a_rebase_closes_nothing() -> None:
    lines = story(START, BUG, DONE)
    lines.append(line("commit_recorded", 9, at=at(9), commit=OID, operation="rebase"))
    [pattern] = patterns({"P1-001": lines})
    assert pattern.fixes == ()


_TEXTS = st.sampled_from(["off by 1", "off by 2", "no access", "", "slow: 3 s", "é"])
_KINDS: list[tuple[str, str]] = [
    ("bug_found", "text"),
    ("blocker_hit", "text"),
    ("lesson_learned", "text"),
    ("task_failed", "message"),
    ("task_completed", "actual_outcome"),
    ("exception_recorded", "what_happened"),
    ("execution_recorded", "issues"),
]


@st.composite
def events(draw: st.DrawFn) -> list[tuple[str, Fields]]:
    """Events of two tasks, some of them at one instant."""
    found = []
    for number in range(draw(st.integers(1, 8))):
        kind, field = draw(st.sampled_from(_KINDS))
        base = (
            EXCEPTION
            if kind == "exception_recorded"
            else EXECUTION
            if kind == "execution_recorded"
            else {}
        )
        text: Any = draw(_TEXTS)
        own = {**base, field: [text] if field == "issues" else text}
        task = draw(st.sampled_from(["P1-001", "P2-001"]))
        found.append(
            (
                task,
                {
                    "kind": kind,
                    "at": at(draw(st.integers(0, 3))),
                    "entry": f"e{number}@1",
                    **own,
                },
            )
        )
    return found


# A busy machine makes the drawing of a few events slow; it is none of this test's.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events(), st.randoms(use_true_random=False))
def test_neither_the_order_of_lines_nor_that_of_folds_matters(
    told: list[tuple[str, Fields]], random: Any
) -> None:
    """A fold gives ``seq`` in the order in which it sees events, and nothing else."""

    def folded(order: list[tuple[str, Fields]]) -> dict[str, list[bytes]]:
        tasks: dict[str, list[bytes]] = {}
        for seq, (task, event) in enumerate(order, 1):
            own = {k: v for k, v in event.items() if k != "kind"}
            tasks.setdefault(task, []).append(
                line(str(event["kind"]), seq, task=task, **own)
            )
        return tasks

    first = patterns(folded(told))
    other = list(told)
    random.shuffle(other)
    again = folded(other)
    for lines in again.values():
        random.shuffle(lines)
    shuffled = list(again.items())
    random.shuffle(shuffled)
    assert patterns(dict(shuffled)) == first


def test_two_clones_have_the_same_patterns(tmp_path: Path) -> None:
    """Recorded apart, folded in another order, joined both ways round."""
    one, other = (Clone.make(tmp_path / name) for name in ("one", "other"))
    for clone, numbers in ((one, (1, 2)), (other, (3, 4))):
        for number in numbers:
            clone.record("bug_found", text=f"off by {number}")
            clone.record("lesson_learned", task=f"P2-{number}", text="read first")
        clone.fold()
    for clone, remote in ((one, other), (other, one)):
        ref = clone.settings.ref
        clone.run("fetch", "-q", str(remote.path), f"{ref}:refs/other")
    lines = {clone.path: sorted(clone.lines()) + sorted(
        clone.run("cat-file", "-p", f"refs/other:{path}") for path in clone.text("ls-tree", "-r", "--name-only", "refs/other").split("\n")
    ) for clone in (one, other)}  # fmt: skip
    found = []
    for all_lines in lines.values():
        by_task: dict[str, list[bytes]] = {}
        for whole in all_lines:
            for text in whole.split(b"\n"):
                state = replay("", [text])
                if state.stored and state.events:
                    by_task.setdefault(str(state.events[0].task), []).append(text)
        found.append(patterns(by_task))
    assert found[0] == found[1]
    assert [said(p)[:2] for p in found[0]] == [("read first", 4), ("off by <n>", 4)]


def test_what_the_index_says_is_what_the_log_says(tmp_path: Path) -> None:
    clone = Clone.make(tmp_path / "clone")
    clone.record("bug_found", text="off by 1")
    clone.record("blocker_hit", text="no access", critical=True)
    clone.record("bug_found", task="", subject="unassigned", text="of nobody")
    clone.fold()
    found = ask(
        clone.home.index,
        clone.log,
        lambda index: find_patterns(read_occurrences(index, None)),
    )
    states = [*clone.log.states("task"), clone.log.unassigned()]
    assert found == find_patterns(
        Seen(state.name, one) for state in states for one in occurrences(state)
    )
    assert [p.tasks for p in found if p.title == "of nobody"] == [()]


def test_every_kind_of_example_can_be_told_of() -> None:
    kinds = ("task_failed", "exception_recorded", "execution_recorded", "blocker_hit")
    lines = [full_line(kind, n) for n, kind in enumerate(kinds, 1)]
    found = {kind for p in patterns({"P1-001": lines}) for kind in p.kinds}
    assert found == {"error", "exception", "issue", "contract_gap", "blocker"}
