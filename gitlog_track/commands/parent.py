"""What the git command that runs our hook was asked: is this push a dry run?

Git runs pre-push for ``--dry-run`` too and does not say so. The command line of the
``git push`` above us does, where the system shows it (``/proc``); an alias hides it.
Best effort, and documented as such.
"""

from __future__ import annotations

import os

GENERATIONS = 8
"""sh, the pre-commit framework and its python may stand between git and us."""


def is_dry_run() -> bool:
    """Is the push that our hook belongs to a dry run, as far as can be seen?"""
    pid = os.getppid()
    for _ in range(GENERATIONS):
        args = _command_line(pid)
        if "push" in args and os.path.basename(args[0]) == "git":
            return asks_for_dry_run(args[args.index("push") + 1 :])
        pid = _parent_of(pid)
        if pid <= 1:
            break
    return False


def asks_for_dry_run(args: list[str]) -> bool:
    """Do the arguments of ``git push`` ask for a dry run? The last word counts.

    >>> asks_for_dry_run(["-nq", "origin"]), asks_for_dry_run(["-on", "origin"])
    (True, False)
    """
    found = False
    for arg in args:
        if arg == "--":
            break
        if arg.startswith("--no-dr") and "--no-dry-run".startswith(arg):
            found = False
        elif arg.startswith("--dr") and "--dry-run".startswith(arg):
            found = True
        elif arg.startswith("-") and not arg.startswith("--"):
            # The rest of the word is the value of -o.
            found = found or "n" in arg.partition("o")[0]
    return found


def _command_line(pid: int) -> list[str]:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().decode("utf-8", "replace").split("\0")
    except OSError:
        return []


def _parent_of(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            # The name stands in parentheses and may hold blanks; state and parent follow.
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0
