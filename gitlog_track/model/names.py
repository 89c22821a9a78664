"""Names of tasks and phases: what is allowed, how they compare, what they imply.

Standard library only: the fold runs this after every commit.
"""

from __future__ import annotations

from gitlog_track.errors import ConfigError, UsageProblem
from gitlog_track.model.digest import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

LETTERS_AND_DIGITS = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)
NAME_CHARACTERS = LETTERS_AND_DIGITS | frozenset("._-")
NAME_LENGTH = 64
DEFAULT_BRANCH_PATTERN = "[A-Z][A-Z0-9]*-[0-9]+"
DEFAULT_PHASE_PATTERN = r"^(P[0-9]+(?:\.[0-9]+)?)-"


def is_name(text: str) -> bool:
    """Is *text* a task or phase name that the log can hold?

    >>> is_name("P1-009"), is_name(".."), is_name("P1/009")
    (True, False, False)
    """
    return (
        0 < len(text) <= NAME_LENGTH
        and text[0] in LETTERS_AND_DIGITS
        and NAME_CHARACTERS.issuperset(text)
        and not text.endswith((".", ".lock"))
        and ".." not in text
    )


def check_name(text: str, what: str) -> str:
    """Return *text* if it is a valid name.

    Args:
        text: the name as given.
        what: ``task`` or ``phase``, for the message.

    Raises:
        UsageProblem: naming the characters that are not allowed.
    """
    if is_name(text):
        return text
    odd = sorted(set(text) - NAME_CHARACTERS)
    if odd:
        found = "has " + ", ".join(repr(c) for c in odd)
    elif not text:
        found = "is empty"
    elif len(text) > NAME_LENGTH:
        found = f"has {len(text)} characters"
    else:
        found = "starts or ends in a way a git tree cannot hold"
    raise UsageProblem(
        f"{what} name {text[:80]!r} {found}; expected 1 to 64 letters, digits, "
        "'.', '_' or '-', starting with a letter or digit",
    )


def name_hash(name: str) -> str:
    """Return the hex SHA-256 of a name as compared: without case.

    Two spellings of one name meet in one directory of the log's tree, so that the
    second is noticed wherever it is written.
    """
    return sha256(name.lower().encode()).hexdigest()


def compile_pattern(pattern: str, key: str) -> re.Pattern[str]:
    """Compile a configured pattern.

    Raises:
        ConfigError: naming the configuration key and what is wrong.
    """
    import re

    try:
        return re.compile(pattern)
    except re.error as err:
        raise ConfigError(
            f"{key}: {pattern!r} is no regular expression: {err}"
        ) from err


def task_of_branch(branch: str, pattern: str) -> str | None:
    """Return the task that a branch name holds, or None.

    Args:
        branch: full or short ref name.
        pattern: regular expression; group 1 if it has one, else the whole match. The
            match must not continue to the left or right in a letter or digit.

    >>> task_of_branch("refs/heads/feature/P1-009-scaffold", DEFAULT_BRANCH_PATTERN)
    'P1-009'
    >>> task_of_branch("refs/heads/main", DEFAULT_BRANCH_PATTERN)
    """
    if not pattern:
        return None
    short = branch.removeprefix("refs/heads/")
    return _first_group(compile_branch_pattern(pattern).search(short))


def tasks_in(text: str, pattern: str) -> set[str]:
    """Return every task that a text names, read as a branch name is.

    >>> tasks_in("P1-009: as P1-008, but XP1-0070a", DEFAULT_BRANCH_PATTERN) == {
    ...     "P1-009", "P1-008"}
    True
    """
    matches = compile_branch_pattern(pattern).finditer(text)
    return {task for match in matches if (task := _first_group(match))}


def compile_branch_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a branch pattern so that it ends where the letters and digits end.

    Flags such as ``(?i)`` stay in front, where ``re`` wants them.

    Raises:
        ConfigError: it is no regular expression.
    """
    import re

    flags = re.match(r"(?:\(\?[aimsux]+\))*", pattern)
    start = flags.end() if flags else 0
    bounded = f"(?<![A-Za-z0-9])(?:{pattern[start:]})(?![A-Za-z0-9])"
    return compile_pattern(pattern[:start] + bounded, "task.branch_pattern")


def phase_of_task(task: str, pattern: str) -> str | None:
    """Return the phase that a task's name implies, or None.

    >>> phase_of_task("P3.5-002", DEFAULT_PHASE_PATTERN)
    'P3.5'
    """
    if not pattern:
        return None
    return _first_group(compile_pattern(pattern, "task.phase_pattern").search(task))


def _first_group(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    found = match.group(1) if match.re.groups else match.group()
    return found if found and is_name(found) else None
