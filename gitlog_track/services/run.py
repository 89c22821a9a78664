"""Run a command and record how it went: instants, duration, exit status."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import FrameType

from gitlog_track.errors import UsageProblem
from gitlog_track.services.workspace import Workspace

NOT_FOUND = 127
NOT_EXECUTABLE = 126
PASSED_ON = (signal.SIGTERM, signal.SIGHUP)
FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
"""A terminal sends these to the command as well, so passing them on would double them."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command went.

    Attributes:
        exit_code: its exit status, or 128 + the signal that ended it, as sh has it.
        started_at: instant, RFC 3339.
        duration_s: decimal text, to the millisecond.
        ended_at: instant, RFC 3339.
    """

    exit_code: int
    started_at: str
    duration_s: str
    ended_at: str


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

    Raises:
        UsageProblem: there is no command.
    """
    if not command:
        raise UsageProblem("no command to run", hint="gitlog-track run -- pytest -q")
    begin_ns, begin = workspace.now()
    code = _run(list(command), environment)
    end_ns, end = workspace.now()
    passed = Decimal((end_ns - begin_ns) // 1_000_000) / 1000
    return Ran(code, begin, f"{passed:f}", end)


def _run(command: list[str], environment: Mapping[str, str]) -> int:
    child: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        if child and number in PASSED_ON:
            os.kill(child[0], number)

    numbers = (*PASSED_ON, *FROM_TERMINAL)
    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        child.append(os.posix_spawnp(command[0], command, environment))
        _, status = os.waitpid(child[0], 0)
    except FileNotFoundError:
        return NOT_FOUND
    except PermissionError:
        return NOT_EXECUTABLE
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    code = os.waitstatus_to_exitcode(status)
    return 128 - code if code < 0 else code
