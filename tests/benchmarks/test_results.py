"""A limit that is missed is said to be, and nothing that was measured is lost."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.results import HEADER, Results


@pytest.mark.parametrize(
    ("value", "limit", "ok", "is_far"),
    [
        (2.0, 1.0, True, False),
        (1.0, 1.0, True, False),
        (0.9, 1.0, False, False),
        (0.51, 1.0, False, True),
        (0.4, 1.0, False, True),
        (0.0, 1.0, False, True),
    ],
)
def test_what_has_to_be_at_least_its_limit(
    value: float, limit: float, ok: bool, is_far: bool
) -> None:
    results = Results()
    results.at_least("rate", value, limit, "MB/s")
    [row] = results.rows
    assert (row.value, row.ok) == (value, ok)
    assert results.far_exceeded() == (["rate"] if is_far else [])


@pytest.mark.parametrize(
    ("value", "limit", "ok", "is_far"),
    [
        (0.0, 1.0, True, False),
        (1.0, 1.0, True, False),
        (1.0004, 1.0, False, False),
        (1.5, 1.0, False, False),
        (1.51, 1.0, False, True),
        (0.1, 0.0, False, True),
        (99.0, None, None, False),
    ],
)
def test_what_may_be_at_most_its_limit(
    value: float, limit: float | None, ok: bool | None, is_far: bool
) -> None:
    results = Results()
    results.add("time", value, limit, "s")
    [row] = results.rows
    assert (row.value, row.ok) == (value, ok)
    assert results.far_exceeded() == (["time"] if is_far else [])


def test_the_table_says_in_words_whether_a_limit_is_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    results = Results()
    results.ratio("commit", [0.012, 0.01, 0.02], [0.006, 0.006], 1.9, "x bare")
    results.add("report", 1.25, None, "s", [1.25, 1.0, 1.5])
    results.add("merge", 4.0, 3.0, "s")
    results.add("power", 1.7, 1.1, "")
    results.add("nothing", 0.0, 0.0, "s")
    results.at_least("fold", 12_345.6, 5_000, "events/s", [0.1])
    results.at_least("scrubbing", 0.51, 1, "MB/s")
    results.not_measured("mlflow", "it is not installed")
    assert capsys.readouterr().out.splitlines() == [
        "| commit | 2.00 x bare | 12.0 ms | 10.0 ms | at most 1.9 | missed |",
        "| report | 1.25 s | 1.25 s | 1.00 s | none |  |",
        "| merge | 4.00 s |  |  | at most 3 | missed |",
        "| power | 1.70 |  |  | at most 1.1 | missed by more than half |",
        "| nothing | 0.00 s |  |  | at most 0 | kept |",
        "| fold | 12,346 events/s |  |  | at least 5,000 | kept |",
        "| scrubbing | 0.51 MB/s |  |  | at least 1 | missed by more than half |",
        "| mlflow | NOT MEASURED |  |  | none | it is not installed |",
    ]
    columns = {line.count("|") for line in HEADER.splitlines()}
    assert columns == {row.markdown().count("|") for row in results.rows}


def test_the_json_has_every_figure_as_it_was_measured() -> None:
    results = Results()
    results.add("report", 1.23456, 6, "s", [2.0, 1.0, 4.0])
    results.at_least("scrubbing", 0.51, 1, "MB/s")
    results.not_measured("mlflow", "it is not installed")
    found = json.loads(json.dumps([row.fields() for row in results.rows]))
    assert found == [
        {
            "name": "report",
            "value": 1.23456,
            "unit": "s",
            "limit": 6,
            "ok": True,
            "median_ms": 2000.0,
            "minimum_ms": 1000.0,
        },
        {
            "name": "scrubbing",
            "value": 0.51,
            "unit": "MB/s",
            "limit": 1,
            "ok": False,
            "at_least": True,
        },
        {"name": "mlflow", "value": None, "unit": "", "limit": None, "ok": None},
    ]
