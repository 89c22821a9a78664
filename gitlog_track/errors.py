"""The one tree of errors: what could not be done, and the command that helps.

A refusal (a violation, an invalid log) is a value elsewhere; an exception here means
that something could not be done. Exit codes are public: 1 the answer is no, 2 usage or
configuration, 3 a bug, 4 could not do it, 130 interrupted.
"""

from __future__ import annotations


class GitlogTrackError(Exception):
    """A sentence for a person, an exit code, and the command that helps.

    Attributes:
        exit_code: the status with which a command ends.
        hint: a command or a step to take, or None.
    """

    exit_code = 4

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UsageProblem(GitlogTrackError):
    """What was asked cannot be meant: a bad name, value, order or option."""

    exit_code = 2


class ConfigError(UsageProblem):
    """The configuration file cannot be read or holds something unknown."""


class GitError(GitlogTrackError):
    """Git could not do what was asked."""


class NotARepositoryError(GitError):
    """No git repository, or one that cannot be opened."""


class LogError(GitlogTrackError):
    """The log cannot be read or written."""


class FileError(GitlogTrackError):
    """A file of the user's cannot be read or written."""


class OutputError(GitlogTrackError):
    """The answer cannot be written to stdout, or to the file that was named."""


class UnknownNameError(LogError):
    """The log knows no task or phase of that name."""


class LoopbackError(GitlogTrackError):
    """A port of this machine cannot be listened on."""


class LogFormatError(LogError):
    """The log is of a format that this version does not know."""


class LogCorruptError(LogError):
    """The log holds something that no version of this program writes."""


class SigningError(LogError):
    """A log commit has to be signed and cannot be; what was to be folded waits."""


class LogBusyError(LogError):
    """Another process holds the lock, or a lock of git was left behind."""
