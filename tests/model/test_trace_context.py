"""A ``traceparent`` is one as W3C has it, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlog_track.model.trace_context import linked_ids, valid_traceparent

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"
VALID = f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (VALID, VALID),
        (f"00-{TRACE}-{SPAN}-00", f"00-{TRACE}-{SPAN}-00"),
        (f"cc-{TRACE}-{SPAN}-01", f"cc-{TRACE}-{SPAN}-01"),
        (f"cc-{TRACE}-{SPAN}-01-what-comes-later", f"cc-{TRACE}-{SPAN}-01"),
        (f"cc-{TRACE}-{SPAN}-01.later", None),
        (f"{VALID}-more", None),  # version 00 has an end
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (VALID.upper(), None),
        (f"00-{TRACE[:-1]}-{SPAN}-01", None),
        (f" {VALID}", None),
        (f"{VALID}\n", None),
        (f"00-{TRACE}-{SPAN}", None),
        (f"00_{TRACE}_{SPAN}_01", None),
        ("", None),
        ("\0", None),
        ("٣" * 55, None),
    ],
)
def test_what_is_kept_of_a_traceparent(text: str, kept: str | None) -> None:
    assert valid_traceparent(text) == kept


def test_a_link_has_two_ids() -> None:
    assert linked_ids(VALID) == (TRACE, SPAN)


@given(st.text(max_size=80))
def test_what_is_kept_is_kept_again(text: str) -> None:
    kept = valid_traceparent(text)
    assert kept is None or valid_traceparent(kept) == kept
