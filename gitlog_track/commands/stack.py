"""``--stack FILE|-``: what a failure was, from its stack trace."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from gitlog_track.commands.context import Surroundings

if TYPE_CHECKING:
    from gitlog_track.failures.failure import Failure

stack_option = click.option(
    "--stack", "stack", metavar="FILE|-", help="Stack trace, from a file or stdin."
)


def failure_fields(failure: Failure | None) -> dict[str, object]:
    """Return an event's fields that tell of a failure; what was not told is None."""
    if failure is None:
        return {}
    return {
        "error_type": failure.error_type or None,
        "message": failure.message or None,
        "stack": failure.stack or None,
        "stack_hash": failure.stack_hash,
    }


def read_failure(surroundings: Surroundings, path: str) -> Failure | None:
    """Return the failure that a file, or ``-`` for stdin, tells of.

    None where it holds no text, or is too long for what is no known trace: that is told
    in one line, and what failed is recorded all the same.

    Raises:
        FileError: the file cannot be read.
        UsageProblem: it has no end.
    """
    from gitlog_track.failures.failure import failure_in, failure_of
    from gitlog_track.services.stack_text import (
        NoStackError,
        read_stack_file,
        read_stack_stream,
    )

    name = "stdin" if path == "-" else path
    try:
        if path == "-":
            found = read_stack_stream(sys.stdin.buffer, name)
        else:
            found = read_stack_file(path)
    except NoStackError as err:
        surroundings.warn(f"{err}; recorded without a stack")
        return None
    if not found.is_utf8:
        surroundings.warn(f"{name} is not UTF-8; what cannot be read is U+FFFD")
    if not found.is_cut:
        return failure_of(found.text)
    failure = failure_in(found.text)
    if failure is None:
        surroundings.warn(
            f"{name} is over 1 MiB, and its end has no stack trace of a known language; "
            "recorded without a stack"
        )
    return failure
