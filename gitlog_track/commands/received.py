"""The post-receive hook of a server: it writes down when the log came, or says nothing."""

from __future__ import annotations

import sys

from gitlog_track.commands.context import Surroundings


def post_receive(surroundings: Surroundings) -> int:
    """Record what was received, where the server's configuration wants it.

    Returns:
        0, whatever happens: what was pushed is there already.
    """
    try:
        from gitlog_track.services.receive import parse_receive
        from gitlog_track.services.received import record_received

        text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
        workspace = surroundings.workspace()
        record_received(workspace, parse_receive(text), surroundings.environment)
    except Exception as err:  # noqa: BLE001  # the push is done; nobody can take it back
        surroundings.warn(f"the time of receipt was not recorded: {err}")
    return 0
