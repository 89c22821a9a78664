"""Sign a log commit: ``git commit-tree -S`` with what fast-import has just written.

fast-import cannot sign. Merges are not signed: everybody makes the same one, and it
says nothing that its parents do not. Standard library only: the fold runs this.
"""

from __future__ import annotations

from gitlog_track.errors import LogError
from gitlog_track.git.commits import Commit
from gitlog_track.git.process import Git


def sign(git: Git, oid: str) -> str:
    """Return the id of a commit like another, signed as git is configured.

    Raises:
        LogError: git cannot sign.
    """
    commit = Commit(oid, git.run("cat-file", "commit", oid))
    parents = [arg for parent in commit.parents for arg in ("-p", parent)]
    as_written = Git(git.git_dir, {**git.environment, **_identity(commit)})
    args = ("commit-tree", "-S", commit.tree, *parents, "-F", "-")
    code, out, said = as_written.try_run(*args, stdin=commit.message)
    if code != 0:
        raise LogError(
            f"the log commit cannot be signed: {said.partition(chr(10))[0] or code}",
            hint="configure user.signingKey, or set log.sign = false",
        )
    return out.decode("ascii", "replace").strip()


def _identity(commit: Commit) -> dict[str, str]:
    found = {}
    for role, ident in (("AUTHOR", commit.author), ("COMMITTER", commit.committer)):
        name, _, mail = ident[0].partition(" <")
        found[f"GIT_{role}_NAME"] = name
        found[f"GIT_{role}_EMAIL"] = mail.removesuffix(">")
        found[f"GIT_{role}_DATE"] = f"{ident[1]} {ident[2]}"
    return found


def badly_signed(git: Git, tip: str, *known: str) -> list[str]:
    """Return the log commits, merges aside, whose signature is none or not good.

    A signature of somebody whom git's own configuration does not trust is not good.

    Args:
        git: the repository.
        tip: the log commit.
        known: commits whose histories are not asked, such as the one before signing
            began; empty for none.

    Raises:
        GitError: git cannot walk the history.
    """
    left_out = [f"^{commit}" for commit in known if commit]
    out = git.run("log", "--no-merges", "--reverse", "--format=%H %G?", tip, *left_out)
    rows = out.decode("ascii", "replace").split("\n")[:-1]
    return [
        oid for oid, _, found in (row.partition(" ") for row in rows) if found != "G"
    ]
