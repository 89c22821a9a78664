"""What led to what: any causes at all come to trees that end and tell each event once."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gitlog_track.model.causes import (
    MAX_DEPTH,
    CauseGraph,
    Ref,
    Step,
    cause_graph,
    walk,
)
from gitlog_track.model.events import kind_of
from gitlog_track.model.replay import replay
from gitlog_track.model.task import TaskState
from tests.support.causes import caused, note_ids
from tests.support.examples import line, stored


def graph(lines: dict[str, list[bytes]], task: str = "P1-001") -> CauseGraph:
    def load(name: str) -> TaskState:
        return replay(name, lines.get(name, ()))

    return cause_graph(load(task), load)


def drawn(found: CauseGraph) -> list[str]:
    """Return the steps of a tree as ``depth text note``."""
    texts = {ref: getattr(event, "text", "") for ref, event in found.events.items()}
    return [
        f"{step.depth} {texts.get(step.ref, '?')} {step.note}".rstrip()
        for step in walk(found)
    ]


def test_effects_hang_under_their_causes() -> None:
    lines = caused({"a": "", "b": "a", "c": "a b", "d": "c", "alone": ""})
    assert drawn(graph({"P1-001": lines})) == ["0 a", "1 b", "2 c", "3 d", "1 c again"]


def test_a_circle_is_shown_as_one() -> None:
    lines = caused({"a": "c", "b": "a", "c": "b", "self": "self"})
    assert drawn(graph({"P1-001": lines})) == [
        *("0 a", "1 b", "2 c", "3 a cycle"),
        *("0 self", "1 self cycle"),
    ]


def test_what_is_in_no_log_is_named() -> None:
    found = graph(
        {"P1-001": caused({"a": "=gone", "b": "=P9-001:gone", "c": "=a/b:x"})}
    )
    assert found.unknown == (
        Ref("P1-001", "gone"),
        Ref("P9-001", "gone"),
        Ref("a/b", "x"),
    )
    assert drawn(found) == ["0 ?", "1 a", "0 ?", "1 b", "0 ?", "1 c"]


def test_causes_in_other_tasks_are_followed() -> None:
    other = caused({"x": "", "y": "x", "elsewhere": "x"}, task="P2-001")
    second = note_ids(["x", "y"], "P2-001")["y"]
    found = graph({"P1-001": caused({"a": f"=P2-001:{second}"}), "P2-001": other})
    assert drawn(found) == ["0 x", "1 y", "2 a"]
    assert sorted(ref.task for ref in found.events) == ["P1-001", "P2-001", "P2-001"]


def test_a_deep_chain_goes_on_below() -> None:
    names = [f"e{number}" for number in range(3_000)]
    told = {name: names[n - 1] if n else "" for n, name in enumerate(names)}
    steps = list(walk(graph({"P1-001": caused(told)})))
    assert max(step.depth for step in steps) == MAX_DEPTH
    assert sum(step.note == "" for step in steps) == len(names)
    assert {step.note for step in steps} == {"", "deeper"}


def followed(*told: tuple[str, dict[str, object]]) -> list[tuple[str, str, str]]:
    """Return cause, effect and relation, by kinds and numbers, of events of one task."""
    lines = [
        line(kind, n, task="P1-001", **fields) for n, (kind, fields) in enumerate(told)
    ]
    found = graph({"P1-001": lines})
    names = {ref: f"{kind_of(e)} {e.seq}" for ref, e in found.events.items()}
    return [
        (names.get(e.cause, e.cause.event), names[e.effect], e.relation)
        for e in found.edges
    ]


def test_attempts_follow_one_another() -> None:
    second: dict[str, object] = {"attempt": 2}
    third: dict[str, object] = {"attempt": 3}
    found = followed(
        ("task_started", {}),
        ("task_failed", {}),
        ("task_retried", second),
        ("task_failed", second),
        ("task_retried", third),
    )
    assert sorted(found) == [
        ("task_failed 1", "task_retried 2", "retry"),
        ("task_failed 3", "task_retried 4", "retry"),
        ("task_retried 2", "task_failed 3", "end"),
        ("task_started 0", "task_failed 1", "end"),
    ]


def test_an_attempt_without_a_begin_or_an_end_breaks_no_chain() -> None:
    found = followed(
        ("task_started", {}),
        ("task_retried", {"attempt": 2}),
        ("task_completed", {"attempt": 3}),
    )
    assert sorted(found) == [
        ("task_retried 1", "task_completed 2", "end"),
        ("task_started 0", "task_retried 1", "retry"),
    ]
    assert followed(("task_completed", {})) == []


def test_a_fix_follows_its_bug_and_a_resolution_its_blocker() -> None:
    bug = stored("bug_found", 0, task="P1-001", text="b")["id"]
    blocker = stored("blocker_hit", 1, task="P1-001", text="c")["id"]
    found = followed(
        ("bug_found", {"text": "b"}),
        ("blocker_hit", {"text": "c"}),
        ("bug_fixed", {"text": "f", "bug": bug}),
        ("bug_fixed", {"text": "of no bug that was recorded"}),
        ("blocker_resolved", {"blocker": blocker}),
        ("bug_fixed", {"text": "g", "bug": "0" * 32}),
    )
    assert sorted(found) == [
        ("0" * 32, "bug_fixed 5", "fix"),
        ("blocker_hit 1", "blocker_resolved 4", "resolution"),
        ("bug_found 0", "bug_fixed 2", "fix"),
    ]


def test_a_cause_that_was_named_stands_beside_what_follows_from_the_kinds() -> None:
    bug = stored("bug_found", 0, task="P1-001", text="b")["id"]
    found = followed(
        ("bug_found", {"text": "b"}),
        ("bug_fixed", {"text": "f", "bug": bug, "causes": [bug, f"p1-001:{bug}"]}),
    )
    assert found == [
        ("bug_found 0", "bug_fixed 1", "cause"),
        ("bug_found 0", "bug_fixed 1", "fix"),
    ]


_NAMES = "abcdef"


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(_NAMES),
        st.sets(st.sampled_from([*_NAMES, "=gone"]), max_size=3),
    )
)
def test_any_causes_come_to_an_end(causes: dict[str, set[str]]) -> None:
    told = {name: " ".join(sorted(causes.get(name, ()))) for name in _NAMES}
    found = graph({"P1-001": caused(told)})
    steps: list[Step] = list(walk(found))
    whole = [step.ref for step in steps if not step.note]
    assert sorted(whole) == sorted({*found.events, *found.unknown})
    shown = sum(step.relation is not None for step in steps)
    assert shown == len(found.edges)
