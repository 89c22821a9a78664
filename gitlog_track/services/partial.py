"""In a partial clone, have the log whole: its objects are fetched together, not one by one.

A log that we fetch is whole. One that was fetched by hand lacks what the clone leaves
out, and git would fetch that object by object, in a connection each, when it is read.
"""

from __future__ import annotations

from gitlog_track.git.head import is_partial_clone, left_out
from gitlog_track.git.process import Git
from gitlog_track.git.transport import RemoteError, Transport

OBJECTS_IN_TURN = 10_000
"""Ids that fit a command line."""
ROUNDS = 8
"""The log is five trees deep, and what is below a missing one shows when it is there."""


def complete(git: Git, transport: Transport, tip: str) -> None:
    """Fetch what a partial clone lacks of the history of a log commit.

    Raises:
        RemoteError: the remote does not give it.
    """
    if not is_partial_clone(git):
        return
    for _ in range(ROUNDS):
        missing = left_out(git, tip)
        if not missing:
            return
        for start in range(0, len(missing), OBJECTS_IN_TURN):
            transport.fetch_objects(missing[start : start + OBJECTS_IN_TURN])
    raise RemoteError(f"{transport.label} does not give all of the log")


def is_incomplete(git: Git, tip: str) -> bool:
    """Was something of the log as it is now left out by a partial clone?"""
    return is_partial_clone(git) and bool(left_out(git, "--no-walk", tip))
