"""The W3C trace context that a command finds around it: checked, and never made up.

Source: W3C Trace Context, "traceparent Header Field Values"; OpenTelemetry, "Environment
Variables as Context Propagation Carriers", for the name of the variable.
"""

from __future__ import annotations

import re

VARIABLE = "TRACEPARENT"
LENGTH = 55
"""Of what version 00 has; later versions may go on behind a ``-``."""
_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


def valid_traceparent(text: str) -> str | None:
    """Return what a ``traceparent`` says that this version knows; None where it is none.

    >>> valid_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    >>> valid_traceparent("00-00000000000000000000000000000000-00f067aa0ba902b7-01")
    """
    head, rest = text[:LENGTH], text[LENGTH:]
    found = _FORM.fullmatch(head)
    if found is None or not all(group.strip("0") for group in found.groups()):
        return None
    is_longer_rightly = not rest or (rest.startswith("-") and head[:2] != "00")
    return head if is_longer_rightly else None


def linked_ids(traceparent: str) -> tuple[str, str]:
    """Return (trace id, span id) of a valid ``traceparent``."""
    _, trace, span, _ = traceparent.split("-")
    return trace, span
