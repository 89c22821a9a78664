"""``report`` in every format: golden files, the schema, the whole catalogue."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from gitlog_track import __version__
from gitlog_track.measures.catalogue import MEASURES, find
from gitlog_track.measures.measure import Level
from tests.support.catalogue import documented
from tests.support.cli import Cli
from tests.support.examples import line
from tests.support.gate import Project, at, tell
from tests.support.golden import Golden
from tests.support.planted import plant
from tests.support.repos import Repo
from tests.support.schema import check_schema, schema

FORMATS = {"text": "txt", "md": "md", "json": "json", "csv": "csv"}


def masked(cli: Cli, text: str) -> str:
    """Hide what differs from run to run: ids follow from random names of journal files."""
    tip = Repo(cli.path).git("rev-parse", "refs/gitlog-track/log")
    for length in (40, 12):
        text = text.replace(tip[:length], "0" * length)
    text = re.sub(r'"[0-9a-f]{32}"', f'"{"0" * 32}"', text)
    text = text.replace(str(cli.path), "/repo")
    return text.replace(f'"tool_version": "{__version__}"', '"tool_version": "0"')


def body(cli: Cli, *args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cli.try_run(*args, "--format", "json").out)
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_the_founding_phase(founding: Cli, golden: Golden, form: str) -> None:
    founding.run("report", "--format", form, "-o", "out")
    written = (founding.path / "out").read_bytes().decode()
    golden.check(f"founding_report.{FORMATS[form]}", masked(founding, written))
    printed = founding.run("report", "--format", form)
    assert re.sub(" +\n", "\n", printed) == written


def test_one_phase_is_shown_in_full(founding: Cli, golden: Golden) -> None:
    founding.run("report", "--phase", "p1", "-o", "out")
    written = (founding.path / "out").read_text()
    golden.check("founding_report_phase.txt", masked(founding, written))


@pytest.mark.parametrize("level", Level)
def test_every_row_of_the_catalogue_s_document_has_its_place(
    answers: dict[str, dict[str, Any]], level: Level
) -> None:
    report, shown = answers["report"], answers["show"]
    places = {
        Level.TASK: [shown["measures"]],
        Level.PHASE: [report["phases"][0]["measures"], report["overall"]],
        Level.TRACKING: [report["tracking"], report["phases"][0]["tracking"]],
    }
    rows = documented(level)
    assert rows == [measure.id for measure in MEASURES if measure.level is level]
    for place in places[level]:
        assert list(place) == rows
        for measure in rows:
            known = find(measure, level)
            assert known is not None
            assert place[measure]["unit"] == known.unit
            assert place[measure]["label"]


_ANSWERS: dict[str, dict[str, Any]] = {}


@pytest.fixture
def answers(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """What ``report`` and ``show`` say of the founding phase; asked once."""
    if not _ANSWERS:
        founding: Cli = request.getfixturevalue("founding")
        asked = {"report": ("report",), "show": ("show", "P1-001")}
        _ANSWERS.update((name, body(founding, *args)) for name, args in asked.items())
    return _ANSWERS


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("report", ("report",)),
        ("report", ("report", "--since", "2025-10-05", "--min-evidence", "derived")),
        ("report", ("report", "--compare", "core")),
        ("show", ("show", "P1-001")),
        ("show", ("show", "P1-002")),
        ("validate", ("validate", "--all")),
    ],
)
def test_answers_are_of_the_shape_that_the_schema_says(
    founding: Cli, command: str, args: tuple[str, ...]
) -> None:
    check_schema(body(founding, *args), command)


def test_verdicts_are_too(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.work.git("checkout", "-q", "--detach")
    project.branch("bad", "Add\n\nTask: P1-009\nTokens-Used: 2,400\n")
    found = body(Cli(project.work.path, capsys), "verify", "main..bad")
    check_schema(found, "verify")
    assert found["verdict"] == "fail"
    assert found["violations"]


def test_the_schema_covers_every_command_that_speaks_json() -> None:
    covered = {each["$ref"].removeprefix("#/$defs/") for each in schema()["anyOf"]}
    of_lists = {"tasks", "patterns", "probes", "probe", "graph"}
    assert covered == {"report", "show", "verify", "validate", *of_lists}


@pytest.mark.parametrize("form", FORMATS)
def test_without_a_log_every_format_says_so(
    repo: Repo, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    repo.commit("Finish\n\nTokens-Used: 3236\n")
    out = Cli(repo.path, capsys).run("report", "--format", form)
    if form == "json":
        found = json.loads(out)
        check_schema(found, "report")
        assert found["log"] is None
        assert found["notice"].startswith("no log here yet")
        assert found["commits"]["claiming"] == 1
    elif form == "csv":
        (row,) = csv.DictReader(io.StringIO(out))
        assert row["value"].startswith("no log here yet")
        assert row["label"] == "NOT MEASURED"
    else:
        assert "No log here yet" in out
        assert "1 claim a metric" in out
        assert "gitlog-track init" in out


def test_a_negative_number_stays_one_and_text_does_not_become_a_formula(
    cli: Cli,
) -> None:
    tell(cli.path, at("10:00:00"), "start", "P1-001", "--estimate", "1h")
    tell(cli.path, at("10:30:00"), "lesson", "=HYPERLINK(1)")
    tell(cli.path, at("10:30:00"), "complete")
    out = cli.run("report", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    found = {(row["task"], row["measure"]): row["value"] for row in rows}
    assert found["P1-001", "variance"] == "-1800"
    assert found["", "variance"] == "-1800"
    assert found["P1-001", "lessons_learned"] == "'=HYPERLINK(1)"
    assert "\r\n" in io.StringIO(out, newline="").getvalue() or out.count("\n")
    assert {row["phase"] for row in rows} == {"P1", "(all)"}


def test_csv_has_all_that_json_has(cli: Cli) -> None:
    """Phases, all of them, the tracking itself, and both sides of a comparison."""
    for number, label in enumerate(["=ai", ""], 1):
        begin, end = (f"2025-10-0{number}T1{n}:00:00+00:00" for n in (0, number))
        extra = ("--label", label) if label else ()
        tell(cli.path, begin, "start", f"P{number}-001", *extra)
        tell(cli.path, end, "complete", "--tokens-used", f"{number}000")
    args = ("report", "--compare", "=ai")
    report = body(cli, *args)
    said = cli.run(*args, "--format", "csv")
    csv_rows = list(csv.DictReader(io.StringIO(said)))
    found = {(r["phase"], r["task"], r["measure"]): r for r in csv_rows}
    assert len(found) == len(csv_rows)
    phases = {phase["phase"]: phase for phase in report["phases"]}
    wanted = {
        **{name: {**p["measures"], **p["tracking"]} for name, p in phases.items()},
        "(all)": {**report["overall"], **report["tracking"]},
        "(with =ai)": report["comparison"]["with"],
        "(without =ai)": report["comparison"]["without"],
    }
    for phase, measures in wanted.items():
        for name, measure in measures.items():
            row = found.pop((phase, "", name))
            assert row["evidence"] == measure["evidence"]
            assert row["n"] == str(measure.get("n", ""))
            assert row["basis"] == measure.get("basis", "")
            assert row["target"] == (measure.get("target") or "")
            met = {True: "TRUE", False: "FALSE", None: ""}[measure.get("met")]
            assert row["met"] == met
            if isinstance(measure["value"], int | float):
                assert float(row["value"]) == measure["value"]
    assert {task for _, task, _ in found} == {"P1-001", "P2-001"}
    assert {row["target"] for row in found.values()} == {""}
    completeness = wanted["P1"]["tracking_completeness"]
    assert (completeness["target"], completeness["met"]) == (">=100%", False)
    assert wanted["P2"]["token_efficiency_improvement"]["basis"] == "against P1"
    assert "100% (against P1) D" in cli.run("report")


def test_a_label_cannot_break_a_row(cli: Cli) -> None:
    tell(cli.path, at("10:00:00"), "start", "P1-001")
    out = cli.run("report", "--format", "csv", "--compare", 'a",b\n\x1b[31m')
    phases = {row["phase"] for row in csv.DictReader(io.StringIO(out, newline=""))}
    assert len(phases) == 4
    assert "\x1b" not in out


def test_a_count_of_tasks_is_as_weak_as_the_weaker_one(cli: Cli) -> None:
    """In P2 a task was imported: how many there are is backfilled, and no more."""
    logs = {}
    for task, phase in (("P1-001", "P1"), ("P2-001", "P2"), ("P2-002", "P2")):
        provenance = "backfilled" if task == "P2-002" else "live"
        fields = {"task": task, "phase": phase, "provenance": provenance}
        logs[task] = [
            line("task_started", 1, at=at("10:00:00"), **fields),
            line("task_completed", 2, at=at("10:30:00"), **fields),
        ]
    plant(cli.path, logs)
    said = cli.run("report")
    assert re.search(r"^P1 +1/1 D ", said, re.MULTILINE)
    assert re.search(r"^P2 +2/2 B ", said, re.MULTILINE)
    assert re.search(r"^all +3/3 B ", said, re.MULTILINE)
    assert "\n| P2 | 2/2 B | - | 1h B |" in cli.run("report", "--format", "md")


def test_show_says_by_which_formula(cli: Cli) -> None:
    target = ("--coverage-target", ">80%")
    tell(cli.path, at("10:00:00"), "start", "P1-001", "--estimate", "1h", *target)
    tell(cli.path, at("10:30:00"), "complete")
    shown = cli.run("show", "P1-001")
    for said in (
        r"^ *actual_duration +30m \(to the end\) +PROVABLE",
        r"^ *variance +-30m \(to the end\) +DECLARED",
        r"^ *test_coverage_target +>80% +DECLARED",
    ):
        assert re.search(said, shown, re.MULTILINE), shown


def test_what_calls_for_attention_is_listed(cli: Cli) -> None:
    """An open task, a blocker, a log that is no proof, a phase that nobody reviewed."""

    def minute(n: int) -> str:
        return f"2025-10-04T10:{n:02d}:00+00:00"

    def events(task: str, phase: str, *kinds: str) -> list[bytes]:
        return [
            line(kind, n, task=task, phase=phase, at=minute(n))
            for n, kind in enumerate(kinds, 1)
        ]

    blocked = events("P1-002", "P1", "task_started")
    blocked.append(
        line("blocker_hit", 9, task="P1-002", phase="P1", at=minute(9), text="no key")
    )
    plant(
        cli.path,
        {
            "P1-002": blocked,
            "P2-001": events("P2-001", "P2", "task_started", "task_completed"),
            "P2-002": events("P2-002", "P2", "task_started", "task_completed",
                             "task_completed"),
        },
    )  # fmt: skip
    report = body(cli, "report")
    listed = {
        name: [task["task"] for task in found["tasks"]]
        for name, found in report["lists"].items()
    }
    assert listed["open"] == ["P1-002"]
    assert listed["blockers"] == ["P1-002"]
    assert listed["invalid"] == ["P2-002"]
    assert sorted(listed["no_quality_measure"]) == ["P2-001", "P2-002"]
    assert report["unreviewed"] == ["P2"]
    text = cli.run("report")
    for title in ("Open tasks", "Blockers", "Logs that are no proof",
                  "A duration, but no quality measure", "Ended phases without"):  # fmt: skip
        assert title in text
    assert "no key" in text
    assert "Lessons" not in text
