"""What a failure was, from the text in which a program told it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gitlog_track.failures.stack import plain, read_stack
from gitlog_track.failures.stack_hash import first_line, hash_of, stack_hash
from gitlog_track.failures.trace import Trace
from gitlog_track.scrubbing.scrub import clipped

MESSAGE_LENGTH = 1_000
TYPE_LENGTH = 200
_TYPED = re.compile(r"([\w$.]{0,190}(?:Error|Exception|Failure))(?:: (.*))?$")


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as the log keeps it.

    Attributes:
        error_type: of the exception that ended the program; empty where not told.
        message: the first line of what it said.
        stack: the trace, without source code.
        stack_hash: by which it is known again.
    """

    error_type: str
    message: str
    stack: str
    stack_hash: str


def failure_in(text: str) -> Failure | None:
    """Return the failure that a program's output ends in; None without a stack trace."""
    trace = read_stack(text)
    return None if trace is None else _of_trace(trace)


def failure_of(text: str) -> Failure:
    """Return the failure that a person says a text tells of.

    Without a trace of a known language the text is kept as it is, since it cannot be
    told which of its lines are source code.
    """
    found = failure_in(text)
    if found is not None:
        return found
    line = first_line(text)
    match = _TYPED.match(line)
    message = (match[2] or "") if match else line
    return Failure(
        match[1] if match else "",
        clipped(message, MESSAGE_LENGTH),
        plain(text).strip("\n"),
        stack_hash(text),
    )


def _of_trace(trace: Trace) -> Failure:
    last = trace.chain[-1]
    return Failure(
        clipped(last.type, TYPE_LENGTH),
        clipped(last.message.strip(), MESSAGE_LENGTH),
        "\n".join(trace.lines),
        hash_of(trace),
    )
