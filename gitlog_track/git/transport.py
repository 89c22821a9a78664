"""Talk to remotes through the git command: fetch, push, list; never ask, never hang.

Nothing of the user's own configuration may widen what is carried: refspecs are given in
full, no tag follows, no hook runs, nothing is pruned. Source: git-fetch(1);
git-push(1), "OUTPUT"; gitcredentials(7), "REQUESTING CREDENTIALS".
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gitlog_track.errors import GitError
from gitlog_track.git.process import LOG_GOES_ALONG, Git
from gitlog_track.git.remotes import is_mirror, urls_of, without_password
from gitlog_track.git.session import Ended, NotInTimeError, run_session

QUIET = (
    *("-c", "maintenance.auto=false", "-c", "gc.auto=0", "-c", "core.askPass="),
    *("-c", "submodule.recurse=false", "-c", "push.followTags=false"),
)
RACES = (
    "non-fast-forward",
    "fetch first",
    "stale info",
    "cannot lock ref",
    "failed to lock",
    "failed to update ref",
    "incorrect old value",
    "reference already exists",
    "remote ref updated since",
    "needs force",
)
"""What a remote says when somebody else was faster; to be tried again."""


class RemoteError(GitError):
    """A remote cannot be reached, or does not give or take what was asked."""


class RemoteTooSlowError(RemoteError):
    """The time that was allowed is over."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One way in which a remote fails, known by git's words.

    Attributes:
        words: what git or the remote says, in whatever case.
        text: the same for people, after the remote's name.
        hint: what helps; ``{remote}`` stands for the remote.
    """

    words: tuple[str, ...]
    text: str
    hint: str


TROUBLES = (
    Trouble(
        ("gitlog-track: refused:", "gitlog-track: cannot verify this push"),
        "does not take what was pushed",
        "the rules of its server say so: mend that, then push again; nothing is lost",
    ),
    Trouble(
        (
            "terminal prompts disabled",
            "could not read Username",
            "could not read Password",
            "Authentication failed",
            "Permission denied (",
            "Host key verification failed",
        ),
        "asks who you are, and nobody is asked here",
        "set up a credential helper or ssh-agent: git ls-remote {remote} must not ask",
    ),
    Trouble(
        ("No space left", "quota", "File too large"),
        "is full",
        "make room there; nothing is lost here meanwhile",
    ),
    Trouble(
        (
            "Read-only file system",
            "insufficient permission",
            "unable to create temporary",
            "unable to migrate objects",
            "Permission denied",
            "not permitted",
            "write access",
            "service not enabled",
        ),
        "is read-only for you",
        "ask for the right to push; fetching goes on as before",
    ),
    Trouble(
        (
            *("hidden ref", "hook declined", "aborted by hook", "protected"),
            *("prohibited", "refusing", "not allowed"),
        ),
        "does not take the log's ref",
        "gitlog-track doctor --remote {remote} tells which names it takes",
    ),
    Trouble(
        (
            "does not appear to be a git repository",
            "Could not read from remote",
            "Could not resolve",
            "unable to access",
            "unable to connect",
            "Connection refused",
            "No such file or directory",
            "not found",
            "hung up",
            "early EOF",
            "disconnect",
        ),
        "cannot be reached, or broke off",
        "git ls-remote {remote} tells more; run the command again when it answers",
    ),
)


class Budget:
    """How much time is left; without a limit there is always some."""

    def __init__(self, seconds: float | None) -> None:
        self._until = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Return the seconds left, at least 0; None without a limit."""
        if self._until is None:
            return None
        return max(0.0, self._until - time.monotonic())

    def is_over(self) -> bool:
        """Is the time over?"""
        return self.left() == 0.0


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one ref of a push.

    Attributes:
        ref: on the remote.
        flag: as in git-push(1): ``!`` is a refusal, ``*`` a ref that was not there.
        summary: git's words.
        said: all that git and the remote said beside.
    """

    ref: str
    flag: str
    summary: str
    said: str = ""

    @property
    def is_refused(self) -> bool:
        """Was the ref not moved?"""
        return self.flag == "!"

    @property
    def is_race(self) -> bool:
        """Was somebody else faster?"""
        return self.is_refused and any(words in self.summary for words in RACES)


@dataclass(frozen=True, slots=True)
class Transport:
    """The git command, talking to one remote.

    Attributes:
        git: the repository's.
        remote: name of a remote, or a URL; people are told it.
        budget: for all that is done with it.
        top: directory from which a configured remote's relative URL counts, as for git;
            a path that somebody typed counts from where he is.
        may_ask: may git or ssh ask the person at the terminal?
        address: URL to talk to in place of what the name stands for; empty for that.
    """

    git: Git
    remote: str
    budget: Budget
    top: str
    may_ask: bool = False
    address: str = ""

    @property
    def name(self) -> str:
        """The remote as a command to type names it: without a password."""
        return without_password(self.remote)

    @property
    def label(self) -> str:
        """The remote as it is shown."""
        if not self.address or self.address == self.remote:
            return self.name
        return f"{self.name} ({without_password(self.address)})"

    def fetch(self, source: str, target: str, *, force: bool = False) -> str:
        """Fetch one ref to another, whatever the remote's refspecs are.

        Nothing is left out, also in a partial clone: what is not here git would fetch
        one by one when it is read.

        Returns:
            ``fetched``, also where nothing was new; ``absent`` where the remote has no
            such ref; ``rewritten`` where the new tip does not contain the old one and
            *force* is not given: *target* stays.

        Raises:
            RemoteError: it cannot be fetched.
        """
        refspec = f"{'+' if force else ''}{source}:{target}"
        code, out, err = self._run(
            *("fetch", "--no-tags", "--no-write-fetch-head", "--no-prune"),
            *("--refmap=", "--recurse-submodules=no", "--no-filter"),
            *(self._place, refspec),
        )
        if code == 0:
            return "fetched"
        if "couldn't find remote ref" in err:
            return "absent"
        if "[rejected]" in err:
            return "rewritten"
        raise self._error("fetch", out, err)

    def fetch_objects(self, oids: Sequence[str]) -> None:
        """Fetch objects that a partial clone left out, in one connection.

        Source: what git does for one at a time, ``promisor-remote.c``.

        Raises:
            RemoteError: the remote does not give them.
        """
        code, out, err = self._run(
            *("-c", "fetch.negotiationAlgorithm=noop", "fetch", "--no-tags"),
            *("--no-write-fetch-head", "--refmap=", "--recurse-submodules=no"),
            *("--no-filter", self.remote, *oids),
        )
        if code != 0:
            raise self._error("fetch", out, err)

    def push(
        self,
        refspecs: Sequence[str],
        *,
        lease: tuple[str, str] | None = None,
    ) -> list[Pushed]:
        """Push refs, without any hook and without force.

        Args:
            refspecs: each ``source:target``.
            lease: a ref and what the remote must still have there. What is pushed has
                to contain it: git does not look then.

        Returns:
            a row for each ref.

        Raises:
            RemoteError: the remote cannot be reached or takes nothing at all.
        """
        code, out, err = self._run(
            *(
                *self._no_mirror(),
                "push",
                "--porcelain",
                "--no-verify",
                "--recurse-submodules=no",
            ),
            *(*_leased(lease), self._place, *refspecs),
        )
        rows = parse_push(out, err)
        if not rows and code != 0:
            raise self._error("push", out, err)
        return rows

    def push_atomically(
        self,
        refspecs: Sequence[str],
        *,
        lease: tuple[str, str] | None = None,
    ) -> list[Pushed]:
        """Push refs all or none, as the user would: with hooks, their words shown.

        Args:
            refspecs: each ``source:target``.
            lease: as for :meth:`push`.

        Raises:
            RemoteError: nothing was pushed, for another reason than a refused ref.
        """
        done = self._start(
            *("git", "-C", self.top, *self._no_mirror(), "push", "--porcelain"),
            *("--atomic", *_leased(lease), self._place_from_top(), *refspecs),
            is_shown=True,
        )
        rows = parse_push(done.out)
        if not rows and done.code != 0:
            raise RemoteError(
                f"nothing was pushed to {self.label}: git push ended with "
                f"{done.code}, its words are above",
            )
        return rows

    def refs(self, pattern: str) -> dict[str, str]:
        """Return the remote's refs of a name or pattern, each with its object id.

        Raises:
            RemoteError: it cannot be reached.
        """
        code, out, err = self._run("ls-remote", self._place, pattern)
        if code != 0:
            raise self._error("list refs", out, err)
        rows = (line.partition("\t") for line in out.splitlines())
        return {name: oid for oid, _, name in rows}

    def refusal(self, pushed: Pushed) -> RemoteError:
        """Return the error that tells why a ref was not taken."""
        return self._error("push", pushed.summary, pushed.said)

    def _error(self, action: str, out: str, err: str) -> RemoteError:
        said = (
            _telling_line(err, "remote: ") or _telling_line(out) or _telling_line(err)
        )
        said = said.replace(self._place, without_password(self._place))
        said = said or "git said nothing"
        heard = f"{out}\n{err}".lower()
        for trouble in TROUBLES:
            if any(words.lower() in heard for words in trouble.words):
                hint = trouble.hint.format(remote=self.name)
                return RemoteError(f"{self.label} {trouble.text}: {said}", hint=hint)
        return RemoteError(f"cannot {action} with {self.label}: {said}")

    @property
    def _place(self) -> str:
        return self.address or self.remote

    def _is_configured(self) -> bool:
        return bool(self.address) or urls_of(self.git, self.remote) is not None

    def _place_from_top(self) -> str:
        """Return what names the place to a git that runs at the top of the work tree."""
        if not self._is_configured() and os.path.isdir(self.remote):
            return os.path.abspath(self.remote)
        return self._place

    def _no_mirror(self) -> tuple[str, ...]:
        """Return what lets refs be pushed by name where a plain push takes them all."""
        if not is_mirror(self.git, self.remote):
            return ()
        return "-c", f"remote.{self.remote}.mirror=false"

    def _run(self, *args: str) -> tuple[int, str, str]:
        # Told the git directory alone, git takes where it is for the work tree.
        place = ("-C", self.top) if self._is_configured() else ()
        command = ("git", *place, f"--git-dir={self.git.git_dir}", *QUIET)
        done = self._start(*command, "-c", "core.hooksPath=/dev/null", *args)
        return done.code, done.out, done.err

    def _start(self, *command: str, is_shown: bool = False) -> Ended:
        carries = {LOG_GOES_ALONG: "1"} if is_shown else {}
        try:
            return run_session(
                command,
                {**self.git.environment, **self._asking(), **carries},
                self.budget.left(),
                self.git.git_dir,
                is_own=not self.may_ask,
                is_shown=is_shown,
            )
        except NotInTimeError:
            raise RemoteTooSlowError(
                f"{self.label} did not answer in time",
                hint=f"gitlog-track sync {self.name} --timeout SECONDS waits longer",
            ) from None

    def _asking(self) -> Mapping[str, str]:
        """Return the environment in which nobody is asked, unless somebody may be."""
        environment, settings = self.git.environment, self.git.settings
        given = {"GIT_CONFIG_PARAMETERS": settings} if settings else {}
        if self.may_ask:
            return {**given, "GIT_TERMINAL_PROMPT": "1"}
        quiet = {"GIT_ASKPASS": "", "SSH_ASKPASS": "", "SSH_ASKPASS_REQUIRE": "never"}
        quiet |= given
        ssh = environment.get("GIT_SSH_COMMAND") or self.git.configured(
            "core.sshcommand"
        )
        if not ssh and not environment.get("GIT_SSH"):
            ssh = "ssh"
        # Another program than ssh may not know the option.
        if os.path.basename(ssh.split(" ")[0]) == "ssh":
            quiet["GIT_SSH_COMMAND"] = f"{ssh} -o BatchMode=yes"
        return quiet


def _leased(lease: tuple[str, str] | None) -> list[str]:
    return [f"--force-with-lease={lease[0]}:{lease[1]}"] if lease else []


def parse_push(text: str, said: str = "") -> list[Pushed]:
    """Read what ``git push --porcelain`` prints; *said* is the rest of its words."""
    rows = []
    for line in text.splitlines():
        flag, *rest = line.split("\t", 2)
        if len(flag) == 1 and len(rest) == 2:
            rows.append(Pushed(rest[0].rpartition(":")[2], flag, rest[1], said))
    return rows


def _telling_line(text: str, *starts: str) -> str:
    """Return the line that tells most: one of a start, by default what git calls fatal."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for start in starts or ("fatal: ", "error: ", "ssh: ", ""):
        for line in lines:
            if line.startswith(start) and line != start.strip():
                return line.removeprefix(start).strip()
    return ""
