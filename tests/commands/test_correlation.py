"""Traces, spans, attempts and links, through the command line and between clones."""

from __future__ import annotations

import json

import pytest

from tests.commands.test_patterns import events
from tests.support.cli import Cli
from tests.support.repos import Repo

OTHER = "4bf92f3577b34da6a3ce929d0e0e4736"
LINK = f"00-{OTHER}-00f067aa0ba902b7-01"


def attempts(cli: Cli, *args: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(cli.run(*args, "--format", "json"))[
        "tasks"
    ]
    return found


@pytest.fixture
def rooted(tracked: Repo, cli: Cli) -> Cli:
    tracked.git("commit", "-q", "--allow-empty", "-m", "root")
    return cli


def test_a_retry_keeps_the_trace_and_names_the_span_before(rooted: Cli) -> None:
    rooted.run("start", "P1-001", at="2026-01-05T08:00:00+01:00")
    rooted.run("fail", at="2026-01-05T09:00:00+01:00")
    rooted.run("start", "P1-001", "--retry", at="2026-01-05T10:00:00+01:00")
    rooted.run("note", "again")
    second, first = attempts(rooted, "tasks", "--attempts")
    assert first["trace_id"] == second["trace_id"]
    assert first["span_id"] != second["span_id"]
    assert (first["retry_of"], second["retry_of"]) == (None, first["span_id"])
    assert (first["attempt"], first["duration_s"], second["attempt"]) == (1, 3600, 2)
    told = [
        (e["attempt"], e["span_id"], e.get("retry_of"))
        for e in events(rooted, "P1-001")
    ]
    assert told[0] == told[1] == (1, first["span_id"], None)
    assert told[2] == told[3] == (2, second["span_id"], first["span_id"])
    span = str(second["span_id"])
    assert [row["attempt"] for row in attempts(rooted, "trace", span)] == [2]
    assert [
        row["attempt"] for row in attempts(rooted, "trace", str(first["trace_id"]))
    ] == [1, 2]


def test_two_clones_know_a_task_by_the_same_ids(
    tracked: Repo, rooted: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    """One starts it and fails; the other, which fetched the log, tries again."""
    rooted.run("start", "P1-001", at="2026-01-05T08:00:00+01:00")
    rooted.run("fail", at="2026-01-05T09:00:00+01:00")
    path = tracked.path.parent / "other"
    tracked.git("clone", "-q", ".", str(path))
    other_repo = Repo(path)
    other_repo.track(fold="sync")
    other = Cli(path, capsys)
    other.run("fetch", str(tracked.path))
    other.run("start", "P1-001", "--retry", at="2026-01-05T10:00:00+01:00")
    there = attempts(other, "tasks", "--attempts")
    rooted.run("fetch", str(path))
    here = attempts(rooted, "tasks", "--attempts")
    assert here == there
    assert {row["trace_id"] for row in here} == {here[0]["trace_id"]}
    assert (here[0]["attempt"], here[0]["retry_of"]) == (2, here[1]["span_id"])


def test_a_task_alone_in_two_clones_has_one_trace(
    tracked: Repo, rooted: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tracked.path.parent / "other"
    tracked.git("clone", "-q", ".", str(path))
    Repo(path).track(fold="sync")
    other = Cli(path, capsys)
    for cli in (rooted, other):
        cli.run("start", "P1-001")
    ids = [[row[k] for k in ("trace_id", "span_id")] for cli in (rooted, other) for row in attempts(cli, "tasks", "--attempts")]  # fmt: skip
    assert ids[0] == ids[1]


def test_traceparent_is_a_link_of_what_begins_or_runs(
    rooted: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACEPARENT", LINK)
    rooted.run("start", "P1-001")
    rooted.run("note", "none")
    assert rooted.try_run("run", "--", "true").code == 0
    rooted.run("exception", "gone")
    rooted.run("execution", "it", "--outcome", "success")
    rooted.run("fail")
    rooted.run("start", "P1-001", "--retry")
    links = {str(e["kind"]) for e in events(rooted, "P1-001") if e.get("link") == LINK}
    assert links >= {"task_started", "task_retried", "command_finished", "exception_recorded", "execution_recorded"}  # fmt: skip
    assert not links & {"note_recorded", "task_failed"}
    monkeypatch.delenv("TRACEPARENT")
    rooted.run("start", "P1-002")
    found = attempts(rooted, "trace", OTHER)
    assert [(row["task"], row["attempt"], row["links"]) for row in found] == [
        ("P1-001", 1, [LINK]),
        ("P1-001", 2, [LINK]),
    ]


@pytest.mark.parametrize(
    "text", ["", "nonsense", LINK.upper(), f"ff{LINK[2:]}", f"{LINK}x"]
)
def test_what_is_no_traceparent_is_ignored_silently(
    rooted: Cli, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("TRACEPARENT", text)
    answer = rooted.try_run("start", "P1-001")
    assert (answer.code, answer.err) == (0, "P1-001 started\n")
    assert "link" not in events(rooted, "P1-001")[0]


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE task; --", "abc", "g" * 32, "\0\0\0\0", "\udcff" * 4]
)
def test_what_is_no_id_is_refused(rooted: Cli, text: str) -> None:
    rooted.run("start", "P1-001")
    answer = rooted.try_run("trace", text)
    assert (answer.code, answer.out) == (2, "")
    assert "no trace id and no span id" in answer.err
