"""The founding task P1-009, told again through the real recording path."""

from __future__ import annotations

import json

from tests.support.cli import Cli
from tests.support.golden import Golden

EVENTS = (
    ("22:01:15", "Created packages/vscode-aetherlight directory"),
    ("22:02:30", "Initialized package.json with vsce"),
    ("22:05:00", "Compilation started (npm run compile)"),
    ("22:05:18", "Compilation successful"),
    ("22:06:00", "Extension activated in debug mode"),
    ("22:08:00", "F13 hotkey registered"),
    ("22:10:00", "Tests started (npm test)"),
    ("22:10:25", "Tests passing (3 tests)"),
    ("22:12:00", "Validation complete"),
)


def at(clock: str) -> str:
    return f"2025-10-04T{clock}-05:00"


def tell(cli: Cli) -> None:
    description = "Implement VS Code extension scaffold"
    cli.run(
        *("start", "P1-009", "--start-tokens", "107264/200000"),
        *("--description", description),
        at=at("22:00:00"),
    )
    for clock, text in EVENTS:
        cli.run("note", text, at=at(clock))
    cli.run(
        *("complete", "--end-tokens", "110,500", "--iterations", "1", "--bugs", "0"),
        at=at("22:12:00"),
    )


def test_the_log_is_the_founding_log(cli: Cli, golden: Golden) -> None:
    tell(cli)
    golden.check(
        "P1-009_execution_log.txt", cli.run("show", "P1-009", "--format", "log")
    )


def test_the_numbers_are_the_founding_numbers(cli: Cli) -> None:
    tell(cli)
    shown = json.loads(cli.run("show", "P1-009", "--format", "json"))
    measures = shown["measures"]
    figures = {
        name: (measures[name]["value"], measures[name]["evidence"])
        for name in (
            "duration",
            "token_count_used",
            "iterations_count",
            "bugs_encountered",
        )
    }
    assert figures == {
        "duration": (720, "derived"),
        "token_count_used": (3236, "declared"),
        "iterations_count": (1, "declared"),
        "bugs_encountered": (0, "declared"),
    }
    assert shown["validation"] == {"valid": True, "missing": [], "problems": []}


def test_validation_and_report_agree(cli: Cli) -> None:
    tell(cli)
    assert cli.try_run("validate", "P1-009").code == 0
    report = json.loads(cli.run("report", "--format", "json"))
    (phase,) = report["phases"]
    assert (phase["phase"], phase["tasks"]) == ("P1", ["P1-009"])
    measures = phase["measures"]
    assert measures["actual_total"]["value"] == 720
    assert measures["total_tokens_used"]["value"] == 3236
    assert measures["estimated_total"]["value"] is None
    assert measures["estimated_total"]["label"] == "NOT MEASURED"
