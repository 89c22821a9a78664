"""What the git command that runs our hook was asked: a dry run? a push of which ref?

Git runs pre-push for ``--dry-run`` too and does not say so, and the pre-commit framework
shows its hooks one ref of many. The command line of the ``git push`` above us tells,
where the system shows it (``/proc``); an alias hides it. Best effort, and documented as
such.
"""

from __future__ import annotations

import os

GENERATIONS = 8
"""sh, the pre-commit framework and its python may stand between git and us."""


def is_dry_run() -> bool:
    """Is the push that our hook belongs to a dry run, as far as can be seen?"""
    return asks_for_dry_run(push_arguments())


def push_arguments() -> list[str]:
    """Return the arguments of the ``git push`` above us; none where it is not seen."""
    pid = os.getppid()
    for _ in range(GENERATIONS):
        args = _command_line(pid)
        if "push" in args and os.path.basename(args[0]) == "git":
            return [arg for arg in args[args.index("push") + 1 :] if arg]
        pid = _parent_of(pid)
        if pid <= 1:
            break
    return []


def what_becomes_of(ref: str, args: list[str]) -> str:
    """Return what the arguments of ``git push`` do with a ref of the remote.

    Args:
        ref: its full name.
        args: see :func:`push_arguments`.

    Returns:
        ``pushed`` or ``deleted``; empty where they do not name it.

    >>> what_becomes_of("refs/x/log", ["origin", "main", "+main:refs/x/log"])
    'pushed'
    >>> what_becomes_of("refs/x/log", ["-d", "origin", "refs/x/log"])
    'deleted'
    >>> what_becomes_of("refs/x/log", ["origin", "main"])
    ''
    """
    words = [arg.removeprefix("+") for arg in args if not arg.startswith("-")]
    is_deletion = not {"-d", "--delete"}.isdisjoint(args)
    for word in words[1:]:
        source, _, target = word.rpartition(":")
        if target == ref:
            is_gone = is_deletion or (":" in word and not source)
            return "deleted" if is_gone else "pushed"
    return "pushed" if "--mirror" in args else ""


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
