"""The report as a whole: what was asked for, labels, phases to review, HEAD's history."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from gitlog_track.measures.evidence import Evidence
from gitlog_track.measures.recorded import Recorded, RecordedCommit
from gitlog_track.measures.report import (
    ORPHANS,
    Coverage,
    OwnRecord,
    Selection,
    compare,
    group,
    last_improvement,
    phase_rows,
)
from gitlog_track.measures.resolution import CommitOnHead, resolve
from gitlog_track.measures.value import MISSING
from tests.support.reports import BEGIN, done, report_of, told
from tests.support.stories import known

BEGAN = 1_000
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (Selection(), ["a", "b", "c"]),
        (Selection(phase="p1"), ["a", "b"]),
        (Selection(task="C"), ["c"]),
        (Selection(phase="P1", task="c"), []),
        (Selection(since=BEGIN + DAY), ["b", "c"]),
        (Selection(until=BEGIN + DAY), ["a"]),
        (Selection(since=BEGIN + DAY, until=BEGIN + 2 * DAY), ["b"]),
        (Selection(least=Evidence.MEASURED), ["a", "b", "c"]),
    ],
)
def test_a_report_is_about_the_tasks_that_were_asked_for(
    selection: Selection, names: list[str]
) -> None:
    tasks = [done("a"), done("b", day=1), done("c", phase="P2", day=2)]
    report = report_of(tasks, selection=selection)
    assert [task.name for task in report.recent] == names
    assert report.overall["tasks_total"].number == (len(names) or None)
    assert selection.is_everything is (selection == Selection())


def test_tasks_with_a_label_stand_beside_those_without_it() -> None:
    start: dict[str, object] = {"labels": ["pair", "core"]}
    tasks = [
        told("a", ("task_started", 0, start), ("task_completed", 10, {})),
        told("b", ("task_started", 0, {}), ("task_completed", 30, {})),
        told("c", ("task_started", 0, {"labels": ["Pair"]})),
    ]
    found = compare(tasks, "pair")
    assert found.label == "pair"
    assert found.with_label["actual_total"].number == 600
    assert found.without["actual_total"].number == 1_800
    assert found.without["tasks_total"].number == 2
    nobody = compare(tasks, "solo")
    assert nobody.with_label["tasks_total"] == MISSING
    assert nobody.without["tasks_total"].number == 3


def test_phases_that_are_over_are_to_be_reviewed_but_no_loose_tasks() -> None:
    own = {"p3": OwnRecord("P3", {}, is_reviewed=True)}
    tasks = [
        done("a", phase="P1"),
        told("b", ("task_started", 0, {}), phase="P2", day=1),
        done("c", phase="P3", day=2),
        done("d", phase=None, day=3),
    ]
    report = report_of(tasks, own=own)
    assert [row.phase for row in report.phases] == ["P1", "P2", "P3", "(no phase)"]
    assert report.unreviewed == ("P1",)


@pytest.mark.parametrize(
    ("tokens", "change"),
    [((1_000, 800), -20), ((1_000, None), None), ((None, 800), None), ((0, 5), None)],
)
def test_the_change_of_tokens_is_missing_where_a_phase_has_none(
    tokens: tuple[int | None, int | None], change: int | None
) -> None:
    first, second = tokens
    tasks = [
        done("a", phase="P1", tokens_used=first),
        done("b", phase="P2", day=1, tokens_used=second),
    ]
    found = last_improvement(phase_rows(group(tasks, {})))
    assert found.number == change
    assert found.basis == ("against P1" if change else "")


@pytest.mark.parametrize("phase", [None, "P1"])
def test_without_a_phase_before_there_is_no_change_of_tokens(
    phase: str | None,
) -> None:
    rows = phase_rows(group([done("a", phase=phase, tokens_used=5)], {}))
    assert last_improvement(rows) == last_improvement([]) == MISSING


def history(lost: int = 0) -> Coverage:
    """Of five commits, two since tracking began, of which one leads to a task."""
    recorded = Recorded(
        tasks=("P1",),
        commits=(
            RecordedCommit("a", "P1"),
            *(RecordedCommit(f"lost {n:03}", "P1") for n in range(lost)),
        ),
        began_s=BEGAN,
    )
    ages = {"a": BEGAN, "b": BEGAN, "c": 1, "d": 1, "e": 1}
    head = [CommitOnHead(oid, at, oid, has_patch=True) for oid, at in ages.items()]
    return Coverage.of(resolve(recorded, head, lambda _: {}))


def test_the_share_of_commits_with_a_task_is_over_those_since_tracking_began() -> None:
    found = history()
    assert (found.on_head.commits, found.on_head.resolved) == (5, 1)
    share = found.share
    assert known(share) == (Decimal(50), Evidence.DERIVED)
    assert share.n == 2
    assert (found.kept, found.orphaned, found.work) == (1, 0, {"P1": 1})
    assert report_of([]).history.share == MISSING


def test_of_many_lost_commits_a_report_names_some_and_says_how_many() -> None:
    found = history(ORPHANS + 1)
    assert found.orphaned == ORPHANS + 1
    assert [orphan.commit for orphan in found.orphans] == [
        f"lost {n:03}" for n in range(ORPHANS)
    ]
