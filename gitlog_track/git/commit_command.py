"""What the command line of ``git commit`` says that no hook is told.

A commit-msg hook sees the message before git cleans it up and compares it with the
template; how it will do so stands only in the arguments of the process that runs the
hook. Where those cannot be read, nothing is known. Standard library only: the hooks run
this. Source: git-commit(1); parse-options in api-parse-options.txt.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_FLAGS = frozenset("aeinopqsvzh")
_WITH_VALUE = frozenset("mFCct")
_LONG_WITH_VALUE = frozenset(
    {
        "--author",
        "--date",
        "--file",
        "--fixup",
        "--message",
        "--pathspec-from-file",
        "--reedit-message",
        "--reuse-message",
        "--squash",
        "--trailer",
    },
)


class CommitOptions:
    """What was asked for; None where it was not.

    Attributes:
        cleanup: mode of ``--cleanup``.
        template: file of ``-t``, relative to where the user stood.
    """

    __slots__ = ("cleanup", "template")

    def __init__(
        self,
        template: str | None = None,
        cleanup: str | None = None,
    ) -> None:
        self.template = template
        self.cleanup = cleanup


def parse_commit_options(args: Sequence[str]) -> CommitOptions:
    """Read the arguments of ``git commit``, in any spelling git takes.

    >>> parse_commit_options(["git", "commit", "-qt", "why.txt"]).template
    'why.txt'
    """
    found = CommitOptions()
    rest = iter(args)
    for arg in rest:
        if arg == "--":
            break
        if arg.startswith("--"):
            name, given, value = arg.partition("=")
            if _abbreviates(name, "--template"):
                found.template = value if given else next(rest, None)
            elif _abbreviates(name, "--cleanup"):
                found.cleanup = value if given else next(rest, None)
            elif name in _LONG_WITH_VALUE and not given:
                next(rest, None)
        elif arg.startswith("-"):
            letter, value = _valued_letter(arg)
            if letter:
                value = value or next(rest, "")
            if letter == "t":
                found.template = value
    return found


def _abbreviates(name: str, option: str) -> bool:
    return len(name) > 3 and option.startswith(name)


def _valued_letter(arg: str) -> tuple[str, str]:
    """Return the letter of a cluster such as ``-qt`` that takes a value, and the rest."""
    for at, letter in enumerate(arg[1:], start=1):
        if letter in _WITH_VALUE:
            return letter, arg[at + 1 :]
        if letter not in _FLAGS:
            break
    return "", ""


def read_commit_options(process: str) -> CommitOptions:
    """Read the options of a running ``git commit`` by its process id."""
    try:
        with open(f"/proc/{int(process)}/cmdline", "rb") as file:
            args = file.read().decode("utf-8", "surrogateescape").split("\0")
    except (OSError, ValueError):
        return CommitOptions()
    return parse_commit_options(args[:-1])
