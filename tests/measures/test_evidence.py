"""Evidence classes: their order, their combination, their labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.measures.evidence import Evidence, label, of_computed, weakest

CLASSES = st.lists(st.sampled_from(Evidence), max_size=5)


def test_order_is_that_of_the_design() -> None:
    assert [each.value for each in sorted(Evidence, reverse=True)] == [
        "measured",
        "derived",
        "declared",
        "backfilled",
        "estimated",
        "missing",
    ]


@given(CLASSES, CLASSES)
def test_weakest_of_parts_is_weakest_of_all(
    one: list[Evidence], other: list[Evidence]
) -> None:
    if one and other:
        assert weakest([weakest(one), weakest(other)]) is weakest(one + other)


@given(CLASSES)
def test_computing_never_makes_evidence_stronger(inputs: list[Evidence]) -> None:
    assert of_computed(inputs) <= min(inputs, default=Evidence.MISSING)
    assert of_computed(inputs) is not Evidence.MEASURED


def test_nothing_is_missing() -> None:
    assert weakest([]) is Evidence.MISSING
    assert of_computed([]) is Evidence.MISSING


@pytest.mark.parametrize(
    ("evidence", "source", "text"),
    [
        (
            Evidence.MEASURED,
            "tasks/P1-009 at 1a2b",
            "PROVABLE (see tasks/P1-009 at 1a2b)",
        ),
        (Evidence.DERIVED, "", "PROVABLE"),
        (Evidence.DECLARED, "2025-10-04", "DECLARED (logged 2025-10-04)"),
        (Evidence.BACKFILLED, "notes.txt", "BACKFILLED (from notes.txt)"),
        (Evidence.ESTIMATED, "anything", "ESTIMATED (no logs)"),
        (Evidence.MISSING, "anything", "NOT MEASURED"),
    ],
)
def test_label(evidence: Evidence, source: str, text: str) -> None:
    assert label(evidence, source) == text


def test_compares_with_nothing_else() -> None:
    with pytest.raises(TypeError):
        assert Evidence.MEASURED < 3
