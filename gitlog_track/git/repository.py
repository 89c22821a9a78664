"""Find the repository that a command or hook is meant for, and say what it is.

Asks ``git rev-parse``, which knows linked worktrees, submodules, ``GIT_DIR`` and
safe.directory. Formats that libgit2 cannot open are refused by name here, so that
nothing is recorded that could not be read back.
"""

from __future__ import annotations

import os

from gitlog_track.errors import NotARepositoryError
from gitlog_track.git.process import Child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitlog_track.git.process import Git

QUESTIONS = (
    "--absolute-git-dir",
    "--git-common-dir",
    "--is-bare-repository",
    "--is-shallow-repository",
    "--show-object-format",
)


class Repository:
    """One repository, as seen from one worktree.

    Attributes:
        git_dir: this worktree's git directory, absolute.
        common_dir: the one all worktrees share, absolute.
        top: the work tree's top directory; None in a bare repository.
        is_shallow: was history cut off when it was fetched?
    """

    __slots__ = ("common_dir", "git_dir", "is_shallow", "top")

    def __init__(
        self,
        git_dir: str,
        common_dir: str,
        top: str | None,
        *,
        is_shallow: bool,
    ) -> None:
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.top = top
        self.is_shallow = is_shallow

    @property
    def worktree(self) -> str:
        """Id of a linked worktree; empty for the main one."""
        linked = os.path.realpath(self.git_dir) != os.path.realpath(self.common_dir)
        return os.path.basename(self.git_dir) if linked else ""


def discover(environment: Mapping[str, str]) -> Repository:
    """Return the repository of the current directory, or of ``GIT_DIR``.

    Raises:
        NotARepositoryError: there is none, it belongs to somebody else, or it is of a
            format that cannot be read back.
    """
    # Most repositories have a work tree; one without cannot say where it is.
    try:
        *answers, top = _ask(environment, *QUESTIONS, "--show-toplevel")
    except NotARepositoryError:
        answers, top = _ask(environment, *QUESTIONS), None
    git_dir, common, bare, shallow, object_format = answers
    common_dir = os.path.abspath(common)
    if object_format != "sha1":
        raise _unreadable_format(f"extensions.objectFormat = {object_format}")
    if os.path.isdir(f"{common_dir}/reftable"):
        raise _unreadable_format("extensions.refStorage = reftable")
    top = None if bare == "true" else top
    return Repository(git_dir, common_dir, top, is_shallow=shallow == "true")


def _ask(environment: Mapping[str, str], *questions: str) -> list[str]:
    child = Child(["git", "rev-parse", *questions], {**environment, "LC_ALL": "C"})
    out = child.read_all().decode("utf-8", "surrogateescape")
    code, said = child.wait()
    if code != 0:
        raise _no_repository(said)
    return out.split("\n")[: len(questions)]


def _no_repository(said: str) -> NotARepositoryError:
    if "dubious ownership" in said:
        return NotARepositoryError(
            f"the repository at {os.getcwd()} belongs to another user",
            hint=f"git config --global --add safe.directory {os.getcwd()}",
        )
    if "not a git repository" in said:
        return NotARepositoryError(
            f"not a git repository: {os.getcwd()}",
            hint="go to one, or name it with -C DIR",
        )
    detail = said.removeprefix("fatal: ").replace("\n", " ")
    return NotARepositoryError(f"git cannot open the repository: {detail}")


def _unreadable_format(found: str) -> NotARepositoryError:
    return NotARepositoryError(
        f"the repository is of a format that libgit2 cannot open ({found})",
        hint="gitlog-track needs SHA-1 objects and ref files",
    )


def current_branch(git_dir: str) -> str | None:
    """Return the full name of a worktree's branch; None where HEAD is detached.

    During a rebase it is the branch being rebased.
    """
    for state in ("rebase-merge", "rebase-apply"):
        found = _first_line(f"{git_dir}/{state}/head-name")
        if found:
            return found
    head = _first_line(f"{git_dir}/HEAD")
    return head[5:].strip() if head.startswith("ref: ") else None


def _first_line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline().strip()
    except OSError:
        return ""


def hooks_dir(environment: Mapping[str, str]) -> str:
    """Return the directory git takes hooks from, core.hooksPath honoured, absolute."""
    return os.path.abspath(_ask(environment, "--git-path", "hooks")[0])


def read_boundary(common_dir: str) -> frozenset[str]:
    """Return the commits at which a shallow clone's history is cut off."""
    try:
        with open(f"{common_dir}/shallow", encoding="ascii") as file:
            return frozenset(file.read().split())
    except OSError:
        return frozenset()


def is_cut_off(git: Git, common_dir: str, commit: str) -> bool:
    """Was the history of a commit cut off when it was fetched?"""
    boundary = read_boundary(common_dir)
    if not boundary:
        return False
    code, out, _ = git.try_run("rev-list", "--max-parents=0", commit)
    return code != 0 or not boundary.isdisjoint(out.decode("ascii", "replace").split())
