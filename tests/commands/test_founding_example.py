"""The founding task P1-009, told again through the real recording path."""

from __future__ import annotations

import json

from tests.support.cli import Cli
from tests.support.founding_phase import tell_p1_009
from tests.support.golden import Golden


def tell(cli: Cli) -> None:
    tell_p1_009(cli.path)
    cli.now = "2025-10-04T22:12:00-05:00"


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
