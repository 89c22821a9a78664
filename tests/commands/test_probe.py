"""``probe``: the founding queries, what there is, and where the index lies."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gitlog_track.index.probes import read_probes
from tests.support.cli import Cli
from tests.support.schema import check_schema

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def told(cli: Cli) -> Cli:
    hour = "2026-01-05T{:02d}:00:00+01:00".format
    cli.run("start", "P1-001", at=hour(8))
    cli.run("complete", at=hour(9))
    cli.run("start", "P1-002", at=hour(10))
    cli.run("fail", "too\x1b[31m slow", "--error-type", "TimeoutError", at=hour(11))
    cli.run("start", "P1-002", "--retry", at=hour(12))
    return cli


def test_the_probes_are_listed(told: Cli) -> None:
    listed = json.loads(told.run("probe", "--format", "json"))
    check_schema(listed, "probes")
    names = [row["probe"] for row in listed["probes"]]
    assert {"success-rate", "durations", "error-patterns", "retries", "sources"} <= set(
        names
    )
    text = told.run("probe")
    assert [name for name in names if name not in text] == []


@pytest.mark.parametrize("name", read_probes())
def test_every_probe_answers_in_both_forms(told: Cli, name: str) -> None:
    answer = json.loads(told.run("probe", name, "--format", "json"))
    check_schema(answer, "probe")
    assert all(list(row) == answer["columns"] for row in answer["rows"])
    text = told.run("probe", name)
    assert "\x1b" not in text
    assert bool(text) == bool(answer["rows"])
    assert max(map(len, text.splitlines()), default=0) <= 80


@pytest.mark.parametrize("name", read_probes())
def test_every_probe_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README.read_text()


def test_a_probe_says_what_the_log_says(told: Cli) -> None:
    answer = json.loads(told.run("probe", "success-rate", "--format", "json"))
    assert answer["rows"][-1] == {
        "phase": "(all)",
        "attempts": 3,
        "open": 1,
        "complete": 1,
        "partial": 0,
        "failed": 1,
        "success_percent": 50.0,
        "failure_percent": 50.0,
    }
    assert "50" in told.run("probe", "success-rate")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (
            ("nothing",),
            2,
            "there is no probe 'nothing'; expected one of durations, error-patterns",
        ),
        (("../schema",), 2, "there is no probe '../schema'"),
        (("/etc/passwd",), 2, "there is no probe"),
        (("success-rate.sql",), 2, "there is no probe"),
        (("SELECT 1; DROP TABLE task",), 2, "there is no probe"),
        (("a\0b",), 2, "there is no probe"),
        (("\udcff",), 2, "there is no probe"),
        (("",), 2, "there is no probe ''"),
        (("retries", "--path"), 2, "--path asks no question: leave out 'retries'"),
    ],
)
def test_what_cannot_be_asked(
    told: Cli, args: tuple[str, ...], code: int, said: str
) -> None:
    answer = told.try_run("probe", *args)
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err


def test_the_path_is_that_of_an_index_that_shows_the_log(told: Cli) -> None:
    told.run("start", "P9-001", at="2026-01-05T13:00:00+01:00")
    path = told.run("probe", "--path").rstrip("\n")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        sql = "SELECT task FROM v1_attempts ORDER BY started_us DESC LIMIT 1"
        assert connection.execute(sql).fetchone() == ("P9-001",)


def test_an_index_that_cannot_be_kept_has_no_path(told: Cli) -> None:
    path = Path(told.run("probe", "--path").rstrip("\n"))
    path.unlink()
    path.mkdir()
    (path / "in the way").touch()
    answer = told.try_run("probe", "--path")
    assert (answer.code, answer.out) == (4, "")
    assert "the index cannot be written to" in answer.err
    assert told.run("probe", "retries")
    assert os.listdir(path) == ["in the way"]
