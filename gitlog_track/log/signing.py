"""Sign a log commit: ``git commit-tree -S`` with what fast-import has just written.

fast-import cannot sign. Merges are not signed: everybody makes the same one, and it
says nothing that its parents do not. Standard library only: the fold runs this.
"""

from __future__ import annotations

import os

from gitlog_track.errors import SigningError
from gitlog_track.git.commits import Commit
from gitlog_track.git.process import Git

PATIENCE_S = 30.0
"""How long a signature may take: as long as a fold waits for another one."""


def sign(git: Git, oid: str, seconds: float | None = None) -> str:
    """Return the id of a commit like another, signed as git is configured.

    Args:
        git: the repository.
        oid: the commit.
        seconds: how long it may take; by default :data:`PATIENCE_S`.

    Raises:
        SigningError: git cannot sign, or somebody who is asked for a passphrase does not
            answer in time: the fold holds the log meanwhile.
    """
    commit = Commit(oid, git.run("cat-file", "commit", oid))
    parents = [arg for parent in commit.parents for arg in ("-p", parent)]
    as_written = Git(git.git_dir, {**git.environment, **_identity(commit)})
    args = ("commit-tree", "-S", commit.tree, *parents, "-F", "-")
    # On a terminal ssh-keygen asks there; only the group in front may.
    leads = not os.isatty(2)
    child = as_written.start(*args, leads_group=leads)
    child.write(commit.message)
    child.close(child.stdin)
    patience_s = PATIENCE_S if seconds is None else seconds
    out = child.read_within(patience_s)
    if out is None:
        child.end(is_group=leads)
        raise SigningError(
            f"the log commit was not signed within {patience_s:g} s: does something wait "
            "for a passphrase?",
            hint="sign once by hand, so that the agent knows it, then gitlog-track fold; "
            "nothing is lost meanwhile",
        )
    code, said = child.wait()
    if code != 0:
        raise SigningError(
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
    # What log.showSignature adds would stand between the rows.
    form = ("--no-show-signature", "--format=%H %G?")
    out = git.run("log", "--no-merges", "--reverse", *form, tip, *left_out)
    rows = out.decode("ascii", "replace").split("\n")[:-1]
    return [
        oid for oid, _, found in (row.partition(" ") for row in rows) if found != "G"
    ]
