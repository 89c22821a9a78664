"""Run a command and record how it went: instants, duration, exit status."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import FrameType

from gitlog_track.services.stderr_relay import Relay, can_relay
from gitlog_track.services.workspace import Workspace

NOT_FOUND = 127
NOT_EXECUTABLE = 126
PASSED_ON = (signal.SIGTERM, signal.SIGHUP)
FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
"""A terminal sends these to the command as well, so passing them on would double them."""
IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)
"""A command has to die of these. Source: Python's documentation of ``signal``."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command went.

    Attributes:
        exit_code: its exit status, or 128 + the signal that ended it, as sh has it.
        started_at: instant, RFC 3339.
        duration_s: decimal text, to the millisecond.
        ended_at: instant, RFC 3339.
        problem: why the command could not be started; empty where it was.
        stderr: the end of what it wrote there, if it failed and was not on a terminal.
    """

    exit_code: int
    started_at: str
    duration_s: str
    ended_at: str
    problem: str = ""
    stderr: bytes = b""


def run_command(
    workspace: Workspace,
    command: Sequence[str],
    environment: Mapping[str, str],
) -> Ran:
    """Run a command with our own streams, passing signals on, and wait for its end.

    Args:
        workspace: whose clock is read.
        command: the program and its arguments.
        environment: what it sees.

    Returns:
        how it went. As with sh, a command that is not there has the exit status 127,
        and one that cannot be started 126.
    """
    begin_ns, begin = workspace.now()
    problem = ""
    stderr = b""
    try:
        code, stderr = _run(list(command), environment)
    except OSError as err:
        problem = err.strerror or str(err)
        code = NOT_FOUND if isinstance(err, FileNotFoundError) else NOT_EXECUTABLE
    end_ns, end = workspace.now()
    passed = Decimal((end_ns - begin_ns) // 1_000_000) / 1000
    return Ran(code, begin, f"{passed:f}", end, problem, stderr if code else b"")


def _run(command: list[str], environment: Mapping[str, str]) -> tuple[int, bytes]:
    """Return the exit status, and the end of standard error.

    Raises:
        OSError: the command cannot be started.
    """
    child: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if child and number in PASSED_ON:
            os.kill(child[0], number)

    before = {
        number: signal.signal(number, pass_on)
        for number in (*PASSED_ON, *FROM_TERMINAL)
        if signal.getsignal(number) != signal.SIG_IGN  # nohup: for the command too
    }
    relay = Relay() if can_relay() else None
    try:
        child.append(
            os.posix_spawnp(
                command[0],
                command,
                environment,
                setsigdef=IGNORED_BY_PYTHON,
                file_actions=relay.spawn_actions if relay else (),
            )
        )
        if relay:
            status, end = relay.pass_on(child[0])
        else:
            status, end = os.waitpid(child[0], 0)[1], b""
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if relay:
            relay.close()
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code, end
